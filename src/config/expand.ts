import { pathSegments } from "../core/address.js";
import type { Diagnostic } from "../core/diagnostic.js";
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
  const blocks = new ValidBlocks(merged, problems);
  const resources = kinds.flatMap(({ declare }) => blocks.expand(declare)).flat();
  resources.sort((a, b) => byCodeUnit(a.address, b.address));
  const shared = kinds.flatMap(({ declare }) =>
    declare.shared === undefined ? [] : blocks.expand(declare.shared),
  );
  return {
    resources,
    shared: inOrder(merged, shared),
    diagnostics: [...blocks.diagnostics, ...duplicateIdentities(merged, resources, kinds)],
  };
}

/** A part of a kind that declares blocks at a path. */
interface BlockRole<Result> {
  readonly at: string;
  check(block: JsonObject, path: BlockPath): readonly Problem[];
  expand(block: JsonObject, path: BlockPath): Result;
}

/** The valid blocks of a document, found once for each path. */
class ValidBlocks {
  readonly diagnostics: Diagnostic[] = [];
  readonly #merged: Merged;
  readonly #errors: OffsetsByFile;
  readonly #found = new Map<string, ReturnType<typeof blocksAt>>();

  constructor(merged: Merged, problems: readonly Diagnostic[]) {
    this.#merged = merged;
    this.#errors = toOffsets(problems.filter(({ severity }) => severity === "error"));
  }

  /** Checks the blocks of a role. Returns what each expands to. */
  expand<Result>(role: BlockRole<Result>): readonly Result[] {
    const found = this.#found.get(role.at) ?? blocksAt(this.#merged.document, role.at);
    this.#found.set(role.at, found);
    const results: Result[] = [];
    for (const [block, place] of found) {
      if (this.#errors.size > 0 && isBroken(this.#merged, place, this.#errors)) continue;
      for (const { pointer: at, atKey = false, ...problem } of role.check(block, place)) {
        this.diagnostics.push({ severity: "error", ...problem, ...this.#merged.locate(at, atKey) });
      }
      results.push(role.expand(block, place));
    }
    return results;
  }
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
  return resources.flatMap((resource): readonly Diagnostic[] => {
    const { id, kind, address, pointer: at } = resource;
    if (typeof id !== "string" || !adopting.has(kind)) return [];
    const key = `${kind} ${idKey(id)}`;
    const other = first.get(key);
    if (other === undefined) {
      first.set(key, resource);
      return [];
    }
    const related = merged.locate(other.pointer, true);
    return [
      {
        severity: "error",
        ...duplicateIdentityProblem(address, other.address),
        ...merged.locate(at, true),
        ...(related === undefined ? {} : { related: [{ ...related, label: "and here" }] }),
      },
    ];
  });
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
  const first = firstFrom(errors.get(start.file) ?? [], start.start.offset);
  return first !== undefined && first <= end;
}

/** Returns the least number that is at least `least`. @param sorted in ascending order: there may be as many errors as blocks */
function firstFrom(sorted: readonly number[], least: number): number | undefined {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((sorted[middle] ?? Infinity) < least) from = middle + 1;
    else to = middle;
  }
  return sorted[from];
}

/** Returns the blocks at a path with `*`. */
function blocksAt(document: JsonObject, path: string): readonly (readonly [JsonObject, BlockPath])[] {
  let found: (readonly [JsonObject, BlockPath])[] = [[document, { names: [], pointer: "" }]];
  for (const segment of pathSegments(path)) {
    const below: typeof found = [];
    for (const [block, { names: keys, pointer: at }] of found) {
      for (const name of segment === "*" ? Object.keys(block) : [segment]) {
        const inner = block[name];
        if (!isObject(inner)) continue;
        below.push([inner, { names: segment === "*" ? [...keys, name] : keys, pointer: at + pointer(name) }]);
      }
    }
    found = below;
  }
  return found;
}
