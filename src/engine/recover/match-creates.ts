/*
 * Which of the live things that look alike was made by which create. Pure.
 *
 *   creates      live things             outcome
 *   eu ---exact--- R1                    eu made R1: everything that it sent shows there
 *   us --contra-/                        us: R1 is taken; was it made at all?
 *   a, b ---exact--- R2, R3              the same request sent twice: one each, in order of time
 *   c ---exact--- R4, R5                 uncertain: it could be either
 */
import type { Address } from "../../core/address.js";
import { groupBy } from "../../core/multimap.js";
import { byCodeUnit, canonicalJson } from "../../core/json/json.js";
import type { Intent } from "../../core/state/state.js";

/** A live thing, as it compares to one create. */
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
  /** @see Sighting; empty: nothing shows whether it was made */
  | { readonly type: "uncertain"; readonly sightings: readonly CreateCandidate[] };

/** Decides for all creates together, as what one of them made is not what another made. */
export function matchCreates(searches: readonly Search[]): ReadonlyMap<Address, Verdict> {
  const ordered = [...searches].sort((a, b) => byTime(a.intent, b.intent));
  const fits = fitsOf(ordered);
  const claims = new Map<string, Set<string>>();
  for (const search of ordered) {
    for (const { id } of fits.get(search) ?? [])
      claims.set(id, (claims.get(id) ?? new Set()).add(requestKey(search.intent)));
  }
  const found = new Map<Search, string>();
  const ambiguous = new Set<Search>();
  for (const twins of groupBy(ordered, ({ intent }) => requestKey(intent)).values()) {
    const things = distinct(twins.flatMap((search) => fits.get(search) ?? []));
    const disputed = things.some(({ id }) => (claims.get(id)?.size ?? 0) > 1);
    if (disputed || things.length > twins.length) for (const search of twins) ambiguous.add(search);
    else assign(twins, things, fits, found);
  }
  const taken = new Set(found.values());
  return new Map(
    ordered.map((search) => [
      search.intent.address,
      verdictOf(search, found.get(search), ambiguous.has(search), taken),
    ]),
  );
}

function verdictOf(
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

/** By search: what nothing contradicts. Where everything shows for one create, a thing is not another's in part. */
function fitsOf(searches: readonly Search[]): ReadonlyMap<Search, readonly CreateCandidate[]> {
  const possible = (one: CreateCandidate): boolean => one.contradictions.length === 0;
  const exact = new Set(
    searches.flatMap(({ sightings }) => sightings.filter((one) => possible(one) && one.exact)).map(idOf),
  );
  return new Map(
    searches.map((search) => {
      const all = search.sightings.filter((one) => possible(one) && (one.exact || !exact.has(one.id)));
      const whole = all.filter((one) => one.exact);
      return [search, whole.length > 0 ? whole : all];
    }),
  );
}

/** One thing for each of the same requests, the oldest first; a thing that is too old or too new for one may be another's. */
function assign(
  twins: readonly Search[],
  things: readonly CreateCandidate[],
  fits: ReadonlyMap<Search, readonly CreateCandidate[]>,
  found: Map<Search, string>,
): void {
  for (const { id } of [...things].sort((a, b) => a.created - b.created || byCodeUnit(a.id, b.id))) {
    const fitting = (search: Search): boolean => fits.get(search)?.some((one) => one.id === id) ?? false;
    const search = twins.find((one) => !found.has(one) && fitting(one));
    if (search !== undefined) found.set(search, id);
  }
}

/** Equal for creates that sent the same. */
function requestKey({ operation, container, body }: Intent): string {
  return canonicalJson({ operation, container, body });
}

function distinct(sightings: readonly CreateCandidate[]): readonly CreateCandidate[] {
  return [...new Map(sightings.map((one) => [one.id, one])).values()];
}

function idOf({ id }: CreateCandidate): string {
  return id;
}

function byTime(a: Intent, b: Intent): number {
  return Date.parse(a.at) - Date.parse(b.at) || byCodeUnit(a.address, b.address);
}
