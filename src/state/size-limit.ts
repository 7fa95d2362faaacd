import { readBoundedStream, TooLargeError } from "../core/bounded-file.js";
import { StateError } from "./errors.js";

/** Bytes. A state of 100,000 messages has about 50 MB; what is larger is none, or would not be read in useful time. */
export const maxStateBytes = 256 * 1024 * 1024;

/**
 * Reads within the limit.
 *
 * @param source where the state comes from, for people
 * @throws StateError state-too-large; what `read` throws
 */
export async function withinLimit(
  location: string,
  source: string,
  read: () => Promise<Buffer>,
): Promise<Buffer> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof TooLargeError ? tooLargeError(location, source) : error;
  }
}

/** Gathers chunks up to the limit. @throws StateError state-too-large */
export async function readStateStream(
  chunks: AsyncIterable<unknown>,
  location: string,
  source: string,
): Promise<Buffer> {
  return withinLimit(location, source, () => readBoundedStream(chunks, { maxBytes: maxStateBytes }));
}

/** @param source where it comes from, for people */
export function tooLargeError(location: string, source: string): StateError {
  return new StateError({
    code: "state-too-large",
    location,
    detail: `${source} is larger than ${maxStateBytes / 1024 / 1024} MB, the most that a state may have.`,
    help: "Check that it is a state of chatform and not something else.",
  });
}
