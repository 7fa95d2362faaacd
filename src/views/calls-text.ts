import type { Call } from "../core/call.js";
import type { Json } from "../core/json.js";
import { isArray, isObject } from "../core/json.js";
import { isRef } from "../core/reference.js";
import type { Styles } from "./terminal.js";
import { safeLine } from "./terminal.js";
import { columnsOf } from "./wrap.js";

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
  const short = safeLine(JSON.stringify(shown), Infinity);
  if (columnsOf(line) + 1 + columnsOf(short) <= width - 2) return [`${line} ${style.dim(short)}`];
  if (columnsOf(short) <= width - 9) return [line, style.dim(`       ${short}`)];
  const lines = JSON.stringify(shown, null, 2).split("\n");
  return [line, ...lines.map((one) => style.dim(`       ${safeLine(one, Infinity)}`))];
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
