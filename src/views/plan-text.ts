import type { Call } from "../core/call.js";
import type { Action, Change, Drift, Remark } from "../core/change.js";
import type { Plan } from "../core/plan.js";
import { valueAt } from "../core/pointer.js";
import type { Styles } from "./terminal.js";
import { count, safe, safeLine } from "./terminal.js";
import type { ValueOptions } from "./values.js";
import { renderAttribute } from "./values.js";
import { callLines } from "./calls-text.js";
import { duration } from "./duration.js";
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
  const changes = plan.changes.filter(isShown);
  const sections = [
    driftSection(plan, values, options),
    ...changes.map((change) => renderChange(change, values, options)),
    uncertainSection(plan, options),
    options.calls === undefined ? "" : callsSection(plan, options, options.calls),
    summary(plan, options),
  ];
  return sections.filter((section) => section !== "").join("\n");
}

/** Whether a change is worth showing: all but what is as it should be. */
export function isShown(change: Change): boolean {
  return change.action !== "no-op" || change.attributes.length > 0;
}

const symbols: Readonly<Record<Action, string>> = {
  create: "+",
  update: "~",
  delete: "-",
  adopt: ">",
  forget: "x",
  "no-op": " ",
};

const words: Readonly<Record<Action, string>> = {
  create: "will be created",
  update: "will be changed",
  delete: "will be deleted",
  adopt: "will be taken over",
  forget: "will be forgotten; it stays as it is",
  "no-op": "is taken over into the state",
};

/** `Plan: 3 to create, 2 to update, 1 to delete.` without its cost; undefined when there is nothing to do. */
export function planCounts(plan: Plan): string | undefined {
  const counts = (["create", "update", "delete", "adopt", "forget"] as const).flatMap((action) => {
    const number = plan.changes.filter((change) => change.action === action).length;
    return number === 0 ? [] : [`${number.toLocaleString("en-US")} to ${action}`];
  });
  return counts.length === 0 ? undefined : `Plan: ${counts.join(", ")}.`;
}

function summary(plan: Plan, { style, width }: PlanTextOptions): string {
  const counts = planCounts(plan);
  if (plan.options.mode === "refresh-only") {
    if (plan.drift.length === 0) return "No changes. Everything is as it was applied.\n";
    const things = count(plan.drift.length, "resource");
    return `${style.bold("Refresh only:")} ${things} changed outside; the state takes that over. 0 calls.\n`;
  }
  if (counts === undefined) return `${style.green("No changes.")} ${withoutChanges(plan)}\n`;
  const cost = costText(plan);
  const separator = counts.length + 1 + cost.length > width ? "\n" : " ";
  return `${style.bold(counts)}${separator}${cost}\nChecksum: ${plan.checksum}\n`;
}

/** What no changes means, given what was looked at. */
function withoutChanges({ options, uncertain }: Plan): string {
  const part = options.targets.length + options.excludes.length > 0 ? ", as far as it was asked for" : "";
  if (uncertain.length > 0) return "But not everything could be looked at: see above.";
  if (options.mode === "destroy") return "Nothing is left that chatform applied.";
  return options.refresh ? `Live matches the files${part}.` : `The state matches the files${part}.`;
}

/** `9 calls, about 2 s at 300 calls a minute.` */
export function costText({ cost: { calls, seconds, callsPerMinute } }: Plan): string {
  if (calls === 0) return "0 calls.";
  const rate = callsPerMinute.toLocaleString("en-US", { maximumFractionDigits: 0 });
  return `${count(calls, "call")}, about ${duration(seconds)} at ${rate} calls a minute.`;
}

function renderChange(change: Change, values: ValueOptions, { style, width }: PlanTextOptions): string {
  const { action, address, attributes, calls, remarks } = change;
  const paint = painter(action, style);
  const emptied = action === "forget" && calls.length > 0 ? "will be reset, then forgotten" : words[action];
  const lines = [
    `${paint(symbols[action])} ${style.bold(safeLine(address))} ${emptied}`,
    ...(action === "delete"
      ? deletedLines(change, values)
      : attributes.flatMap((attribute) => renderAttribute(attribute, values))
    ).map((line) => `    ${line}`),
    ...remarks.flatMap((remark) => remarkLines(remark, style, width)),
  ];
  return `${lines.join("\n")}\n`;
}

function deletedLines({ before }: Change, values: ValueOptions): readonly string[] {
  const body = before?.["body"];
  return body === undefined ? [] : renderAttribute({ path: "/body", cause: "config", before: body }, values);
}

function painter(action: Action, style: Styles): (text: string) => string {
  switch (action) {
    case "create":
      return style.green;
    case "update":
      return style.yellow;
    case "delete":
      return style.red;
    case "adopt":
      return style.cyan;
    case "forget":
    case "no-op":
      return style.dim;
    default:
      return action satisfies never;
  }
}

function remarkLines({ severity, text }: Remark, style: Styles, width: number): readonly string[] {
  switch (severity) {
    case "note":
      return wrapped(`${style.cyan("Note:")} ${safe(text)}`, "    ", width);
    case "warning":
      return wrapped(`${style.yellow("Warning:")} ${safe(text)}`, "    ", width);
    case "data-loss":
      return wrapped(`${style.red(style.bold("Data loss:"))} ${safe(text)}`, "    ", width);
    case "error":
      return wrapped(`${style.red("Error:")} ${safe(text)}`, "    ", width);
    default:
      return severity satisfies never;
  }
}

function driftSection(plan: Plan, values: ValueOptions, { style, width }: PlanTextOptions): string {
  if (plan.drift.length === 0) return "";
  const intro =
    plan.options.mode === "refresh-only"
      ? "Changed outside chatform since the last apply; the state would take it over:"
      : "Note: changed outside chatform since the last apply:";
  const lines = plan.drift.flatMap((drift) => driftLines(drift, values));
  return `${style.bold(wrapped(intro, "", width).join("\n"))}\n${lines.map((line) => `  ${line}`).join("\n")}\n`;
}

/** What one resource was, and what it is. */
export function driftLines(
  { address, before, after, paths }: Drift,
  values: ValueOptions,
): readonly string[] {
  const { style } = values;
  if (after === null) return [`${style.red("-")} ${style.bold(safeLine(address))} is gone`];
  const changes = paths.flatMap((path) => {
    const [was, is] = [valueAt(before, path), valueAt(after, path)];
    const attribute = {
      path,
      cause: "config" as const,
      ...(was === undefined ? {} : { before: was }),
      ...(is === undefined ? {} : { after: is }),
    };
    return renderAttribute(attribute, values);
  });
  return [`${style.yellow("~")} ${style.bold(safeLine(address))}`, ...changes.map((line) => `    ${line}`)];
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
  const calls = plan.changes.flatMap((change) => change.calls);
  if (calls.length === 0) return "";
  const lines = calls.flatMap((call) => callLines(call, describe(call), options));
  return `${options.style.bold("Calls:")}\n${lines.map((line) => `  ${line}`).join("\n")}\n`;
}
