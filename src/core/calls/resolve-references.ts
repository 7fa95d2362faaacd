import type { Address } from "../address.js";
import type { Json, JsonObject } from "../json/json.js";
import type { LiveValue } from "../kind/read.js";
import type { Resource, ResolvedResource } from "../kind/resource.js";
import { pointer, valueAt } from "../json/pointer.js";
import type { Id, Ref } from "./reference.js";
import { isRef, substitute } from "./reference.js";
import type { State } from "../state/state.js";

/** The values by which references to resources are resolved. */
export interface Known {
  readonly state: State | undefined;
  readonly resources: ReadonlyMap<Address, Resource>;
  /** Missing during a refresh: then the recorded ids are used. */
  readonly live?: ReadonlyMap<Address, LiveValue>;
}

/** Returns the resource with its references replaced as far as known, and with its recorded id and values. */
export function resolveReferences(resource: Resource, known: Known): ResolvedResource {
  const id = resolveId(resource.address, known);
  const resolved = (value: JsonObject): JsonObject =>
    substitute(value, (ref) => resolveReference(ref, known));
  // Hot path: every object has all members, because objects of one shape are created and read several times as fast.
  const subject: { readonly [Member in keyof Required<ResolvedResource>]: ResolvedResource[Member] } = {
    address: resource.address,
    kind: resource.kind,
    id,
    idFrom: isRef(resource.id) && id === undefined ? resource.id : undefined,
    container: resource.container === undefined ? undefined : knownId(resource.container, known),
    attributes: resolved(resource.attributes),
    options: resource.options === undefined ? undefined : resolved(resource.options),
    ignore: resource.ignore,
    protect: resource.protect,
    onRemove: resource.onRemove,
    after: resource.after,
    needs: resource.needs,
    lists: resource.lists,
    from: resource.from,
    pointer: resource.pointer,
    applied: known.state?.resources[resource.address]?.applied,
  };
  return subject;
}

/** Returns the live id of an address: the declared id, else the recorded one; undefined if not created yet, or missing. */
export function resolveId(address: Address, { resources, state, live }: Known): string | undefined {
  if (live?.get(address)?.present === false) return undefined;
  const fixed = resources.get(address)?.id;
  if (typeof fixed === "string") return fixed;
  if (fixed === undefined) return state?.resources[address]?.id;
  const value = resolveReference(fixed, { resources, state, ...(live === undefined ? {} : { live }) });
  return typeof value === "string" ? value : undefined;
}

function knownId(id: Id, known: Known): Id {
  if (typeof id === "string") return id;
  const value = resolveReference(id, known);
  return typeof value === "string" ? value : id;
}

/** Returns the value of a reference to a resource; undefined if the resource is still to be created. */
export function resolveReference(ref: Ref, known: Known): Json | undefined {
  const id = resolveId(ref.$ref, known);
  if (id === undefined || ref.field === "id" || ref.field === "jid") return id;
  const live = known.live?.get(ref.$ref);
  return live?.present === true ? valueAt(live.attributes, pointer(ref.field)) : undefined;
}
