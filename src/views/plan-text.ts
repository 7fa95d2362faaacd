import type { Call } from "../core/call.js";
import type { Action, Change, Remark } from "../core/change.js";
import type { Plan } from "../core/plan.js";
import { wrapped } from "./diagnostics-text.js";
import type { Styles } from "./terminal.js";
import { count, safeLine } from "./terminal.js";
import type { ValueOptions } from "./values.js";
import { attributeName, renderAttribute } from "./values.js";

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
    driftSection(plan, options),
    ...changes.map((change) => renderChange(change, values, options)),
    uncertainSection(plan, options),
    options.calls === undefined ? "" : callsSection(plan, options.style, options.calls),
    summary(plan, options.style),
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

function summary(plan: Plan, style: Styles): string {
  const counts = planCounts(plan);
  const { calls, seconds, callsPerMinute } = plan.cost;
  if (plan.options.mode === "refresh-only") {
    return plan.drift.length === 0
      ? "No changes. Everything is as it was applied.\n"
      : `${style.bold("Refresh only:")} ${count(plan.drift.length, "thing")} changed outside; the state takes that over. 0 calls.\n`;
  }
  if (counts === undefined) return `${style.green("No changes.")} Live matches the files.\n`;
  const cost =
    calls === 0
      ? "0 calls."
      : `${count(calls, "call")}, about ${duration(seconds)} at ${callsPerMinute.toLocaleString("en-US")} calls a minute.`;
  return `${style.bold(counts)} ${cost}\nChecksum: ${plan.checksum}\n`;
}

/** `2 s`, `3 min`, `1 h 20 min` */
export function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
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
      return wrapped(`${style.cyan("Note:")} ${text}`, "    ", width);
    case "warning":
      return wrapped(`${style.yellow("Warning:")} ${text}`, "    ", width);
    case "data-loss":
      return wrapped(`${style.red(style.bold("Data loss:"))} ${text}`, "    ", width);
    case "error":
      return wrapped(`${style.red("Error:")} ${text}`, "    ", width);
    default:
      return severity satisfies never;
  }
}

function driftSection({ drift, options }: Plan, { style, width }: PlanTextOptions): string {
  if (drift.length === 0) return "";
  const lines = drift.map(({ address, after, paths }) =>
    after === null
      ? `  ${style.red("-")} ${safeLine(address)} is gone`
      : `  ${style.yellow("~")} ${safeLine(address)}: ${paths.map(attributeName).join(", ")}`,
  );
  const intro =
    options.mode === "refresh-only"
      ? "Changed outside chatform since the last apply; the state would take it over:"
      : "Note: changed outside chatform since the last apply:";
  return `${wrapped(intro, "", width).join("\n")}\n${lines.join("\n")}\n`;
}

function uncertainSection({ uncertain }: Plan, { style, width }: PlanTextOptions): string {
  if (uncertain.length === 0) return "";
  const lines = uncertain.flatMap(({ address, text }) => [
    `${style.yellow("?")} ${style.bold(safeLine(address))} is uncertain, and left alone`,
    ...wrapped(text, "    ", width),
  ]);
  return `${lines.join("\n")}\n`;
}

function callsSection(plan: Plan, style: Styles, describe: NonNullable<PlanTextOptions["calls"]>): string {
  const calls = plan.changes.flatMap((change) => change.calls);
  if (calls.length === 0) return "";
  const lines = calls.map((call) => {
    const { method, path } = describe(call);
    const body = call.body === undefined ? "" : ` ${style.dim(safeLine(JSON.stringify(call.body), 400))}`;
    return `  ${style.bold(method.padEnd(6))} ${safeLine(path)}${body}`;
  });
  return `${style.bold("Calls:")}\n${lines.join("\n")}\n`;
}
