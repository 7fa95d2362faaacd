import { pathSegments, topLevelAddress } from "../core/address.js";
import type { Diagnostic } from "../core/diagnostic.js";
import { idKey } from "../core/jid.js";
import type { JsonObject } from "../core/json/json.js";
import { byCodeUnit, isObject } from "../core/json/json.js";
import type { Kind } from "../core/kind/kind.js";
import type { BlockPath } from "../core/kind/declaration.js";
import type { Resource } from "../core/kind/resource.js";
import { pointer } from "../core/json/pointer.js";
import { duplicateIdentityProblem } from "../core/plan/duplicate-identity.js";
import type { Merged } from "./merge.js";

export interface Expanded {
  /** Sorted by address. */
  readonly resources: readonly Resource[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Applies the kinds' rules to the merged document, and expands it into resources. Kinds see valid blocks only: those with
 * a problem in them are left out.
 */
export function expand(merged: Merged, kinds: readonly Kind[], problems: readonly Diagnostic[]): Expanded {
  const errors = problems.filter(({ severity }) => severity === "error");
  const resources: Resource[] = [];
  const diagnostics: Diagnostic[] = [];
  const blocks = new Map<string, ReturnType<typeof blocksAt>>();
  for (const kind of kinds) {
    const found = blocks.get(kind.declare.at) ?? blocksAt(merged.document, kind.declare.at);
    blocks.set(kind.declare.at, found);
    for (const [block, place] of found) {
      if (errors.length > 0 && isBroken(merged, place, errors)) continue;
      for (const { pointer: at, atKey = false, ...problem } of kind.declare.check(block, place)) {
        diagnostics.push({ severity: "error", ...problem, ...merged.locate(at, atKey) });
      }
      resources.push(...kind.declare.expand(block, place));
    }
  }
  resources.sort((a, b) => byCodeUnit(a.address, b.address));
  return { resources, diagnostics: [...diagnostics, ...duplicateIdentities(merged, resources)] };
}

/** Returns a problem for each jid that is declared under two names: applying one would undo the other. */
function duplicateIdentities(merged: Merged, resources: readonly Resource[]): readonly Diagnostic[] {
  const first = new Map<string, Resource>();
  return resources.flatMap((resource): readonly Diagnostic[] => {
    const { id, kind, address, pointer: at } = resource;
    if (typeof id !== "string" || address !== topLevelAddress(address)) return [];
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

function isBroken(merged: Merged, { pointer: at }: BlockPath, errors: readonly Diagnostic[]): boolean {
  const start = merged.locate(at, true)?.range;
  const end = merged.locate(at, false)?.range.end.offset;
  if (start === undefined || end === undefined) return true;
  return errors.some(
    ({ range }) =>
      range?.file === start.file && range.start.offset >= start.start.offset && range.start.offset <= end,
  );
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
