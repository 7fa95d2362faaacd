import type { Diagnostic } from "../../core/diagnostic.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import { nearest } from "../../core/nearest.js";

/** What is wrong and what to do, without the place. */
export type Words = Omit<Diagnostic, "severity" | "range" | "sourceLine">;

export function unknownKey(name: string, known: readonly string[]): Words {
  return {
    code: "unknown-key",
    summary: "Unknown key",
    detail: `${quoted(name)} is not known here.`,
    help: helpForKey(name, known),
  };
}

function helpForKey(name: string, known: readonly string[]): string {
  if (/^\/[/*]/.test(name)) return "Comments begin with #, in JSON files too.";
  const close = nearest(name, known);
  return close === undefined ? `Known here: ${known.join(", ")}.` : `Did you mean "${close}"?`;
}

export function missingKey(name: string): Words {
  const help = name === "version" ? "Begin the file with version: 1." : `Add ${name}:.`;
  return { code: "missing-key", summary: "A key is missing", detail: `"${name}" has to be here.`, help };
}

export function wrongType(value: Json | undefined, type: string): Words {
  const wrong = { code: "wrong-type", summary: "Wrong type" };
  if (typeof value === "string" && value.includes("${")) {
    const detail = `It has to be ${typeNames.get(type) ?? type}, and ${quoted(value)} stands for something else.`;
    return { ...wrong, detail, help: "Give the variable another value." };
  }
  return {
    ...wrong,
    detail: `Here is ${found(value)}, and it has to be ${typeNames.get(type) ?? type}.`,
    help: helpForType(value, type),
  };
}

const typeNames = new Map([
  ["string", "text"],
  ["integer", "a whole number"],
  ["number", "a number"],
  ["boolean", "true or false"],
  ["object", "a block of keys"],
  ["array", "a list"],
]);

function helpForType(value: Json | undefined, type: string): string {
  switch (type) {
    case "string":
      if (value === null) return "Write some text, or remove the key.";
      return typeof value === "object" ? "Write text." : "Write it in quotes.";
    case "array":
      return "Write a list: [one, two], or each in a line of its own behind a hyphen.";
    case "boolean":
      return "Write true or false, without quotes.";
    case "integer":
      return "Write a whole number, without quotes.";
    case "number":
      return "Write a number, without quotes.";
    default:
      return value === null
        ? "Write the keys below it, further to the right; or remove it."
        : "Write keys and values: name: value.";
  }
}

export function notAParticipant(value: Json | undefined): Words {
  return {
    code: "wrong-type",
    summary: "Wrong type",
    detail: `Here is ${found(value)}, and it has to be a user or a group.`,
    help: "Write an e-mail, a user id, or { group: NAME }.",
  };
}

function found(value: Json | undefined): string {
  if (value === null || value === undefined) return "nothing";
  if (isArray(value)) return "a list";
  if (isObject(value)) return "a block of keys";
  if (typeof value === "string") return "text";
  return typeof value === "boolean" ? String(value) : `the number ${String(value)}`;
}

export function notAllowed(value: Json | undefined, allowed: Json | undefined): Words {
  const values = isArray(allowed) ? allowed.map(text) : [];
  const close = typeof value === "string" ? nearest(value, values) : undefined;
  return {
    code: "not-allowed-value",
    summary: "A value that is not allowed",
    detail: `It has to be one of: ${values.join(", ")}.`,
    help: close === undefined ? "Write one of these." : `Did you mean ${close}?`,
  };
}

export function unsupported(value: Json | undefined, supported: Json | undefined): Words {
  const isText = typeof value === "string";
  return {
    code: "unsupported-version",
    summary: "Unsupported version",
    detail: `Here is ${found(value)}; this chatform knows version ${text(supported)}.`,
    help: `Write version: ${text(supported)}${isText ? ", without quotes" : ""}.`,
  };
}

/** @param schema with `minimum` and `maximum` */
export function outOfRange(value: Json | undefined, { minimum, maximum }: JsonObject): Words {
  const within =
    minimum !== undefined && maximum !== undefined
      ? `from ${text(minimum)} to ${text(maximum)}`
      : minimum === undefined
        ? `of at most ${text(maximum)}`
        : `of at least ${text(minimum)}`;
  return {
    code: "out-of-range",
    summary: "Out of range",
    detail: `${text(value)} is not a number ${within}.`,
    help: `Write a number ${within}.`,
  };
}

export const emptyText: Words = {
  code: "empty-text",
  summary: "Empty text",
  detail: "This text must not be empty.",
  help: "Write something, or leave the key out.",
};

export const emptyBlock: Words = {
  code: "nothing-declared",
  summary: "Nothing is declared here",
  detail: "This block is empty.",
  help: "Declare something in it, or remove it.",
};

/** What only the validator has words for. */
export function otherwise(message: string | undefined): Words {
  return {
    code: "bad-value",
    summary: "A value that is not allowed",
    detail: `It ${message ?? "is not as it has to be"}.`,
    help: "Look at the form that it has to have: chatform schema prints it.",
  };
}

/** A name that is not of its form. */
export function badKey(name: string, schema: JsonObject): Words {
  const words = badText(name, schema);
  return name.includes("${")
    ? { ...words, help: "Variables stand in values only. Write the name out." }
    : words;
}

/** Text that is not of its form. Forms are told by the schema's title. */
export function badText(value: string, { title, maxLength }: JsonObject): Words {
  const written = quoted(value);
  if (title === "user") return value.includes("@") ? badEmail(written) : badUserId(written);
  if (title === "jid") {
    return {
      code: "bad-jid",
      summary: "Not a room's jid",
      detail: `${written} is not the jid of a room.`,
      help: "It looks like adhoc-8f6c1f5e-3c2b-4a09-9a41-2d1b8e0c7a55@conference.ORG.orgspan.com.",
    };
  }
  if (typeof maxLength === "number" && value.length > maxLength) {
    const detail = `${written} has ${value.length} characters; the most is ${maxLength}.`;
    return { code: "bad-name", summary: "A name that is too long", detail, help: "Choose a shorter name." };
  }
  if (title === "name") {
    return {
      code: "bad-name",
      summary: "Not a name",
      detail: `${written} can't be a name.`,
      help: "Use lower case letters, digits, dot, underscore and hyphen; begin with a letter or digit.",
    };
  }
  return { ...otherwise(undefined), detail: `${written} is not of the expected form.` };
}

function badEmail(written: string): Words {
  return {
    code: "bad-email",
    summary: "Not an e-mail address",
    detail: `${written} is not an e-mail address.`,
    help: "Write it like jane.doe@example.com.",
  };
}

function badUserId(written: string): Words {
  return {
    code: "bad-user-id",
    summary: "Not a user",
    detail: `${written} is neither an e-mail address nor a user id.`,
    help: "Write jane.doe@example.com, or an id like 8f6c1f5e-3c2b-4a09-9a41-2d1b8e0c7a55.",
  };
}

/** In quotes; long text by its beginning. */
function quoted(value: string): string {
  const most = 60;
  return `"${value.length > most ? `${value.slice(0, most - 1)}…` : value}"`;
}

/** Text as it is, everything else as JSON. */
export function text(value: Json | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}
