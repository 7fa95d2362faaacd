import { StateError } from "./errors.js";

/** Somebody wrote a state between our reading and writing. */
export function movedError(location: string): StateError {
  return new StateError({
    code: "state-moved",
    location,
    detail: `${location} was changed by something else since it was read.`,
    help: "Nothing was written. Run the command again.",
  });
}
