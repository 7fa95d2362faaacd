import type { AttributeChange } from "../../core/plan/change.js";
import type { Json } from "../../core/json/json.js";
import { byCodeUnit, isArray, isObject } from "../../core/json/json.js";
import { tokens } from "../../core/json/pointer.js";
import { isRef } from "../../core/calls/reference.js";
import { without } from "../../core/state/state.js";
import { revealed } from "./invisible.js";
import type { Styles } from "./terminal.js";
import { quoted, safeLine } from "../../core/safe-text.js";
import { count, number } from "./terminal.js";
import { diffLines } from "./text-diff.js";

export interface ValueOptions {
  readonly style: Styles;
  /** E-mails by user id. */
  readonly people: Readonly<Record<string, string>>;
  /** Don't fold long lists and texts. */
  readonly full: boolean;
}

/** Elements of a list that are shown before it is folded. */
const foldAfter = 10;

/** Characters of one value in a line. */
const maxValue = 200;

/** The name of an attribute: `mobile.notifications.when`. */
export function attributeName(path: string): string {
  return safeLine(tokens(path).join("."), maxValue);
}

/** An attribute's change in one or more lines, without indentation. */
export function renderAttribute(attribute: AttributeChange, options: ValueOptions): readonly string[] {
  const { style } = options;
  const { path, before, after, cause } = attribute;
  const name = attributeName(path);
  const mark = causeMark(cause, style);
  if (isArray(before) || isArray(after)) {
    return listLines(name, isArray(before) ? before : [], isArray(after) ? after : [], mark, options);
  }
  if (isLongText(before, after)) {
    const symbol = before === undefined || before === "" ? style.green("+") : style.yellow("~");
    const lines = diffLines(textOf(before), textOf(after), options);
    return [
      `${after === undefined ? style.red("-") : symbol} ${name}:${mark}`,
      ...lines.map((line) => `    ${line}`),
    ];
  }
  if (before === undefined) return [`${style.green("+")} ${name}: ${renderValue(after, options)}${mark}`];
  if (after === undefined) return [`${style.red("-")} ${name}: ${renderValue(before, options)}${mark}`];
  const [was, is] =
    typeof before === "string" && typeof after === "string" ? revealed(before, after) : [before, after];
  return [
    `${style.yellow("~")} ${name}: ${renderValue(was, options)} ${style.yellow("->")} ${renderValue(is, options)}${mark}`,
  ];
}

/** A scalar as people read it: text in quotes, people by e-mail. */
function renderValue(value: Json | undefined, { people, style }: ValueOptions): string {
  if (isRef(value)) return style.dim("(known after apply)");
  if (typeof value === "string")
    return isPerson(value, people) ? personOf(value, people) : quoted(value, maxValue);
  if (isArray(value) || isObject(value)) return safeLine(JSON.stringify(value), maxValue);
  return String(value ?? "(not set)");
}

function isPerson(id: string, people: ValueOptions["people"]): boolean {
  return Object.hasOwn(people, id);
}

/** A value in a sentence: text in quotes, people by name. */
export function valueText(value: Json | undefined, people: ValueOptions["people"]): string {
  if (typeof value !== "string")
    return value === undefined ? "not set" : safeLine(JSON.stringify(value), maxValue);
  return isPerson(value, people) ? personOf(value, people) : quoted(value, maxValue);
}

/** An element of a list in a sentence: people by name, text as it is. */
export function elementText(value: Json, people: ValueOptions["people"]): string {
  return typeof value === "string" ? personOf(value, people) : safeLine(JSON.stringify(value), maxValue);
}

/** The name of a person, or the id where the name is not known. */
function personOf(id: string, people: ValueOptions["people"]): string {
  return safeLine(isPerson(id, people) ? (people[id] ?? id) : id, maxValue);
}

function causeMark(cause: AttributeChange["cause"], style: Styles): string {
  switch (cause) {
    case "config":
      return "";
    case "drift":
      return style.dim("  # changed outside");
    case "conflict":
      return style.yellow("  # changed outside and in the files");
    default:
      return cause satisfies never;
  }
}

function listLines(
  name: string,
  before: readonly Json[],
  after: readonly Json[],
  mark: string,
  options: ValueOptions,
): readonly string[] {
  const { style } = options;
  const added = without(after, before);
  const removed = without(before, after);
  const kept = after.length - added.length;
  const symbol = before.length === 0 ? style.green("+") : style.yellow("~");
  const counts = [
    ...(added.length > 0 ? [style.green(`+${number(added.length)}`)] : []),
    ...(removed.length > 0 ? [style.red(`-${number(removed.length)}`)] : []),
    ...(kept > 0 ? [style.dim(`${number(kept)} unchanged`)] : []),
  ];
  if (added.length + removed.length === 0) return [`${symbol} ${name}: []${mark}`];
  return [
    `${symbol} ${name}: ${counts.join(", ")}${mark}`,
    ...folded(removed, options).map((line) => `    ${style.red("-")} ${line}`),
    ...folded(added, options).map((line) => `    ${style.green("+")} ${line}`),
  ];
}

function folded(elements: readonly Json[], options: ValueOptions): readonly string[] {
  const texts = elements.map((element) =>
    typeof element === "string" ? personOf(element, options.people) : renderValue(element, options),
  );
  const sorted = [...texts].sort(byCodeUnit);
  if (options.full || sorted.length <= foldAfter) return sorted;
  const rest = count(sorted.length - foldAfter + 1, "more", "more");
  return [...sorted.slice(0, foldAfter - 1), options.style.dim(`… and ${rest} (--full shows all)`)];
}

/** Whether a change of text is better shown line by line. */
function isLongText(before: Json | undefined, after: Json | undefined): boolean {
  const texts = [before, after].filter((value) => typeof value === "string");
  if (texts.length === 0 || isRef(before) || isRef(after)) return false;
  return texts.some((text) => text.includes("\n")) || texts.join("").length > 60;
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
