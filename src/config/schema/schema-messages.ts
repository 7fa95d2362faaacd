import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import { lazyPattern } from "../../core/lazy-pattern.js";
import { nearest } from "../../core/nearest.js";
import type { Problem } from "../problem.js";
import { badEmail, isSourceType } from "./people-messages.js";
import { findTemplate } from "../variables/other-references.js";
import { helpForList, helpForMapping } from "./shape-help.js";
import { similarKey } from "./other-keys.js";
import { described, quoted, text } from "./text.js";

/** A document that is no mapping, or has no key of a config. @param value the document */
export function notAConfig(value: Json): Problem {
  const name = typeof value === "string" ? /^([\w.]+)\s*=/.exec(value)?.[1] : undefined;
  return {
    code: "not-a-mapping",
    summary: "Not a chatform config",
    detail: isObject(value)
      ? "The file has none of the keys of a config: version, settings, users, rooms and others."
      : "A config file is a mapping with the keys version, settings, users, rooms and others.",
    help:
      name === undefined
        ? "Begin the file with version: 1."
        : "Write keys with colons, and begin with version: 1.",
  };
}

export function unknownKey(name: string, known: readonly string[]): Problem {
  if (isComment(name))
    return {
      code: "unknown-key",
      summary: "Unknown key",
      detail: `${name.slice(0, 2)} begins no comment here: all up to the colon is read as a key.`,
      help: "Begin a comment with #, in JSON files too.",
    };
  return {
    code: "unknown-key",
    summary: "Unknown key",
    detail: `${quoted(name)} is not a key of this mapping.`,
    help: helpForKey(name, known),
  };
}

function helpForKey(name: string, known: readonly string[]): string {
  if (name.startsWith("x-"))
    return "Write values of all rooms under defaults:, or give a value an anchor where it is first used: owners: &leads [jane.doe@example.com].";
  if (name === "forEach")
    return "Write forEach in a room, a user or an entry of userSettings. Blocks in them have no rows of their own.";
  if (name === "depends_on") return "Remove the key: chatform orders the calls by itself.";
  const similar = similarKey(name, known);
  if (similar !== undefined) return `Did you mean "${similar}"?`;
  return `Use ${known.length === 1 ? "this key" : "one of these keys"}: ${known.join(", ")}.`;
}

export function missingKey(name: string): Problem {
  const help = name === "version" ? "Begin the file with version: 1." : `Add ${name}: to this mapping.`;
  return { code: "missing-key", summary: "Missing key", detail: `The key "${name}" is required here.`, help };
}

