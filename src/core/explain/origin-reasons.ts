/* Why a user gets other settings from `userSettings` than at the last apply. */
import type { EntryKey } from "../people/people-lists.js";
import { entryReference, entryText, membershipText } from "../people/people-lists.js";
import type { RecordedOrigin } from "../people/shared-declaration.js";
import type { Because } from "../plan/because.js";

type Reason = Omit<Because, "path" | "user">;

/** Returns the source of a reason, and its reference. */
export function givenBy(source: EntryKey): Pick<Because, "source" | "reference"> {
  return { source: entryText(source), reference: entryReference(source) };
}

/** Explains the settings of a user who joined a source. */
export function joinedReason(source: EntryKey): Reason {
  return { reason: "joined-source", text: membershipText(source, "joined"), ...givenBy(source) };
}

/** Explains the settings of a user who left a source. @param now the origin of the settings from now on; undefined: none */
export function leftReason({ source }: RecordedOrigin, now?: RecordedOrigin): Reason {
  const rest = now === undefined ? "" : `; now from ${now.entry}`;
  return { reason: "left-source", text: `${membershipText(source, "left")}${rest}`, ...givenBy(source) };
}
