import { StateError } from "./errors.js";

/** Something else wrote a state between our reading and writing. */
export function changedSinceReadError(location: string): StateError {
  return new StateError({
    code: "state-moved",
    location,
    detail: `${location} was changed by something else since it was read.`,
    help: "Nothing was written. Run the command again.",
  });
}

/** Something that does not heed the lock wrote a state while this run worked on it. */
export function changedDuringRunError(location: string): StateError {
  return new StateError({
    code: "state-moved",
    location,
    detail: `${location} was changed by something else while this was running. That change was left as it is.`,
    help: "Make sure that nothing else writes this state.",
  });
}

/** Something deleted a state while this run worked on it. @param what the file or folder */
export function removedDuringRunError(location: string, what: string): StateError {
  return new StateError({
    code: "state-removed",
    location,
    detail: `${what} was deleted while this was running.`,
    help: "Make sure that nothing deletes it during a run, and that its folder exists.",
  });
}

/** Something deleted, replaced or changed a journal while this run wrote it. */
export function journalLostError(location: string, path: string): StateError {
  return new StateError({
    code: "journal-lost",
    location,
    detail: `${path} was deleted or replaced while this was running.`,
    help: "Make sure that nothing else writes or deletes it during a run.",
  });
}
