import type { Audit } from "../../core/drift/audit.js";
import type { Diagnostic } from "../../core/diagnostic.js";
import { byCodeUnit } from "../../core/json/json.js";
import { needsPerson } from "../../core/drift/left.js";
import type { Plan } from "../../core/plan/plan.js";
import { hasChanges } from "../../core/plan/has-changes.js";
import type { ApplyResult } from "../../engine/events.js";
import { isComplete, isDone } from "../../engine/events.js";
import { applyCounts } from "../apply/apply-counts.js";
import { doneText, nextSteps } from "../apply/apply-result-text.js";
import { getTitle } from "../apply/outcomes.js";
import { auditVerdict } from "../drift/drift-json.js";
import { auditHeadline, driftNextSteps, getLeftDrift } from "../drift/drift-text.js";
import { leftCountText, leftHelp } from "../drift/left-text.js";
import { isShown } from "../plan/change-text.js";
import {
  costText,
  driftCount,
  noChangesText,
  peopleText,
  planCounts,
  refreshOnlyText,
} from "../plan/plan-summary.js";
import type { FindingList } from "../plan/listed-findings.js";
import { getFindings, listFindings } from "../plan/listed-findings.js";
import { getMoves, withoutFollowers } from "../../core/state/state-moves.js";
import { lineText } from "../text/line.js";
import { orgFacts } from "../text/org-text.js";
import { count, number } from "../text/terminal.js";
import type { People, ValueOptions } from "../text/values.js";
import { distinctNames } from "../text/values.js";
import type { Report, ReportItem, ReportLeft } from "./report.js";
import {
  changeItem,
  driftItems,
  moveItem,
  ofUser,
  outcomeParts,
  unauditedItem,
  uncertainItems,
} from "./report-items.js";

export interface ReportOptions {
  /** True to show long lists and texts whole. */
  readonly full?: boolean;
  /** Adds to commands the options by which they find the same config and state. */
  readonly repeatOptions?: ((text: string) => string) | undefined;
  /** Of an apply: true for a saved plan, which applies once. */
  readonly isSaved?: boolean | undefined;
  /** Of an apply: false if the state could not be stored. Missing: true. */
  readonly isStored?: boolean;
  /** Of an apply: problems beside those of the changes. */
  readonly problems?: readonly Diagnostic[];
  /** Of a repair: what its audit found beside the changes. */
  readonly audit?: Pick<Audit, "left" | "findings"> | undefined;
  /** Of a plan: problems that do not prevent the apply. */
  readonly warnings?: readonly Diagnostic[];
}

/** Of the lines in reports, in columns: GitHub shows about as many. */
const width = 110;

/**
 * Returns the report of a plan.
 *
 * @param problems reasons why the plan can't be applied
 */
export function planReport(
  plan: Plan,
  problems: readonly Diagnostic[],
  { full = false, audit, warnings = [], repeatOptions }: ReportOptions = {},
): Report {
  const changes = plan.changes.filter(isShown);
  const values: ValueOptions = { people: distinctNames(plan.people), full, width };
  const isRefreshOnly = plan.options.mode === "refresh-only";
  const counts = planCounts(plan);
  const moves = withoutFollowers(getMoves(plan.findings));
  const items = [
    ...moves.map((move) => moveItem(move, plan.people)),
    ...changes.map((change) => changeItem(change, values)),
    ...uncertainItems(plan),
  ];
  const parts = auditParts(plan, audit);
  const report = {
    title: planTitles[plan.options.mode],
    verdict: problems.length > 0 ? "failed" : hasChanges(plan) ? "changes" : "ok",
    headline: isRefreshOnly ? refreshOnlyText(plan) : (counts ?? noChangesText(plan).join(" ").trimEnd()),
    environment: plan.org.environment,
    nextSteps: [],
    facts: [
      ...orgFacts(plan.org),
      ["Cost", costText(plan)],
      ["Changed outside", plan.drift.length === 0 ? "nothing" : driftCount(plan.drift)],
      ["Checksum", plan.checksum],
    ],
    items: items.sort((a, b) => byCodeUnit(a.address, b.address)),
    unchanged: plan.changes.filter((change) => !isShown(change)),
    problemsTitle: "This plan can't be applied",
    problems,
    ...parts,
    findings: [...warnings.map(warningList), ...parts.findings],
  } as const;
  return repeating(report, repeatOptions);
}

/** Returns a report whose next steps have the options by which they find the same config and state. */
function repeating(report: Report, repeatOptions: ReportOptions["repeatOptions"]): Report {
  if (repeatOptions === undefined) return report;
  const repeated = <T extends { readonly help?: string | undefined }>(one: T): T =>
    one.help === undefined ? one : { ...one, help: repeatOptions(one.help) };
  return {
    ...report,
    nextSteps: report.nextSteps.map(repeatOptions),
    problems: report.problems.map(repeated),
    left: report.left.map(repeated),
    findings: report.findings.map(repeated),
  };
}

/** Returns a problem that does not prevent the apply, with an entry for each line of its detail. */
function warningList({ code, summary, detail = summary, help }: Diagnostic): FindingList {
  const entries = detail.split("\n").map((text) => ({ at: code, text }));
  return { code, severity: "warning", title: summary, ...(help === undefined ? {} : { help }), entries };
}

