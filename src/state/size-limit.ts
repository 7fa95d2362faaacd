import { readBoundedStream, TooLargeError } from "../core/bounded-file.js";
import { StateError } from "./errors.js";

/** Bytes. A state of 100,000 messages has about 50 MB. */
export const maxStateBytes = 256 * 1024 * 1024;

/**
 * Reads a state, and turns the error of a reader that met the limit into a StateError.
 *
 * @param source where the state comes from, for people
 * @throws StateError state-too-large; the other errors of `read`
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

/** Reads a state from a stream. @throws StateError state-too-large */
export async function readStateStream(
  chunks: AsyncIterable<unknown>,
  location: string,
  source: string,
): Promise<Buffer> {
  return withinLimit(location, source, () => readBoundedStream(chunks, { maxBytes: maxStateBytes }));
}

/** Returns the error for a state above the limit. @param source where the state comes from, for people */
export function tooLargeError(location: string, source: string): StateError {
  return new StateError({
    code: "state-too-large",
    location,
    detail: `${source} is larger than ${maxStateBytes / 1024 / 1024} MB, the limit for a state.`,
    help: "Check that this is the state of chatform.",
  });
}
