import type { AttributeChange } from "../../core/plan/change.js";
import type { Json } from "../../core/json/json.js";
import { byCodeUnit, isArray, isObject } from "../../core/json/json.js";
import { tokens } from "../../core/json/pointer.js";
import { groupBy } from "../../core/multimap.js";
import { isRef } from "../../core/calls/reference.js";
import { without } from "../../core/state/state.js";
import { quoted, safeLine } from "../../core/safe-text.js";
import { revealed } from "./invisible.js";
import type { Line, Segment, Sign } from "./line.js";
import { indented, line, lineText, segmentText, signed } from "./line.js";
import type { Reasons } from "./reasons.js";
import { noReasons, placeText, reasonComment, reasonText } from "./reasons.js";
import { count, number } from "./terminal.js";
import { diffLines } from "./text-diff.js";
import { displayWidth } from "./wrap.js";

/** E-mails or names by user id. */
export type People = Readonly<Record<string, string>>;

export interface ValueOptions {
  readonly people: People;
  /** True to show long lists and texts in full. */
  readonly full: boolean;
  /** Of the output, in columns. Missing: 80. */
  readonly width?: number;
}

/** Elements of a list that are shown before it is folded. */
const foldAfter = 10;

/** Characters of one value in a line. */
const maxValue = 200;

/** Returns the name of an attribute: `mobile.notifications.when`. */
export function attributeName(path: string): string {
  return safeLine(tokens(path).join("."), maxValue);
}

/** Columns in front of the text of an attribute, and of an element of a list: indents and signs. */
const attributeIndent = 6;
const elementIndent = attributeIndent + 6;

/** Returns an attribute's change as lines, with its reason: one for a single value, more for lists and long texts. */
export function attributeLines(
  attribute: AttributeChange,
  options: ValueOptions,
  reasons: Reasons = noReasons,
): readonly Line[] {
  const { path, before, after } = attribute;
  const name = attributeName(path);
  if (isArray(before) || isArray(after))
    return listLines(attribute, isArray(before) ? before : [], isArray(after) ? after : [], options, reasons);
  const comment = attributeComment(attribute, reasons);
  const sign = before === undefined ? "+" : after === undefined ? "-" : "~";
  if (isLongText(before, after)) {
    const diff = diffLines(toText(before), toText(after), options.full);
    const title = signed(sign === "~" && before === "" ? "+" : sign, `${name}:`);
    return [...withComment(title, comment, options), ...indented(diff, 4)];
  }
  const value = (one: Json | undefined): Segment => valueSegment(one, options.people);
  if (sign !== "~") {
    const shown = value(sign === "+" ? after : before);
    return withComment(signed(sign, `${name}: `, shown), comment, options);
  }
  const [old, now] =
    typeof before === "string" && typeof after === "string" ? revealed(before, after) : [before, after];
  const change = signed("~", `${name}: `, value(old), " ", ["yellow", "->"], " ", value(now));
  return withComment(change, comment, options);
}

/**
 * Returns a line with a comment behind its text, or below where the line would be too long.
 *
 * @param indent columns in front of the line's text
 */
export function withComment(
  one: Line,
  comment: Segment | undefined,
  { width = 80 }: Pick<ValueOptions, "width">,
  indent = attributeIndent,
): readonly Line[] {
  if (comment === undefined) return [one];
  const columns = indent + displayWidth(lineText(one)) + 2 + displayWidth(segmentText(comment));
  return columns <= width
    ? [{ ...one, text: [...one.text, "  ", comment] }]
    : [one, ...indented([line(comment)], one.indent + 4)];
}

