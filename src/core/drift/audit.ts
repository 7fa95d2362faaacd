import type { Address } from "../address.js";
import { addressMatcher } from "../address.js";
import type { Drift } from "../plan/change.js";
import { compareToBaseline } from "./find-drift.js";
import type { JsonObject } from "../json/json.js";
import { isArray } from "../json/json.js";
import type { Resource } from "../kind/resource.js";
import { toResource } from "../plan/orphans.js";
import type { OrgPeople } from "../people/org-people.js";
import type { OrgIdentity } from "../org/org-identity.js";
import type { PlannerContext } from "../plan/planner-input.js";
import { getKind } from "../kind/kinds.js";
import type { Pointer } from "../json/pointer.js";
import { leaves, tokens, valueAt, withValueAt } from "../json/pointer.js";
import { isRef, hasRefs } from "../calls/reference.js";
import { matchAnyPattern } from "../plan/selection.js";
import type { State } from "../state/state.js";
import { resolveReferences } from "../calls/resolve-references.js";

/** The values that live values are compared to: the last applied ones or, where nothing was ever applied, the config's. */
export type Baseline = "applied" | "files";

/** The result of an audit. Plain data. */
export interface Audit {
  /** The org of the credentials, as far as it is known. */
  readonly org: OrgIdentity;
  readonly baseline: Baseline;
  /** The compared resources, sorted by address. */
  readonly audited: readonly { readonly address: Address; readonly kind: string }[];
  /** The drift, without the ignored part, sorted by address. */
  readonly drift: readonly Drift[];
  /** The number of attributes and resources that drifted and are ignored. */
  readonly ignored: number;
  /** Resources that are declared but were never applied: no recorded value to compare with. */
  readonly pending: readonly Address[];
  /** Uncertain creates of an earlier run. */
  readonly uncertain: readonly Address[];
  /** E-mails by user id. */
  readonly people: Readonly<Record<string, string>>;
}

/** The resources that an audit compares, and those that are pending. */
export interface AuditScope {
  readonly baseline: Baseline;
  /** The resources with the attributes to compare, sorted by address. May hold references to users and groups. */
  readonly resources: readonly Resource[];
  /** Resources that are declared but were never applied. */
  readonly pending: readonly Address[];
}

/**
 * Returns the scope of an audit of these declared resources. Orphans are not audited.
 */
export function auditScope(declared: readonly Resource[], state: State | undefined): AuditScope {
  const recorded = state?.resources ?? {};
  if (Object.keys(recorded).length === 0) {
    return {
      baseline: "files",
      resources: declared.filter(hasOwnId),
      pending: declared.filter((resource) => !hasOwnId(resource)).map(({ address }) => address),
    };
  }
  const known = declared.flatMap((resource) => {
    const one = recorded[resource.address];
    if (one === undefined) return [];
    const { ignore, pointer } = resource;
    const applied = toResource(resource.address, one);
    const attributes = declaredPart(applied.attributes, resource.attributes);
    return [{ ...applied, attributes, ...(ignore === undefined ? {} : { ignore }), pointer }];
  });
  const pending = declared.filter(({ address }) => recorded[address] === undefined);
  return { baseline: "applied", resources: known, pending: pending.map(({ address }) => address) };
}

/** Returns the applied attributes that are still declared. */
function declaredPart(applied: JsonObject, declared: JsonObject): JsonObject {
  const paths = new Set(leaves(declared).map(([path]) => path));
  return leaves(applied)
    .filter(([path]) => paths.has(path))
    .reduce<JsonObject>((part, [path, value]) => withValueAt(part, path, value), {});
}

/** Returns true if the config or the directory gives the id, rather than the state. */
function hasOwnId({ id }: Resource): boolean {
  return id !== undefined && (!isRef(id) || id.$ref.startsWith("user:"));
}

/** Returns the drift of the scope's resources, sorted by address. */
export function findAuditDrift(
  context: Pick<PlannerContext, "kinds" | "live" | "known"> & OrgPeople,
  resources: readonly Resource[],
): readonly Drift[] {
  return resources.flatMap((resource) => {
    const live = context.live.get(resource.address);
    if (live === undefined) return [];
    const resolved = resolveReferences(resource, context.known);
    const unknown = unknownPaths(resolved.attributes);
    const found = compareToBaseline(getKind(context.kinds, resource.kind), resolved, live, context);
    return found.flatMap((drift) => keep(drift, (path) => !unknown.has(path)));
  });
}

