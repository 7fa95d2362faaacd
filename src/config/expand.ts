import { pathSegments } from "../core/address.js";
import type { Diagnostic } from "../core/diagnostic.js";
import { firstIndex } from "../core/first-index.js";
import { idKey } from "../core/jid.js";
import type { JsonObject } from "../core/json/json.js";
import { byCodeUnit, isObject } from "../core/json/json.js";
import type { Kind } from "../core/kind/kind.js";
import type { BlockPath, Problem } from "../core/kind/declaration.js";
import type { Resource } from "../core/kind/resource.js";
import { pointer } from "../core/json/pointer.js";
import { groupBy } from "../core/multimap.js";
import type { SharedDeclaration } from "../core/people/shared-declaration.js";
import { duplicateIdentityProblem } from "../core/plan/duplicate-identity.js";
import type { Merged } from "./merge.js";

export interface Expanded {
  /** Sorted by address. */
  readonly resources: readonly Resource[];
  /** Declarations for many users, in order of appearance. */
  readonly shared: readonly SharedDeclaration[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Applies the kinds' rules to the merged document, and expands it into resources. Kinds see valid blocks only: those with
 * a problem in them are left out.
 */
export function expand(merged: Merged, kinds: readonly Kind[], problems: readonly Diagnostic[]): Expanded {
  const resources: Resource[] = [];
  const shared: SharedDeclaration[] = [];
  const roles: BlockRole[] = [];
  const sortedNames = keepingNames();
  for (const { declare } of kinds) {
    const { shared: forMany } = declare;
    roles.push({
      at: declare.at,
      namesOf: sortedNames,
      check: (block, path) => declare.check(block, path),
      expand: (block, path) => resources.push(...declare.expand(block, path)),
    });
    if (forMany !== undefined)
      roles.push({
        at: forMany.at,
        namesOf: Object.keys,
        check: (block, path) => forMany.check(block, path),
        expand: (block, path) => shared.push(forMany.expand(block, path)),
      });
  }
  const diagnostics = expandBlocks(merged, roles, problems);
  resources.sort((a, b) => byCodeUnit(a.address, b.address));
  return {
    resources,
    shared: inOrder(merged, shared),
    diagnostics: [...diagnostics, ...duplicateIdentities(merged, resources, kinds)],
  };
}

/** A part of a kind that declares blocks at a path. */
interface BlockRole {
  readonly at: string;
  /** Gives the order in which blocks are expanded. */
  readonly namesOf: NamesOf;
  readonly check: (block: JsonObject, path: BlockPath) => readonly Problem[];
  /** Adds what the block declares. */
  readonly expand: (block: JsonObject, path: BlockPath) => void;
}

/** Checks and expands the valid blocks of all roles. Returns the problems that the checks find. */
function expandBlocks(
  merged: Merged,
  roles: readonly BlockRole[],
  problems: readonly Diagnostic[],
): readonly Diagnostic[] {
  const errors = toOffsets(problems.filter(({ severity }) => severity === "error"));
  const diagnostics: Diagnostic[] = [];
  for (const [at, sameBlocks] of groupBy(roles, (role) => role.at)) {
    const namesOf = sameBlocks[0]?.namesOf ?? Object.keys;
    forEachBlock(merged.document, pathSegments(at), namesOf, (block, path) => {
      if (errors.size > 0 && isBroken(merged, path, errors)) return;
      for (const { check, expand } of sameBlocks) {
        for (const { pointer: place, atKey = false, ...problem } of check(block, path))
          diagnostics.push({ severity: "error", ...problem, ...merged.locate(place, atKey) });
        expand(block, path);
      }
    });
  }
  return diagnostics;
}

/** Sorts declarations by their places: JavaScript puts members with numbers as names first. */
function inOrder(merged: Merged, shared: readonly SharedDeclaration[]): readonly SharedDeclaration[] {
  if (shared.length < 2) return shared;
  const placed = shared.map((declaration) => ({
    declaration,
    range: merged.locate(declaration.pointer, true)?.range,
  }));
  return placed
    .sort(
      (a, b) =>
        byCodeUnit(a.range?.file ?? "", b.range?.file ?? "") ||
        (a.range?.start.offset ?? 0) - (b.range?.start.offset ?? 0),
    )
    .map(({ declaration }) => declaration);
}

/** Returns a problem for each jid and message id that is declared under two names: applying one would undo the other. */
function duplicateIdentities(
  merged: Merged,
  resources: readonly Resource[],
  kinds: readonly Kind[],
): readonly Diagnostic[] {
  const adopting = new Set(kinds.filter(({ plan }) => plan.adopts).map(({ name }) => name));
  const first = new Map<string, Resource>();
  const diagnostics: Diagnostic[] = [];
  for (const resource of resources) {
    const { id, kind, address, pointer: at } = resource;
    if (typeof id !== "string" || !adopting.has(kind)) continue;
    const key = `${kind} ${idKey(id)}`;
    const other = first.get(key);
    if (other === undefined) {
      first.set(key, resource);
      continue;
    }
    const related = merged.locate(other.pointer, true);
    diagnostics.push({
      severity: "error",
      ...duplicateIdentityProblem(address, other.address),
      ...merged.locate(at, true),
      ...(related === undefined ? {} : { related: [{ ...related, label: "and here" }] }),
    });
  }
  return diagnostics;
}

/** The offsets of errors in each file, in ascending order. */
type OffsetsByFile = ReadonlyMap<string, readonly number[]>;

function toOffsets(errors: readonly Diagnostic[]): OffsetsByFile {
  const ranges = errors.flatMap(({ range }) => (range === undefined ? [] : [range]));
  const offsets = [...groupBy(ranges, ({ file }) => file)].map(
    ([file, inFile]) => [file, inFile.map(({ start }) => start.offset).sort((a, b) => a - b)] as const,
  );
  return new Map(offsets);
}

function isBroken(merged: Merged, { pointer: at }: BlockPath, errors: OffsetsByFile): boolean {
  const start = merged.locate(at, true)?.range;
  const end = merged.locate(at, false)?.range.end.offset;
  if (start === undefined || end === undefined) return true;
  // There may be as many errors as blocks.
  const offsets = errors.get(start.file) ?? [];
  const first = offsets[firstIndex(offsets, (offset) => offset >= start.start.offset)];
  return first !== undefined && first <= end;
}

/** Returns the names of a block's members. */
type NamesOf = (block: JsonObject) => readonly string[];

/**
 * Returns a function that sorts the names. Hot path: listing those of 100,000 users takes 30 ms, and several kinds declare blocks in
 * them. Resources that are made in the order of their addresses, in which everything else visits them, lie side by side in memory: a
 * plan takes a twentieth less time.
 */
function keepingNames(): NamesOf {
  const kept = new Map<JsonObject, readonly string[]>();
  return (block) => {
    const names = kept.get(block) ?? Object.keys(block).sort(byCodeUnit);
    if (names.length >= fewestKept) kept.set(block, names);
    return names;
  };
}

/** Keeping a shorter list takes longer than making it. */
const fewestKept = 100;

/** Calls a function for each block at a path with `*`. @param segments the rest of the path @param at the place of `block` */
function forEachBlock(
  block: JsonObject,
  segments: readonly string[],
  namesOf: NamesOf,
  visit: (block: JsonObject, at: BlockPath) => void,
  at: BlockPath = { names: [], pointer: "" },
): void {
  const [segment, next] = segments;
  if (segment === undefined) {
    visit(block, at);
    return;
  }
  const rest = segments.slice(1);
  for (const name of segment === "*" ? namesOf(block) : [segment]) {
    const inner = block[name];
    if (!isObject(inner)) continue;
    // Hot path: most users have no messages, so no place of a user is made in search of them.
    if (next !== undefined && next !== "*" && !isObject(inner[next])) continue;
    const names = segment === "*" ? at.names.concat(name) : at.names;
    forEachBlock(inner, rest, namesOf, visit, { names, pointer: at.pointer + pointer(name) });
  }
}
