import type { Address } from "../address.js";
import type { Json, JsonObject } from "../json/json.js";
import { isArray, isObject } from "../json/json.js";

/** A renamed address. */
export interface Move {
  readonly from: Address;
  readonly to: Address;
}

/** Moves the values of a map to other addresses, all at once. */
export function moveKeys<T>(values: Map<Address, T>, moves: readonly Move[]): void {
  const moved = moves.flatMap(({ from, to }): [Address, T][] => {
    const value = values.get(from);
    values.delete(from);
    return value === undefined ? [] : [[to, value]];
  });
  for (const [to, value] of moved) values.set(to, value);
}

/** The members of records that hold addresses: of the message that is replied to, of a reference, of an entry of `userSettings`. */
const addressMembers: ReadonlySet<string> = new Set(["replyTo", "$ref", "entry"]);

/** Returns a record with new addresses in the place of moved ones. Texts that only look like an address are kept. */
export function withMovedAddresses<T>(record: T, addresses: ReadonlyMap<Address, Address>): T {
  return readdressed(record as Json, addresses) as T;
}

function readdressed(value: Json, addresses: ReadonlyMap<Address, Address>): Json {
  if (isArray(value)) return value.map((item) => readdressed(item, addresses));
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([name, inner]): [string, Json | undefined] => {
    const holdsAddress = addressMembers.has(name) || (name === "set" && isReplyEffect(value));
    if (typeof inner === "string") return [name, holdsAddress ? (addresses.get(inner) ?? inner) : inner];
    return [name, inner === undefined ? inner : readdressed(inner, addresses)];
  });
  return Object.fromEntries(members);
}

/** Returns true for the effect of a reply: its value is the address of the message that is replied to. */
function isReplyEffect({ path }: JsonObject): boolean {
  return path === "/replyTo";
}