/** Returns names by user id, in which two users with one e-mail have their ids beside it. */
export function distinctNames(people: People): People {
  const same = groupBy(Object.keys(people), (id) => people[id]?.toLowerCase());
  const shared = [...same.values()].filter((ids) => ids.length > 1).flat();
  if (shared.length === 0) return people;
  return { ...people, ...Object.fromEntries(shared.map((id) => [id, `${people[id] ?? ""} (${id})`])) };
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

/** Returns the reason of an attribute. Its cause says as much as is known without one. */
function attributeComment({ path, cause }: AttributeChange, reasons: Reasons): Segment | undefined {
  const reason = reasons.forAttribute(path);
  if (reason !== undefined) return reasonComment(reason);
  if (reasons.resource !== undefined) return undefined;
  switch (cause) {
    case "config":
    case "membership":
      return undefined;
    case "drift":
      return ["dim", "# changed outside"];
    case "conflict":
      return ["yellow", "# changed in the config and outside"];
    default:
      return cause satisfies never;
  }
}

function listLines(
  attribute: AttributeChange,
  before: readonly Json[],
  after: readonly Json[],
  options: ValueOptions,
  reasons: Reasons,
): readonly Line[] {
  const { path } = attribute;
  const name = attributeName(path);
  const added = toElements("+", path, without(after, before), options, reasons);
  const removed = toElements("-", path, without(before, after), options, reasons);
  const kept = after.length - added.length;
  const counts: readonly Segment[] = [
    ...(added.length > 0 ? [["green", `+${number(added.length)}`] as const] : []),
    ...(removed.length > 0 ? [["red", `-${number(removed.length)}`] as const] : []),
    ...(kept > 0 ? [["dim", `${number(kept)} unchanged`] as const] : []),
  ];
  const sign = before.length === 0 ? "+" : "~";
  const isExplained = [...added, ...removed].some(({ reason }) => reason !== undefined);
  const comment = isExplained ? undefined : attributeComment(attribute, reasons);
  if (added.length + removed.length === 0) return withComment(signed(sign, `${name}: []`), comment, options);
  const separated = counts.flatMap((one, at) => (at === 0 ? [one] : [", ", one]));
  return [
    ...withComment(signed(sign, `${name}: `, ...separated), comment, options),
    ...indented(elementLines([...removed, ...added], options), 4),
  ];
}

/** An element that is added to or removed from a list. */
interface Element {
  readonly sign: Sign;
  readonly name: string;
  /** Missing: nothing is known. `place`: of the entry that gives or gave the element; "" where there is none. */
  readonly reason?: { readonly text: string; readonly place: string };
}

/** Returns elements sorted by name. */
function toElements(
  sign: Sign,
  path: string,
  elements: readonly Json[],
  { people }: ValueOptions,
  reasons: Reasons,
): readonly Element[] {
  return elements
    .map((one) => {
      const name = isRef(one) ? "(known after apply)" : elementText(one, people);
      const because = reasons.forElement(path, one);
      if (because === undefined) return { sign, name };
      const { reference, place } = because;
      const at = reference === undefined || place === undefined ? "" : placeText(place);
      return { sign, name, reason: { text: reasonText(because), place: at } };
    })
    .sort((a, b) => byCodeUnit(a.name, b.name));
}

/** Names are padded to at most so many columns, so that reasons stand below each other. */
const maxPadding = 36;

function elementLines(elements: readonly Element[], options: ValueOptions): readonly Line[] {
  const folded = [...groupBy(elements, ({ sign }) => sign)].map(([sign, some]) => ({
    sign,
    shown: options.full || some.length <= foldAfter ? some : some.slice(0, foldAfter - 1),
    rest: options.full || some.length <= foldAfter ? [] : some.slice(foldAfter - 1),
  }));
  const widths = folded
    .flatMap(({ shown }) => shown)
    .flatMap((one) => (elementComment(one) === "" ? [] : [displayWidth(one.name)]));
  const padding = Math.max(0, ...widths.filter((width) => width <= maxPadding));
  return folded.flatMap(({ sign, shown, rest }) => [
    ...shown.flatMap((one) => elementLine(one, padding, options)),
    ...restLines(sign, rest),
  ]);
}

/** Returns `- sam@example.com  left group Support (chatform.yaml:12)`; in two lines where one would be too long. */
function elementLine(element: Element, padding: number, { width = 80 }: ValueOptions): readonly Line[] {
  const { sign, name } = element;
  const comment = elementComment(element);
  if (comment === "") return [signed(sign, name)];
  const space = " ".repeat(2 + Math.max(0, padding - displayWidth(name)));
  if (elementIndent + displayWidth(`${name}${space}${comment}`) <= width)
    return [signed(sign, `${name}${space}`, ["dim", comment])];
  return [signed(sign, name), ...indented([line(["dim", comment])], 4)];
}

function elementComment({ reason }: Element): string {
  if (reason === undefined || reason.place === "") return reason?.text ?? "";
  return reason.text === "" ? reason.place : `${reason.text} (${reason.place})`;
}

/** Reasons for which folded elements are counted apart. */
const maxCounted = 5;

/** Returns the counts of elements that are not shown, a line for each reason: `- … and 12 more: left group Support`. */
function restLines(sign: Sign, rest: readonly Element[]): readonly Line[] {
  if (rest.length === 0) return [];
  const groups = [...groupBy(rest, ({ reason }) => reason?.text ?? "")].sort(
    ([a, some], [b, others]) => others.length - some.length || byCodeUnit(a, b),
  );
  const counted = groups.length > maxCounted ? groups.slice(0, maxCounted - 1) : groups;
  const left = rest.length - counted.reduce((sum, [, some]) => sum + some.length, 0);
  const texts = [
    ...counted.map(
      ([text, some]) => `… and ${count(some.length, "more", "more")}${text === "" ? "" : `: ${text}`}`,
    ),
    ...(left > 0 ? [`… and ${count(left, "more", "more")} for other reasons`] : []),
  ];
  return texts.map((text, at) =>
    signed(sign, ["dim", at === texts.length - 1 ? `${text} (--full shows all)` : text]),
  );
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
