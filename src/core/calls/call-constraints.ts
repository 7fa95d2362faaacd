import type { Address } from "../address.js";
import type { CallDraft, Condition, Effect } from "./call.js";
import { addToMultimap } from "../multimap.js";
import { canonicalJson, isArray, sameJson } from "../json/json.js";

/** A call, where it stands. */
export interface PlacedCall {
  readonly id: string;
  readonly address: Address;
  readonly draft: CallDraft;
}

/** The dependencies that an order of calls adds to each call. Ids may occur more than once. */
export interface Order {
  /** By call: the calls that make what it needs true. */
  readonly makers: ReadonlyMap<string, readonly string[]>;
  /** By call: the calls that work only as long as it hasn't been made. */
  readonly earlier: ReadonlyMap<string, readonly string[]>;
}

/**
 * Which calls come before which, for the sake of the conditions that they work under: those that make one true before the
 * call, those that make it untrue behind it.
 */
export function orderByConditions(calls: readonly PlacedCall[]): Order {
  const wanted = new Set(calls.flatMap(({ draft }) => (draft.while ?? []).map(placeOf)));
  const turns = turnsOf(calls, wanted);
  const known = new Map<string, Turned>();
  const makers = new Map<string, string[]>();
  const earlier = new Map<string, string[]>();
  for (const { id, address, draft } of calls) {
    for (const condition of draft.while ?? []) {
      if (condition.address === address) continue;
      const key = canonicalJson([condition.address, condition.path, condition.value, condition.not ?? false]);
      const turned = known.get(key) ?? turn(turns.get(placeOf(condition)) ?? [], condition);
      known.set(key, turned);
      if (turned.makes.length > 0) makers.set(id, [...(makers.get(id) ?? []), ...turned.makes]);
      for (const breaker of turned.breaks) addToMultimap(earlier, breaker, id);
    }
  }
  return { makers, earlier };
}

interface Turn {
  readonly id: string;
  readonly effect: Effect;
}

interface Turned {
  readonly makes: readonly string[];
  readonly breaks: readonly string[];
}

/** The effects on the attributes that conditions name: many calls have effects, few conditions are named. */
function turnsOf(
  calls: readonly PlacedCall[],
  wanted: ReadonlySet<string>,
): ReadonlyMap<string, readonly Turn[]> {
  const turns = new Map<string, Turn[]>();
  if (wanted.size === 0) return turns;
  for (const { id, address, draft } of calls) {
    for (const effect of draft.effects) {
      const place = placeOf({ address, path: effect.path });
      if (!wanted.has(place)) continue;
      const there = turns.get(place);
      if (there === undefined) turns.set(place, [{ id, effect }]);
      else there.push({ id, effect });
    }
  }
  return turns;
}

function placeOf({ address, path }: Pick<Condition, "address" | "path">): string {
  return `${address} ${path}`;
}

function turn(turns: readonly Turn[], { value, not }: Condition): Turned {
  const makes = turns.filter(({ effect }) => isMadeTrue(effect, value)).map(({ id }) => id);
  const breaks = turns.filter(({ effect }) => isMadeUntrue(effect, value)).map(({ id }) => id);
  return not === true ? { makes: breaks, breaks: makes } : { makes, breaks };
}

function isMadeTrue(effect: Effect, value: Condition["value"]): boolean {
  if ("add" in effect) return has(effect.add, value);
  if ("remove" in effect) return false;
  return isArray(effect.set) ? has(effect.set, value) : sameJson(effect.set, value);
}

function isMadeUntrue(effect: Effect, value: Condition["value"]): boolean {
  if ("add" in effect) return false;
  if ("remove" in effect) return has(effect.remove, value);
  return !isMadeTrue(effect, value);
}

function has(list: readonly Condition["value"][], value: Condition["value"]): boolean {
  return list.some((element) => sameJson(element, value));
}
