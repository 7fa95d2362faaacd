import { topLevelAddress } from "../address.js";
import type { Address } from "../address.js";
import { isWithin } from "../address.js";
import { idKey } from "../jid.js";
import type { Json, JsonObject } from "../json/json.js";
import { isArray, isObject } from "../json/json.js";
import type { Resource } from "../kind/resource.js";
import type { JournalEntry, RecordedResource, State } from "../state/state.js";

/**
 * Returns the entries that give a resource in the state, and all within it, another address: `rooms/a` takes `rooms/a/messages/x` with it,
 * and what was applied as a reply to that one is a reply to it under its new name.
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

/** The new place first: if only the first half is written, the thing is known twice, not forgotten. */
function replaced(from: Address, entry: JournalEntry): readonly JournalEntry[] {
  const isSame = entry.type === "record" && entry.address === from;
  return isSame ? [entry] : [entry, { type: "record", address: from, resource: null }];
}

/** A room or a user that the files name otherwise now. */
export interface Rename {
  readonly from: Address;
  readonly to: Address;
}

/**
 * Rooms and users that were recorded under another name than the files give them now: a jid, or a user's id, tells that it is
 * the same. What was recorded in them is theirs under the new name too.
 *
 * @param resources declared, with the ids of users
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
  const now = new Map<string, Address>();
  for (const { address, id, container } of resources) {
    const thing = container ?? id;
    if (typeof thing === "string")
      now.set(thingKey(topLevelAddress(address), thing), topLevelAddress(address));
  }
  return [...recorded].flatMap(([from, thing]) => {
    const to = now.get(thingKey(from, thing));
    return to === undefined || used.has(from) || recorded.has(to) ? [] : [{ from, to }];
  });
}

function thingKey(owner: Address, thing: string): string {
  return JSON.stringify([owner.split("/")[0], idKey(thing)]);
}
