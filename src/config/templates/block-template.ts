import type { Json } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import type { Pointer } from "../../core/json/pointer.js";
import { pointer } from "../../core/json/pointer.js";
import { addToMultimap } from "../../core/multimap.js";
import type { YamlContent } from "../read/read-yaml.js";

/** A block of the file that is written for rows, or under a name with references. */
export interface BlockTemplate {
  readonly outer: string;
  readonly name: string;
  readonly block: Json;
  /** The ends of the pointers of its values that could not be read. */
  readonly unresolved: readonly string[];
  /** The ends of the pointers of its mappings that lack a key. */
  readonly partial: readonly string[];
}

/** Makes the templates of a file. */
export class BlockTemplates {
  readonly #content: Pick<YamlContent, "unresolved" | "partial">;
  /** The values that could not be read, by block. Made for the first template. */
  #unresolved: EndsByBlock | undefined;
  /** The mappings that lack a key, by block. */
  #partial: EndsByBlock | undefined;

  constructor(content: Pick<YamlContent, "unresolved" | "partial">) {
    this.#content = content;
  }

  make(outer: string, name: string, block: Json): BlockTemplate {
    const at = pointer(outer, name);
    this.#unresolved ??= endsByBlock(this.#content.unresolved);
    this.#partial ??= endsByBlock(this.#content.partial);
    const [unresolved = [], partial = []] = [this.#unresolved.get(at), this.#partial.get(at)];
    return { outer, name, block, unresolved, partial };
  }
}

/** The ends of pointers behind the pointers of the blocks around them: there may be thousands of both. */
type EndsByBlock = ReadonlyMap<Pointer, readonly string[]>;

function endsByBlock(pointers: Iterable<Pointer>): EndsByBlock {
  const ends = new Map<Pointer, string[]>();
  for (const at of pointers) {
    const block = /^\/[^/]*\/[^/]*/.exec(at)?.[0];
    if (block !== undefined) addToMultimap(ends, block, at.slice(block.length));
  }
  return ends;
}

/** `forEach`, and the keys of other tools for a block that is written several times. */
const loopKey = /^(?:for[_-]?each|with[_-]?items|loop|count|range|matrix)$/i;

/** Returns the key of a block that asks for several blocks; undefined if it has none. */
export function getLoopKey(block: Json): string | undefined {
  if (isObject(block)) for (const name in block) if (loopKey.test(name)) return name;
  return undefined;
}

/** Returns true if a text within a value may have references. */
export function hasReferences(value: Json): boolean {
  if (typeof value === "string") return value.includes("${");
  if (isArray(value)) return value.some(hasReferences);
  if (!isObject(value)) return false;
  for (const name in value) if (hasReferences(value[name] ?? null)) return true;
  return false;
}
