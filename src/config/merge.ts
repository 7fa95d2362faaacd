import type { Diagnostic } from "../core/diagnostic.js";
import type { Json, JsonObject } from "../core/json/json.js";
import { isArray, isObject } from "../core/json/json.js";
import type { Pointer } from "../core/json/pointer.js";
import { pointer, tokens, valueAt } from "../core/json/pointer.js";
import type { BlockLayout } from "../core/kind/block-layout.js";
import { blockLayout } from "../core/kind/block-layout.js";
import type { Kind } from "../core/kind/kind.js";
import { addToMultimap } from "../core/multimap.js";
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

/** A file that declares a block of the merged document, or some of its members. */
interface Origin {
  readonly part: Part;
  /** The block's name in the file, which may have upper-case letters; the position of an item of a joined list. */
  readonly name: string;
}

/** All files as one document. Each resource (the settings, a room, a user's settings, a message) is declared in one place. */
export class Merged {
  readonly document: Record<string, Json> = {};
  readonly diagnostics: Diagnostic[] = [];
  /** The files of members without named blocks: `settings`. */
  readonly #whole = new Map<string, Part>();
  /** The first files of named blocks, by top-level member and name. */
  readonly #origins = new Map<string, Map<string, Origin>>();
  /** The blocks that several files declare together, by pointer. */
  readonly #joint = new Map<Pointer, JointBlock>();
  readonly #layout: BlockLayout;
  /** The members of split blocks that hold named blocks, by pattern: `messages` of `rooms/*`. */
  readonly #namedIn = new Map<string, string[]>();
  /** The blocks of the document that are no file's own. */
  readonly #copies = new Set<JsonObject>();
  readonly #isWrongType: (place: Place) => boolean;
  /** The names of the value that is being merged, from the top of the document. */
  readonly #path: string[] = [];

  /** @param isWrongType returns true for the place of a value of a wrong type, which declares nothing */
  constructor(
    kinds: readonly Kind[],
    parts: readonly Part[],
    isWrongType: (place: Place) => boolean = () => false,
  ) {
    this.#isWrongType = isWrongType;
    this.#layout = blockLayout(kinds);
    for (const block of this.#layout.named) {
      const end = block.lastIndexOf("/");
      if (end > 0) addToMultimap(this.#namedIn, block.slice(0, end), block.slice(end + 1));
    }
    for (const part of parts) {
      for (const [name, value] of Object.entries(part.value)) {
        if (notMerged.has(name) || value === undefined) continue;
        this.#path.push(name);
        if (joinedLists.has(name) && isArray(value)) this.#append(name, value, part);
        else this.#merge(this.document, name, value, { part, name });
        this.#path.pop();
      }
    }
  }

  /** Returns the place of a value of the merged document, or of its key; if it is missing, of the innermost value around it. */
  locate(at: Pointer, atKey: boolean): Place | undefined {
    const path = tokens(at);
    const origin = this.#find(path);
    return origin === undefined ? undefined : placeIn(origin, path, atKey);
  }

  /** Returns the file that declares a value: of several files that declare members of the block, the one with most of the path. */
  #find(path: readonly string[]): Origin | undefined {
    const [member = "", name = ""] = path;
    const first = this.#origins.get(member)?.get(name);
    if (first === undefined) {
      const part = this.#whole.get(member);
      return part === undefined ? undefined : { part, name };
    }
    return this.#joint.get(pointer(member, name))?.find(path) ?? first;
  }

  /** @param pattern the path of the value with `*` for names: `users/*` */
  #merge(block: Record<string, Json>, pattern: string, value: Json, origin: Origin): void {
    const { named, split } = this.#layout;
    const name = this.#path.at(-1) ?? "";
    const isSplit = split.has(pattern);
    if (isObject(value) && (isSplit || named.has(pattern))) {
      if (isSplit) this.#addOrigin(origin);
      // Hot path: listing the names of 100,000 users takes 30 ms.
      const members = Object.keys(value);
      if (!isSplit && members.length === 0) return;
      const known = Object.hasOwn(block, name) ? block[name] : undefined;
      // Hot path: most blocks are declared by one file, and need no copy.
      if (known === undefined && isSplit && !this.#hasNamed(pattern, value)) block[name] = value;
      else {
        const inner = this.#copy(isObject(known) ? known : {});
        block[name] = inner;
        this.#mergeMembers(inner, pattern, { value, members }, origin);
      }
    } else if (isSplit) return;
    else if (Object.hasOwn(block, name)) this.#duplicate(origin, this.#find(this.#path));
    else {
      block[name] = value;
      this.#addOrigin(origin);
    }
  }

