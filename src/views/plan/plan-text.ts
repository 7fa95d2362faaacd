import type { Call } from "../../core/calls/call.js";
import { callsInOrder } from "../../core/calls/topological-order.js";
import type { Change } from "../../core/plan/change.js";
import type { Plan } from "../../core/plan/plan.js";
import { safe, safeLine } from "../../core/safe-text.js";
import { leftAloneText } from "../apply/outcome-details.js";
import type { Line } from "../text/line.js";
import { indented, joinSections, line, lineText, paint, paragraph, signed } from "../text/line.js";
import type { Styles } from "../text/terminal.js";
import { number } from "../text/terminal.js";
import type { ValueOptions } from "../text/values.js";
import { distinctNames } from "../text/values.js";
import { callLines } from "./calls-text.js";
import { moveLines } from "./moves-text.js";
import { changeLines, driftLines, isShown } from "./change-text.js";
import { findingLines, getFindings, listFindings } from "./listed-findings.js";
import { briefLine, countedChanges, countedDrift, foldChanges, foldDrift } from "./plan-fold.js";
import { summaryLines } from "./plan-summary.js";

export interface PlanTextOptions {
  readonly style: Styles;
  /** Of the terminal, in columns. */
  readonly width: number;
  readonly full: boolean;
  /** Lists the calls too: returns the request that a call sends. */
  readonly calls?: (call: Call) => { readonly method: string; readonly path: string };
}

/** Returns a plan as people read it: its changes with their causes and findings, then its cost. */
export function renderPlan(plan: Plan, options: PlanTextOptions): string {
  return paint(planLines(plan, options), options.style);
}

function planLines(plan: Plan, options: PlanTextOptions): readonly Line[] {
  const { width, full } = options;
  const values: ValueOptions = { people: distinctNames(plan.people), full, width };
  // The changes of a refresh-only plan are its drift, which has a section of its own.
  const changes = plan.options.mode === "refresh-only" ? [] : plan.changes.filter(isShown);
  const { shown, brief, counted } = foldChanges(changes, full);
  return joinSections([
    driftSection(plan, values, options),
    moveLines(plan, full),
    ...shown.map((change) => changeLines(change, values, width)),
    briefSection(brief),
    countedChanges(counted, width),
    uncertainSection(plan, width),
    ...listFindings(getFindings(plan.changes)).map((list) => findingLines(list, options)),
    callsSection(plan, options),
    summaryLines(plan, width),
  ]);
}

function driftSection(plan: Plan, values: ValueOptions, { width, full }: PlanTextOptions): readonly Line[] {
  // The changes of a repair say the same as its drift.
  if (plan.drift.length === 0 || plan.options.mode === "repair") return [];
  const intro =
    plan.options.mode === "refresh-only"
      ? "Changed outside chatform since the last apply; the state will record the live values:"
      : "Note: changed outside chatform since the last apply:";
  const { shown, brief, counted } = foldDrift(plan.drift, full);
  const lines = [
    ...[...shown, ...brief].flatMap((drift) => driftLines(drift, values)),
    ...countedDrift(counted, width - 2),
  ];
  const title = paragraph(intro, { width }).map((one) => line(["bold", lineText(one)]));
  return [...title, ...indented(lines, 2)];
}

/** Returns a line for each change that destroys something and is not shown in full. */
function briefSection(changes: readonly Change[]): readonly Line[] {
  if (changes.length === 0) return [];
  const title = `${number(changes.length)} more destructive changes (--full shows their details):`;
  return [line(["bold", title]), ...indented(changes.map(briefLine), 2)];
}

function uncertainSection({ uncertain }: Plan, width: number): readonly Line[] {
  return uncertain.flatMap((one) => [
    signed("?", ["bold", safeLine(one.address)], ` ${leftAloneText(one)}`),
    ...paragraph(safe(one.text), { width, indent: 4 }),
  ]);
}

function callsSection(plan: Plan, { calls: describe, width, full }: PlanTextOptions): readonly Line[] {
  const calls = describe === undefined ? [] : callsInOrder(plan.changes);
  if (describe === undefined || calls.length === 0) return [];
  const lines = calls.flatMap((call) => callLines(call, describe(call), { width, full }));
  return [line(["bold", "Calls:"]), ...indented(lines, 2)];
}
