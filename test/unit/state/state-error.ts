import { expect } from "vitest";
import { StateError } from "../../../src/state/errors.js";

/** Returns the error of a state operation. Fails if it ended in another way. */
export async function getStateError(operation: Promise<unknown>): Promise<StateError> {
  const error: unknown = await operation.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StateError);
  return error as StateError;
}
