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

/** Somebody wrote a state while we were at work on it, in spite of our lock. */
export function overtakenError(location: string): StateError {
  return new StateError({
    code: "state-moved",
    location,
    detail: `${location} was changed by something else while this was running. It was left as it is now.`,
    help: "See that nobody else is at work, then look at the next plan closely: what this run did may be missing in the state.",
  });
}
