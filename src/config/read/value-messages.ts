import type { Problem } from "../problem.js";
import { toReference } from "../variables/other-references.js";

export const duplicateKey: Problem = {
  code: "duplicate-key",
  summary: "Duplicate key",
  detail: "This mapping already has this key.",
  help: "Remove one of the two, or merge their values.",
};

export const keyNotAString: Problem = {
  code: "bad-key",
  summary: "Key is not a string",
  detail: "Expected a string as the key.",
  help: "Put the key in quotes.",
};

/** Text without quotes, and what some readers take it for: `a number`. */
interface Misread {
  readonly text: string;
  readonly reading: string;
}

/** A key without quotes that not every reader reads as text. */
export function keyWithoutQuotes({ text: written, reading }: Misread): Problem {
  return {
    ...keyNotAString,
    detail: `Without quotes, some YAML readers read the key ${written} as ${reading}.`,
    help: `Put the key in quotes: ${inQuotes(written)}.`,
  };
}

/** Text without quotes that other readers do not read as text. */
export function textWithoutQuotes({ text: written, reading }: Misread): Problem {
  return {
    ...needsQuotes,
    detail: `Without quotes, chatform reads ${written} as text, but readers of YAML 1.1 read it as ${reading}.`,
    help: `Put the text in quotes: ${inQuotes(written)}.`,
  };
}

const needsQuotes = { code: "needs-quotes", summary: "Text needs quotes" } as const;

/** A number that becomes part of a text, in which its digits would be others. */
export function numberAsText({ text: written, reading }: Misread): Problem {
  return {
    ...needsQuotes,
    detail: `Without quotes, ${written} is ${reading}.`,
    help: `For the text, put the value in quotes: ${inQuotes(written)}. For the number, write ${reading.replace("the number ", "")}.`,
  };
}

/** Text without quotes, and a comment behind it that looks like the rest of the text. */
export function cutText(written: string, comment: string): Problem {
  return {
    code: "text-cut",
    summary: "Comment within text",
    detail: `Without quotes, a # after a space begins a comment: this value is only ${inQuotes(written)}.`,
    help: `For a comment, write a space after the #. For text, write ${inQuotes(`${written} ${comment}`)}.`,
  };
}

/** Returns text in quotes as YAML and JSON write it. */
function inQuotes(text: string): string {
  return JSON.stringify(text);
}

export const mergeKey: Problem = {
  code: "bad-key",
  summary: "Merge keys are not supported",
  detail: "The merge key << is not part of YAML 1.2.",
  help: "Write values of all rooms under defaults:, or repeat a whole value with an alias: owners: *leads.",
};

export function forbiddenKey(name: string): Problem {
  return {
    code: "forbidden-key",
    summary: "Forbidden key",
    detail: `${name} cannot be used as a key.`,
    help: "Choose another name.",
  };
}

export function tooDeep(levels: number): Problem {
  return {
    code: "too-deep",
    summary: "Nested too deeply",
    detail: `Mappings and lists are nested more than ${levels} levels deep here.`,
    help: "Remove the extra levels. A valid config has fewer than ten.",
  };
}

export function notFinite(written: string): Problem {
  return {
    code: "wrong-type",
    summary: "Not a finite number",
    detail: `${written} is not a finite number.`,
    help: "Write a finite number.",
  };
}

export function unknownAlias(name: string): Problem {
  return {
    code: "unknown-alias",
    summary: "Unknown alias",
    detail: `No value before this line has the anchor &${name}.`,
    help: `Write &${name} in front of the value to repeat. If *${name} is text, put it in quotes.`,
  };
}

export function aliasCycle(name: string): Problem {
  return {
    code: "alias-cycle",
    summary: "Alias refers to itself",
    detail: `*${name} is inside the value that it repeats.`,
    help: "Write the value out.",
  };
}

export function aliasBomb(most: number): Problem {
  return {
    code: "alias-bomb",
    summary: "Aliases repeat too many values",
    detail: `The aliases in this file repeat more than ${most.toLocaleString("en")} values.`,
    help: "Write the values out.",
  };
}

/** @param value the text that has the tag; "" for another value */
export function unknownTag(tag: string, value = ""): Problem {
  return {
    code: "unknown-tag",
    summary: "Unsupported YAML tag",
    detail: `The tag ${tag} is not supported.`,
    help: helpForTag(tag, value),
  };
}

/** Returns how to write what other tools write with tags. */
function helpForTag(tag: string, value: string): string {
  if (/^!include/i.test(tag)) return `Name the file at the top: include: [${value || "rooms.yaml"}].`;
  const name = /^[A-Za-z_][\w-]*$/.exec(value)?.[0] ?? "NAME";
  if (/^!(?:secret|env|vault|ref|sub|param|var)/i.test(tag))
    return `For the value of a variable, write \${var:${name}} or \${env:${name}}.`;
  if (tag.startsWith("!!")) return "Remove the tag. A config needs no tags.";
  const text = value === "" ? "" : `: ${inQuotes(`${tag} ${value}`)}`;
  return `Remove the tag: a config needs no tags. For text that begins with !, put the text in quotes${text}.`;
}

/** Braces of the templates of other tools. @param written with the braces */
export function templateBraces(written: string): Problem {
  const { reference } = toReference(written) ?? { reference: "${var:NAME}" };
  return {
    code: "bad-interpolation",
    summary: "Template of another tool",
    detail: "chatform does not replace {{ }}.",
    help: `For the value of a variable, write ${reference}. For text, put it in quotes.`,
  };
}

export const emptyBlockText: Problem = {
  code: "empty-text",
  summary: "Empty text",
  detail: "No line below | or > is indented further than its key, so the text is empty.",
  help: 'Indent the lines of the text further than the key. For an empty text, write "".',
};

/** An anchor before a text, which no alias uses. @param written the anchor and the text */
export function unusedAnchor(anchor: string, written: string): Problem {
  return {
    code: "unused-anchor",
    summary: "Anchor without an alias",
    detail: `${anchor} is an anchor, not part of the text, and no alias refers to it.`,
    help: `For text that begins with &, write ${inQuotes(written)}. Otherwise remove the anchor.`,
  };
}

/** The kind of the text before an item that is joined to it: an item itself, a part of brackets, or another value. */
export type JoinedText = "item" | "in brackets" | "value";

const helpForJoined: Readonly<Record<JoinedText, string>> = {
  item: "Begin the hyphen in the column of the hyphens above.",
  "in brackets": "Within brackets, separate items with commas, without hyphens.",
  value: "For a list, begin each item with a hyphen, on a line of its own below the key.",
};

/** Text that goes on with a line that looks like an item of a list. */
export function itemInText(before: JoinedText): Problem {
  return {
    code: "text-joined",
    summary: "Item joined to the text above",
    detail: "This line is indented further than the line above, so YAML joins the two to one text.",
    help: `${helpForJoined[before]} For one text, put it in quotes.`,
  };
}

export function wrongTag(tag: string): Problem {
  return {
    code: "yaml-syntax",
    summary: "Tag does not match the value",
    detail: `The value after ${tag} has another type.`,
    help: "Remove the tag. A config needs no tags.",
  };
}

export const textAfterValue: Problem = {
  code: "yaml-syntax",
  summary: "Invalid YAML",
  detail: "There is more text after the end of the value.",
  help: "Put the whole text into one pair of quotes, or remove the rest.",
};
