import type { Call } from "../../core/calls/call.js";
import { callsInOrder } from "../../core/calls/topological-order.js";
import type { Change } from "../../core/plan/change.js";
import type { Plan } from "../../core/plan/plan.js";
import { callLines } from "./calls-text.js";
import { isShown, renderChange, renderDrift } from "./change-text.js";
import { briefLine, countedChanges, countedDrift, foldedChanges, foldedDrift } from "./plan-fold.js";
import { renderSummary } from "./plan-summary.js";
import type { Styles } from "../text/terminal.js";
import { safe, safeLine } from "../../core/safe-text.js";
import { number } from "../text/terminal.js";
import type { ValueOptions } from "../text/values.js";
import { leftAloneText } from "../apply/outcome-text.js";
import { wrapped } from "../text/wrap.js";

export interface PlanTextOptions {
  readonly style: Styles;
  /** Of the terminal, in characters. */
  readonly width: number;
  readonly full: boolean;
  /** List the calls; the request that each one is. */
  readonly calls?: (call: Call) => { readonly method: string; readonly path: string };
}

/** A plan as people read it: what changes, how, why, and what it costs. */
export function renderPlan(plan: Plan, options: PlanTextOptions): string {
  const values: ValueOptions = { style: options.style, people: plan.people, full: options.full };
  // What a refresh-only plan changes in the state is what drifted: that is shown once.
  const changes = plan.options.mode === "refresh-only" ? [] : plan.changes.filter(isShown);
  const { shown, brief, counted } = foldedChanges(changes, options.full);
  const sections = [
    driftSection(plan, values, options),
    ...shown.map((change) => renderChange(change, values, options.width)),
    briefSection(brief, options),
    countedSection(counted, options),
    uncertainSection(plan, options),
    options.calls === undefined ? "" : callsSection(plan, options, options.calls),
    renderSummary(plan, options.style, options.width),
  ];
  return sections.filter((section) => section !== "").join("\n");
}

function driftSection(plan: Plan, values: ValueOptions, options: PlanTextOptions): string {
  const { style, width } = options;
  if (plan.drift.length === 0) return "";
  const intro =
    plan.options.mode === "refresh-only"
      ? "Changed outside chatform since the last apply; the state would take it over:"
      : "Note: changed outside chatform since the last apply:";
  const { shown, brief, counted } = foldedDrift(plan.drift, options.full);
  const lines = [
    ...[...shown, ...brief].flatMap((drift) => renderDrift(drift, values)),
    ...countedDrift(counted, style, width - 2),
  ];
  return `${style.bold(wrapped(intro, "", width).join("\n"))}\n${lines.map((line) => `  ${line}`).join("\n")}\n`;
}

/** What takes something away is never only counted: those that are too many to show in full have a line each. */
function briefSection(changes: readonly Change[], { style }: PlanTextOptions): string {
  if (changes.length === 0) return "";
  const title = style.bold(
    `${number(changes.length)} more that take something away (--full shows all of it):`,
  );
  return `${[title, ...changes.map((change) => `  ${briefLine(change, style)}`)].join("\n")}\n`;
}

function countedSection(changes: readonly Change[], { style, width }: PlanTextOptions): string {
  const lines = countedChanges(changes, style, width);
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

function uncertainSection({ uncertain }: Plan, { style, width }: PlanTextOptions): string {
  if (uncertain.length === 0) return "";
  const lines = uncertain.flatMap((one) => [
    `${style.yellow("?")} ${style.bold(safeLine(one.address))} ${leftAloneText(one)}`,
    ...wrapped(safe(one.text), "    ", width),
  ]);
  return `${lines.join("\n")}\n`;
}

function callsSection(
  plan: Plan,
  options: PlanTextOptions,
  describe: NonNullable<PlanTextOptions["calls"]>,
): string {
  const calls = callsInOrder(plan.changes);
  if (calls.length === 0) return "";
  const lines = calls.flatMap((call) => callLines(call, describe(call), options));
  return `${options.style.bold("Calls:")}\n${lines.map((line) => `  ${line}`).join("\n")}\n`;
}
