import { sourceTypes } from "../core/calls/reference.js";
import type { Json, JsonObject } from "../core/json/json.js";
import { byCodeUnit, isArray, isObject } from "../core/json/json.js";
import type { Pointer } from "../core/json/pointer.js";
import { pointer, tokens } from "../core/json/pointer.js";
import { firstIndex } from "../core/first-index.js";
import { entryReference } from "../core/people/people-lists.js";

/** A value that refers to a user or a source, or a key that names a user. */
export interface ReferencePlace {
  readonly at: Pointer;
  readonly atKey: boolean;
}

/** The places of a reference. */
interface Places {
  /** In the order of the document. */
  readonly all: ReferencePlace[];
  /** Positions in `all`, sorted by their pointers: those within a value stand side by side. Made for the first question. */
  byPointer?: readonly number[];
}

/**
 * The references in a document to users and sources. One walk finds them all, and sorts them by reference and by place, so that
 * thousands of questions about thousands of references take no quadratic time.
 */
export class References {
  readonly #places = new Map<string, Places>();
  readonly #userBlocks: ReadonlySet<Pointer>;

  /** @param userBlocks paths of the blocks whose names are users: `users` */
  constructor(document: JsonObject, userBlocks: ReadonlySet<string>) {
    this.#userBlocks = new Set([...userBlocks].map((path) => `/${path}`));
    this.#addMembers(document, "");
  }

  /**
   * Returns the places of a reference, in the order of the document, and last the name of the block that `within` is in.
   *
   * @param reference `user:jane@example.com`, `group:Support`, an id, or the key of an entry; exceptions are ignored
   * @param within the pointer of the value to search; missing: everywhere
   */
  find(reference: string, within: Pointer = ""): readonly ReferencePlace[] {
    const places = this.#places.get(referenceKey(entryReference(reference)));
    if (places === undefined) return [];
    if (within === "") return places.all;
    const inside = [...placesAt(places, within), ...placesBelow(places, within)];
    const path = tokens(within);
    const around = path.flatMap((_name, at) => placesAt(places, pointer(...path.slice(0, at))));
    return [
      ...inside.sort((a, b) => a - b).flatMap((at) => places.all[at] ?? []),
      ...around.flatMap((at) => places.all[at] ?? []).filter(({ atKey }) => atKey),
    ];
  }

  #addMembers(value: JsonObject, at: Pointer): void {
    const namesUsers = this.#userBlocks.has(at);
    for (const [name, inner] of Object.entries(value)) {
      const here = at + pointer(name);
      if (namesUsers) this.#add(userKey(name), { at: here, atKey: true });
      if (isArray(inner)) this.#addItems(inner, here);
      else if (isObject(inner)) this.#addMembers(inner, here);
    }
  }

  #addItems(list: readonly Json[], at: Pointer): void {
    for (const [index, item] of list.entries()) {
      const here = at + pointer(index);
      if (typeof item === "string") this.#add(userKey(item), { at: here, atKey: false });
      else if (isArray(item)) this.#addItems(item, here);
      else if (isObject(item)) {
        this.#addSource(item, here);
        this.#addMembers(item, here);
      }
    }
  }

  #addSource(item: JsonObject, at: Pointer): void {
    for (const type of sourceTypes) {
      const name = item[type];
      if (typeof name !== "string") continue;
      const place = { at: at + pointer(type), atKey: false };
      this.#add(referenceKey(`${type}:${name}`), place);
      if (type === "reportsOf") this.#add(userKey(name), place);
    }
  }

  #add(key: string, place: ReferencePlace): void {
    const places = this.#places.get(key);
    if (places === undefined) this.#places.set(key, { all: [place] });
    else places.all.push(place);
  }
}

/** Returns the positions of the places with a pointer. */
function placesAt(places: Places, at: Pointer): readonly number[] {
  return placesFrom(places, at, (found) => found === at);
}

/** Returns the positions of the places below a pointer. */
function placesBelow(places: Places, at: Pointer): readonly number[] {
  return placesFrom(places, `${at}/`, (found) => found.startsWith(`${at}/`));
}

/** Returns the positions of the places from a pointer on, in their order, as long as they match. */
function placesFrom(places: Places, from: Pointer, matches: (at: Pointer) => boolean): readonly number[] {
  const { all } = places;
  const pointerAt = (position: number): Pointer => all[position]?.at ?? "";
  places.byPointer ??= Array.from(all.keys()).sort((a, b) => byCodeUnit(pointerAt(a), pointerAt(b)));
  const sorted = places.byPointer;
  const found: number[] = [];
  for (let at = firstIndex(sorted, (position) => pointerAt(position) >= from); at < sorted.length; at++) {
    const position = sorted[at] ?? 0;
    if (!matches(pointerAt(position))) break;
    found.push(position);
  }
  return found;
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
