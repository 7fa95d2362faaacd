import { isRef } from "../calls/reference.js";
import { isSameValue, normalizeSets } from "../diff/compare.js";
import type { Json, JsonObject } from "../json/json.js";
import { byCodeUnit, canonicalJson, isArray } from "../json/json.js";
import type { Pointer } from "../json/pointer.js";
import { leaves, valueAt, withValueAt } from "../json/pointer.js";
import type { Kind } from "../kind/kind.js";
import type { ResolvedResource } from "../kind/resource.js";
import type { TokenUser } from "../kind/resource-change.js";

/** `drift`: somebody changed the live value. `membership`: a source gives other people than at the last apply. */
export type DriftClass = "drift" | "membership";

/**
 * One live value, or one element of a list, that differs from the reviewed one.
 *
 *   recorded  the value of the last apply
 *   reviewed  the recorded value, with the people that the reviewed sources give now
 *   desired   the value that the config declares now
 *
 *   live = reviewed                      no difference
 *   live = recorded, otherwise           membership: a source changed
 *   live differs from recorded           drift: somebody changed the live value
 *
 *   desired = reviewed                   repair makes the live value the reviewed one
 *   desired = live                       no difference: the config declares the live value by now
 *   otherwise                            conflict: left to a person
 */
export interface Difference {
  readonly path: Pointer;
  readonly class: DriftClass;
  /** The element of a list that differs. Missing: the value as a whole. */
  readonly element?: Json;
  /** For an element: true if it is live and should not be. */
  readonly extra: boolean;
  /** The reviewed value of an attribute that is no list; missing: not set. */
  readonly reviewed?: Json;
  /** Why repair leaves the difference to a person. Missing: repair removes it. */
  readonly left?: "conflict" | "unknown";
}

/** The values of one resource to compare. */
export interface ComparedValues {
  readonly kind: Kind;
  /** The resource as recorded: `attributes` are the applied ones. */
  readonly recorded: ResolvedResource;
  /** The recorded attributes, with the people that the reviewed entries give now. */
  readonly reviewed: JsonObject;
  /** The resource as declared; undefined: its desired values are unknown. */
  readonly desired: ResolvedResource | undefined;
  readonly live: JsonObject;
  readonly tokenUser: TokenUser;
}

/** Values of all three sides in comparable form: as the kind's `goal` gives them for the live value, with normalized sets. */
export interface Sides {
  readonly live: JsonObject;
  readonly recorded: JsonObject;
  readonly reviewed: JsonObject;
  readonly desired: JsonObject | undefined;
}

/** Returns the values in comparable form. */
export function toSides({ kind, recorded, reviewed, desired, live, tokenUser }: ComparedValues): Sides {
  const present = normalizeSets(live, kind.live.sets);
  const goal = (resource: ResolvedResource): JsonObject =>
    normalizeSets(kind.plan.goal(resource, present, tokenUser).attributes, kind.live.sets);
  return {
    live: present,
    recorded: goal(recorded),
    reviewed: goal({ ...recorded, attributes: reviewed }),
    desired: desired === undefined ? undefined : goal(desired),
  };
}

/**
 * Returns the differences of one resource, sorted by path, then by element. Attributes that were not applied, are no longer
 * declared or were not read have none.
 */
export function compareResource(values: ComparedValues): readonly Difference[] {
  const sides = toSides(values);
  const { desired, kind } = values;
  const declared =
    desired === undefined ? undefined : new Set(leaves(desired.attributes).map(([path]) => path));
  return leaves(sides.reviewed)
    .map(([path]) => path)
    .filter((path) => declared === undefined || declared.has(path))
    .filter((path) => valueAt(sides.live, path) !== undefined && !isIgnored(desired?.ignore, path))
    .sort(byCodeUnit)
    .flatMap((path) =>
      kind.live.sets.includes(path) ? compareElements(sides, path) : compareValue(sides, path),
    );
}

/** Returns true if `ignore` names an attribute or what contains it. */
export function isIgnored(ignore: readonly string[] = [], path: Pointer): boolean {
  return ignore.some((name) => path === `/${name}` || path.startsWith(`/${name}/`));
}

function compareValue(sides: Sides, path: Pointer): readonly Difference[] {
  const [live, recorded, reviewed] = [sides.live, sides.recorded, sides.reviewed].map((side) =>
    valueAt(side, path),
  );
  if (isSameValue(live, reviewed)) return [];
  const desired = sides.desired === undefined ? undefined : valueAt(sides.desired, path);
  const isKnown = sides.desired !== undefined && !isRef(desired);
  if (isKnown && isSameValue(desired, live)) return [];
  const left = !isKnown ? "unknown" : isSameValue(desired, reviewed) ? undefined : "conflict";
  return [
    {
      path,
      class: isSameValue(live, recorded) ? "membership" : "drift",
      extra: false,
      ...(reviewed === undefined ? {} : { reviewed }),
      ...(left === undefined ? {} : { left }),
    },
  ];
}

function compareElements(sides: Sides, path: Pointer): readonly Difference[] {
  const [live, recorded, reviewed] = [
    elementSet(sides.live, path),
    elementSet(sides.recorded, path),
    elementSet(sides.reviewed, path),
  ];
  const desired = sides.desired === undefined ? undefined : elementSet(sides.desired, path);
  const mayHoldMore = desired === undefined || [...desired.values()].some(isRef);
  const keys = new Set([...live.keys(), ...reviewed.keys()]);
  return [...keys].sort(byCodeUnit).flatMap((key): readonly Difference[] => {
    const [isLive, isReviewed] = [live.has(key), reviewed.has(key)];
    if (isLive === isReviewed) return [];
    const isDesired = desired?.has(key) === true;
    const isUnknown = !isDesired && mayHoldMore;
    // With two values only, what is desired and not reviewed is live.
    if (!isUnknown && isDesired !== isReviewed) return [];
    return [
      {
        path,
        class: isLive === recorded.has(key) ? "membership" : "drift",
        element: (isLive ? live : reviewed).get(key) ?? null,
        extra: isLive,
        ...(isUnknown ? { left: "unknown" as const } : {}),
      },
    ];
  });
}

/** Returns the elements of a list by a key that is equal for equal elements. */
function elementSet(side: JsonObject, path: Pointer): ReadonlyMap<string, Json> {
  const value = valueAt(side, path);
  const elements = isArray(value) ? value : [];
  return new Map(elements.map((one) => [typeof one === "string" ? one : canonicalJson(one), one]));
}

/** Returns live attributes in which these differences have the reviewed value. */
export function withReviewed(
  live: JsonObject,
  differences: readonly Difference[],
  sets: readonly Pointer[],
): JsonObject {
  const after = differences.reduce((result, { path, element, extra, reviewed }) => {
    if (element === undefined) return withValueAt(result, path, reviewed);
    const value = valueAt(result, path);
    const elements = isArray(value) ? value : [];
    const others = elements.filter((one) => !isSameValue(one, element));
    return withValueAt(result, path, extra ? others : [...others, element]);
  }, live);
  return normalizeSets(after, sets);
}
