import type { Call } from "../core/call.js";
import { callsInOrder } from "../core/call-sequence.js";
import type { Plan } from "../core/plan.js";
import { callLines } from "./calls-text.js";
import { isShown, renderChange, renderDrift } from "./change-text.js";
import { renderSummary } from "./plan-summary.js";
import type { Styles } from "./terminal.js";
import { safe, safeLine } from "./terminal.js";
import type { ValueOptions } from "./values.js";
import { wrapped } from "./wrap.js";

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
  const sections = [
    driftSection(plan, values, options),
    ...changes.map((change) => renderChange(change, values, options.width)),
    uncertainSection(plan, options),
    options.calls === undefined ? "" : callsSection(plan, options, options.calls),
    renderSummary(plan, options.style, options.width),
  ];
  return sections.filter((section) => section !== "").join("\n");
}

function driftSection(plan: Plan, values: ValueOptions, { style, width }: PlanTextOptions): string {
  if (plan.drift.length === 0) return "";
  const intro =
    plan.options.mode === "refresh-only"
      ? "Changed outside chatform since the last apply; the state would take it over:"
      : "Note: changed outside chatform since the last apply:";
  const lines = plan.drift.flatMap((drift) => renderDrift(drift, values));
  return `${style.bold(wrapped(intro, "", width).join("\n"))}\n${lines.map((line) => `  ${line}`).join("\n")}\n`;
}

function uncertainSection({ uncertain }: Plan, { style, width }: PlanTextOptions): string {
  if (uncertain.length === 0) return "";
  const lines = uncertain.flatMap(({ address, text }) => [
    `${style.yellow("?")} ${style.bold(safeLine(address))} is uncertain, and left alone`,
    ...wrapped(safe(text), "    ", width),
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
