import type { Pointer } from "../../core/json/pointer.js";
import { tokens } from "../../core/json/pointer.js";
import { addToMultimap } from "../../core/multimap.js";
import type { Place } from "../read/source.js";
import type { EditableFile } from "./editable-file.js";
import { removeFrom } from "./editable-file.js";
import type { PeopleFound, PersonEntry } from "./find-people.js";
import type { SyntaxNode } from "./syntax-tree.js";
import { findNode } from "./syntax-tree.js";

/** A file open for edits, with the people that it names. */
export interface PeopleFile extends PeopleFound {
  readonly opened: EditableFile;
}

/** An entry with its place in the file. */
export interface PlacedEntry extends Omit<PersonEntry, "place"> {
  readonly place: Place;
}

/** An entry that stays in the file. */
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

/** The people of a config who are not active. */
export interface InactivePeople {
  /** Returns the e-mail and id of a departed user in lower case; undefined for everybody else. */
  readonly getNames: (user: string) => readonly string[] | undefined;
  /** Returns true for a user whom the directory shows in no state. */
  readonly isUnknown: (user: string) => boolean;
}

/**
 * Removes departed users from a file: entries of lists, the blocks under their names, and the rows that are about them alone. Every
 * other byte is kept.
 *
 * @throws InternalError if the new file would not be the old one without exactly these users
 */
export async function removePeople(file: PeopleFile, inactive: InactivePeople): Promise<PeopleRemoved> {
  const { left, removable } = decide(file, inactive);
  const rowNodes = new Set([...removable].filter(([{ role }]) => role === "row").map(([, node]) => node));
  const isItem = ([{ role }, node]: readonly [PersonEntry, SyntaxNode]): boolean =>
    role === "item" && !rowNodes.has(node);
  const all = [...removable];
  // A list that moves with its anchor out of a removed block moves without its departed users.
  let opened = file.opened;
  for (const part of [all.filter(isItem), all.filter((one) => !isItem(one))]) {
    const members = new Map<SyntaxNode, readonly string[]>();
    const nodes = part.map(([entry]) => [entry, findNode(opened.root, tokens(entry.pointer))] as const);
    for (const [{ user }, node] of nodes)
      if (node !== undefined) members.set(node, inactive.getNames(user) ?? []);
    const { file: after, kept } = await removeFrom(opened, members);
    for (const [entry, node] of nodes)
      if (node !== undefined && kept.has(node)) left.set(entry, reasons.anchor);
    opened = after;
  }
  const removed = all.map(([entry]) => entry).filter((entry) => !left.has(entry));
  const gone = new Set(removed.filter(({ role }) => role !== "item").map((entry) => entry.pointer));
  const isGone = ({ pointer }: PersonEntry): boolean => gone.has(pointer) || isWithin(pointer, gone);
  return {
    bytes: opened.bytes,
    removed: placeEntries(removed.filter(({ pointer }) => !isWithin(pointer, gone))).map(([, one]) => one),
    left: placeEntries([...left.keys()].filter((entry) => !isGone(entry))).map(([entry, placed]) => ({
      ...placed,
      reason: left.get(entry) ?? "",
    })),
  };
}

interface Decision {
  /** The reasons of entries that stay. */
  readonly left: Map<PersonEntry, string>;
  readonly removable: ReadonlyMap<PersonEntry, SyntaxNode>;
}

function decide({ opened: { root }, people, uses }: PeopleFile, inactive: InactivePeople): Decision {
  const left = new Map<PersonEntry, string>();
  const removable = new Map<PersonEntry, SyntaxNode>();
  const others = otherBlocks(root, { people, uses }, inactive);
  for (const entry of people) {
    if (inactive.isUnknown(entry.user)) left.set(entry, reasons.unknown);
    if (inactive.getNames(entry.user) === undefined) continue;
    const node = findNode(root, tokens(entry.pointer));
    const blocks = node === undefined ? undefined : others.get(node);
    const reason = reasonToStay(entry) ?? (blocks === undefined ? undefined : sharedRow(blocks));
    if (reason !== undefined || node === undefined) left.set(entry, reason ?? reasons.place);
    else removable.set(entry, node);
  }
  return { left, removable };
}

/** Returns the blocks that are written for each row, without those of departed users. */
function otherBlocks(
  root: SyntaxNode,
  { people, uses }: PeopleFound,
  { getNames }: InactivePeople,
): ReadonlyMap<SyntaxNode, readonly Pointer[]> {
  const ofDeparted = new Set(
    people
      .filter(({ role, user }) => role === "row" && getNames(user) !== undefined)
      .map(({ pointer, within }) => `${pointer} ${within}`),
  );
  const others = new Map<SyntaxNode, Pointer[]>();
  for (const { pointer, block } of uses) {
    const node = findNode(root, tokens(pointer));
    if (node !== undefined && !ofDeparted.has(`${pointer} ${block}`)) addToMultimap(others, node, block);
  }
  return others;
}

function reasonToStay({ written, role }: PersonEntry): string | undefined {
  if (role === "manager") return reasons.manager;
  if (written !== undefined) return `A variable gives this value: ${written}. Change the variable.`;
  return role === "cell" ? reasons.cell : undefined;
}

const reasons = {
  place: "chatform cannot edit this place of the file. Remove the user by hand.",
  anchor:
    "The block holds an anchor that is repeated elsewhere and cannot be moved. Move the anchor by hand.",
  manager: "reportsOf needs an active user. Write the new manager of these people.",
  cell: "An empty cell in a list is an error. Write another user.",
  unknown: "Genesys Cloud has no such user, neither active nor departed. Check the spelling.",
};

function sharedRow(blocks: readonly Pointer[]): string {
  const [first = "", ...more] = blocks.map((block) => tokens(block).join("/"));
  const others = more.length === 0 ? first : `${first} and ${more.length} more`;
  return `The row declares ${others} too. Move that to a row of its own, or delete the row by hand.`;
}

/** Returns true if one of these values lies around a value. */
function isWithin(at: Pointer, outer: ReadonlySet<Pointer>): boolean {
  for (let end = at.lastIndexOf("/"); end > 0; end = at.lastIndexOf("/", end - 1))
    if (outer.has(at.slice(0, end))) return true;
  return false;
}

/** Returns entries of a file with their places, each place once, in the order of the file. */
function placeEntries(entries: readonly PersonEntry[]): readonly (readonly [PersonEntry, PlacedEntry])[] {
  const byPlace = new Map<string, readonly [PersonEntry, PlacedEntry]>();
  for (const entry of entries) {
    const place = entry.place();
    const id = `${place.range.start.offset} ${entry.role}`;
    if (!byPlace.has(id)) byPlace.set(id, [entry, { ...entry, place }]);
  }
  const start = ({ place }: PlacedEntry): number => place.range.start.offset;
  return [...byPlace.values()].sort(([, a], [, b]) => start(a) - start(b));
}
