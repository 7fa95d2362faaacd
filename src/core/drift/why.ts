import type { ListHistory } from "../explain/explain-people.js";
import { explainPeople } from "../explain/explain-people.js";
import type { LeftOrigin } from "../explain/origin-reasons.js";
import { joinedReason, leftReason } from "../explain/origin-reasons.js";
import type { JsonObject } from "../json/json.js";
import { isArray } from "../json/json.js";
import type { Pointer } from "../json/pointer.js";
import { valueAt } from "../json/pointer.js";
import type { Kind } from "../kind/kind.js";
import type { Emails, PeopleLists } from "../people/people-lists.js";
import type { RecordedOrigin } from "../people/shared-declaration.js";
import type { Because } from "../plan/because.js";
import type { Difference } from "./compare.js";
import { withReviewed } from "./compare.js";

/** The people of a resource's lists at the last apply and now. */
export interface ListsThenAndNow {
  readonly then: PeopleLists;
  readonly now: PeopleLists;
}

/** The facts that explain the differences of a resource. */
export interface History {
  /** The applied attributes; undefined: nothing was ever recorded. */
  readonly applied: JsonObject | undefined;
  readonly lists: ListsThenAndNow;
  /** The block for many users that the attributes come from. */
  readonly from?: RecordedOrigin | undefined;
  /** The block that they came from at the last apply, if the user left its sources. */
  readonly left?: LeftOrigin | undefined;
}

/** A difference with its reason. */
export interface ExplainedDifference extends Difference {
  readonly because: Because;
}

/** Explains differences of live and reviewed values. @param live normalized */
export function explainDifferences(
  kind: Kind,
  live: JsonObject,
  differences: readonly Difference[],
  history: History,
  { departed, people, sources }: Pick<ListHistory, "departed" | "people" | "sources">,
): readonly ExplainedDifference[] {
  const after = withReviewed(live, differences, kind.live.sets);
  const reasons = new Map(
    kind.live.users.map((path) => {
      const { then, now } = history.lists;
      const listed = { recorded: then[path] ?? {}, desired: now[path] ?? {}, departed, people, sources };
      const applied = history.applied === undefined ? undefined : list(history.applied, path);
      const found = explainPeople(path, list(live, path), list(after, path), { ...listed, applied });
      return [path, new Map(found.map((one) => [one.user, one]))] as const;
    }),
  );
  return differences.map((one) => {
    const known = typeof one.element === "string" ? reasons.get(one.path)?.get(one.element) : undefined;
    return { ...one, because: known ?? explainValue(one, history, people ?? {}) };
  });
}

function explainValue(
  { path, class: found, left, extra }: Difference,
  history: History,
  people: Emails,
): Because {
  if (left === "conflict") return { path, reason: "both-changed", text: "changed outside and in the config" };
  if (history.applied === undefined) {
    return extra
      ? { path, reason: "not-in-config", text: "not declared" }
      : { path, reason: "declared", text: "declared" };
  }
  if (found === "drift") return { path, reason: "changed-outside", text: "changed outside" };
  const { from, left: then } = history;
  if (from === undefined) return { path, reason: "recreated", text: "re-created with another id" };
  return {
    path,
    ...(then === undefined ? joinedReason(from.source, people) : leftReason(then, people, from)),
  };
}

function list(attributes: JsonObject, path: Pointer): readonly (string | null)[] {
  const value = valueAt(attributes, path);
  return isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
