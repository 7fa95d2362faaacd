import type { Call } from "../../core/calls/call.js";
import { callsInOrder } from "../../core/calls/topological-order.js";
import type { Audit } from "../../core/drift/audit.js";
import type { Change, Drift } from "../../core/plan/change.js";
import type { Plan } from "../../core/plan/plan.js";
import { safe } from "../../core/safe-text.js";
import { leftAloneText } from "../apply/outcome-details.js";
import { leftLines } from "../drift/left-text.js";
import { namedAddress } from "../../core/people/named-address.js";
import type { Line } from "../text/line.js";
import { indented, joinSections, line, paint, paragraph, signed } from "../text/line.js";
import type { Styles } from "../text/terminal.js";
import { number } from "../text/terminal.js";
import type { People, ValueOptions } from "../text/values.js";
import { distinctNames } from "../text/values.js";
import { callLines } from "./calls-text.js";
import { changeLines, isShown } from "./change-text.js";
import { driftSection } from "./drift-section.js";
import { moveLines } from "./moves-text.js";
import { findingLines, getFindings, isListed, listFindings } from "./listed-findings.js";
import { briefLine, countedChanges, foldChanges } from "./plan-fold.js";
import { summaryLines } from "./plan-summary.js";

/** The places in the config files of a plan's reasons and findings. */
export interface PlanPlaces {
  readonly ofChange: (change: Change) => Change;
  readonly ofDrift: (drift: Drift) => Drift;
}

export interface PlanTextOptions {
  readonly style: Styles;
  /** Of the terminal, in columns. */
  readonly width: number;
  readonly full: boolean;
  /** Adds to commands the options by which they find the same config and state. */
  readonly repeatOptions?: (text: string) => string;
  /** Of a repair: what its audit found beside the changes. */
  readonly audit?: Pick<Audit, "findings" | "left"> | undefined;
  /** Lists the calls too: returns the request that a call sends. */
  readonly calls?: (call: Call) => { readonly method: string; readonly path: string };
  /** Adds places to what is shown. Missing: the plan has them. */
  readonly places?: PlanPlaces | undefined;
}

const noPlaces: PlanPlaces = { ofChange: (change) => change, ofDrift: (drift) => drift };

/** Returns a plan as people read it: its changes with their causes and findings, then its cost. */
export function renderPlan(plan: Plan, options: PlanTextOptions): string {
  return paint(planLines(plan, options), options.style);
}

function planLines(plan: Plan, options: PlanTextOptions): readonly Line[] {
  const { width, full, audit, places = noPlaces } = options;
  const values: ValueOptions = { people: distinctNames(plan.people), full, width };
  // The changes of a refresh-only plan are its drift, which has a section of its own.
  const changes = plan.options.mode === "refresh-only" ? [] : plan.changes.filter(isShown);
  const { shown, brief, counted } = foldChanges(changes, full);
  const explained = plan.changes.filter(({ remarks }) => remarks.some(isListed));
  return joinSections([
    planDriftSection(plan, values, places),
    moveLines(plan, full),
    ...shown.map((change) => changeLines(places.ofChange(change), values, width)),
    briefSection(brief, plan.people),
    countedChanges(counted, { width, people: plan.people }),
    uncertainSection(plan, width),
    ...listFindings(audit?.findings ?? getFindings(explained.map(places.ofChange))).map((list) =>
      findingLines(list, options),
    ),
    leftLines(audit?.left ?? [], { ...options, people: plan.people }),
    callsSection(plan, options),
    summaryLines(plan, width),
  ]);
}

function planDriftSection(
  { drift, options: { mode } }: Plan,
  values: ValueOptions,
  { ofDrift }: PlanPlaces,
): readonly Line[] {
  // The changes of a repair say the same as its drift.
  if (mode === "repair") return [];
  const title =
    mode === "refresh-only"
      ? "Changed outside chatform since the last apply; the state will record the live values:"
      : "Note: changed outside chatform since the last apply:";
  return driftSection(title, drift, values, ofDrift);
}

/** Returns a line for each change that destroys something and is not shown in full. */
function briefSection(changes: readonly Change[], people: People): readonly Line[] {
  if (changes.length === 0) return [];
  const title = `${number(changes.length)} more destructive changes (--full shows their details):`;
  return [
    line(["bold", title]),
    ...indented(
      changes.map((change) => briefLine(change, people)),
      2,
    ),
  ];
}

function uncertainSection({ uncertain, people }: Plan, width: number): readonly Line[] {
  return uncertain.flatMap((one) => [
    signed("?", ["bold", namedAddress(one.address, people)], ` ${leftAloneText(one)}`),
    ...paragraph(safe(one.text), { width, indent: 4 }),
  ]);
}

function callsSection(plan: Plan, { calls: describe, width, full }: PlanTextOptions): readonly Line[] {
  const calls = describe === undefined ? [] : callsInOrder(plan.changes);
  if (describe === undefined || calls.length === 0) return [];
  const lines = calls.flatMap((call) =>
    callLines(call, describe(call), { width, full, people: plan.people }),
  );
  return [line(["bold", "Calls:"]), ...indented(lines, 2)];
}
