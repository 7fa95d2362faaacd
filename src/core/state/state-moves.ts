import { topLevelAddress } from "../address.js";
import type { Address } from "../address.js";
import { isWithin } from "../address.js";
import { idKey } from "../jid.js";
import type { Json, JsonObject } from "../json/json.js";
import { isArray, isObject } from "../json/json.js";
import type { Resource } from "../kind/resource.js";
import type { JournalEntry, RecordedResource, State } from "./state.js";

/** A resource with another address in the config than in the state. */
export interface Rename {
  readonly from: Address;
  readonly to: Address;
}

/** Returns what gives the new address of an address, of a renamed resource or within one. */
export function renamer(renames: readonly Rename[]): (address: Address) => Address {
  const targets = new Map(renames.map(({ from, to }) => [from, to]));
  return (address) => {
    for (let end = address.length; end > 0; end = address.lastIndexOf("/", end - 1)) {
      const to = targets.get(address.slice(0, end));
      if (to !== undefined) return to + address.slice(end);
    }
    return address;
  };
}

/**
 * Returns the entries that move resources in the state, and all resources within them, to other addresses. References to moved
 * messages in applied values are updated too. A resource may move to an address that another one leaves before it.
 */
export function moveEntries(state: State, renames: readonly Rename[]): readonly JournalEntry[] {
  const target = renamer(renames);
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
  const order = new Map(renames.map(({ to }, at) => [to, at]));
  const rank = (to: Address): number => order.get(to) ?? order.get(topLevelAddress(to)) ?? renames.length;
  const records = Object.entries(state.resources).flatMap(([from, resource]) => {
    const moved: RecordedResource = { ...resource, applied: readdressed(resource.applied) };
    const same = JSON.stringify(moved.applied) === JSON.stringify(resource.applied);
    return target(from) === from && same ? [] : [{ from, to: target(from), moved }];
  });
  return [
    ...records
      .sort((a, b) => rank(a.to) - rank(b.to))
      .flatMap(({ from, to, moved }) => replaced(from, { type: "record", address: to, resource: moved })),
    ...state.uncertain.flatMap((intent): readonly JournalEntry[] => {
      const address = target(intent.address);
      if (address === intent.address) return [];
      return replaced(intent.address, { type: "intent", intent: { ...intent, address } });
    }),
    ...renames
      .filter(({ from }) => (state.forgotten ?? []).some(({ address }) => isWithin(address, from)))
      .map(({ from, to }) => ({ type: "forgotten-moved", from, to }) as const),
  ];
}

/** Returns the entries of a move, the new address first: after a partial write, the resource is recorded twice, not lost. */
function replaced(from: Address, entry: JournalEntry): readonly JournalEntry[] {
  const isSame = entry.type === "record" && entry.address === from;
  return isSame ? [entry] : [entry, { type: "record", address: from, resource: null }];
}

/**
 * Returns the rooms and users whose address in the state and in the config differ, identified by jid or user id, in an order in which
 * each finds its new address free.
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
    if (typeof owner !== "string") continue;
    current.set(ownerKey(topLevelAddress(address), owner), topLevelAddress(address));
    // The address of somebody else now.
    if (idKey(recorded.get(topLevelAddress(address)) ?? owner) !== idKey(owner))
      used.delete(topLevelAddress(address));
  }
  let waiting = [...recorded].flatMap(([from, owner]): readonly Rename[] => {
    const to = current.get(ownerKey(from, owner));
    return to === undefined || to === from || used.has(from) ? [] : [{ from, to }];
  });
  const found: Rename[] = [];
  for (let count = -1; count < found.length;) {
    count = found.length;
    const taken: Rename[] = [];
    for (const rename of waiting) {
      const { from, to } = rename;
      if (recorded.has(to)) {
        taken.push(rename);
        continue;
      }
      recorded.set(to, recorded.get(from) ?? "");
      recorded.delete(from);
      found.push(rename);
    }
    waiting = taken;
  }
  return found;
}

function ownerKey(address: Address, id: string): string {
  return JSON.stringify([address.split("/")[0], idKey(id)]);
}
