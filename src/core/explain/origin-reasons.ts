/* Why a user gets other settings from `userSettings` than at the last apply. */
import type { Emails, EntryKey } from "../people/people-lists.js";
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
export function givenBy(source: EntryKey, emails: Emails): Pick<Because, "source" | "reference"> {
  return { source: entryText(source, emails), reference: entryReference(source) };
}

/** Explains why a source gives a user now. Which members its excepted sources had before is not recorded. */
export function joinedReason(source: EntryKey, emails: Emails): Reason {
  const hasExceptedSources = entryExceptions(source).some(isSourceKey);
  const text =
    membershipText(source, "joined", emails) + (hasExceptedSources ? ", or left an excepted source" : "");
  return { reason: "joined-source", text, ...givenBy(source, emails) };
}

/** Explains why a source no longer gives a user. @param exception the excepted source that the user joined; undefined: none */
export function leftSourceReason(source: EntryKey, exception: EntryKey | undefined, emails: Emails): Reason {
  const [key, membership, reason] =
    exception === undefined
      ? ([source, "left", "left-source"] as const)
      : ([exception, "excepted", "joined-excepted"] as const);
  return { reason, text: membershipText(key, membership, emails), ...givenBy(key, emails) };
}

/** The end of the settings that an entry gave a user. */
export interface LeftOrigin extends Pick<RecordedOrigin, "source"> {
  /** The excepted source that the user joined. Missing: the user left the source. */
  readonly exception?: EntryKey | undefined;
}

/** Explains the settings of a user who left a source. @param now the origin of the settings from now on; undefined: none */
export function leftReason({ source, exception }: LeftOrigin, emails: Emails, now?: RecordedOrigin): Reason {
  const reason = leftSourceReason(source, exception, emails);
  return now === undefined ? reason : { ...reason, text: `${reason.text}; now from ${now.entry}` };
}
