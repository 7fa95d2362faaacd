import { hasRefs } from "../calls/reference.js";
import { isSameValue, normalizeSets } from "../diff/compare.js";
import type { Json, JsonObject } from "../json/json.js";
import { byCodeUnit, canonicalJson, isArray } from "../json/json.js";
import type { Pointer } from "../json/pointer.js";
import { leaves, valueAt, withValueAt } from "../json/pointer.js";
import type { Kind } from "../kind/kind.js";
import type { ResolvedResource } from "../kind/resource.js";
import { groupBy } from "../multimap.js";
import type { OrgPeople } from "../people/org-people.js";
import type { DriftClass } from "../plan/change.js";

/**
 * One live value, or one element of a list, that differs from the reviewed one.
 *
 *   recorded  the value of the last apply
 *   reviewed  the recorded value, with the people that the reviewed entries give now
 *   desired   the value that the config declares now
 *
 *   live = reviewed          no difference
 *   live = recorded          membership: a source gives other people than at the last apply
 *   otherwise                drift: the live value was changed outside
 *
 *   desired = reviewed       repair makes the live value the reviewed one
 *   desired = live           no difference: the config declares the live value by now
 *   otherwise                conflict: left to a person
 */
export interface Difference {
  readonly path: Pointer;
  readonly class: DriftClass;
  /** The element of a list that differs. Missing: the value as a whole. */
  readonly element?: Json;
  /** For an element: true if it is live and not reviewed. */
  readonly extra: boolean;
  /** The reviewed value, where no element differs; missing: not set. */
  readonly reviewed?: Json;
  /** Missing: repair removes the difference. */
  readonly left?: LeftReason;
}

/**
 * Why repair leaves a difference to a person: the config changed too, the desired value is unknown, or a source of the resource gives
 * nobody any more.
 */
export type LeftReason = "conflict" | "unknown" | "emptied";

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
  readonly people: OrgPeople;
}

/** The values in comparable form: as the kind's `goal` gives them for the live values, with normalized sets. */
interface Sides {
  readonly live: JsonObject;
  readonly recorded: JsonObject;
  readonly reviewed: JsonObject;
  readonly desired: JsonObject | undefined;
}

function toSides({ kind, recorded, reviewed, desired, live, people }: ComparedValues): Sides {
  const present = normalizeSets(live, kind.live.sets);
  const goal = (resource: ResolvedResource): JsonObject =>
    normalizeSets(kind.plan.goal(resource, present, people).attributes, kind.live.sets);
  const atApply = goal(recorded);
  return {
    live: present,
    recorded: atApply,
    reviewed: reviewed === recorded.attributes ? atApply : goal({ ...recorded, attributes: reviewed }),
    desired: desired === undefined ? undefined : goal(desired),
  };
}

/** The comparison of a resource. */
export interface Comparison {
  /** Sorted by path, then by element. Attributes that were not applied, are no longer declared or were not read have none. */
  readonly differences: readonly Difference[];
  /** The declared attributes that an apply would change because of the config, sorted. */
  readonly pending: readonly Pointer[];
}

/** Compares the values of one resource. `ignore` of the desired or recorded resource excludes attributes. */
export function compareValues(values: ComparedValues): Comparison {
  const sides = toSides(values);
  const { desired, recorded } = values;
  const ignore = (desired ?? recorded).ignore ?? [];
  const isIgnored = (path: Pointer): boolean =>
    ignore.some((name) => path === `/${name}` || path.startsWith(`/${name}/`));
  const declared =
    desired === undefined ? undefined : new Set(leaves(desired.attributes).map(([path]) => path));
  const compared = getPaths(sides.reviewed).filter(
    (path) => declared?.has(path) !== false && valueAt(sides.live, path) !== undefined && !isIgnored(path),
  );
  const found = compared.map((path) =>
    values.kind.live.sets.includes(path) ? compareElements(sides, path) : compareValue(sides, path),
  );
  const waiting = new Set(compared.filter((_path, at) => found[at]?.isPending === true));
  const known = new Set(compared);
  const isNew = (path: Pointer): boolean =>
    !known.has(path) && !isIgnored(path) && valueAt(recorded.attributes, path) === undefined;
  return {
    differences: found.flatMap(({ differences }) => differences),
    pending: [...(declared ?? [])].filter((path) => waiting.has(path) || isNew(path)).sort(byCodeUnit),
  };
}

