import type { FileHandle } from "node:fs/promises";
import { constants, open } from "node:fs/promises";

/** The error of a file, pipe or device that holds more than the limit. */
export class TooLargeError extends Error {
  override readonly name = "TooLargeError";

  constructor(maxBytes: number) {
    super(`it has more than ${maxBytes} bytes`);
  }
}

/** The time that a pipe may stay silent, in milliseconds: `<(sops decrypt FILE)` needs a while before it writes. */
const silenceMs = 30_000;
const pollMs = 10;

/** Windows has no such flag, nor named pipes in folders. */
const nonBlocking = process.platform === "win32" ? 0 : constants.O_NONBLOCK;

export interface BoundedRead {
  readonly maxBytes: number;
  /** For tests. */
  readonly silenceMs?: number;
}

/**
 * Reads a file, pipe or device to its end, but never more than `maxBytes`. A named pipe without a writer reads as empty
 * instead of blocking.
 *
 * @throws TooLargeError for more than `maxBytes`
 * @throws Error of the system, and for a pipe that stays silent
 */
export async function readBoundedFile(path: string, options: BoundedRead): Promise<Buffer> {
  // Without O_NONBLOCK, opening a pipe waits for a writer in a thread that can't be stopped.
  const handle = await open(path, constants.O_RDONLY | nonBlocking);
  try {
    const { size } = await handle.stat();
    if (size > options.maxBytes) throw new TooLargeError(options.maxBytes);
    return await readToEnd(handle, size, options);
  } finally {
    await handle.close();
  }
}

/** Reads a stream to its end. @throws TooLargeError for more than `maxBytes` */
export async function readBoundedStream(
  stream: AsyncIterable<unknown>,
  { maxBytes }: Pick<BoundedRead, "maxBytes">,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk as Uint8Array | string);
    size += bytes.length;
    if (size > maxBytes) throw new TooLargeError(maxBytes);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

async function readToEnd(
  handle: FileHandle,
  expected: number,
  { maxBytes, silenceMs: patienceMs = silenceMs }: BoundedRead,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  let silentMs = 0;
  for (;;) {
    const buffer = Buffer.allocUnsafe(Math.max(64 * 1024, Math.min(expected - size + 1, maxBytes)));
    const bytesRead = await readSome(handle, buffer);
    if (bytesRead === 0) return Buffer.concat(chunks);
    if (bytesRead === undefined) {
      if (silentMs >= patienceMs) throw new Error(`nothing was written to it for ${patienceMs / 1000} s`);
      silentMs += pollMs;
      await new Promise((resolve) => setTimeout(resolve, pollMs));
      continue;
    }
    silentMs = 0;
    size += bytesRead;
    if (size > maxBytes) throw new TooLargeError(maxBytes);
    chunks.push(buffer.subarray(0, bytesRead));
  }
}

/** Reads the next bytes. Returns the number of bytes read; undefined if a pipe has none yet. */
async function readSome(handle: FileHandle, buffer: Buffer): Promise<number | undefined> {
  try {
    return (await handle.read(buffer, 0, buffer.length, null)).bytesRead;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EAGAIN") return undefined;
    throw error;
  }
}
