import { createTwoFilesPatch } from "diff";
import type { AttributeChange } from "../core/change.js";
import type { Json } from "../core/json.js";
import { isArray, isObject } from "../core/json.js";
import { isRef } from "../core/reference.js";
import { without } from "../core/state.js";
import type { Styles } from "./terminal.js";
import { safe, safeLine } from "./terminal.js";

export interface ValueOptions {
  readonly style: Styles;
  /** E-mails by user id. */
  readonly people: Readonly<Record<string, string>>;
  /** Don't fold long lists and texts. */
  readonly full: boolean;
}

/** Elements of a list, and lines of a text, that are shown before it is folded. */
const foldAfter = 10;

/** The name of an attribute: `mobile.notifications.when`. */
export function attributeName(path: string): string {
  return path.slice(1).replaceAll("/", ".");
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
  if (isLong(before) || isLong(after)) return textLines(name, textOf(before), textOf(after), mark, options);
  if (before === undefined) return [`${style.green("+")} ${name}: ${renderValue(after, options)}${mark}`];
  if (after === undefined) return [`${style.red("-")} ${name}: ${renderValue(before, options)}${mark}`];
  return [
    `${style.yellow("~")} ${name}: ${renderValue(before, options)} ${style.yellow("->")} ${renderValue(after, options)}${mark}`,
  ];
}

/** A scalar as people read it: text in quotes, people by e-mail. */
export function renderValue(value: Json | undefined, { people, style }: ValueOptions): string {
  if (isRef(value)) return style.dim("(known after apply)");
  if (typeof value === "string")
    return people[value] ?? JSON.stringify(safeLine(value, 200)).replaceAll("\\\\", "\\");
  if (isArray(value) || isObject(value)) return safeLine(JSON.stringify(value), 200);
  return String(value ?? "(not set)");
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
    ...(added.length > 0 ? [style.green(`+${added.length}`)] : []),
    ...(removed.length > 0 ? [style.red(`-${removed.length}`)] : []),
    ...(kept > 0 ? [style.dim(`${kept} unchanged`)] : []),
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
    typeof element === "string"
      ? safeLine(options.people[element] ?? element, 200)
      : renderValue(element, options),
  );
  const sorted = texts.sort();
  if (options.full || sorted.length <= foldAfter) return sorted;
  return [
    ...sorted.slice(0, foldAfter - 1),
    options.style.dim(`… and ${sorted.length - foldAfter + 1} more`),
  ];
}

function isLong(value: Json | undefined): boolean {
  return typeof value === "string" && (value.includes("\n") || value.length > 60);
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

/** A text's change as a unified diff. */
function textLines(
  name: string,
  before: string,
  after: string,
  mark: string,
  options: ValueOptions,
): readonly string[] {
  const { style } = options;
  const patch = createTwoFilesPatch("", "", safe(before), safe(after), "", "", { context: 2 });
  const lines = patch
    .split("\n")
    .slice(4)
    .filter((line) => line !== "" && !line.startsWith("\\") && !line.startsWith("@@"));
  const shown =
    options.full || lines.length <= 2 * foldAfter
      ? lines
      : [...lines.slice(0, 2 * foldAfter), `  … and ${lines.length - 2 * foldAfter} more lines`];
  const symbol = before === "" ? style.green("+") : style.yellow("~");
  return [
    `${symbol} ${name}:${mark}`,
    ...shown.map((line) => `    ${paintLine(line.length > 300 ? `${line.slice(0, 300)}…` : line, style)}`),
  ];
}

function paintLine(line: string, style: Styles): string {
  if (line.startsWith("+")) return style.green(`${line[0] ?? ""} ${line.slice(1)}`);
  if (line.startsWith("-")) return style.red(`${line[0] ?? ""} ${line.slice(1)}`);
  return style.dim(`  ${line.slice(1)}`);
}
