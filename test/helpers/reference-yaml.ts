import type { Document, Pair } from "yaml";
import { Composer, isAlias, isCollection, isMap, isScalar, isSeq, Parser } from "yaml";
import { isForbiddenName } from "../../src/config/names.js";
import type { Json } from "../../src/core/json/json.js";
import { pointer } from "../../src/core/json/pointer.js";

/** The value of a text and the places in it; places are offsets, `end` is missing for block collections. */
export interface ReferenceRead {
  readonly value: Json;
  readonly places: ReadonlyMap<string, { readonly start: number; readonly end?: number }>;
}

class Refused extends Error {}

/**
 * Reads a text with the `yaml` library, by its syntax tree.
 *
 * @returns undefined if the text is not valid in a config; "lenient" if only the library's rule for the indentation of a
 *   closing bracket makes it invalid, which configs don't have
 */
export function referenceRead(text: string): ReferenceRead | "lenient" | undefined {
  const documents = [
    ...new Composer({ uniqueKeys: false, merge: false }).compose(new Parser().parse(text), true, text.length),
  ];
  const [document] = documents;
  if (document === undefined || documents.length !== 1) return undefined;
  // Both are only advice of the library.
  const advice = /^Flow end indicator|^Anchor ending in : is ambiguous/;
  const errors = document.errors.filter(({ message }) => !advice.test(message));
  if (errors.some(({ message }) => /^Flow .* in block collection must be sufficiently/.test(message)))
    return "lenient";
  if (errors.length + document.warnings.filter(({ message }) => !advice.test(message)).length > 0)
    return undefined;
  const places = new Map<string, { start: number; end?: number }>();
  try {
    return { value: toValue(document, document.contents, "", places, new Set()), places };
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

function toValue(
  document: Document.Parsed,
  node: unknown,
  at: string,
  places: Map<string, { start: number; end?: number }> | undefined,
  open: ReadonlySet<unknown>,
): Json {
  const range = (node as { range?: readonly number[] | null } | null)?.range;
  if (range?.[0] !== undefined && range[1] !== undefined && range[0] !== range[1]) {
    const isBlock = isCollection(node) && node.flow !== true;
    places?.set(at, { start: range[0], ...(isBlock ? {} : { end: range[1] }) });
  }
  if (isAlias(node)) {
    const target = node.resolve(document);
    if (target === undefined || open.has(target)) throw new Refused();
    return toValue(document, target, at, undefined, open);
  }
  const tag = isScalar(node) || isCollection(node) ? node.tag : undefined;
  if (tag !== undefined && !/^(?:!|tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq))$/.test(tag))
    throw new Refused();
  if (isScalar(node)) {
    if (typeof node.value === "number" && !Number.isFinite(node.value)) throw new Refused();
    return (node.value ?? null) as Json;
  }
  const inside = new Set([...open, node]);
  if (isSeq(node))
    return node.items.map((item, index) => toValue(document, item, at + pointer(index), places, inside));
  if (!isMap(node)) return null;
  const result: Record<string, Json> = {};
  for (const { key, value } of node.items as readonly Pair[]) {
    const isPlain = isScalar(key) && key.type === "PLAIN" && key.tag === undefined;
    // A number keeps its spelling: 1.10.
    const name: unknown = isPlain && key.source !== "" ? key.source : isScalar(key) ? key.value : undefined;
    if (typeof name !== "string" && typeof name !== "number" && typeof name !== "boolean")
      throw new Refused();
    if (isForbiddenName(String(name)) || Object.hasOwn(result, String(name))) throw new Refused();
    result[String(name)] = toValue(document, value, at + pointer(String(name)), places, inside);
  }
  return result;
}
