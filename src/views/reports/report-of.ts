import type { Address } from "../../core/address.js";
import type { Audit } from "../../core/drift/audit.js";
import type { Change, Drift, Finding } from "../../core/plan/change.js";
import type { Diagnostic } from "../../core/diagnostic.js";
import { byCodeUnit } from "../../core/json/json.js";
import type { Plan } from "../../core/plan/plan.js";
import type { ApplyResult, ChangeResult } from "../../engine/events.js";
import { isComplete, isDone } from "../../engine/events.js";
import { actionText, attributeLines, driftLines, isShown, symbols } from "../plan/change-text.js";
import { auditHeadline } from "../drift/drift-text.js";
import { orgFacts } from "../text/org-text.js";
import {
  acceptedText,
  leftAloneText,
  movedTexts,
  neededText,
  notConfirmedTexts,
  recoveredText,
} from "../apply/outcome-text.js";
import { costText, planCounts, refreshOnlyText, withoutChanges } from "../plan/plan-summary.js";
import type { Report, ReportItem } from "./report.js";
import { reportLine } from "./report-line.js";
import { count, styles } from "../text/terminal.js";
import type { ValueOptions } from "../text/values.js";

/**
 * A plan as a report.
 *
 * @param problems what forbids to apply it
 * @param full whether to unfold long lists and texts
 */
export function planReport(plan: Plan, problems: readonly Diagnostic[], full = false): Report {
  const changes = plan.changes.filter(isShown);
  const refreshOnly = plan.options.mode === "refresh-only";
  const counts = planCounts(plan);
  const values = valuesOf(plan, full);
  const changed = refreshOnly ? plan.drift.length > 0 : counts !== undefined;
  return {
    title: plan.options.mode === "destroy" ? "Destroy plan" : "Plan",
    verdict: problems.length > 0 ? "failed" : changed ? "changes" : "ok",
    headline: refreshOnly
      ? refreshOnlyText(plan, styles(false))
      : (counts ?? `No changes. ${withoutChanges(plan)}`),
    facts: [
      ...orgFacts(plan.org),
      ["Cost", costText(plan)],
      ["Changed outside", plan.drift.length === 0 ? "nothing" : count(plan.drift.length, "resource")],
      ["Checksum", plan.checksum],
    ],
    items: [...changes.map((change) => changeItem(change, values)), ...uncertainItems(plan)].sort((a, b) =>
      byCodeUnit(a.address, b.address),
    ),
    unchanged: plan.changes.filter((change) => !isShown(change)),
    problemsTitle: "It can't be applied",
    problems,
  };
}

/** What an apply came to, as a report. @param full whether to unfold long lists and texts */
export function applyReport(plan: Plan, result: ApplyResult, full = false): Report {
  const values = valuesOf(plan, full);
  const all = [...result.results.values()];
  const items = all.map((one) => doneItem(changeItem(one.change, values), one.result, plan.people));
  const done = all.filter((one) => isDone(one.result)).length;
  const complete = isComplete(result);
  const title = result.interrupted ? "interrupted" : complete ? "complete" : "incomplete";
  return {
    title: "Apply",
    verdict: complete ? "ok" : "failed",
    headline: `Apply ${title}: ${done.toLocaleString("en-US")} of ${count(all.length, "change")} done.`,
    facts: [
      ...orgFacts(plan.org),
      ...counted("Failed", items, "failed"),
      ...counted("Skipped", items, "skipped"),
      ["Calls", result.calls.toLocaleString("en-US")],
      ["Checksum", plan.checksum],
    ],
    items: [...items, ...uncertainItems(plan)],
    unchanged: plan.changes.filter(({ address }) => !result.results.has(address)),
    problemsTitle: "What stopped it",
    problems: credentialProblems(result),
  };
}

function credentialProblems({ credentialsEnded }: ApplyResult): readonly Diagnostic[] {
  if (credentialsEnded === undefined) return [];
  return [
    {
      severity: "error",
      code: "credentials-ended",
      summary: "The credentials ended while the changes were made",
      detail: `${credentialsEnded.message}. Nothing was sent after that.`,
      help: "Get new credentials, and run chatform apply again: it goes on from what is recorded.",
    },
  ];
}

/** What an audit found, as a report. @param full whether to unfold long lists and texts */
export function driftReport(audit: Audit, full = false): Report {
  const values = valuesOf(audit, full);
  const drifted = new Set(audit.drift.map(({ address }) => address));
  return {
    title: "Drift",
    verdict: audit.drift.length === 0 ? "ok" : "changes",
    headline: auditHeadline(audit),
    facts: [
      ...orgFacts(audit.org),
      ["Compared to", audit.baseline === "applied" ? "what was applied" : "the files"],
      ["Audited", count(audit.audited.length, "resource")],
      ["Known and ignored", count(audit.ignored, "difference")],
    ],
    items: [
      ...audit.drift.map((drift) => driftItem(drift, values)),
      ...audit.pending.map((address) => skippedItem(address, "pending", "is not applied yet")),
      ...audit.uncertain.map((address) => skippedItem(address, "uncertain", "is uncertain")),
    ].sort((a, b) => byCodeUnit(a.address, b.address)),
    unchanged: audit.audited.filter(({ address }) => !drifted.has(address)),
    problemsTitle: "What stopped it",
    problems: [],
  };
}

