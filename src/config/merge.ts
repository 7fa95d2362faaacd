import type { Diagnostic } from "../core/diagnostic.js";
import type { Json, JsonObject } from "../core/json/json.js";
import { isArray, isObject } from "../core/json/json.js";
import type { Pointer } from "../core/json/pointer.js";
import { pointer, tokens } from "../core/json/pointer.js";
import type { BlockLayout } from "../core/kind/block-layout.js";
import { blockLayout } from "../core/kind/block-layout.js";
import type { Kind } from "../core/kind/kind.js";
import { duplicateDeclaration } from "./duplicates.js";
import type { PlaceOf } from "./read/read-yaml.js";
import type { Place } from "./read/source.js";

/** A file that is valid by itself. */
export interface Part {
  readonly value: JsonObject;
  /** Returns the place of a value, or of its key: member names and list positions from the top of the file. */
  readonly placeOf: PlaceOf;
}

/** Members of a file that say how to read it. */
const notMerged: ReadonlySet<string> = new Set([
  "version",
  "include",
  "variables",
  "defaults",
  "environments",
]);

/** Top-level lists of which each file may have items. */
const joinedLists: ReadonlySet<string> = new Set(["moved"]);

/** The file that declares a part of the merged document, and the path in it. */
interface Origin {
  readonly placeOf: PlaceOf;
  readonly path: readonly string[];
}

/** All files as one document. Each resource (the settings, a room, a user's settings, a message) is declared in one place. */
export class Merged {
  readonly document: Record<string, Json> = {};
  readonly diagnostics: Diagnostic[] = [];
  readonly #origins = new Map<Pointer, Origin>();

  readonly #layout: BlockLayout;
  readonly #isWrongType: (place: Place) => boolean;

  /** @param isWrongType returns true for the place of a value of a wrong type, which declares nothing */
  constructor(
    kinds: readonly Kind[],
    parts: readonly Part[],
    isWrongType: (place: Place) => boolean = () => false,
  ) {
    this.#isWrongType = isWrongType;
    this.#layout = blockLayout(kinds);
    for (const { value, placeOf } of parts) {
      for (const [name, block] of Object.entries(value)) {
        if (notMerged.has(name) || block === undefined) continue;
        this.#merge([name], name, block, { placeOf, path: [name] });
      }
    }
  }

  /** Returns the place of a value of the merged document, or of its key; if it is missing, of the innermost value around it. */
  locate(at: Pointer, atKey: boolean): Place | undefined {
    const path = tokens(at);
    for (let length = path.length; length > 0; length--) {
      const origin = this.#origins.get(pointer(...path.slice(0, length)));
      if (origin === undefined) continue;
      return origin.placeOf([...origin.path, ...path.slice(length)], atKey);
    }
    return undefined;
  }

  /** @param pattern the path with `*` for names: `users/*` */
  #merge(to: readonly string[], pattern: string, value: Json, origin: Origin): void {
    const { named, split } = this.#layout;
    if (joinedLists.has(pattern) && isArray(value)) this.#append(pattern, value, origin);
    else if (split.has(pattern)) {
      if (!isObject(value)) return;
      this.#addEmpty(to, origin);
      this.#mergeMembers(to, pattern, value, origin);
    } else if (named.has(pattern) && isObject(value)) this.#mergeMembers(to, pattern, value, origin);
    else this.#add(to, value, origin);
  }

  #mergeMembers(to: readonly string[], pattern: string, value: JsonObject, origin: Origin): void {
    const { named } = this.#layout;
    const spelled = new Map<string, Origin>();
    for (const [name, inner] of Object.entries(value)) {
      const place = { placeOf: origin.placeOf, path: [...origin.path, name] };
      const key = this.#layout.lowerCase.has(pattern) ? name.toLowerCase() : name;
      const other = spelled.get(key);
      spelled.set(key, place);
      if (other !== undefined) this.#duplicate([...to, key].join("/"), place, other);
      else this.#merge([...to, key], `${pattern}/${named.has(pattern) ? "*" : name}`, inner ?? null, place);
    }
  }

  #append(name: string, items: readonly Json[], { placeOf, path }: Origin): void {
    const list = this.document[name] ?? [];
    const before = isArray(list) ? list : [];
    this.document[name] = [...before, ...items];
    for (const at of items.keys())
      this.#origins.set(pointer(name, before.length + at), { placeOf, path: [...path, String(at)] });
  }

  #addEmpty(to: readonly string[], origin: Origin): void {
    const block = this.#block(to.slice(0, -1));
    const name = to.at(-1) ?? "";
    if (Object.hasOwn(block, name)) return;
    block[name] = {};
    this.#origins.set(pointer(...to), origin);
  }

  #add(to: readonly string[], value: Json, origin: Origin): void {
    const block = this.#block(to.slice(0, -1));
    const name = to.at(-1) ?? "";
    if (Object.hasOwn(block, name)) {
      this.#duplicate(to.join("/"), origin, this.#origins.get(pointer(...to)));
      return;
    }
    block[name] = value;
    this.#origins.set(pointer(...to), origin);
  }

  /** Returns the mapping at a path of the merged document, and adds it if it is missing. */
  #block(path: readonly string[]): Record<string, Json> {
    let block: Record<string, Json> = this.document;
    for (const name of path) {
      const inner = Object.hasOwn(block, name) ? block[name] : undefined;
      if (!isObject(inner)) block[name] = {};
      block = block[name] as Record<string, Json>;
    }
    return block;
  }

  #duplicate(address: string, origin: Origin, first: Origin | undefined): void {
    const isWrong = [origin, first].some(
      (one) => one !== undefined && this.#isWrongType(one.placeOf(one.path, false)),
    );
    if (isWrong) return;
    const firstPlace = first?.placeOf(first.path, true);
    this.diagnostics.push({
      severity: "error",
      ...duplicateDeclaration(address),
      ...origin.placeOf(origin.path, true),
      ...(firstPlace === undefined ? {} : { related: [{ ...firstPlace, label: "first declared here" }] }),
    });
  }
}
