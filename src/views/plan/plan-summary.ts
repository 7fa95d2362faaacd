import type { Plan } from "../../core/plan/plan.js";
import { duration } from "../../core/time/duration.js";
import { orgLines } from "../text/org-text.js";
import type { Styles } from "../text/terminal.js";
import { count } from "../text/terminal.js";

/** `Plan: 3 to create, 2 to update, 1 to delete.` without its cost; undefined when there is nothing to do. */
export function planCounts(plan: Plan): string | undefined {
  const counts = (["create", "update", "delete", "adopt", "forget"] as const).flatMap((action) => {
    const number = plan.changes.filter((change) => change.action === action).length;
    return number === 0 ? [] : [`${number.toLocaleString("en-US")} to ${action}`];
  });
  return counts.length === 0 ? undefined : `Plan: ${counts.join(", ")}.`;
}

/** What a plan comes to, where, and its checksum. */
export function renderSummary(plan: Plan, style: Styles, width: number): string {
  const counts = planCounts(plan);
  const org = orgLines(plan.org, width)
    .map((line) => `${line}\n`)
    .join("");
  if (plan.options.mode === "refresh-only") return `${refreshOnlyText(plan, style)}\n${org}`;
  if (counts === undefined) return `${style.green("No changes.")} ${withoutChanges(plan)}\n${org}`;
  const cost = costText(plan);
  const separator = counts.length + 1 + cost.length > width ? "\n" : " ";
  const loss = destroysData(plan) ? "It destroys data for good: apply needs --allow-data-loss.\n" : "";
  return `${style.bold(counts)}${separator}${cost}\n${loss}${org}Checksum: ${plan.checksum}\n`;
}

function destroysData({ changes }: Plan): boolean {
  return changes.some(({ remarks }) => remarks.some(({ severity }) => severity === "data-loss"));
}

/** What a refresh-only plan comes to. */
export function refreshOnlyText({ drift }: Plan, style: Styles): string {
  if (drift.length === 0) return "No changes. Everything is as it was applied.";
  const things = count(drift.length, "resource");
  return `${style.bold("Refresh only:")} ${things} changed outside; the state takes that over. 0 calls.`;
}

/** What no changes means, given what was looked at. */
export function withoutChanges({ changes, options, uncertain }: Plan): string {
  const part = options.targets.length + options.excludes.length > 0 ? ", as far as it was asked for" : "";
  if (uncertain.length > 0) return "But not everything could be looked at: see above.";
  if (options.mode === "destroy") return "Nothing is left that chatform applied.";
  if (changes.length === 0 && part === "") return "The files declare nothing yet.";
  return options.refresh ? `Live matches the files${part}.` : `The state matches the files${part}.`;
}

/** `9 calls, about 2 s at 300 calls a minute.` */
export function costText({ cost: { calls, seconds, callsPerMinute } }: Plan): string {
  if (calls === 0) return "0 calls.";
  const rate = callsPerMinute.toLocaleString("en-US", { maximumFractionDigits: 0 });
  return `${count(calls, "call")}, about ${duration(seconds)} at ${rate} calls a minute.`;
}
