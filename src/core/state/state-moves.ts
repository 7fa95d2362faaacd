import { topLevelAddress } from "../address.js";
import type { Address } from "../address.js";
import { isWithin } from "../address.js";
import { idKey } from "../jid.js";
import type { Json, JsonObject } from "../json/json.js";
import { isArray, isObject } from "../json/json.js";
import type { Resource } from "../kind/resource.js";
import type { JournalEntry, RecordedResource, State } from "./state.js";

/**
 * Returns the entries that move a resource in the state, and all resources within it, to another address. References to moved
 * messages in applied values are updated too.
 */
export function moveEntries(state: State, from: Address, to: Address): readonly JournalEntry[] {
  const target = (address: Address): Address =>
    isWithin(address, from) ? to + address.slice(from.length) : address;
  const known = new Set(Object.keys(state.resources));
  const readdress = (value: Json): Json => {
    if (typeof value === "string") return known.has(value) ? target(value) : value;
    if (isArray(value)) return value.map(readdress);
    return isObject(value) ? readdressed(value) : value;
  };
  const readdressed = (value: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, inner === undefined ? inner : readdress(inner)]),
    );
  return [
    ...Object.entries(state.resources).flatMap(([address, resource]): readonly JournalEntry[] => {
      const moved: RecordedResource = { ...resource, applied: readdressed(resource.applied) };
      const same = JSON.stringify(moved.applied) === JSON.stringify(resource.applied);
      if (target(address) === address && same) return [];
      return replaced(address, { type: "record", address: target(address), resource: moved });
    }),
    ...state.uncertain.flatMap((intent): readonly JournalEntry[] => {
      const address = target(intent.address);
      if (address === intent.address) return [];
      return replaced(intent.address, { type: "intent", intent: { ...intent, address } });
    }),
    ...((state.forgotten ?? []).some(({ address }) => isWithin(address, from))
      ? [{ type: "forgotten-moved", from, to } as const]
      : []),
  ];
}

/** Returns the entries of a move, the new address first: after a partial write, the resource is recorded twice, not lost. */
function replaced(from: Address, entry: JournalEntry): readonly JournalEntry[] {
  const isSame = entry.type === "record" && entry.address === from;
  return isSame ? [entry] : [entry, { type: "record", address: from, resource: null }];
}

/** A recorded room or user with another address in the config. */
export interface Rename {
  readonly from: Address;
  readonly to: Address;
}

/**
 * Returns the rooms and users whose address in the state and in the config differ, identified by jid or user id.
 *
 * @param resources the declared and selected resources, with user ids
 * @param declared all declared addresses, selected or not
 */
export function findRenames(
  resources: readonly Resource[],
  declared: ReadonlySet<Address>,
  state: State,
): readonly Rename[] {
  const used = new Set([...declared].map(topLevelAddress));
  const recorded = new Map<Address, string>();
  for (const [address, { id, container }] of Object.entries(state.resources))
    recorded.set(topLevelAddress(address), container ?? id);
  const current = new Map<string, Address>();
  for (const { address, id, container } of resources) {
    const owner = container ?? id;
    if (typeof owner === "string")
      current.set(ownerKey(topLevelAddress(address), owner), topLevelAddress(address));
  }
  return [...recorded].flatMap(([from, owner]) => {
    const to = current.get(ownerKey(from, owner));
    return to === undefined || used.has(from) || recorded.has(to) ? [] : [{ from, to }];
  });
}

function ownerKey(address: Address, id: string): string {
  return JSON.stringify([address.split("/")[0], idKey(id)]);
}
