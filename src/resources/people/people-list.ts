import type { Id, SourceType } from "../../core/calls/reference.js";
import { sourceRef, sourceTypes, userId } from "../../core/calls/reference.js";
import type { Json } from "../../core/json/json.js";
import { isObject } from "../../core/json/json.js";
import type { Pointer } from "../../core/json/pointer.js";
import { pointer } from "../../core/json/pointer.js";
import type { Problem } from "../../core/kind/declaration.js";
import { entryKey } from "../../core/people/people-lists.js";
import { duplicateItems } from "../duplicate-items.js";
import type { PeopleBlock, SourceBlock } from "./people-schema.js";

/** An entry of a list of people, with its positions in the list and in the lists within it. */
interface Item {
  readonly entry: string | SourceBlock;
  readonly at: readonly number[];
}

/** Returns the entries of a list and of the lists within it as ids and references. */
export function peopleIds(list: PeopleBlock): readonly (Json & Id)[] {
  return flattened(list).map(({ entry }) => toId(entry));
}

/** Returns the number of entries of a list and of the lists within it. */
export function countPeople(list: PeopleBlock = []): number {
  return flattened(list).length;
}

/** Returns a problem for each entry that a list repeats, also in lists within it and in the exceptions of its sources. */
export function duplicatePeople(list: PeopleBlock | undefined, at: Pointer): readonly Problem[] {
  if (!isList(list)) return [];
  const items = flattened(list);
  const keys = items.map(({ entry }) => entryKey(toId(entry)));
  return [
    ...duplicateItems(
      keys,
      at,
      items.map(({ at: path }) => path),
    ),
    ...items.flatMap(({ entry, at: path }) =>
      typeof entry === "string" ? [] : duplicatePeople(entry.except, at + pointer(...path, "except")),
    ),
  ];
}

/** A list behind an alias may be invalid: the problem is reported where the list is written. */
function flattened(list: PeopleBlock, at: readonly number[] = [], found: Item[] = []): readonly Item[] {
  for (const [index, entry] of list.entries()) {
    const here = [...at, index];
    if (isList(entry)) flattened(entry, here, found);
    else if (typeof entry === "string" || (isObject(entry) && sourceType(entry) !== undefined))
      found.push({ entry, at: here });
  }
  return found;
}

function isList(entry: PeopleBlock[number] | undefined): entry is PeopleBlock {
  return Array.isArray(entry);
}

function toId(entry: string | SourceBlock): Json & Id {
  if (typeof entry === "string") return userId(entry);
  const type = sourceType(entry) ?? "group";
  return sourceRef(type, entry[type] ?? "", isList(entry.except) ? peopleIds(entry.except) : []);
}

function sourceType(block: SourceBlock): SourceType | undefined {
  return sourceTypes.find((type) => typeof block[type] === "string");
}
