import type { Effect } from "../calls/call.js";
import { tokens } from "../json/pointer.js";
import type { Kind } from "./kind.js";
import type { Read } from "./read.js";
import { withoutBatch } from "./read.js";
import type { ResolvedResource } from "./resource.js";

/** Returns the reads of some attributes of a resource. */
export function getReadsOf(kind: Kind, resource: ResolvedResource, names: Iterable<string>): readonly Read[] {
  const entries = [...names].map((name) => [name, resource.attributes[name] ?? null] as const);
  return kind.live.reads({ ...resource, attributes: Object.fromEntries(entries) });
}

/** Returns the names of the top-level attributes that effects touch. */
export function getTouched(effects: readonly Effect[]): ReadonlySet<string> {
  return new Set(effects.map(({ path }) => tokens(path)[0] ?? ""));
}

/** Returns the reads that show effects on a resource; without effects, its reads, each alone. */
export function getEffectReads(
  kind: Kind,
  resource: ResolvedResource,
  effects: readonly Effect[],
): readonly Read[] {
  const touched = getTouched(effects);
  return touched.size === 0
    ? kind.live.reads(resource).map(withoutBatch)
    : getReadsOf(kind, resource, touched);
}
