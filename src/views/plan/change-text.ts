import type { Action, Change, Drift, Finding } from "../../core/plan/change.js";
import { roomKind } from "../../core/state/forgotten.js";
import { alreadyGone } from "../../core/plan/orphans.js";
import { valueAt } from "../../core/json/pointer.js";
import type { Styles } from "../text/terminal.js";
import { safe, safeLine } from "../../core/safe-text.js";
import type { ValueOptions } from "../text/values.js";
import { renderAttribute } from "../text/values.js";
import { wrapped } from "../text/wrap.js";

/** Whether a change is worth showing: all but what is as it should be, and nobody needs to be warned of. */
export function isShown({ action, attributes, calls, remarks }: Change): boolean {
  const warns = remarks.some(({ severity }) => severity !== "note");
  return action !== "no-op" || attributes.length > 0 || calls.length > 0 || warns;
}

/** The sign of each action. */
export const symbols: Readonly<Record<Action, string>> = {
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
  adopt: "will be adopted",
  forget: "will be removed from the state",
  "no-op": "stays as it is",
};

/** `will be created` */
export function actionText(change: Change): string {
  const { action, attributes } = change;
  if (action === "forget") return forgetText(change);
  return action === "no-op" && attributes.length > 0 ? "is taken over into the state" : words[action];
}

function forgetText({ kind, calls, remarks }: Change): string {
  if (calls.length > 0) return "will be reset, then removed from the state";
  const gone = remarks.some(({ code }) => code === alreadyGone.code);
  return gone ? words.forget : `${words.forget}; ${kept(kind)} kept`;
}

function kept(kind: string): string {
  if (kind === roomKind) return "the room itself is";
  return kind.endsWith("/messages/*") ? "the message itself is" : "the live values are";
}

/** What a change does to its attributes, in lines; and the jid of a room that the state drops, to find the room by. */
export function attributeLines(change: Change, values: ValueOptions): readonly string[] {
  const { action, kind, id, attributes } = change;
  if (action === "delete") return deletedLines(change, values);
  const jid = action === "forget" && kind === roomKind && id !== undefined ? [`jid: ${safeLine(id)}`] : [];
  return [...jid, ...attributes.flatMap((attribute) => renderAttribute(attribute, values))];
}

/** A change as people read it, its remarks too. */
export function renderChange(change: Change, values: ValueOptions, width: number): string {
  const { style } = values;
  const { action, address, remarks } = change;
  const lines = [
    `${painter(action, style)(symbols[action])} ${style.bold(safeLine(address))} ${actionText(change)}`,
    ...attributeLines(change, values).map((line) => `    ${line}`),
    ...remarks.flatMap((remark) => remarkLines(remark, style, width)),
  ];
  return `${lines.join("\n")}\n`;
}

/** What one resource was, and what it is. */
export function renderDrift(drift: Drift, values: ValueOptions): readonly string[] {
  const { style } = values;
  const address = style.bold(safeLine(drift.address));
  if (drift.after === null) return [`${style.red("-")} ${address} is gone`];
  return [`${style.yellow("~")} ${address}`, ...driftLines(drift, values).map((line) => `    ${line}`)];
}

/** What of it was changed outside. */
export function driftLines({ before, after, paths }: Drift, values: ValueOptions): readonly string[] {
  return paths.flatMap((path) => {
    const [was, is] = [valueAt(before, path), after === null ? undefined : valueAt(after, path)];
    return renderAttribute(
      {
        path,
        cause: "config",
        ...(was === undefined ? {} : { before: was }),
        ...(is === undefined ? {} : { after: is }),
      },
      values,
    );
  });
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

function remarkLines({ severity, text }: Finding, style: Styles, width: number): readonly string[] {
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
