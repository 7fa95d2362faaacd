import type { Node } from "yaml";
import { isAlias, isMap, isScalar, isSeq } from "yaml";
import type { Diagnostic } from "../core/diagnostic.js";
import type { Json } from "../core/json.js";
import { pointer } from "../core/pointer.js";
import type { Variables } from "./interpolate.js";
import { interpolate } from "./interpolate.js";
import type { Source } from "./source.js";
import { placeAt } from "./source.js";

/** What a file says, as plain data. */
export interface YamlValue {
  readonly value: Json;
  readonly diagnostics: readonly Diagnostic[];
  /** Pointers of plain scalars that are one reference to a variable: they may stand for numbers and booleans. */
  readonly untyped: ReadonlySet<string>;
  /** Pointers of texts with an undefined variable in them: they stand as they were written. */
  readonly unresolved: ReadonlySet<string>;
}

const maxDepth = 64;
/** Nodes that aliases may stand for, all together. */
const maxAliased = 10_000;
/** Names that mean something else to JavaScript. */
const forbidden = new Set(["__proto__", "constructor", "prototype"]);

/** Makes plain data of a parsed file, with variables replaced. Problems are collected; what is wrong becomes null. */
export function valueOf(source: Source, variables: Variables): YamlValue {
  const reader = new Reader(source, variables);
  const value = reader.read(source.document.contents, "", 0);
  return { value, diagnostics: reader.diagnostics, untyped: reader.untyped, unresolved: reader.unresolved };
}

class Reader {
  readonly diagnostics: Diagnostic[] = [];
  readonly untyped = new Set<string>();
  readonly unresolved = new Set<string>();
  readonly #source: Source;
  readonly #variables: Variables;
  #aliased = 0;
  #inAlias = 0;

  constructor(source: Source, variables: Variables) {
    this.#source = source;
    this.#variables = variables;
  }

  read(node: unknown, at: string, depth: number): Json {
    if (depth > maxDepth) {
      this.#problem(
        node,
        "too-deep",
        "Nested too deeply",
        `More than ${maxDepth} levels.`,
        "Nothing in a desired state is this deep.",
      );
      return null;
    }
    if (this.#inAlias > 0 && ++this.#aliased > maxAliased) {
      if (this.#aliased === maxAliased + 1) this.#aliasBomb(node);
      return null;
    }
    if (isAlias(node)) return this.#alias(node, at, depth);
    if (isMap(node)) return this.#map(node.items, at, depth);
    if (isSeq(node)) return node.items.map((item, index) => this.read(item, at + pointer(index), depth + 1));
    return isScalar(node) ? this.#scalar(node, at) : null;
  }

  #alias(node: Node & { resolve: (document: never) => unknown }, at: string, depth: number): Json {
    this.#inAlias++;
    try {
      return this.read(node.resolve(this.#source.document as never), at, depth + 1);
    } finally {
      this.#inAlias--;
    }
  }

  #map(
    items: readonly { readonly key: unknown; readonly value: unknown }[],
    at: string,
    depth: number,
  ): Json {
    const result: Record<string, Json> = {};
    for (const { key, value } of items) {
      const name = this.#name(key);
      if (name !== undefined) result[name] = this.read(value, at + pointer(name), depth + 1);
    }
    return result;
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
    if (!forbidden.has(value)) return value;
    this.#problem(
      key,
      "forbidden-key",
      "A forbidden key",
      `${value} can't be a name.`,
      "Choose another name.",
    );
    return undefined;
  }

  #scalar(node: { readonly value: unknown; readonly type?: string | undefined }, at: string): Json {
    const { value } = node;
    if (typeof value === "string") return this.#text(node, value, at);
    if (typeof value === "number" && !Number.isFinite(value)) {
      this.#problem(
        node,
        "wrong-type",
        "Not a number",
        "This number is infinite, or none.",
        "Write a number.",
      );
      return null;
    }
    return typeof value === "number" || typeof value === "boolean" ? value : null;
  }

  #text(node: { readonly type?: string | undefined }, text: string, at: string): string {
    if (!text.includes("${")) return text;
    const result = interpolate(text, this.#variables);
    if (result.problems.length > 0) this.unresolved.add(at);
    for (const { code, detail, help, at: offset, length } of result.problems) {
      const place = this.#placeWithin(node, text, offset, length);
      const summary = code === "undefined-variable" ? "Undefined variable" : "Not a reference to a variable";
      this.diagnostics.push({ severity: "error", code, summary, detail, help, ...place });
    }
    if (result.whole && node.type === "PLAIN") this.untyped.add(at);
    return result.text;
  }

  /** The place of a part of a scalar's text, where the file has it as it is; else of the whole scalar. */
  #placeWithin(node: unknown, text: string, offset: number, length: number): ReturnType<typeof placeAt> {
    const [start, end] = this.#range(node);
    const found = this.#source.text.slice(start, end).indexOf(text.slice(offset, offset + length));
    return found < 0
      ? placeAt(this.#source, start, end)
      : placeAt(this.#source, start + found, start + found + length);
  }

  #aliasBomb(node: unknown): void {
    const detail = `The aliases in this file stand for more than ${maxAliased} values.`;
    this.#problem(node, "alias-bomb", "Too many aliases", detail, "Write the values out.");
  }

  #problem(node: unknown, code: string, summary: string, detail: string, help: string): void {
    const [start, end] = this.#range(node);
    this.diagnostics.push({
      severity: "error",
      code,
      summary,
      detail,
      help,
      ...placeAt(this.#source, start, end),
    });
  }

  #range(node: unknown): readonly [number, number] {
    const range = (node as { readonly range?: readonly number[] | null } | null)?.range;
    return [range?.[0] ?? 0, range?.[1] ?? 0];
  }
}