/** Returns true for a key that begins with a comment of JavaScript. */
export function isComment(name: string): boolean {
  return /^\/[/*]/.test(name);
}

/** @param source the value as the file has it @param schema of the value */
export function wrongType(
  value: Json | undefined,
  types: readonly string[],
  source: string,
  schema: JsonObject,
): Problem {
  const expected = types.map((one) => typeNames.get(one) ?? one).join(", or ");
  if (typeof value === "string" && value.includes("${"))
    return {
      code: "wrong-type",
      summary: "Wrong type",
      detail: `Expected ${expected}, but ${quoted(value)} has a value of another type.`,
      help: `Set the variable to ${expected}.`,
    };
  const found = described(value);
  // 0123 is the number 123.
  const isOther = typeof value === "number" && source !== String(value);
  return {
    code: "wrong-type",
    summary: "Wrong type",
    detail: `Expected ${expected}, ${isOther ? `but ${source} is ${found}` : `found ${found}`}.`,
    help: helpForType(value, types[0] ?? "", source, schema),
  };
}

const typeNames = new Map([
  ["string", "a string"],
  ["integer", "a whole number"],
  ["number", "a number"],
  ["boolean", "true or false"],
  ["object", "a mapping"],
  ["array", "a list"],
]);

function helpForType(value: Json | undefined, type: string, source: string, schema: JsonObject): string {
  switch (type) {
    case "string":
      if (source.includes("${each.")) return "Put the value of the row in quotes.";
      if (value === null)
        return /^(?:~|null)$/i.test(source)
          ? `Write a value, or remove the key. For the text ${source}, write "${source}".`
          : "Write a value, or remove the key.";
      return typeof value === "object" ? "Write a string." : `Put the value in quotes: "${source}".`;
    case "array":
      return helpForList(value);
    case "boolean":
      return helpForBoolean(value);
    case "integer":
      return `Write a whole number${isQuotedNumber(value) ? ", without quotes" : ""}.`;
    case "number":
      return `Write a number${isQuotedNumber(value) ? ", without quotes" : ""}.`;
    default:
      return value === null
        ? "Write its keys on the lines below, indented further, or remove the key."
        : helpForMapping(value, schema);
  }
}

function isQuotedNumber(value: Json | undefined): boolean {
  return typeof value === "string" && /^[\d.]+$/.test(value);
}

/** YAML 1.1 had more words for true and false. */
function helpForBoolean(value: Json | undefined): string {
  const word = typeof value === "string" ? value.toLowerCase() : "";
  if (["true", "yes", "on", "y"].includes(word)) return "Write true, without quotes.";
  if (["false", "no", "off", "n"].includes(word)) return "Write false, without quotes.";
  return "Write true or false, without quotes.";
}

export function notAllowed(value: Json | undefined, allowed: Json | undefined): Problem {
  const values = isArray(allowed) ? allowed.map(text) : [];
  const close = typeof value === "string" ? nearest(value, values) : undefined;
  return {
    code: "not-allowed-value",
    summary: "Value not allowed",
    detail: `The allowed values are: ${values.join(", ")}.`,
    help: close === undefined ? "Write one of these values." : `Did you mean ${close}?`,
  };
}

export function unsupported(value: Json | undefined, supported: Json | undefined): Problem {
  const found = typeof value === "number" ? `version ${value}` : described(value);
  return {
    code: "unsupported-version",
    summary: "Unsupported version",
    detail: `Found ${found}; this chatform supports version ${text(supported)}.`,
    help: `Write version: ${text(supported)}${typeof value === "string" ? ", without quotes" : ""}.`,
  };
}

/** @param schema with `minimum` and `maximum` */
export function outOfRange(value: Json | undefined, { minimum, maximum }: JsonObject): Problem {
  const range =
    minimum !== undefined && maximum !== undefined
      ? `from ${text(minimum)} to ${text(maximum)}`
      : minimum === undefined
        ? `of at most ${text(maximum)}`
        : `of at least ${text(minimum)}`;
  return {
    code: "out-of-range",
    summary: "Number out of range",
    detail: `Expected a number ${range}, found ${text(value)}.`,
    help: `Write a number ${range}.`,
  };
}

export const emptyText: Problem = {
  code: "empty-text",
  summary: "Empty string",
  detail: "This value cannot be empty.",
  help: "Write a value, or remove the key.",
};

export const emptyBlock: Problem = {
  code: "nothing-declared",
  summary: "Empty mapping",
  detail: "This mapping declares nothing.",
  help: "Declare a key in the mapping, or remove the mapping.",
};

/** A problem that only the validator has words for. */
export function otherwise(message: string | undefined): Problem {
  return {
    code: "bad-value",
    summary: "Value not allowed",
    detail: `This value ${message ?? "does not match the schema"}.`,
    help: "See the schema of this value: chatform schema.",
  };
}

/** A key that does not have the form that the schema wants. */
export function badKey(name: string, schema: JsonObject): Problem {
  const problem = badText(name, schema);
  return name.includes("${")
    ? { ...problem, help: "Write the name without a variable, or add forEach: a block for each row." }
    : problem;
}

/** A string that does not have the form that the schema wants. The schema's title names the form. */
export function badText(value: string, { title, maxLength }: JsonObject): Problem {
  const written = quoted(value);
  if (title === "user") return value.includes("@") ? badEmail(value) : badUserId(written);
  if (title === "address") {
    return {
      code: "bad-address",
      summary: "Address that cannot move",
      detail: `${written} is not the address of a room, a message, or an entry of userSettings.`,
      help: "Write rooms/NAME, rooms/NAME/messages/NAME, users/USER/messages/NAME or userSettings/NAME. The new e-mail of a user needs no move.",
    };
  }
  if (title === "message id") {
    return {
      code: "bad-message-id",
      summary: "Invalid message id",
      detail: `${written} is not the id of a message.`,
      help: "Write the id that chatform show ADDRESS prints.",
    };
  }
  if (title === "jid") {
    return {
      code: "bad-jid",
      summary: "Invalid room jid",
      detail: `${written} is not the jid of a room.`,
      help: "Write a jid like adhoc-8f6c1f5e-3c2b-4a09-9a41-2d1b8e0c7a55@conference.ORG.orgspan.com.",
    };
  }
  if (typeof maxLength === "number" && value.length > maxLength) {
    const detail = `${written} has ${value.length} characters; the limit is ${maxLength}.`;
    return { code: "bad-name", summary: "Name too long", detail, help: "Choose a shorter name." };
  }
  if (title === "variable") {
    return {
      code: "bad-name",
      summary: "Invalid name",
      detail: `${written} is not a valid name of a variable.`,
      help: "Use letters, digits, dots, underscores and hyphens; begin with a letter or underscore.",
    };
  }
  if (title === "name") {
    return {
      code: "bad-name",
      summary: "Invalid name",
      detail: `${written} is not a valid name.`,
      help: helpForName(value),
    };
  }
  return { ...otherwise(undefined), detail: `${written} does not have the expected form.` };
}

const accents = lazyPattern(String.raw`\p{M}`, "gu");

/** Returns how to write a name, with the valid name that is most like it. */
function helpForName(value: string): string {
  const name = value
    .normalize("NFD")
    .replaceAll(accents(), "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replaceAll(/^[._-]+|-+$/g, "");
  return name === "" || value.includes("{")
    ? "Use lowercase letters, digits, dots, underscores and hyphens; begin with a letter or digit."
    : `Write ${name}: lowercase letters, digits, dots, underscores and hyphens, and first a letter or digit.`;
}

function badUserId(written: string): Problem {
  const [, type, name] = /^"(\w+)\s*:\s*(.+)"$/.exec(written) ?? [];
  if (type !== undefined && name !== undefined && isSourceType(type))
    return {
      code: "bad-user-id",
      summary: "Invalid user",
      detail: `${written} is a text, not a source.`,
      help: `Write a mapping, with a space after the colon: { ${type}: ${name} }.`,
    };
  const template = findTemplate(written.slice(1, -1));
  return {
    code: "bad-user-id",
    summary: "Invalid user",
    detail: `${written} is neither an e-mail address nor a user id.`,
    help:
      template === undefined
        ? "Write jane.doe@example.com, or an id like 8f6c1f5e-3c2b-4a09-9a41-2d1b8e0c7a55."
        : `For the value of a variable, write ${template.reference}.`,
  };
}
