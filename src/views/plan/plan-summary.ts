import { groupBy } from "../../core/multimap.js";
import type { PeopleCounts } from "../../core/plan/counts.js";
import { countedActions, countPeopleInDrift, countRemovedPeople } from "../../core/plan/counts.js";
import type { Plan } from "../../core/plan/plan.js";
import { getRecovered } from "../../core/plan/plan.js";
import { getMoves, withoutFollowers } from "../../core/state/state-moves.js";
import { duration } from "../../core/time/duration.js";
import { getTitle } from "../apply/outcomes.js";
import type { Line } from "../text/line.js";
import { line, lineText, paragraph } from "../text/line.js";
import { orgLines } from "../text/org-text.js";
import { count, number } from "../text/terminal.js";

/** Returns `Plan: 3 to create, 2 to update, 1 to forget (5 people removed).`; undefined when there is nothing to do. */
export function planCounts(plan: Plan): string | undefined {
  const byAction = groupBy(plan.changes, ({ action }) => action);
  const counts = countedActions.flatMap((action) => {
    const some = byAction.get(action);
    return some === undefined
      ? []
      : [`${number(some.length)} to ${action}${peopleText(countRemovedPeople(some))}`];
  });
  const moved = withoutFollowers(getMoves(plan.findings)).length;
  if (moved > 0) counts.unshift(`${number(moved)} to move`);
  return counts.length === 0 ? undefined : `Plan: ${counts.join(", ")}.`;
}

/** Returns ` (5 people removed)`: how many people leave rooms; "" for none. */
export function peopleText(removed: number): string {
  return driftPeople({ removed, added: 0 });
}

/** Returns ` (1 person removed, 2 added)`: how many people leave and enter rooms; "" for none. */
export function driftPeople(
  { removed, added }: PeopleCounts,
  verbs: Readonly<Record<keyof PeopleCounts, string>> = { removed: "removed", added: "added" },
): string {
  if (removed === 0) return added === 0 ? "" : ` (${count(added, "person", "people")} ${verbs.added})`;
  const others = added === 0 ? "" : `, ${number(added)} ${verbs.added}`;
  return ` (${count(removed, "person", "people")} ${verbs.removed}${others})`;
}

/** Returns the counts of a plan, its cost, its org and its checksum as lines. */
export function summaryLines(plan: Plan, width: number): readonly Line[] {
  const counts = planCounts(plan);
  const org = orgLines(plan.org, width);
  if (plan.options.mode === "refresh-only") return [...refreshOnlyLines(plan, width), ...org];
  if (counts === undefined) {
    const [label, rest] = noChangesText(plan);
    return [line(["green", label], rest === "" ? "" : ` ${rest}`), ...org];
  }
  const cost = costText(plan);
  const fits = counts.length + 1 + cost.length <= width;
  const loss = destroysData(plan)
    ? [line(`This plan destroys data permanently: ${getTitle(plan).toLowerCase()} needs --allow-data-loss.`)]
    : [];
  return [
    ...(fits ? [line(["bold", counts], ` ${cost}`)] : [...boldLines(counts, width), line(cost)]),
    ...loss,
    ...org,
    line(`Checksum: ${plan.checksum}`),
  ];
}

function boldLines(text: string, width: number): readonly Line[] {
  return paragraph(text, { width }).map((one) => line(["bold", lineText(one)]));
}

function destroysData({ changes }: Plan): boolean {
  return changes.some(({ remarks }) => remarks.some(({ severity }) => severity === "data-loss"));
}

const refreshLabel = "Refresh only:";

/** Returns `2 resources (5 people removed, 1 added)`: the drift of a plan in numbers. */
export function driftCount(drift: Plan["drift"]): string {
  return `${count(drift.length, "resource")}${driftPeople(countPeopleInDrift(drift))}`;
}

/** Returns the summary of a refresh-only plan. */
export function refreshOnlyText({ drift }: Plan): string {
  if (drift.length === 0) return "No changes. The org matches the state.";
  return `${refreshLabel} ${driftCount(drift)} changed outside; the state will record the live values. 0 calls.`;
}

function refreshOnlyLines(plan: Plan, width: number): readonly Line[] {
  const text = refreshOnlyText(plan);
  if (!text.startsWith(refreshLabel)) return paragraph(text, { width });
  return paragraph(text.slice(refreshLabel.length + 1), { width, label: [["bold", refreshLabel]] });
}

/** Returns the result of a plan without changes, and the sentence behind it, which depends on what was compared. */
export function noChangesText(plan: Plan): readonly [label: string, rest: string] {
  return plan.options.mode === "repair" ? ["Nothing to repair.", ""] : ["No changes.", comparedText(plan)];
}

function comparedText({ changes, findings, options, uncertain }: Plan): string {
  const recovered = getRecovered(findings).length;
  const isPart = options.targets.length + options.excludes.length > 0;
  if (uncertain.length > 0) return "But some resources could not be checked: see above.";
  if (options.mode === "destroy") return "The state holds nothing to destroy.";
  if (changes.length === 0 && !isPart)
    return "The config declares no resources: it is empty, or its userSettings entries give nobody.";
  const matches = options.refresh ? "The org matches the config" : "The state matches the config";
  const scope = isPart ? " for the selected resources" : "";
  return recovered === 0
    ? `${matches}${scope}.`
    : `${matches}${scope}. Apply records ${count(recovered, "resource")} that an earlier run created.`;
}

/** An apply that takes longer has a line that says what makes it faster. */
const longSeconds = 180;

/** Returns ` Faster with GENESYSCLOUD_TOKEN_POOL_SIZE=10.` for what takes long; otherwise nothing. */
export function fasterText(seconds: number, faster: string | undefined): string {
  return faster === undefined || seconds < longSeconds ? "" : ` Faster with ${faster}.`;
}

/** Returns `9 calls, 20 requests in all, about 1 s at 300 a minute.` */
export function costText({
  cost: { calls, requests = calls, seconds, callsPerMinute, faster },
}: Plan): string {
  if (calls === 0) return "0 calls.";
  const rate = number(Math.round(callsPerMinute));
  const all = requests > calls ? `, ${count(requests, "request")} in all` : "";
  return `${count(calls, "call")}${all}, about ${duration(seconds)} at ${rate} a minute.${fasterText(seconds, faster)}`;
}
