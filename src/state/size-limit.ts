import { StateError } from "./errors.js";

/** Bytes. A state of 100,000 messages has about 50 MB; what is larger is none, or would not be read in useful time. */
export const maxStateBytes = 256 * 1024 * 1024;

/** @param source where it comes from, for people */
export function tooLarge(location: string, source: string): StateError {
  return new StateError({
    code: "state-too-large",
    location,
    detail: `${source} is larger than ${maxStateBytes / 1024 / 1024} MB, the most that a state may have.`,
    help: "Check that it is a state of chatform and not something else.",
  });
}

/**
 * Gathers chunks up to the limit.
 *
 * @throws StateError state-too-large
 */
export async function gathered(
  chunks: AsyncIterable<Uint8Array | string>,
  location: string,
  source: string,
): Promise<Buffer> {
  const kept: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    size += bytes.length;
    if (size > maxStateBytes) throw tooLarge(location, source);
    kept.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  }
  return Buffer.concat(kept);
}
