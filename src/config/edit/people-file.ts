import { InternalError } from "../../core/diagnostic.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray, isObject, sameJson } from "../../core/json/json.js";
import type { Pointer } from "../../core/json/pointer.js";
import { pointer, tokens } from "../../core/json/pointer.js";
import { decode } from "../read/decode.js";
import type { FileBytes } from "../files/file-set.js";
import type { YamlContent } from "../read/read-yaml.js";
import { readYaml } from "../read/read-yaml.js";
import type { Place } from "../read/source.js";
import type { Variables } from "../variables/interpolate.js";
import type { PersonEntry } from "./find-people.js";
import { findPeople } from "./find-people.js";
import { removeMembers } from "./remove-members.js";
import type { SyntaxNode } from "./syntax-tree.js";
import { buildSyntaxTree } from "./syntax-tree.js";

/** A config file without problems, and everything in it that names a person. */
export interface PeopleFile extends FileBytes {
  /** Without a byte order mark. */
  readonly text: string;
  readonly content: YamlContent;
  readonly root: SyntaxNode;
  readonly people: readonly PersonEntry[];
}

/** The context in which the files of a config are read. */
export interface Reading {
  readonly variables: Variables;
  /** The schema of the config. */
  readonly schema: JsonObject;
}

/** An entry with its place in the file. */
export interface PlacedEntry extends Omit<PersonEntry, "node"> {
  readonly place: Place;
}

/** An entry of a departed user that stays in the file. */
export interface LeftEntry extends PlacedEntry {
  /** Sentences: why it stays, and what to do. */
  readonly reason: string;
}

/** A file without departed users. Entries that an alias repeats are listed once, in the order of the file. */
export interface PeopleRemoved {
  readonly bytes: Uint8Array;
  readonly removed: readonly PlacedEntry[];
  readonly left: readonly LeftEntry[];
}

/** Returns the e-mail and id of a departed user in lower case; undefined for everybody else. */
export type DepartedNames = (user: string) => readonly string[] | undefined;

/** Reads a file for edits; undefined if it has problems. */
export async function readPeopleFile(
  { file, bytes }: FileBytes,
  reading: Reading,
): Promise<PeopleFile | undefined> {
  const { content, diagnostics } = await readYaml(file, bytes);
  const { text } = decode(file, bytes);
  if (content === undefined || text === undefined || diagnostics.length > 0) return undefined;
  const root = buildSyntaxTree(text, content.events);
  return { file, bytes, text, content, root, people: findPeople(root, content.value, reading) };
}

/**
 * Removes departed users from a file: entries of lists, and the blocks under their names. Every other byte is kept.
 *
 * @throws InternalError if the new file would not be the old one without exactly these users
 */
export async function removePeople(
  file: PeopleFile,
  departed: DepartedNames,
  reading: Reading,
): Promise<PeopleRemoved> {
  // A removed block may leave the value of an anchor behind. The lists in it are edited at their new place.
  const blocks = removeRole(file, "block", departed);
  const between = blocks.removed.size === 0 ? file : await readAgain(file, blocks.bytes, reading);
  const items = removeRole(between, "item", departed);
  const removed = new Set([...blocks.removed, ...items.removed]);
  const after = removed.size === 0 ? file : await readAgain(file, items.bytes, reading);
  if (!sameJson(withoutValues(file.content.value, removed, ""), after.content.value))
    throw new InternalError(`the edit of ${file.file} would change more than the departed users`);
  const kept = new Map([...blocks.left, ...items.left]);
  const managers = file.people.filter(({ role, user }) => role === "manager" && departed(user) !== undefined);
  for (const { pointer: at } of managers) kept.set(at, reasons.manager);
  const isGone = (entry: PersonEntry): boolean => isWithin(entry.pointer, blocks.removed);
  return {
    bytes: items.bytes,
    removed: placeEntries(file, (entry) => removed.has(entry.pointer) && !isGone(entry)),
    left: placeEntries(file, (entry) => kept.has(entry.pointer) && !isGone(entry)).map((entry) => ({
      ...entry,
      reason: kept.get(entry.pointer) ?? "",
    })),
  };
}

async function readAgain({ file }: FileBytes, bytes: Uint8Array, reading: Reading): Promise<PeopleFile> {
  const read = await readPeopleFile({ file, bytes }, reading);
  if (read === undefined) throw new InternalError(`the edit of ${file} would make it invalid`);
  return read;
}

const reasons = {
  place: "chatform cannot edit this place of the file. Remove the user by hand.",
  anchor:
    "The block holds an anchor that is repeated elsewhere and cannot be moved. Move the anchor by hand.",
  manager: "reportsOf needs an active user. Write the new manager of these people.",
};

interface RoleRemoved {
  readonly bytes: Uint8Array;
  readonly removed: ReadonlySet<Pointer>;
  /** The reasons of entries that stay. */
  readonly left: ReadonlyMap<Pointer, string>;
}

/** Removes the departed users of one role from a file. */
function removeRole(
  { people, bytes, text, root }: PeopleFile,
  role: PersonEntry["role"],
  departed: DepartedNames,
): RoleRemoved {
  const left = new Map<Pointer, string>();
  const members = new Map<SyntaxNode, readonly string[]>();
  const entries = people.filter((entry) => entry.role === role && departed(entry.user) !== undefined);
  for (const { user, written, node, pointer: at } of entries) {
    if (written !== undefined) left.set(at, `A variable gives this value: ${written}. Change the variable.`);
    else if (node === undefined) left.set(at, reasons.place);
    else members.set(node, departed(user) ?? []);
  }
  const { text: edited, kept } = removeMembers(text, root, members);
  for (const { node, pointer: at } of entries)
    if (node !== undefined && kept.has(node)) left.set(at, reasons.anchor);
  const mark = bytes.subarray(0, bytes.length - Buffer.byteLength(text));
  const removed = entries.map(({ pointer: at }) => at).filter((at) => !left.has(at));
  return { bytes: Buffer.concat([mark, Buffer.from(edited)]), removed: new Set(removed), left };
}

/** Returns a value without those at these pointers. */
function withoutValues(value: Json, removed: ReadonlySet<Pointer>, at: Pointer): Json {
  if (isArray(value))
    return value.flatMap((item, index) => {
      const here = at + pointer(index);
      return removed.has(here) ? [] : [withoutValues(item, removed, here)];
    });
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      const here = at + pointer(name);
      return removed.has(here) ? [] : [[name, withoutValues(inner ?? null, removed, here)]];
    }),
  );
}

/** Returns true if one of these values lies around a value. */
function isWithin(at: Pointer, outer: ReadonlySet<Pointer>): boolean {
  for (let end = at.lastIndexOf("/"); end > 0; end = at.lastIndexOf("/", end - 1))
    if (outer.has(at.slice(0, end))) return true;
  return false;
}

/** Returns some entries of a file with their places, each place once, in the order of the file. */
export function placeEntries(
  { people, content }: PeopleFile,
  isWanted: (entry: PersonEntry) => boolean,
): readonly PlacedEntry[] {
  const byOffset = new Map<number, PlacedEntry>();
  for (const { node: _, ...entry } of people.filter(isWanted)) {
    const place = content.placeOf(tokens(entry.pointer), entry.role === "block");
    const { offset } = place.range.start;
    if (!byOffset.has(offset)) byOffset.set(offset, { ...entry, place });
  }
  return [...byOffset].sort(([a], [b]) => a - b).map(([, entry]) => entry);
}
