import type { Address } from "../address.js";
import type { CallDraft, Condition, Effect } from "./call.js";
import { callId } from "./call.js";
import { addToMultimap } from "../multimap.js";
import { canonicalJson, isArray, sameJson } from "../json/json.js";

/** The calls of a change. */
interface ChangeCalls {
  readonly address: Address;
  readonly drafts: readonly CallDraft[];
}

/** The dependencies that an order of calls adds to each call. Ids may occur more than once. */
export interface Order {
  /** By call: the calls that must succeed first, because they make its conditions true. */
  readonly enablers: ReadonlyMap<string, readonly string[]>;
  /** By call: the calls that must end first, because this call makes their conditions untrue. */
  readonly earlier: ReadonlyMap<string, readonly string[]>;
}

/**
 * Orders calls by their conditions: after the calls that make a condition true, and before those that make it untrue.
 */
export function orderByConditions(changes: readonly ChangeCalls[]): Order {
  const enablers = new Map<string, string[]>();
  const earlier = new Map<string, string[]>();
  const conditions = getConditions(changes);
  const effects = getEffects(changes, new Set(conditions.map(({ condition }) => placeOf(condition))));
  const known = new Map<string, ConditionCalls>();
  for (const { id, address, condition } of conditions) {
    if (condition.address === address) continue;
    const key = canonicalJson([condition.address, condition.path, condition.value, condition.not ?? false]);
    const found = known.get(key) ?? getConditionCalls(effects.get(placeOf(condition)) ?? [], condition);
    known.set(key, found);
    if (found.enabling.length > 0) enablers.set(id, [...(enablers.get(id) ?? []), ...found.enabling]);
    for (const breaker of found.breaking) addToMultimap(earlier, breaker, id);
  }
  return { enablers, earlier };
}

/** A condition of a call. */
interface CallCondition {
  readonly id: string;
  readonly address: Address;
  readonly condition: Condition;
}

function getConditions(changes: readonly ChangeCalls[]): readonly CallCondition[] {
  const found: CallCondition[] = [];
  for (const { address, drafts } of changes)
    drafts.forEach((draft, at) => {
      for (const condition of draft.while ?? []) found.push({ id: callId(address, at), address, condition });
    });
  return found;
}

interface CallEffect {
  readonly id: string;
  readonly effect: Effect;
}

/** The calls that make a condition true, and those that make it untrue. */
interface ConditionCalls {
  readonly enabling: readonly string[];
  readonly breaking: readonly string[];
}

/** Returns the effects on attributes that conditions name, by attribute. */
function getEffects(
  changes: readonly ChangeCalls[],
  wanted: ReadonlySet<string>,
): ReadonlyMap<string, readonly CallEffect[]> {
  const effects = new Map<string, CallEffect[]>();
  if (wanted.size === 0) return effects;
  for (const { address, drafts } of changes) {
    for (const [at, draft] of drafts.entries()) {
      for (const effect of draft.effects) {
        const place = placeOf({ address, path: effect.path });
        if (wanted.has(place)) addToMultimap(effects, place, { id: callId(address, at), effect });
      }
    }
  }
  return effects;
}

function placeOf({ address, path }: Pick<Condition, "address" | "path">): string {
  return `${address} ${path}`;
}

function getConditionCalls(effects: readonly CallEffect[], { value, not }: Condition): ConditionCalls {
  const enabling = effects.filter(({ effect }) => isMadeTrue(effect, value)).map(({ id }) => id);
  const breaking = effects.filter(({ effect }) => isMadeUntrue(effect, value)).map(({ id }) => id);
  return not === true ? { enabling: breaking, breaking: enabling } : { enabling, breaking };
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
