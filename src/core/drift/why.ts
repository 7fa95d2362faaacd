import type { OrgPeople } from "../people/org-people.js";
import type { EntryKey, ListEntries, PeopleLists } from "../people/people-lists.js";
import { entryReference, entryText, isSourceKey } from "../people/people-lists.js";
import type { Because, Reason } from "../plan/because.js";
import type { Difference } from "./compare.js";

/** The people of a resource's lists at the last apply and now. */
export interface ListsThenAndNow {
  readonly then: PeopleLists;
  readonly now: PeopleLists;
}

/** Returns why an attribute or an element of a list differs. */
export function whyDifferent(
  { path, class: found, element, extra, left }: Difference,
  lists: ListsThenAndNow,
  { departed }: Pick<OrgPeople, "departed">,
): Because {
  if (left === "conflict") return { path, reason: "both-changed", text: "changed outside and in the config" };
  if (typeof element !== "string") return { path, reason: "changed-outside", text: "changed outside" };
  if (found === "drift") {
    const [reason, text] = extra
      ? (["added-outside", "added outside"] as const)
      : (["removed-outside", "removed outside"] as const);
    const key = findEntry(lists.now[path], element);
    return {
      path,
      user: element,
      reason,
      text,
      ...(key === undefined ? {} : { reference: entryReference(key) }),
    };
  }
  const key = findEntry(extra ? lists.then[path] : lists.now[path], element);
  return { path, user: element, ...whyMember(key, extra, departed.get(element)?.state) };
}

function whyMember(
  key: EntryKey | undefined,
  isExtra: boolean,
  state: "inactive" | "deleted" | undefined,
): Pick<Because, "reason" | "text" | "source" | "reference"> {
  if (key === undefined) return { reason: "no-longer-declared", text: "no longer declared" };
  const reference = entryReference(key);
  const source = entryText(key);
  if (isExtra && state !== undefined)
    return {
      reason: "departed",
      text: `departed (${state})`,
      reference,
      ...(isSourceKey(key) ? { source } : {}),
    };
  if (!isSourceKey(key)) return { reason: "recreated", text: `re-created as another user`, reference };
  const [reason, verb]: readonly [Reason, string] = isExtra
    ? ["left-source", "left"]
    : ["joined-source", "joined"];
  return { reason, source, text: `${verb} ${source}`, reference };
}

/** Returns the first entry that gives a user; a source before a person. */
function findEntry(entries: ListEntries | undefined, user: string): EntryKey | undefined {
  const keys = Object.entries(entries ?? {}).flatMap(([key, ids]) => (ids.includes(user) ? [key] : []));
  return keys.find(isSourceKey) ?? keys[0];
}
