import { sourceTypes } from "../core/calls/reference.js";
import type { Json, JsonObject } from "../core/json/json.js";
import { isArray, isObject } from "../core/json/json.js";
import type { Pointer } from "../core/json/pointer.js";
import { pointer, tokens } from "../core/json/pointer.js";
import { addToMultimap } from "../core/multimap.js";
import { entryReference } from "../core/people/people-lists.js";

/** A value that refers to a user or a source, or a key that names a user. */
export interface ReferencePlace {
  readonly at: Pointer;
  readonly atKey: boolean;
}

/** The depth of the blocks by which references are indexed: `/rooms/lobby`. */
const blockDepth = 2;

/**
 * The references in a document to users and sources. One walk finds them all, and indexes them by reference and by block, so that
 * thousands of questions about thousands of references take no quadratic time.
 */
export class References {
  readonly #places = new Map<string, Map<Pointer, ReferencePlace[]>>();
  readonly #userBlocks: ReadonlySet<Pointer>;

  /** @param userBlocks paths of the blocks whose names are users: `users` */
  constructor(document: JsonObject, userBlocks: ReadonlySet<string>) {
    this.#userBlocks = new Set([...userBlocks].map((path) => `/${path}`));
    this.#addMembers(document, "", []);
  }

  /**
   * Returns the places of a reference, in the order of the document, and last the name of the block that `within` is in.
   *
   * @param reference `user:jane@example.com`, `group:Support`, an id, or the key of an entry; exceptions are ignored
   * @param within the pointer of the value to search; missing: everywhere
   */
  find(reference: string, within: Pointer = ""): readonly ReferencePlace[] {
    const blocks = this.#places.get(referenceKey(entryReference(reference)));
    if (blocks === undefined) return [];
    const path = tokens(within);
    const places =
      path.length < blockDepth
        ? [...blocks.values()].flat()
        : (blocks.get(pointer(...path.slice(0, blockDepth))) ?? []);
    if (within === "") return places;
    return [
      ...places.filter(({ at }) => at === within || at.startsWith(`${within}/`)),
      ...places.filter(({ at, atKey }) => atKey && within.startsWith(`${at}/`)),
    ];
  }

  /** @param blocks the pointers of the outermost blocks around the members */
  #addMembers(value: JsonObject, at: Pointer, blocks: readonly Pointer[]): void {
    const namesUsers = this.#userBlocks.has(at);
    for (const [name, inner] of Object.entries(value)) {
      const here = at + pointer(name);
      const around = blocks.length < blockDepth ? [...blocks, here] : blocks;
      if (namesUsers) this.#add(userKey(name), { at: here, atKey: true }, around);
      if (isArray(inner)) this.#addItems(inner, here, around);
      else if (isObject(inner)) this.#addMembers(inner, here, around);
    }
  }

  #addItems(list: readonly Json[], at: Pointer, blocks: readonly Pointer[]): void {
    for (const [index, item] of list.entries()) {
      const here = at + pointer(index);
      if (typeof item === "string") this.#add(userKey(item), { at: here, atKey: false }, blocks);
      else if (isArray(item)) this.#addItems(item, here, blocks);
      else if (isObject(item)) {
        this.#addSource(item, here, blocks);
        this.#addMembers(item, here, blocks);
      }
    }
  }

  #addSource(item: JsonObject, at: Pointer, blocks: readonly Pointer[]): void {
    for (const type of sourceTypes) {
      const name = item[type];
      if (typeof name !== "string") continue;
      const place = { at: at + pointer(type), atKey: false };
      this.#add(referenceKey(`${type}:${name}`), place, blocks);
      if (type === "reportsOf") this.#add(userKey(name), place, blocks);
    }
  }

  #add(key: string, place: ReferencePlace, blocks: readonly Pointer[]): void {
    const block = blocks.at(-1) ?? "";
    const byBlock = this.#places.get(key) ?? new Map<Pointer, ReferencePlace[]>();
    this.#places.set(key, byBlock);
    addToMultimap(byBlock, block, place);
  }
}

function userKey(name: string): string {
  return `user:${name.toLowerCase()}`;
}

/** Returns the key of a reference in the index: an id is a user's, and names of users are in lower case. */
function referenceKey(reference: string): string {
  if (!reference.includes(":")) return userKey(reference);
  return /^(?:user|reportsOf):/.test(reference) ? lowerName(reference) : reference;
}

function lowerName(reference: string): string {
  const colon = reference.indexOf(":");
  return reference.slice(0, colon) + reference.slice(colon).toLowerCase();
}