function skippedItem(address: Address, kind: string, text: string): ReportItem {
  const nothing = { lines: [], destroys: false, remarks: [], problems: [] };
  return { address, kind, symbol: "?", text, status: "skipped", ...nothing };
}

/** In colours, by which lines are told apart. */
function valuesOf({ people }: Pick<Plan, "people">, full: boolean): ValueOptions {
  return { style: styles(true), people, full };
}

function changeItem(change: Change, values: ValueOptions): ReportItem {
  const { address, kind, action, remarks } = change;
  return {
    address,
    kind,
    symbol: symbols[action],
    text: actionText(change),
    status: "changed",
    lines: attributeLines(change, values).map(reportLine),
    destroys: action === "delete" || remarks.some(({ severity }) => severity === "data-loss"),
    remarks,
    problems: [],
  };
}

function driftItem(drift: Drift, values: ValueOptions): ReportItem {
  const { address, kind, after } = drift;
  return {
    address,
    kind,
    symbol: after === null ? "-" : "~",
    text: after === null ? "is gone" : "was changed outside",
    status: "changed",
    lines: driftLines(drift, values).map(reportLine),
    destroys: false,
    remarks: [],
    problems: [],
  };
}

function uncertainItems({ uncertain }: Pick<Plan, "uncertain">): readonly ReportItem[] {
  return uncertain.map((one) => ({
    address: one.address,
    kind: one.recovered === true ? "recovered" : "uncertain",
    symbol: "?",
    text: leftAloneText(one),
    status: "skipped",
    lines: [],
    destroys: false,
    remarks: [leftAloneRemark(one)],
    problems: [],
  }));
}

function leftAloneRemark({ text, recovered }: Plan["uncertain"][number]): Finding {
  return recovered === true
    ? { code: "recovered", severity: "warning", text }
    : { code: "uncertain", severity: "warning", text };
}

/** What was not done destroyed nothing; of what is uncertain nobody knows. */
function doneItem(item: ReportItem, result: ChangeResult, people: Plan["people"]): ReportItem {
  const accepted = "accepted" in result ? result.accepted.length : 0;
  const mayHaveHappened = ["done", "not-taken", "uncertain"].includes(result.status) || accepted > 0;
  return { ...item, ...outcomeOf(result, people), destroys: item.destroys && mayHaveHappened };
}

/** How many items have this status, where there are any. */
function counted(
  name: string,
  items: readonly ReportItem[],
  status: ReportItem["status"],
): readonly (readonly [string, string])[] {
  const found = items.filter((item) => item.status === status).length;
  return found === 0 ? [] : [[name, count(found, "change")]];
}

function outcomeOf(
  result: ChangeResult,
  people: Plan["people"],
): Pick<ReportItem, "text" | "status" | "problems"> {
  const changed = "accepted" in result ? acceptedText(result.accepted, people) : undefined;
  const before = changed === undefined ? [] : [changed];
  switch (result.status) {
    case "done":
      return { text: "done", status: "ok", problems: movedTexts(result.moved, people) };
    case "failed":
      return {
        text: "failed",
        status: "failed",
        problems: [...result.errors.flatMap(errorTexts), ...before],
      };
    case "not-taken":
      return { text: "not confirmed", status: "failed", problems: notConfirmedTexts(result, people) };
    case "uncertain":
      return { text: "uncertain", status: "failed", problems: [`${result.error.message}. ${result.nextStep}`] };
    case "recovered": {
      const status = result.skippedCalls === 0 ? "ok" : "skipped";
      return { text: "recovered", status, problems: [recoveredText(result)] };
    }
    case "skipped": {
      const because = result.afterRecovery ? "was recovered" : "failed";
      return {
        text: "skipped",
        status: "skipped",
        problems: [`Skipped, as ${result.because} ${because}.`, ...before],
      };
    }
    case "interrupted":
      return {
        text: "interrupted",
        status: "skipped",
        problems: [
          result.cutOff
            ? "The run was stopped while a request was under way: it may have been carried out."
            : "The run was stopped.",
          ...before,
        ],
      };
    default:
      return result satisfies never;
  }
}

/** What went wrong, and what would help. */
function errorTexts({
  message,
  failure,
}: Extract<ChangeResult, { status: "failed" }>["errors"][number]): readonly string[] {
  const needed = neededText(failure.permissions);
  return needed === undefined ? [message] : [message, needed];
}