/**
 * Removes drift whose live value equals the desired value: the config was changed to match, and nothing is left to apply.
 *
 * @param declared the drifted resources as declared; drift of other resources is kept
 */
export function withoutDeclaredValues(
  context: Pick<PlannerContext, "kinds" | "live" | "known"> & OrgPeople,
  drift: readonly Drift[],
  declared: readonly Resource[],
): readonly Drift[] {
  const resources = new Map(declared.map((resource) => [resource.address, resource]));
  return drift.flatMap((one) => {
    const [resource, live] = [resources.get(one.address), context.live.get(one.address)];
    if (resource === undefined || live === undefined) return [one];
    const resolved = resolveReferences(resource, context.known);
    const found = compareToBaseline(getKind(context.kinds, one.kind), resolved, live, context);
    const different = new Set(found.flatMap(({ paths }) => paths));
    return keep(one, (path) => different.has(path));
  });
}

/** Returns the attributes with a reference to a resource that was never created: their value is unknown. */
function unknownPaths(attributes: Resource["attributes"]): ReadonlySet<Pointer> {
  return new Set(
    leaves(attributes)
      .filter(([, value]) => hasRefs(value))
      .map(([path]) => path),
  );
}

/** Returns the drift of the attributes that `wanted` accepts. Drift of a missing resource is kept. */
function keep(drift: Drift, wanted: (path: Pointer) => boolean): readonly Drift[] {
  if (drift.after === null) return [drift];
  const paths = drift.paths.filter(wanted);
  return paths.length === 0 ? [] : [{ ...drift, paths }];
}

/** The drift without its ignored part. */
export interface Ignored {
  readonly drift: readonly Drift[];
  /** The number of ignored attributes and resources. */
  readonly ignored: number;
}

/**
 * Removes the drift that `patterns` name: a resource by its address, or an attribute by its address and its path
 * (`rooms/incident-bridge/description`), both with `*` and `**`. The name of an attribute includes everything in it.
 */
export function withoutIgnored(drift: readonly Drift[], patterns: readonly string[]): Ignored {
  const matches = matchAnyPattern(patterns);
  let ignored = 0;
  const left = drift.flatMap((one): readonly Drift[] => {
    if (matches(one.address)) {
      ignored += Math.max(1, one.paths.length);
      return [];
    }
    const kept = keep(one, (path) => !namesOf(one.address, path).some(matches));
    ignored += one.paths.length - (kept[0]?.paths.length ?? 0);
    return kept;
  });
  return { drift: left, ignored };
}

/** Returns the names of an attribute: `users/a/settings/mobile`, `users/a/settings/mobile/notifications`, ... */
function namesOf(address: Address, path: Pointer): readonly string[] {
  const parts = tokens(path);
  return parts.map((_part, at) => `${address}/${parts.slice(0, at + 1).join("/")}`);
}

/** Returns the patterns that match none of these resources nor their attributes. */
export function findIdlePatterns(
  patterns: readonly string[],
  resources: readonly Pick<Resource, "address" | "attributes">[],
): readonly string[] {
  if (patterns.length === 0) return [];
  const names = resources.flatMap(({ address, attributes }) => [
    address,
    ...leaves(attributes).flatMap(([path]) => namesOf(address, path)),
  ]);
  return patterns.filter((pattern) => !names.some(addressMatcher(pattern)));
}

/** Returns the user ids in the drifted attributes, to be shown by name. */
export function getUserIds(
  context: Pick<PlannerContext, "kinds">,
  drift: readonly Drift[],
): ReadonlySet<string> {
  const ids = drift.flatMap(({ kind, paths, before, after }) =>
    getKind(context.kinds, kind)
      .live.users.filter((path) => paths.includes(path))
      .flatMap((path) => [before, after].map((values) => valueAt(values ?? {}, path)))
      .flatMap((value) => (isArray(value) ? value : [])),
  );
  return new Set(ids.filter((id) => typeof id === "string"));
}
