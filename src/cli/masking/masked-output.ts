import type { Output } from "../context.js";
import type { Secrets } from "./secrets.js";

/** A stream that shows no secrets. */
export interface MaskedOutput {
  readonly output: Output;
  /** Writes what is held back. */
  readonly flush: () => void;
  /** Returns true if something was written. */
  readonly isUsed: () => boolean;
}

/**
 * Returns a stream in which secrets are masked. The end of a text that may be the beginning of a secret is held back until the next
 * text, as a secret may be written in parts.
 *
 * @param beforeOutput called before each write
 */
export function maskOutput(
  stream: Output,
  secrets: Secrets,
  beforeOutput = (): void => undefined,
): MaskedOutput {
  let held = "";
  let isUsed = false;
  const write = (chunk: string | Uint8Array, ...rest: never[]): boolean => {
    isUsed = true;
    beforeOutput();
    const text = secrets.mask(held + (typeof chunk === "string" ? chunk : Buffer.from(chunk).toString()));
    const end = text.length - secrets.openLength(text);
    held = text.slice(end);
    return stream.write(text.slice(0, end), ...rest);
  };
  const output = new Proxy(stream, {
    get(target, name) {
      if (name === "write") return write;
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
  const flush = (): void => {
    if (held !== "") stream.write(held);
    held = "";
  };
  return { output, flush, isUsed: () => isUsed };
}
