import { shortestSecret } from "../../core/credentials.js";
import { secretSpellings } from "./secret-spellings.js";

/** The length of the shortest line of a secret, such as a private key, that is masked by itself. */
const shortestLine = 16;

const mask = "***";

/** A string or number of JSON. */
const jsonScalar = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/** Values that no output may show. */
export class Secrets {
  /** Longest first: a secret may contain another one. */
  #spellings: readonly string[] = [];

  constructor(values: readonly string[] = []) {
    this.add(values);
  }

  /** Adds values. White space around them does not count. */
  add(values: readonly string[]): void {
    const added = values
      .map((value) => value.trim())
      .filter(({ length }) => length >= shortestSecret)
      .flatMap((value) => [value, ...longLines(value)])
      .flatMap((value) => [...secretSpellings(value)]);
    this.#spellings = [...new Set([...this.#spellings, ...added])].sort((a, b) => b.length - a.length);
  }

  /** Removes values that are no secrets. */
  remove(values: readonly string[]): void {
    const removed = new Set(values.flatMap((value) => [...secretSpellings(value)]));
    this.#spellings = this.#spellings.filter((spelling) => !removed.has(spelling));
  }

  /** Returns a text with `***` in the place of every secret, however it is escaped or encoded. */
  mask(text: string): string {
    const masked = replaceAll(text, this.#spellings);
    return masked === text || !isJson(text) ? masked : this.#maskJson(text);
  }

  /** Masks the strings and numbers of JSON one by one, so that it stays JSON: a number with a secret in it becomes a string. */
  #maskJson(text: string): string {
    // A document of many scalars holds few of many secrets.
    const spellings = this.#spellings.filter((spelling) => text.includes(spelling));
    return text.replaceAll(jsonScalar, (scalar) => {
      const masked = replaceAll(scalar, spellings);
      return masked === scalar || scalar.startsWith('"') ? masked : JSON.stringify(masked);
    });
  }

  /** Returns the length of the end of a text that may be the beginning of a secret. */
  openLength(text: string): number {
    let open = 0;
    for (const spelling of this.#spellings) {
      for (let length = Math.min(spelling.length - 1, text.length); length > open; length--)
        if (text.endsWith(spelling.slice(0, length))) open = length;
    }
    return open;
  }
}

function replaceAll(text: string, spellings: readonly string[]): string {
  return spellings.reduce((masked, spelling) => masked.replaceAll(spelling, mask), text);
}

/** Returns true for a JSON document, and for lines that are one each. */
function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  return isDocument(text) || text.split("\n").every((line) => line.trim() === "" || isDocument(line));
}

function isDocument(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** A text of several lines is indented in outputs. */
function longLines(value: string): readonly string[] {
  const lines = value.split(/[\r\n]+/);
  return lines.length < 2
    ? []
    : lines.map((line) => line.trim()).filter((line) => line.length >= shortestLine && !/\s/.test(line));
}
