import { sourceTypes } from "../../core/calls/reference.js";
import type { Json } from "../../core/json/json.js";
import { isObject } from "../../core/json/json.js";
import { nearest } from "../../core/nearest.js";
import type { Problem } from "../problem.js";
import { findTemplate } from "../variables/other-references.js";
import { described, quoted } from "./text.js";

const keys = sourceTypes.join(", ");
const oneKey = `A source has exactly one of these keys: ${keys}.`;

/** A value in a list of people that is neither text, nor a mapping, nor a list. */
export function notAPerson(value: Json | undefined): Problem {
  return {
    code: "wrong-type",
    summary: "Wrong type",
    detail: `Expected a user or a source, found ${described(value)}.`,
    help: "Write an e-mail address, a user id, or a source such as { group: NAME }.",
  };
}

/** Returns true for a key that names a source: `group`. */
export function isSourceType(name: string): boolean {
  return sourceTypes.some((type) => type === name);
}

/** A source with two of the keys that name it, or with none. */
export function badSource(value: Json | undefined): Problem {
  const found = isObject(value) ? sourceTypes.filter((type) => value[type] !== undefined) : [];
  return {
    code: "bad-source",
    summary: "Invalid source",
    detail: `${oneKey} This mapping has ${found.length === 0 ? "none of them" : found.join(" and ")}.`,
    help:
      found.length === 0
        ? "Name the source: { group: NAME }."
        : `Write an entry for each: ${found.map((type) => `{ ${type}: NAME }`).join(", ")}.`,
  };
}

/** @param value of the key */
export function unknownSourceKey(name: string, known: readonly string[], value: Json | undefined): Problem {
  const close = nearest(name, known);
  const isPerson = typeof value === "string" && value.includes("@");
  return {
    code: "unknown-key",
    summary: "Unknown key",
    detail: `${quoted(name)} is not a key of a source. ${oneKey}`,
    help:
      close !== undefined
        ? `Did you mean "${close}"?`
        : isPerson
          ? `For a person, write only the address: ${value}.`
          : `Use one of these keys: ${known.join(", ")}.`,
  };
}

/** An invalid e-mail address. @param value as the config has it, with variables */
export function badEmail(value: string): Problem {
  const [why, help] = emailAdvice(value);
  return {
    code: "bad-email",
    summary: "Invalid e-mail address",
    detail: `${quoted(value)} is not an e-mail address${why === "" ? "" : `: ${why}`}.`,
    help,
  };
}

/** Returns the mistake in an address, "" for an unknown one, and the correction. */
function emailAdvice(value: string): readonly [mistake: string, help: string] {
  const usual = "Write an address like jane.doe@example.com.";
  const template = findTemplate(value);
  if (template !== undefined)
    return [`chatform does not replace ${template.written}`, `Write ${template.reference}.`];
  // The address that the variables make is not shown.
  if (value.includes("${")) return ["", usual];
  const only = /^mailto:(.+)$/i.exec(value)?.[1] ?? /<([^<>]*)>\s*$/.exec(value)?.[1];
  if (only !== undefined) return ["it has more than the address", `Write only the address: ${only}.`];
  if (value !== value.trim()) return ["it begins or ends with white space", "Remove the white space."];
  const at = value.lastIndexOf("@");
  const local = value.slice(0, at);
  const domain = value.slice(at + 1);
  if (domain === "") return ["it has no domain", "Add the domain: jane.doe@example.com."];
  if (local === "") return ["it has no name before the @", usual];
  if (!domain.includes(".")) return ["its domain has no dot", usual];
  if (domain.split(".").includes("")) return ["a part of its domain is empty", usual];
  return localPartAdvice(local) ?? ["", usual];
}

function localPartAdvice(local: string): readonly [mistake: string, help: string] | undefined {
  if (/^".*"$/s.test(local)) return undefined;
  const inQuotes = (example: string): string =>
    `put the part before the last @ in double quotes: '"${example}"@example.com'.`;
  if (/@.*[,;]/s.test(local))
    return [
      "it has several addresses",
      "Write each address as an item: [jane.doe@example.com, sam@example.com].",
    ];
  if (local.includes('"'))
    return ["it has a double quote", `Remove the double quote, or ${inQuotes("jane doe")}`];
  if (/\s/.test(local)) return ["it has white space", `Remove the white space, or ${inQuotes("jane doe")}`];
  if (local.includes("@")) return ["it has more than one @", `Remove one @, or ${inQuotes("jane@home")}`];
  return undefined;
}
