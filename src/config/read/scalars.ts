import type { DocumentDirective, ScalarEvent, ScalarTagDefinition } from "js-yaml";
import {
  boolCoreTag,
  floatCoreTag,
  getScalarValue,
  intCoreTag,
  NOT_RESOLVED,
  nullCoreTag,
  SCALAR_STYLE,
} from "js-yaml";

/** A scalar's value. Numbers may be infinite or not a number. */
export type Scalar = string | number | boolean | null;

const prefix = "tag:yaml.org,2002:";
const typedScalars: readonly ScalarTagDefinition<Scalar>[] = [
  nullCoreTag,
  boolCoreTag,
  intCoreTag,
  floatCoreTag,
];
const number = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;

/** Returns the value of a scalar without quotes and tag, by the core schema of YAML 1.2. */
export function plainScalar(text: string): Scalar {
  if (!/^(?:$|[~nNtTfF.+\-\d])/.test(text)) return text;
  for (const tag of typedScalars) {
    const value = tag.resolve(text, false, tag.tagName);
    if (value !== NOT_RESOLVED) return value;
  }
  // The library takes a number that is too large for text.
  return number.test(text) ? Number(text) : text;
}

/** Resolves the shorthand and the %TAG directives of a tag as it is written, such as `!!str`. */
export function fullTag(written: string, directives: readonly DocumentDirective[]): string {
  if (written.startsWith("!<")) return written.slice(2, -1);
  const handle = /^!(?:[\w-]*!)?/.exec(written)?.[0] ?? "";
  const own = directives.findLast((directive) => directive.kind === "tag" && directive.handle === handle);
  const meaning = own?.kind === "tag" ? own.prefix : handle === "!!" ? prefix : handle;
  return meaning + written.slice(handle.length);
}

/** Says whether a tag is part of the core schema, or only keeps a value from being resolved (`!`). */
export function isKnownTag(tag: string): boolean {
  return tag === "!" || /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)$/.test(tag);
}

/** Says whether a list or mapping may have a tag. */
export function fitsCollection(tag: string, kind: "map" | "seq"): boolean {
  return tag === "!" || tag === prefix + kind;
}

/** Returns the value of a scalar with a known tag; undefined if the text is not of the tag's type. */
function taggedScalar(tag: string, text: string): Scalar | undefined {
  if (tag === "!" || tag === `${prefix}str`) return text;
  const definition = typedScalars.find(({ tagName }) => tagName === tag);
  const value = definition?.resolve(text, true, tag);
  return value === undefined || value === NOT_RESOLVED ? undefined : value;
}

const word = (lower: string): string =>
  [lower, lower.toUpperCase(), lower.charAt(0).toUpperCase() + lower.slice(1)].join("|");
const words = (...all: readonly string[]): RegExp => new RegExp(`^(?:${all.map(word).join("|")})$`);

/** The readings of text without quotes by YAML 1.1. Its readers differ: each of these is the reading of some. */
const otherReadings: readonly { readonly pattern: RegExp; readonly reading: string }[] = [
  { pattern: words("y", "yes", "true", "on"), reading: "true" },
  { pattern: words("n", "no", "false", "off"), reading: "false" },
  { pattern: words("~", "null"), reading: "null" },
  {
    // Octal and binary numbers, and those of base 60: 12:30 is 750.
    pattern:
      /^[-+]?(?:0b[01_]+|0o[0-7]+|0x[\da-fA-F_]+|\d[\d_]*(?::[0-5]?\d)*(?:\.[\d_]*)?(?:[eE][-+]?\d+)?|\.\d[\d_]*(?:[eE][-+]?\d+)?)$/,
    reading: "a number",
  },
  { pattern: /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/, reading: "a number" },
  {
    pattern:
      /^\d{4}-\d\d?-\d\d?(?:(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::?\d\d)?))?)?$/,
    reading: "a date",
  },
  { pattern: /^(?:<<|=)$/, reading: "an operator" },
];

/** Returns what readers of YAML 1.1 take a text without quotes for, if not for text: `a number`. */
export function otherReading(text: string): string | undefined {
  if (!/^[-+.\d~<=yYnNtTfFoO]/.test(text)) return undefined;
  return otherReadings.find(({ pattern }) => pattern.test(text))?.reading;
}

/** Returns the value of a scalar; undefined if its tag is unknown or does not fit. */
export function scalarValue(event: ScalarEvent, tag: string | undefined, text: string): Scalar | undefined {
  const value = getScalarValue(text, event);
  if (tag !== undefined) return taggedScalar(tag, value);
  return event.style === SCALAR_STYLE.PLAIN ? plainScalar(value) : value;
}
