/**
 * Reads YAML as nearly everybody writes it, and as programs do: blocks, lists of values, one value on a line.
 *
 *     rooms:                      a name, then a block that is indented more
 *       bridge:
 *         subject: Incident bridge
 *         participants:
 *           - sam@example.com     a list of values, at the name's indentation or more
 *
 * The parser of all of YAML knows the place of every value, which is needed only when something is wrong; it takes some
 * twenty times as long and, for 100,000 resources, a gigabyte. So whatever is not exactly of this form (anchors, tags,
 * block texts, flow blocks, escapes, comments behind values, variables, a key twice) is given up here, and read by that
 * parser. What is read here is what that one would read: a property test compares them.
 */
import type { Json, JsonObject } from "../../core/json/json.js";
import { maxDepth } from "./depth.js";
import { isForbiddenName } from "../names.js";

/** Thrown for whatever is not of the form. */
class NotPlain extends Error {}

/**
 * What a YAML file says, where it is of the plain form.
 *
 * @returns undefined where it has to be read with the parser of all of YAML
 */
export function plainYaml(text: string): JsonObject | undefined {
  if (text.includes("${") || /[^\n\P{Cc}]|[\u2028\u2029\ufeff]/u.test(text)) return undefined;
  try {
    return new Reader(text).document();
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}

/** `name:` or `name: value`, or `- value`, behind any number of spaces. */
const form = /^( *)(?:- (.*)|([A-Za-z0-9_][\w.@+-]{0,254}):(?: (.*))?)$/;

class Reader {
  readonly #text: string;
  /** Where the line behind the current one begins. */
  #next = 0;
  /** The current line; -1: the file has ended. */
  #indent = -1;
  #item: string | undefined;
  #name = "";
  #value: string | undefined;

  constructor(text: string) {
    this.#text = text;
    this.#advance();
  }

  document(): JsonObject {
    const value = this.#block(0, 1);
    if (this.#indent !== -1 || Object.keys(value).length === 0) throw new NotPlain();
    return value;
  }

  /** Goes to the next line that is not empty and no comment. */
  #advance(): void {
    const text = this.#text;
    while (this.#next < text.length) {
      const end = text.indexOf("\n", this.#next);
      const line = text.slice(this.#next, end < 0 ? undefined : end);
      this.#next = end < 0 ? text.length : end + 1;
      if (/^ *(?:#|$)/.test(line)) continue;
      const [, spaces = "", item, name, value] = form.exec(line) ?? [];
      if (item === undefined && name === undefined) throw new NotPlain();
      this.#indent = spaces.length;
      this.#item = item;
      this.#name = name ?? "";
      this.#value = value;
      return;
    }
    this.#indent = -1;
  }

  #block(indent: number, depth: number): JsonObject {
    if (depth > maxDepth) throw new NotPlain();
    const block: Record<string, Json> = {};
    while (this.#indent === indent && this.#item === undefined) {
      const name = nameOf(this.#name);
      if (Object.hasOwn(block, name)) throw new NotPlain();
      const value = this.#value;
      this.#advance();
      block[name] = value === undefined ? this.#below(indent, depth) : scalarOf(value);
      // What is indented more than a value goes on with it, or is wrong.
      if (this.#indent > indent) throw new NotPlain();
    }
    return block;
  }

  /** What stands in the lines below a name: a block or a list. */
  #below(indent: number, depth: number): Json {
    if (this.#item !== undefined && this.#indent >= indent) return this.#list(this.#indent);
    if (this.#indent > indent) return this.#block(this.#indent, depth + 1);
    throw new NotPlain();
  }

  #list(indent: number): readonly Json[] {
    const list: Json[] = [];
    while (this.#indent === indent && this.#item !== undefined) {
      list.push(scalarOf(this.#item));
      this.#advance();
    }
    return list;
  }
}

/** Plain text that stands for something else, or might: `null`, `True`, `0x1f`, `1.5`, but no UUID. */
const special = /^(?:[Nn]ull|NULL|[Tt]rue|TRUE|[Ff]alse|FALSE|\d[\w.+]*(?:[Ee][+-]?\d*)?)$/;

function nameOf(name: string): string {
  if (special.test(name) || isForbiddenName(name)) throw new NotPlain();
  return name;
}

/** Text that begins with a letter or digit and has no `: ` and no ` #` in it, which would end it. */
const plainText = /^[A-Za-z0-9](?:[^:#]|:(?! |$)|(?<! )#)*(?<! )$/;

function scalarOf(text: string): Json {
  if (text === "true" || text === "false") return text === "true";
  if (/^(?:0|-?[1-9]\d{0,14})$/.test(text)) return Number(text);
  if (/^"[^"\\]*"$/.test(text) || /^'[^']*'$/.test(text)) return text.slice(1, -1);
  if (text === "[]") return [];
  if (!plainText.test(text) || special.test(text)) throw new NotPlain();
  return text;
}
