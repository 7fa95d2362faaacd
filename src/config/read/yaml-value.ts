import type { Alias, Pair } from "yaml";
import { isAlias, isCollection, isMap, isScalar, isSeq } from "yaml";
import type { Diagnostic, RelatedPlace } from "../../core/diagnostic.js";
import type { Json } from "../../core/json/json.js";
import { pointer } from "../../core/json/pointer.js";
import { maxDepth } from "./depth.js";
import type { Variables } from "../variables/interpolate.js";
import { interpolate } from "../variables/interpolate.js";
import { isForbiddenName } from "../names.js";
import type { Place, Source } from "./source.js";
import { placeAt } from "./source.js";
import { badTag } from "./syntax-messages.js";

/** What a file says, as plain data. */
export interface YamlValue {
  readonly value: Json;
  readonly diagnostics: readonly Diagnostic[];
  /** Pointers of texts that are one reference to a variable: they may stand for numbers and booleans. */
  readonly untyped: ReadonlySet<string>;
  /** Texts with references to variables, as the file has them, by pointer: what they stand for may be a secret. */
  readonly written: ReadonlyMap<string, string>;
  /** Pointers of values that are not what was meant, such as texts with an undefined variable in them. */
  readonly unresolved: ReadonlySet<string>;
  /** Pointers of blocks that lack a key because it could not be read. */
  readonly partial: ReadonlySet<string>;
}

/** Nodes that aliases may stand for, all together. */
const maxAliased = 10_000;
/** What every reader of YAML knows; the value itself is checked by the schema. */
const knownTags = /^(?:!|tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq))$/;

/** Makes plain data of a parsed file, with variables replaced. Problems are collected; what is wrong becomes null. */
export function valueOf(source: Source, variables: Variables): YamlValue {
  const reader = new Reader(source, variables);
  const value = reader.read(source.document.contents, "", 0);
  const { diagnostics, untyped, written, unresolved, partial } = reader;
  return { value, diagnostics, untyped, written, unresolved, partial };
}

class Reader {
  readonly diagnostics: Diagnostic[] = [];
  readonly untyped = new Set<string>();
  readonly written = new Map<string, string>();
  readonly unresolved = new Set<string>();
  readonly partial = new Set<string>();
  readonly #source: Source;
  readonly #variables: Variables;
  /** The blocks and lists that are being read. */
  readonly #open = new Set<unknown>();
  #aliased = 0;
  /** The outermost alias that is being read. */
  #alias: Alias | undefined;

  constructor(source: Source, variables: Variables) {
    this.#source = source;
    this.#variables = variables;
  }

  read(node: unknown, at: string, depth: number): Json {
    if (isAlias(node)) return this.#aliasedValue(node, at, depth);
    if (this.#alias !== undefined && ++this.#aliased > maxAliased) return this.#aliasBomb(at);
    if (depth > maxDepth) {
      const help = "Nothing in a desired state is this deep.";
      return this.#nothing(node, at, "too-deep", "Nested too deeply", `More than ${maxDepth} levels.`, help);
    }
    const tag = isScalar(node) || isCollection(node) ? node.tag : undefined;
    if (tag !== undefined && !knownTags.test(tag)) return this.#badTag(node, at);
    if (isScalar(node)) return this.#scalar(node, at);
    this.#open.add(node);
    try {
      if (isMap(node)) return this.#map(node.items, at, depth);
      return isSeq(node)
        ? node.items.map((item, index) => this.read(item, at + pointer(index), depth + 1))
        : null;
    } finally {
      this.#open.delete(node);
    }
  }

  #aliasedValue(node: Alias, at: string, depth: number): Json {
    const target = this.#source.aliases.get(node);
    if (target === undefined) {
      const detail = `Nothing before this place has the anchor &${node.source}.`;
      const help = `Write &${node.source} in front of the value that is meant. If it is text, put it in quotes.`;
      return this.#nothing(node, at, "unknown-alias", "Unknown alias", detail, help);
    }
    if (this.#open.has(target)) {
      const detail = `*${node.source} stands for a block that it is part of: this has no end.`;
      return this.#nothing(node, at, "alias-cycle", "An alias within itself", detail, "Write the value out.");
    }
    const outer = this.#alias;
    this.#alias ??= node;
    try {
      return this.read(target, at, depth);
    } finally {
      this.#alias = outer;
    }
  }

