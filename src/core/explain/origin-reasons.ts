/* Why a user gets other settings from `userSettings` than at the last apply. */
import type { EntryKey } from "../people/people-lists.js";
import {
  entryExceptions,
  entryReference,
  entryText,
  isSourceKey,
  membershipText,
} from "../people/people-lists.js";
import type { RecordedOrigin } from "../people/shared-declaration.js";
import type { Because } from "../plan/because.js";

type Reason = Omit<Because, "path" | "user">;

/** Returns the source of a reason, and its reference. */
export function givenBy(source: EntryKey): Pick<Because, "source" | "reference"> {
  return { source: entryText(source), reference: entryReference(source) };
}

/** Explains why a source gives a user now. Which members its excepted sources had before is not recorded. */
export function joinedReason(source: EntryKey): Reason {
  const hasExceptedSources = entryExceptions(source).some(isSourceKey);
  const text = membershipText(source, "joined") + (hasExceptedSources ? ", or left an excepted source" : "");
  return { reason: "joined-source", text, ...givenBy(source) };
}

/** Explains why a source no longer gives a user. @param exception the excepted source that the user joined; undefined: none */
export function leftSourceReason(source: EntryKey, exception: EntryKey | undefined): Reason {
  return exception === undefined
    ? { reason: "left-source", text: membershipText(source, "left"), ...givenBy(source) }
    : { reason: "joined-excepted", text: membershipText(exception, "excepted"), ...givenBy(exception) };
}

/** The end of the settings that an entry gave a user. */
export interface LeftOrigin extends Pick<RecordedOrigin, "source"> {
  /** The excepted source that the user joined. Missing: the user left the source. */
  readonly exception?: EntryKey | undefined;
}

/** Explains the settings of a user who left a source. @param now the origin of the settings from now on; undefined: none */
export function leftReason({ source, exception }: LeftOrigin, now?: RecordedOrigin): Reason {
  const reason = leftSourceReason(source, exception);
  return now === undefined ? reason : { ...reason, text: `${reason.text}; now from ${now.entry}` };
}