function getPaths(attributes: JsonObject): readonly Pointer[] {
  return leaves(attributes)
    .map(([path]) => path)
    .sort(byCodeUnit);
}

/** The comparison of one attribute. */
interface Found {
  readonly differences: readonly Difference[];
  readonly isPending: boolean;
}

const nothing: Found = { differences: [], isPending: false };

function compareValue(sides: Sides, path: Pointer): Found {
  const [live, recorded, reviewed] = [
    valueAt(sides.live, path),
    valueAt(sides.recorded, path),
    valueAt(sides.reviewed, path),
  ];
  const desired = sides.desired === undefined ? undefined : valueAt(sides.desired, path);
  const isUnknown = sides.desired === undefined || hasRefs(desired);
  const isKept = !isUnknown && isSameValue(desired, reviewed);
  if (isSameValue(live, reviewed)) return { ...nothing, isPending: !isUnknown && !isKept };
  if (!isUnknown && isSameValue(desired, live)) return nothing;
  const difference: Difference = {
    path,
    class: isSameValue(live, recorded) ? "membership" : "drift",
    extra: false,
    ...(reviewed === undefined ? {} : { reviewed }),
    ...(isUnknown ? { left: "unknown" } : isKept ? {} : { left: "conflict" }),
  };
  return { differences: [difference], isPending: false };
}

function compareElements(sides: Sides, path: Pointer): Found {
  const [live, recorded, reviewed] = [
    elementsByKey(sides.live, path),
    elementsByKey(sides.recorded, path),
    elementsByKey(sides.reviewed, path),
  ];
  const desired = sides.desired === undefined ? undefined : elementsByKey(sides.desired, path);
  // An unresolved reference may stand for any element.
  const mayHoldMore = desired === undefined || [...desired.values()].some(hasRefs);
  let isPending = false;
  const keys = new Set([...live.keys(), ...reviewed.keys(), ...(desired?.keys() ?? [])]);
  const differences = [...keys].sort(byCodeUnit).flatMap((key): readonly Difference[] => {
    const [isLive, isReviewed] = [live.has(key), reviewed.has(key)];
    const isDesired = desired?.has(key) === true;
    const isUnknown = !isDesired && mayHoldMore;
    if (hasRefs(desired?.get(key))) return [];
    if (isLive === isReviewed) {
      isPending ||= !isUnknown && isDesired !== isReviewed;
      return [];
    }
    // An element is either in a list or not: a desired state that is not the reviewed one is the live one.
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
  return { differences, isPending };
}

/** Returns the elements of a list by a key that is equal for equal elements. */
function elementsByKey(side: JsonObject, path: Pointer): ReadonlyMap<string, Json> {
  const value = valueAt(side, path);
  const elements = isArray(value) ? value : [];
  return new Map(elements.map((one) => [elementKey(one), one]));
}

function elementKey(element: Json): string {
  return typeof element === "string" ? element : canonicalJson(element);
}

/** Returns live attributes in which these differences have the reviewed value. @param sets the paths of the kind's sets */
export function withReviewed(
  live: JsonObject,
  differences: readonly Difference[],
  sets: readonly Pointer[],
): JsonObject {
  const after = [...groupBy(differences, ({ path }) => path)].reduce((result, [path, some]) => {
    const whole = some.find(({ element }) => element === undefined);
    if (whole !== undefined) return withValueAt(result, path, whole.reviewed);
    const list = new Map(elementsByKey(result, path));
    for (const { element = null, extra } of some) {
      if (extra) list.delete(elementKey(element));
      else list.set(elementKey(element), element);
    }
    return withValueAt(result, path, [...list.values()]);
  }, live);
  return normalizeSets(after, sets);
}
