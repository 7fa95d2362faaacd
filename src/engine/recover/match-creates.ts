/*
 * Matches similar live objects with uncertain creates. Pure.
 *
 *   creates      live objects            outcome
 *   eu ---exact--- R1                    eu created R1: R1 shows everything that was sent
 *   us --contra-/                        us: R1 belongs to eu; us is absent or uncertain
 *   a, b ---exact--- R2, R3              the same request sent twice: one object each, by time
 *   c ---exact--- R4, R5                 uncertain: both objects are possible
 */
import type { Address } from "../../core/address.js";
import { groupBy } from "../../core/multimap.js";
import { byCodeUnit, canonicalJson } from "../../core/json/json.js";
import type { Intent } from "../../core/state/state.js";

/** A live object, compared with one create. */
export interface CreateCandidate {
  readonly id: string;
  /** Milliseconds since 1970, by the service's clock. */
  readonly created: number;
  readonly exact: boolean;
  /** Ends of sentences: "it was created 5 minutes before the request". */
  readonly contradictions: readonly string[];
}

/** The result of the search for one uncertain create. */
export interface Search {
  readonly intent: Intent;
  readonly sightings: readonly CreateCandidate[];
  /** True if finding nothing proves that the create did not happen. */
  readonly conclusive: boolean;
}

export type Verdict =
  | { readonly type: "found"; readonly id: string }
  | { readonly type: "absent" }
  /** `sightings` is empty if no object is evidence for or against the create. */
  | { readonly type: "uncertain"; readonly sightings: readonly CreateCandidate[] };

/** Matches all creates together: an object belongs to one create only. */
export function matchCreates(searches: readonly Search[]): ReadonlyMap<Address, Verdict> {
  const ordered = [...searches].sort((a, b) => byTime(a.intent, b.intent));
  const fits = findFits(ordered);
  const claims = new Map<string, Set<string>>();
  for (const search of ordered) {
    for (const { id } of fits.get(search) ?? [])
      claims.set(id, (claims.get(id) ?? new Set()).add(requestKey(search.intent)));
  }
  const found = new Map<Search, string>();
  const ambiguous = new Set<Search>();
  for (const twins of groupBy(ordered, ({ intent }) => requestKey(intent)).values()) {
    const objects = distinct(twins.flatMap((search) => fits.get(search) ?? []));
    const disputed = objects.some(({ id }) => (claims.get(id)?.size ?? 0) > 1);
    if (disputed || objects.length > twins.length) for (const search of twins) ambiguous.add(search);
    else assign(twins, objects, fits, found);
  }
  const taken = new Set(found.values());
  return new Map(
    ordered.map((search) => [
      search.intent.address,
      toVerdict(search, found.get(search), ambiguous.has(search), taken),
    ]),
  );
}

function toVerdict(
  { sightings, conclusive }: Search,
  id: string | undefined,
  ambiguous: boolean,
  taken: ReadonlySet<string>,
): Verdict {
  if (id !== undefined) return { type: "found", id };
  const left = sightings.filter((one) => !taken.has(one.id));
  if (left.length === 0 && !ambiguous && conclusive) return { type: "absent" };
  return { type: "uncertain", sightings: left };
}

/** Returns the possible objects of each search. An exact match for one create rules out partial matches for others. */
function findFits(searches: readonly Search[]): ReadonlyMap<Search, readonly CreateCandidate[]> {
  const possible = (one: CreateCandidate): boolean => one.contradictions.length === 0;
  const exact = new Set(
    searches.flatMap(({ sightings }) => sightings.filter((one) => possible(one) && one.exact)).map(getId),
  );
  return new Map(
    searches.map((search) => {
      const all = search.sightings.filter((one) => possible(one) && (one.exact || !exact.has(one.id)));
      const whole = all.filter((one) => one.exact);
      return [search, whole.length > 0 ? whole : all];
    }),
  );
}

/** Assigns one object to each of several equal requests, the oldest object first. */
function assign(
  twins: readonly Search[],
  objects: readonly CreateCandidate[],
  fits: ReadonlyMap<Search, readonly CreateCandidate[]>,
  found: Map<Search, string>,
): void {
  for (const { id } of [...objects].sort((a, b) => a.created - b.created || byCodeUnit(a.id, b.id))) {
    const fitting = (search: Search): boolean => fits.get(search)?.some((one) => one.id === id) ?? false;
    const search = twins.find((one) => !found.has(one) && fitting(one));
    if (search !== undefined) found.set(search, id);
  }
}

/** Returns a key that is equal for equal requests. */
function requestKey({ operation, container, body }: Intent): string {
  return canonicalJson({ operation, container, body });
}

function distinct(sightings: readonly CreateCandidate[]): readonly CreateCandidate[] {
  return [...new Map(sightings.map((one) => [one.id, one])).values()];
}

function getId({ id }: CreateCandidate): string {
  return id;
}

function byTime(a: Intent, b: Intent): number {
  return Date.parse(a.at) - Date.parse(b.at) || byCodeUnit(a.address, b.address);
}
