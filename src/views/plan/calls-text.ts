import type { Call } from "../../core/calls/call.js";
import type { Json } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import { isRef } from "../../core/calls/reference.js";
import { safeLine } from "../../core/safe-text.js";
import type { Line, Segment } from "../text/line.js";
import { indented, line } from "../text/line.js";
import type { People } from "../text/values.js";
import { displayWidth, unbroken, wrapped } from "../text/wrap.js";

interface CallTextOptions {
  readonly width: number;
  readonly people: People;
  /** True to show long values in full. */
  readonly full: boolean;
}

/** Characters of a string in a body that are shown before it is cut. */
const cutAfter = 200;

/** Returns a call as lines: method and path, the body beside them where it fits, else below, and the e-mails of the people in both. */
export function callLines(
  call: Call,
  request: { readonly method: string; readonly path: string },
  options: CallTextOptions,
): readonly Line[] {
  const names = namesIn([...request.path.split("/"), call.body ?? null], options.people);
  const comment = names.length === 0 ? [] : wrapped(names.map(unbroken).join(", "), "", options.width - 11);
  return [
    ...requestLines(call, request, options),
    ...indented(
      comment.map((one) => line(["dim", `# ${one}`])),
      7,
    ),
  ];
}

/** E-mails of a call that are named before the rest is counted. */
const maxNamed = 10;

/** Returns the e-mails of the users whose ids are in values. */
function namesIn(values: Json, people: People): readonly string[] {
  const names = [
    ...new Set(strings(values).flatMap((id) => (Object.hasOwn(people, id) ? (people[id] ?? []) : []))),
  ];
  const more = names.length - maxNamed;
  const shown = names.slice(0, maxNamed).map((name) => safeLine(name));
  return more > 0 ? [...shown, `${more} more`] : shown;
}

function strings(value: Json | undefined): readonly string[] {
  if (typeof value === "string") return [value];
  if (isRef(value)) return [];
  return isArray(value) || isObject(value) ? Object.values(value).flatMap(strings) : [];
}

/** Returns the request of a call as lines. */
function requestLines(
  { body, query }: Call,
  { method, path }: { readonly method: string; readonly path: string },
  { width, full }: CallTextOptions,
): readonly Line[] {
  const parameters = Object.entries(query ?? {}).map(([name, value]) => `${name}=${value}`);
  const target = safeLine(parameters.length === 0 ? path : `${path}?${parameters.join("&")}`);
  const head: readonly Segment[] = [["bold", method.padEnd(6)], ` ${target}`];
  if (body === undefined) return [line(...head)];
  const shown = readable(body, full);
  const short = printed(shown);
  if (displayWidth(target) + displayWidth(short) + 8 <= width - 2)
    return [line(...head, " ", ["dim", short])];
  const below = jsonLines(shown, width - 9).map((one) => line(["dim", one]));
  return [line(...head), ...indented(below, 7)];
}

/**
 * Returns JSON in as few lines as possible, of at most `width` columns unless a value is longer.
 *
 * @param used columns of the first line that are taken
 */
function jsonLines(value: Json, width: number, used = 0): readonly string[] {
  const short = printed(value);
  if (used + displayWidth(short) <= width) return [short];
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
    const [first = "", ...rest] = jsonLines(inner, width - 3, displayWidth(head));
    return separated([head + first, ...rest], at < members.length - 1);
  });
  return ["{", ...lines, "}"];
}

/** Returns scalars in as few lines as possible, broken only between scalars. */
function wrappedItems(items: readonly string[], width: number): readonly string[] {
  return wrapped(items.map(unbroken).join(", "), "  ", Math.max(width, 40));
}

/** Returns the lines of an element, indented, with a comma where another element follows. */
function separated(lines: readonly string[], hasNext: boolean): readonly string[] {
  return lines.map((line, at) => `  ${line}${hasNext && at === lines.length - 1 ? "," : ""}`);
}

function printed(value: Json): string {
  return safeLine(JSON.stringify(value), Infinity);
}

/** Returns the body with words in place of values known after apply, and long strings cut. */
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