  /** Returns true if a block has named blocks: `messages`. */
  #hasNamed(pattern: string, block: JsonObject): boolean {
    const names = this.#namedIn.get(pattern) ?? [];
    return names.some((name) => block[name] !== undefined);
  }

  /** Returns a block that may be changed: those of files stay as they are. */
  #copy(block: JsonObject): Record<string, Json> {
    if (this.#copies.has(block)) return block as Record<string, Json>;
    const copy = { ...block } as Record<string, Json>;
    this.#copies.add(copy);
    return copy;
  }

  #mergeMembers(
    block: Record<string, Json>,
    pattern: string,
    { value, members }: { readonly value: JsonObject; readonly members: readonly string[] },
    { part, name }: Origin,
  ): void {
    const { named, lowerCase } = this.#layout;
    const isTop = this.#path.length === 1;
    const inner = named.has(pattern) ? `${pattern}/*` : undefined;
    const isRespelled = lowerCase.has(pattern) && members.some((member) => member !== member.toLowerCase());
    /** By name in lower case: one mapping may spell a name in two ways. */
    const spelled = new Map<string, Origin>();
    for (const member of members) {
      const origin = { part, name: isTop ? member : name };
      const key = isRespelled ? member.toLowerCase() : member;
      const other = spelled.get(key);
      if (isRespelled) spelled.set(key, origin);
      this.#path.push(key);
      if (other !== undefined) this.#duplicate(origin, other);
      else this.#merge(block, inner ?? `${pattern}/${member}`, value[member] ?? null, origin);
      this.#path.pop();
    }
  }

  #append(list: string, items: readonly Json[], part: Part): void {
    const known = this.document[list] ?? [];
    const before = isArray(known) ? known : [];
    this.document[list] = [...before, ...items];
    for (const at of items.keys()) {
      this.#path.push(String(before.length + at));
      this.#addOrigin({ part, name: String(at) });
      this.#path.pop();
    }
  }

  /** Notes the file that declares the current value. */
  #addOrigin(origin: Origin): void {
    const [member = "", name] = this.#path;
    if (name === undefined) this.#whole.set(member, origin.part);
    // The file of a member of a block was noted with the block.
    if (name === undefined || this.#path.length > 2) return;
    const known = this.#origins.get(member);
    const origins = known ?? new Map<string, Origin>();
    if (known === undefined) this.#origins.set(member, origins);
    const first = origins.get(name);
    if (first === undefined) {
      origins.set(name, origin);
      return;
    }
    const at = pointer(member, name);
    const joint = this.#joint.get(at) ?? new JointBlock(first);
    this.#joint.set(at, joint);
    joint.add(origin);
  }

  #duplicate(origin: Origin, first: Origin | undefined): void {
    const path = this.#path;
    const isWrong = [origin, first].some(
      (one) => one !== undefined && this.#isWrongType(placeIn(one, path, false)),
    );
    if (isWrong) return;
    const firstPlace = first === undefined ? undefined : placeIn(first, path, true);
    this.diagnostics.push({
      severity: "error",
      ...duplicateDeclaration(path.join("/")),
      ...placeIn(origin, path, true),
      ...(firstPlace === undefined ? {} : { related: [{ ...firstPlace, label: "first declared here" }] }),
    });
  }
}

/** Returns the place of a value in a file. @param path in the merged document */
function placeIn(origin: Origin, path: readonly string[], atKey: boolean): Place {
  return origin.part.placeOf(pathIn(origin, path), atKey);
}

function pathIn({ name }: Origin, [member = "", own, ...rest]: readonly string[]): readonly string[] {
  return own === undefined ? [member] : [member, name, ...rest];
}

/** A block that several files declare together. Files are searched once: there may be thousands, and as many questions. */
class JointBlock {
  readonly #origins: Origin[];
  /** The first files of the block's members, and of the members of these, by pointer in the block. */
  readonly #first = new Map<Pointer, Origin>();
  /** The number of files whose members are in `#first`. */
  #searched = 0;

  constructor(first: Origin) {
    this.#origins = [first];
  }

  add(origin: Origin): void {
    this.#origins.push(origin);
  }

  /** Returns the first of the files with most of a path in the merged document; undefined if none has more than the block. */
  find(path: readonly string[]): Origin | undefined {
    const [member = "", , outer, inner] = path;
    if (outer === undefined) return undefined;
    for (; this.#searched < this.#origins.length; this.#searched++) {
      const origin = this.#origins[this.#searched];
      if (origin !== undefined)
        this.#addMembers(origin, valueAt(origin.part.value, pointer(member, origin.name)));
    }
    const found = inner === undefined ? undefined : this.#first.get(pointer(outer, inner));
    return found ?? this.#first.get(pointer(outer));
  }

  #addMembers(origin: Origin, value: Json | undefined, at = "", depth = 0): void {
    if (depth > 0 && !this.#first.has(at)) this.#first.set(at, origin);
    if (depth === 2 || !isObject(value)) return;
    for (const [name, inner] of Object.entries(value))
      this.#addMembers(origin, inner, at + pointer(name), depth + 1);
  }
}
