import type { AttributeChange } from "../../core/plan/change.js";
import type { Json } from "../../core/json/json.js";
import { byCodeUnit, isArray, isObject } from "../../core/json/json.js";
import { tokens } from "../../core/json/pointer.js";
import { isRef } from "../../core/calls/reference.js";
import { without } from "../../core/state/state.js";
import { quoted, safeLine } from "../../core/safe-text.js";
import { revealed } from "./invisible.js";
import type { Line, Segment } from "./line.js";
import { indented, signed } from "./line.js";
import { count, number } from "./terminal.js";
import { diffLines } from "./text-diff.js";

/** E-mails or names by user id. */
export type People = Readonly<Record<string, string>>;

export interface ValueOptions {
  readonly people: People;
  /** True to show long lists and texts in full. */
  readonly full: boolean;
}

/** Elements of a list that are shown before it is folded. */
const foldAfter = 10;

/** Characters of one value in a line. */
const maxValue = 200;

/** Returns the name of an attribute: `mobile.notifications.when`. */
export function attributeName(path: string): string {
  return safeLine(tokens(path).join("."), maxValue);
}

/** Returns an attribute's change as lines: one for a single value, more for lists and long texts. */
export function attributeLines(attribute: AttributeChange, options: ValueOptions): readonly Line[] {
  const { path, before, after } = attribute;
  const name = attributeName(path);
  const cause = causeSegments(attribute.cause);
  if (isArray(before) || isArray(after))
    return listLines(name, isArray(before) ? before : [], isArray(after) ? after : [], cause, options);
  const sign = before === undefined ? "+" : after === undefined ? "-" : "~";
  if (isLongText(before, after)) {
    const diff = diffLines(toText(before), toText(after), options.full);
    const title = signed(sign === "~" && before === "" ? "+" : sign, `${name}:`, ...cause);
    return [title, ...indented(diff, 4)];
  }
  const value = (one: Json | undefined): Segment => valueSegment(one, options.people);
  if (sign !== "~") return [signed(sign, `${name}: `, value(sign === "+" ? after : before), ...cause)];
  const [old, now] =
    typeof before === "string" && typeof after === "string" ? revealed(before, after) : [before, after];
  return [signed("~", `${name}: `, value(old), " ", ["yellow", "->"], " ", value(now), ...cause)];
}

/** Returns a scalar as people read it: text in quotes, people by e-mail. */
function valueSegment(value: Json | undefined, people: People): Segment {
  if (isRef(value)) return ["dim", "(known after apply)"];
  if (typeof value === "string")
    return Object.hasOwn(people, value) ? personName(value, people) : quoted(value, maxValue);
  if (isArray(value) || isObject(value)) return safeLine(JSON.stringify(value), maxValue);
  return String(value ?? "(not set)");
}

/** Returns a value for a sentence: text in quotes, people by name. */
export function valueText(value: Json | undefined, people: People): string {
  if (typeof value === "string")
    return Object.hasOwn(people, value) ? personName(value, people) : quoted(value, maxValue);
  return value === undefined ? "not set" : safeLine(JSON.stringify(value), maxValue);
}

/** Returns an element of a list for a sentence: people by name, other text without quotes. */
export function elementText(value: Json, people: People): string {
  return typeof value === "string" ? personName(value, people) : safeLine(JSON.stringify(value), maxValue);
}

function personName(id: string, people: People): string {
  return safeLine((Object.hasOwn(people, id) ? people[id] : undefined) ?? id, maxValue);
}

function causeSegments(cause: AttributeChange["cause"]): readonly Segment[] {
  switch (cause) {
    case "config":
    case "membership":
      return [];
    case "drift":
      return [["dim", "  # changed outside"]];
    case "conflict":
      return [["yellow", "  # changed outside and in the config"]];
    default:
      return cause satisfies never;
  }
}

function listLines(
  name: string,
  before: readonly Json[],
  after: readonly Json[],
  cause: readonly Segment[],
  options: ValueOptions,
): readonly Line[] {
  const added = without(after, before);
  const removed = without(before, after);
  const kept = after.length - added.length;
  const counts: readonly Segment[] = [
    ...(added.length > 0 ? [["green", `+${number(added.length)}`] as const] : []),
    ...(removed.length > 0 ? [["red", `-${number(removed.length)}`] as const] : []),
    ...(kept > 0 ? [["dim", `${number(kept)} unchanged`] as const] : []),
  ];
  const sign = before.length === 0 ? "+" : "~";
  if (added.length + removed.length === 0) return [signed(sign, `${name}: []`, ...cause)];
  const separated = counts.flatMap((one, at) => (at === 0 ? [one] : [", ", one]));
  return [
    signed(sign, `${name}: `, ...separated, ...cause),
    ...indented(elementLines("-", removed, options), 4),
    ...indented(elementLines("+", added, options), 4),
  ];
}

function elementLines(
  sign: "+" | "-",
  elements: readonly Json[],
  { people, full }: ValueOptions,
): readonly Line[] {
  const names = elements.map((one) => (isRef(one) ? "(known after apply)" : elementText(one, people)));
  const sorted = [...names].sort(byCodeUnit);
  if (full || sorted.length <= foldAfter) return sorted.map((name) => signed(sign, name));
  const rest = `… and ${count(sorted.length - foldAfter + 1, "more", "more")} (--full shows all)`;
  return [...sorted.slice(0, foldAfter - 1).map((name) => signed(sign, name)), signed(sign, ["dim", rest])];
}

/** Returns true where a change of text is better shown line by line. */
function isLongText(before: Json | undefined, after: Json | undefined): boolean {
  const texts = [before, after].filter((value) => typeof value === "string");
  if (texts.length === 0 || isRef(before) || isRef(after)) return false;
  return texts.some((text) => text.includes("\n")) || texts.join("").length > 60;
}

function toText(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