  #map(items: readonly Pair[], at: string, depth: number): Json {
    const result: Record<string, Json> = {};
    const keys = new Map<string, unknown>();
    for (const { key, value } of items) {
      const name = this.#name(key);
      if (name === undefined || keys.has(name)) {
        if (name !== undefined) this.#duplicate(key, keys.get(name));
        this.partial.add(at);
        // What is in it may be wrong too, but has no place in the result.
        this.read(value, at + pointer("<<"), depth + 1);
      } else {
        keys.set(name, key);
        result[name] = this.read(value, at + pointer(name), depth + 1);
      }
    }
    return result;
  }

  #duplicate(key: unknown, first: unknown): void {
    // Where an alias repeats it, it was said already.
    if (this.#alias !== undefined) return;
    const help = "Remove one of the two, or put their values together.";
    const related = [{ ...this.#place(first), label: "first written here" }];
    const detail = "This key is in the same block already.";
    this.#problem(key, "duplicate-key", "The same key twice", detail, help, related);
  }

  #name(key: unknown): string | undefined {
    const value = isScalar(key) ? key.value : undefined;
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    if (typeof value !== "string") {
      this.#problem(key, "bad-key", "Not a name", "A key has to be text.", "Write the name in quotes.");
      return undefined;
    }
    if (value === "<<") {
      const help = "Repeat the values, or use an alias for a whole value: owners: *leads.";
      this.#problem(key, "bad-key", "Merge keys are not supported", "<< is not part of YAML 1.2.", help);
      return undefined;
    }
    if (!isForbiddenName(value)) return value;
    this.#problem(
      key,
      "forbidden-key",
      "A forbidden key",
      `${value} can't be a name.`,
      "Choose another name.",
    );
    return undefined;
  }

  #scalar(node: { readonly value: unknown }, at: string): Json {
    const { value } = node;
    if (typeof value === "string") return this.#text(node, value, at);
    if (typeof value === "number" && !Number.isFinite(value)) {
      const detail = `${this.#written(node)} is not a finite number.`;
      return this.#nothing(node, at, "wrong-type", "Not a number", detail, "Write a number.");
    }
    return typeof value === "number" || typeof value === "boolean" ? value : null;
  }

  #text(node: unknown, text: string, at: string): string {
    if (!text.includes("${")) return text;
    const result = interpolate(text, this.#variables);
    this.written.set(at, text);
    if (result.problems.length > 0) this.unresolved.add(at);
    else if (result.whole) this.untyped.add(at);
    let from = this.#range(node)[0];
    for (const { code, detail, help, at: offset, length } of result.problems) {
      const [start, end] = this.#rangeWithin(node, from, text.slice(offset, offset + length));
      from = end;
      const summary = code === "undefined-variable" ? "Undefined variable" : "Not a reference to a variable";
      const place = placeAt(this.#source, start, end);
      this.diagnostics.push({ severity: "error", code, summary, detail, help, ...place });
    }
    return result.text;
  }

  /** Where a part of a scalar's text is, where the file has it as it is; else the whole scalar. */
  #rangeWithin(node: unknown, from: number, part: string): readonly [number, number] {
    const [start, end] = this.#range(node);
    const found = this.#source.text.slice(from, end).indexOf(part);
    return found < 0 ? [start, end] : [from + found, from + found + part.length];
  }

  #badTag(node: unknown, at: string): null {
    const [start] = this.#range(node);
    const before = this.#source.text.slice(Math.max(0, start - 300), start);
    // A node's own range begins behind its tag and anchor.
    const [written, tag = ""] = /(!\S*)\s*(?:&\S+\s*)?$/.exec(before) ?? [""];
    const from = start - written.length;
    const {
      code = "unknown-tag",
      summary = "Unknown YAML tag",
      detail,
      help,
    } = badTag(tag, [from, from + tag.length]);
    this.unresolved.add(at);
    const place = placeAt(this.#source, from, from + tag.length);
    this.diagnostics.push({ severity: "error", code, summary, detail, help, ...place });
    return null;
  }

  #aliasBomb(at: string): null {
    this.unresolved.add(at);
    if (this.#aliased > maxAliased + 1) return null;
    const detail = `The aliases in this file stand for more than ${maxAliased} values.`;
    this.#problem(this.#alias, "alias-bomb", "Too many aliases", detail, "Write the values out.");
    return null;
  }

  /** A value that can't be used: what is wrong is said here, and not again by the schema. */
  #nothing(node: unknown, at: string, code: string, summary: string, detail: string, help: string): null {
    this.unresolved.add(at);
    this.#problem(node, code, summary, detail, help);
    return null;
  }

  #problem(
    node: unknown,
    code: string,
    summary: string,
    detail: string,
    help: string,
    related?: readonly RelatedPlace[],
  ): void {
    const more = related === undefined ? {} : { related };
    this.diagnostics.push({
      severity: "error",
      code,
      summary,
      detail,
      help,
      ...this.#place(node),
      ...more,
    });
  }

  #place(node: unknown): Place {
    return placeAt(this.#source, ...this.#range(node));
  }

  /** A node as the file has it. */
  #written(node: unknown): string {
    return this.#source.text.slice(...this.#range(node));
  }

  #range(node: unknown): readonly [number, number] {
    const range = (node as { readonly range?: readonly number[] | null } | null)?.range;
    return [range?.[0] ?? 0, range?.[1] ?? 0];
  }
}