/** Returns what the audit of a repair found, and the findings of any other plan. */
function auditParts(
  { changes, people }: Plan,
  audit: ReportOptions["audit"],
): Pick<Report, "left" | "findings"> {
  return {
    left: toReportLeft(audit?.left ?? [], people),
    findings: listFindings(audit?.findings ?? getFindings(changes)),
  };
}

function toReportLeft(left: Audit["left"], people: People): readonly ReportLeft[] {
  return left.map((one) => ({ ...one, ...ofUser(one.address, people), help: leftHelp([one]) }));
}

const planTitles: Readonly<Record<Plan["options"]["mode"], string>> = {
  normal: "Plan",
  "refresh-only": "Plan",
  destroy: "Destroy plan",
  repair: "Repair plan",
};

/** Returns the report of an apply or a repair. */
export function applyReport(
  plan: Plan,
  result: ApplyResult,
  { full = false, audit, isSaved, isStored = true, problems = [], repeatOptions }: ReportOptions = {},
): Report {
  const title = getTitle(plan);
  const left = audit?.left ?? [];
  const all = [...result.results.values()];
  const people = distinctNames(plan.people);
  const items = all.map((one) => ({
    ...changeItem(one.change, { people, full, width }),
    ...outcomeParts(one.change, one.result, people),
  }));
  const complete = isComplete(result);
  const end = result.interrupted ? "interrupted" : complete ? "complete" : "incomplete";
  const done = all.filter((one) => isDone(one.result)).length;
  const isIdle = title === "Repair" && complete && all.length === 0;
  const counts = isIdle
    ? "Nothing to repair."
    : `${title} ${end}: ${number(done)} of ${count(all.length, "change")} done${peopleText(applyCounts(result).removedPeople)}.`;
  const report = {
    title,
    verdict: !complete ? "failed" : left.some(needsPerson) ? "attention" : "ok",
    headline: `${counts}${leftCountText(left)}`,
    environment: plan.org.environment,
    nextSteps: complete ? [] : nextSteps({ isSaved, isStored }),
    facts: [
      ...orgFacts(plan.org),
      ["Done", doneText(result)],
      ...countFacts("Failed", items, "failed"),
      ...countFacts("Skipped", items, "skipped"),
      ["Calls", number(result.calls)],
      ["Checksum", plan.checksum],
    ],
    items: [...items, ...uncertainItems(plan)],
    unchanged: plan.changes.filter(({ address }) => !result.results.has(address)),
    problemsTitle: "Errors",
    problems: [...credentialProblems(result, title), ...problems],
    ...auditParts(plan, audit),
  } as const;
  return repeating(report, repeatOptions);
}

function credentialProblems({ credentialsEnded }: ApplyResult, title: string): readonly Diagnostic[] {
  const command = title.toLowerCase();
  if (credentialsEnded === undefined) return [];
  return [
    {
      severity: "error",
      code: "credentials-ended",
      summary: `The credentials stopped working during the ${command}`,
      detail: `${credentialsEnded.message}. Nothing was sent after that.`,
      help: `Get new credentials and run chatform ${command} again; it continues from the recorded changes.`,
    },
  ];
}

/** Returns the report of an audit. */
export function driftReport(audit: Audit, { full = false, repeatOptions }: ReportOptions = {}): Report {
  const drifted = new Set(audit.drift.map(({ address }) => address));
  const values: ValueOptions = { people: distinctNames(audit.people), full, width };
  const items = [
    ...driftItems(audit, values),
    ...audit.pending.map((address) => unauditedItem(address, "pending", "is not applied yet", audit.people)),
    ...audit.uncertain.map((address) => unauditedItem(address, "uncertain", "is uncertain", audit.people)),
  ];
  const report = {
    title: "Drift",
    verdict: auditVerdict(audit) === "in-sync" ? "ok" : "changes",
    headline: auditHeadline(audit),
    environment: audit.org.environment,
    nextSteps: driftNextSteps(audit, {}).map(lineText),
    facts: [
      ...orgFacts(audit.org),
      ["Compared to", audit.baseline === "applied" ? "the applied values" : "the config"],
      ["Audited", count(audit.audited.length, "resource")],
      ...(audit.ignored === 0 ? [] : [["Ignored", count(audit.ignored, "known difference")] as const]),
    ],
    left: toReportLeft(getLeftDrift(audit), audit.people),
    findings: listFindings(audit.findings),
    items: items.sort((a, b) => byCodeUnit(a.address, b.address)),
    unchanged: audit.audited.filter(({ address }) => !drifted.has(address)),
    problemsTitle: "Errors",
    problems: [],
  } as const;
  return repeating(report, repeatOptions);
}

/** Returns a fact with the number of items of a status; no fact for zero. */
function countFacts(
  name: string,
  items: readonly ReportItem[],
  status: ReportItem["status"],
): readonly (readonly [string, string])[] {
  const found = items.filter((item) => item.status === status).length;
  return found === 0 ? [] : [[name, count(found, "change")]];
}
