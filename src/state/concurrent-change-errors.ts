import { StateError } from "./errors.js";

/** Returns the error for a state that another process wrote between reading and writing. */
export function changedSinceReadError(location: string): StateError {
  return new StateError({
    code: "state-moved",
    location,
    detail: `Another process has changed ${location} since this run read it. That change was not overwritten.`,
    help: "",
    thenAgain: true,
  });
}

/** Returns the error for a state that another process wrote during this run, ignoring the lock. */
export function changedDuringRunError(location: string): StateError {
  return new StateError({
    code: "state-moved",
    location,
    detail: `Another process changed ${location} during this run. That change was not overwritten.`,
    help: "Make sure that no other process writes this state.",
  });
}

/** Returns the error for a state that was deleted during this run. @param what the file or folder */
export function removedDuringRunError(location: string, what: string): StateError {
  return new StateError({
    code: "state-removed",
    location,
    detail: `${what} was deleted during this run.`,
    help: "Make sure that no other process deletes the state, or its folder, during a run.",
  });
}

/** Returns the error for a journal that another process deleted, replaced or changed during this run. */
export function journalLostError(location: string, path: string): StateError {
  return new StateError({
    code: "journal-lost",
    location,
    detail: `${path} was deleted or replaced during this run.`,
    help: "Make sure that no other process writes or deletes the journal during a run.",
  });
}
