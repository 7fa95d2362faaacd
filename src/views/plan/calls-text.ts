import type { Call } from "../../core/calls/call.js";
import type { Json } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import { isRef } from "../../core/calls/reference.js";
import type { Styles } from "../text/terminal.js";
import { safeLine } from "../../core/safe-text.js";
import { columnsOf, wrapped } from "../text/wrap.js";

export interface CallTextOptions {
  readonly style: Styles;
  readonly width: number;
  /** Don't cut long values. */
  readonly full: boolean;
}

/** Characters of a string in a body that are shown before it is cut. */
const cutAfter = 200;

/** A call in lines: method and path, and the body beside it where it fits, else below it. */
export function callLines(
  { body, query }: Call,
  { method, path }: { readonly method: string; readonly path: string },
  { style, width, full }: CallTextOptions,
): readonly string[] {
  const parameters = Object.entries(query ?? {}).map(([name, value]) => `${name}=${value}`);
  const target = parameters.length === 0 ? path : `${path}?${parameters.join("&")}`;
  const line = `${style.bold(method.padEnd(6))} ${safeLine(target)}`;
  if (body === undefined) return [line];
  const shown = readable(body, full);
  const short = printed(shown);
  if (columnsOf(line) + 1 + columnsOf(short) <= width - 2) return [`${line} ${style.dim(short)}`];
  return [line, ...jsonLines(shown, width - 9).map((one) => style.dim(`       ${one}`))];
}

/**
 * JSON in lines of at most `width` columns where that can be: as few as it takes.
 *
 * @param used columns of the first line that are taken already
 */
function jsonLines(value: Json, width: number, used = 0): readonly string[] {
  const short = printed(value);
  if (used + columnsOf(short) <= width) return [short];
  if (isArray(value)) {
    const items = value.every((item) => typeof item !== "object")
      ? wrappedItems(value.map(printed), width)
      : value.flatMap((item, at) => separated(jsonLines(item, width - 2), at < value.length - 1));
    return ["[", ...items, "]"];
  }
  if (!isObject(value)) return [short];
  const members = Object.entries(value).filter(([, inner]) => inner !== undefined);
  const lines = members.flatMap(([name, inner = null], at) => {
    const head = `${printed(name)}: `;
    const [first = "", ...rest] = jsonLines(inner, width - 3, columnsOf(head));
    return separated([head + first, ...rest], at < members.length - 1);
  });
  return ["{", ...lines, "}"];
}

/** Scalars in as few lines as they take; broken between them, not within. */
function wrappedItems(items: readonly string[], width: number): readonly string[] {
  const text = items.map((item) => item.replaceAll(" ", "\u0000")).join(", ");
  return wrapped(text, "  ", Math.max(width, 40)).map((line) => line.replaceAll("\u0000", " "));
}

/** Lines of an element, indented, with a comma behind all but the last. */
function separated(lines: readonly string[], hasNext: boolean): readonly string[] {
  return lines.map((line, at) => `  ${line}${hasNext && at === lines.length - 1 ? "," : ""}`);
}

function printed(value: Json): string {
  return safeLine(JSON.stringify(value), Infinity);
}

/** The body with words in place of what is known only while applying, and long strings cut. */
function readable(value: Json, full: boolean): Json {
  if (isRef(value)) return `(${value.field} of ${value.$ref})`;
  if (typeof value === "string")
    return full || value.length <= cutAfter ? value : `${value.slice(0, cutAfter)}… (--full shows all)`;
  if (isArray(value)) return value.map((item) => readable(item, full));
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([name, inner]): [string, Json | undefined] => [
    name,
    inner === undefined ? undefined : readable(inner, full),
  ]);
  return Object.fromEntries(members);
}
