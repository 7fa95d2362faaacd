import type { Address } from "../address.js";
import type { Json } from "../json/json.js";
import type { LiveValue } from "../kind/read.js";
import type { Resource, ResolvedResource } from "../kind/resource.js";
import { pointer, valueAt } from "../json/pointer.js";
import type { Id, Ref, Resolve } from "./reference.js";
import { isRef, substitute } from "./reference.js";
import type { State } from "../state/state.js";

/** The values by which references to resources are resolved. */
export interface Known {
  readonly state: State | undefined;
  readonly resources: ReadonlyMap<Address, Resource>;
  /** Missing during a refresh: then the recorded ids are used. */
  readonly live?: ReadonlyMap<Address, LiveValue>;
}

/**
 * Returns the resource with its references replaced as far as known, and with its recorded id and values. Most resources of a large
 * config have no references: what is not recorded yet is then the same object.
 */
export function resolveReferences(resource: Resource, known: Known): ResolvedResource {
  const id = resolveIdOf(resource.id, resource.address, known);
  const resolve: Resolve = (ref) => resolveReference(ref, known);
  const container = resource.container === undefined ? undefined : knownId(resource.container, known);
  const attributes = substitute(resource.attributes, resolve);
  const options = substitute(resource.options, resolve);
  const applied = known.state?.resources[resource.address]?.applied;
  const isSame =
    container === resource.container &&
    attributes === resource.attributes &&
    options === resource.options &&
    applied === undefined;
  if (isSame && hasId(resource, id)) return resource;
  const idFrom = isRef(resource.id) && id === undefined ? resource.id : undefined;
  // Hot path: a literal with every member takes less time and memory than one that spreads the resource.
  return {
    address: resource.address,
    kind: resource.kind,
    id,
    idFrom,
    container,
    attributes,
    options,
    ignore: resource.ignore,
    protect: resource.protect,
    onRemove: resource.onRemove,
    after: resource.after,
    needs: resource.needs,
    lists: resource.lists,
    from: resource.from,
    pointer: resource.pointer,
    applied,
  } satisfies Record<keyof ResolvedResource, unknown>;
}

function hasId(
  resource: Resource,
  id: string | undefined,
): resource is Resource & { readonly id?: string | undefined } {
  return resource.id === id;
}

/** Returns the live id of an address: the declared id, else the recorded one; undefined if not created yet, or missing. */
export function resolveId(address: Address, known: Known): string | undefined {
  return resolveIdOf(known.resources.get(address)?.id, address, known);
}

/** @param declared the declared id of the address */
function resolveIdOf(declared: Id | undefined, address: Address, known: Known): string | undefined {
  const { state, live } = known;
  if (live?.get(address)?.present === false) return undefined;
  if (typeof declared === "string") return declared;
  if (declared === undefined) return state?.resources[address]?.id;
  const value = resolveReference(declared, known);
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
