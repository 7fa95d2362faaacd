import type { Address } from "../../core/address.js";
import type { Audit } from "../../core/drift/audit.js";
import type { Change, Drift, Finding } from "../../core/plan/change.js";
import type { Diagnostic } from "../../core/diagnostic.js";
import { byCodeUnit } from "../../core/json/json.js";
import { needsPerson } from "../../core/drift/left.js";
import { groupBy } from "../../core/multimap.js";
import type { Plan } from "../../core/plan/plan.js";
import type { ApplyResult, ChangeResult } from "../../engine/events.js";
import { isComplete, isDone } from "../../engine/events.js";
import { leftAloneText, outcomeDetails } from "../apply/outcome-details.js";
import { getOutcome, getTitle } from "../apply/outcomes.js";
import { auditVerdict } from "../drift/drift-json.js";
import { auditHeadline, driftTitles, getLeftDrift } from "../drift/drift-text.js";
import { leftCountText, leftHelp } from "../drift/left-text.js";
import {
  actionSigns,
  actionText,
  changedAttributeLines,
  driftedAttributeLines,
  driftSign,
  goneText,
  isShown,
} from "../plan/change-text.js";
import { costText, noChangesText, planCounts, refreshOnlyText } from "../plan/plan-summary.js";
import type { FindingList } from "../plan/listed-findings.js";
import { getFindings, isListed, listFindings } from "../plan/listed-findings.js";
import { line, segmentText } from "../text/line.js";
import type { Move } from "../../core/state/moved-addresses.js";
import { getMoves, withoutFollowers } from "../../core/state/state-moves.js";
import { orgFacts } from "../text/org-text.js";
import { count, number } from "../text/terminal.js";
import { reasonComment, Reasons } from "../text/reasons.js";
import type { People, ValueOptions } from "../text/values.js";
import { distinctNames } from "../text/values.js";
import type { Report, ReportItem, ReportLeft } from "./report.js";

export interface ReportOptions {
  /** True to show long lists and texts whole. */
  readonly full?: boolean;
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
  { full = false, audit, warnings = [] }: ReportOptions = {},
): Report {
  const changes = plan.changes.filter(isShown);
  const values: ValueOptions = { people: distinctNames(plan.people), full, width };
  const isRefreshOnly = plan.options.mode === "refresh-only";
  const counts = planCounts(plan);
  const moves = withoutFollowers(getMoves(plan.findings));
  const hasChanges = isRefreshOnly ? plan.drift.length + moves.length > 0 : counts !== undefined;
  const items = [
    ...moves.map(moveItem),
    ...changes.map((change) => changeItem(change, values)),
    ...uncertainItems(plan),
  ];
  const parts = auditParts(plan, audit);
  return {
    title: planTitles[plan.options.mode],
    verdict: problems.length > 0 ? "failed" : hasChanges ? "changes" : "ok",
    headline: isRefreshOnly ? refreshOnlyText(plan) : (counts ?? noChangesText(plan).join(" ").trimEnd()),
    facts: [
      ...orgFacts(plan.org),
      ["Cost", costText(plan)],
      ["Changed outside", plan.drift.length === 0 ? "nothing" : count(plan.drift.length, "resource")],
      ["Checksum", plan.checksum],
    ],
    items: items.sort((a, b) => byCodeUnit(a.address, b.address)),
    unchanged: plan.changes.filter((change) => !isShown(change)),
    problemsTitle: "This plan can't be applied",
    problems,
    ...parts,
    findings: [...warnings.map(warningList), ...parts.findings],
  };
}

/** Returns a problem that does not prevent the apply, with an entry for each line of its detail. */
function warningList({ code, summary, detail = summary, help }: Diagnostic): FindingList {
  const entries = detail.split("\n").map((text) => ({ at: code, text }));
  return { code, severity: "warning", title: summary, ...(help === undefined ? {} : { help }), entries };
}

/** Returns what the audit of a repair found, and the findings of any other plan. */
function auditParts({ changes }: Plan, audit: ReportOptions["audit"]): Pick<Report, "left" | "findings"> {
  return {
    left: toReportLeft(audit?.left ?? []),
    findings: listFindings(audit?.findings ?? getFindings(changes)),
  };
}

function toReportLeft(left: Audit["left"]): readonly ReportLeft[] {
  return left.map((one) => ({ ...one, help: leftHelp([one]) }));
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
  { full = false, audit }: ReportOptions = {},
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
    : `${title} ${end}: ${number(done)} of ${count(all.length, "change")} done.`;
  return {
    title,
    verdict: !complete ? "failed" : left.some(needsPerson) ? "attention" : "ok",
    headline: `${counts}${leftCountText(left)}`,
    facts: [
      ...orgFacts(plan.org),
      ...countFacts("Failed", items, "failed"),
      ...countFacts("Skipped", items, "skipped"),
      ["Calls", number(result.calls)],
      ["Checksum", plan.checksum],
    ],
    items: [...items, ...uncertainItems(plan)],
    unchanged: plan.changes.filter(({ address }) => !result.results.has(address)),
    problemsTitle: "Errors",
    problems: credentialProblems(result, title),
    ...auditParts(plan, audit),
  };
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

/** Returns the report of an audit. @param full whether to show long lists and texts whole */
export function driftReport(audit: Audit, full = false): Report {
  const drifted = new Set(audit.drift.map(({ address }) => address));
  const values: ValueOptions = { people: distinctNames(audit.people), full, width };
  const items = [
    ...driftItems(audit, values),
    ...audit.pending.map((address) => unauditedItem(address, "pending", "is not applied yet")),
    ...audit.uncertain.map((address) => unauditedItem(address, "uncertain", "is uncertain")),
  ];
  return {
    title: "Drift",
    verdict: auditVerdict(audit) === "in-sync" ? "ok" : "changes",
    headline: auditHeadline(audit),
    facts: [
      ...orgFacts(audit.org),
      ["Compared to", audit.baseline === "applied" ? "the applied values" : "the config"],
      ["Audited", count(audit.audited.length, "resource")],
      ["Ignored", count(audit.ignored, "known difference")],
    ],
    left: toReportLeft(getLeftDrift(audit)),
    findings: listFindings(audit.findings),
    items: items.sort((a, b) => byCodeUnit(a.address, b.address)),
    unchanged: audit.audited.filter(({ address }) => !drifted.has(address)),
    problemsTitle: "Errors",
    problems: [],
  };
}

/** Returns an item for each drifted resource, with both classes of its drift. */
function driftItems({ drift, baseline }: Audit, values: ValueOptions): readonly ReportItem[] {
  return [...groupBy(drift, ({ address }) => address)].flatMap(([address, some]): readonly ReportItem[] => {
    const [first] = some;
    if (first === undefined) return [];
    const texts = some.map((one) => driftText(one));
    return [
      {
        ...empty,
        ...{
          address,
          kind: first.kind,
          sign: driftSign(first),
          text: texts.join(" and "),
          status: "changed",
        },
        lines: some.flatMap((one) => [
          ...(some.length > 1 ? [line(["bold", driftTitles[baseline][one.class]])] : []),
          ...driftedAttributeLines(one, values),
        ]),
      },
    ];
  });
}

function driftText(drift: Drift): string {
  if (drift.after === null) return goneText(drift);
  return drift.class === "membership" ? "differs from its sources" : "was changed outside";
}

/** The parts of an item that most items have no use for. */
const empty = { lines: [], destroys: false, findings: [], problems: [] } as const;

function unauditedItem(address: Address, kind: string, text: string): ReportItem {
  return { ...empty, address, kind, sign: "?", text, status: "skipped" };
}

function moveItem({ from, to }: Move): ReportItem {
  const text = `will be moved; its address was ${from}`;
  return { ...empty, address: to, kind: "moved", sign: ">", text, status: "changed" };
}

function changeItem(change: Change, values: ValueOptions): ReportItem {
  const { address, kind, action, because, remarks } = change;
  const reason = reasonComment(new Reasons(because).resource);
  return {
    address,
    kind,
    sign: actionSigns[action],
    text: actionText(change),
    ...(reason === undefined ? {} : { reason: segmentText(reason) }),
    status: "changed",
    lines: changedAttributeLines(change, values),
    destroys: destroysData(change),
    findings: remarks.filter((finding) => !isListed(finding)),
    problems: [],
  };
}

function destroysData({ action, remarks }: Change): boolean {
  return action === "delete" || remarks.some(({ severity }) => severity === "data-loss");
}

function uncertainItems({ uncertain }: Pick<Plan, "uncertain">): readonly ReportItem[] {
  return uncertain.map((one) => {
    const code = one.recovered === true ? "recovered" : "uncertain";
    const finding: Finding = { code, severity: "warning", text: one.text };
    return {
      ...empty,
      address: one.address,
      kind: code,
      sign: "?",
      text: leftAloneText(one),
      status: "skipped",
      findings: [finding],
    };
  });
}

/** Returns the parts of a change's item that its outcome decides. */
function outcomeParts(
  change: Change,
  result: ChangeResult,
  people: People,
): Pick<ReportItem, "text" | "status" | "problems" | "destroys"> {
  const { word, inReports, mayHaveHappened } = getOutcome(result);
  const hasAccepted = "accepted" in result && result.accepted.length > 0;
  return {
    text: word,
    status: inReports,
    problems: outcomeDetails(result, people).map(({ text }) => text),
    destroys: destroysData(change) && (mayHaveHappened || hasAccepted),
  };
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
