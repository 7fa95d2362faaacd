import type { Address } from "../address.js";
import { addressMatcher } from "../address.js";
import { matchAnyPattern, unmatchedPatterns } from "../address-patterns.js";
import type { Diagnostic } from "../diagnostic.js";
import { addToMultimap } from "../multimap.js";
import type { Resource } from "../kind/resource.js";
import { NearestNames } from "../nearest.js";
import type { PlanOptions } from "./plan.js";
import { refsIn } from "../calls/reference.js";
import { shellWord } from "../shell-word.js";
import type { Move } from "../state/moved-addresses.js";
import { moveFollower } from "../state/state-moves.js";

/** A set of addresses, of which only membership is known. */
export type AddressSet = Pick<ReadonlySet<Address>, "has">;

/**
 * Returns the addresses that targets and excludes select. Dependencies of a target are selected too; dependents of an excluded
 * address are excluded too.
 */
export function selectAddresses(
  resources: readonly Resource[],
  others: readonly Address[],
  { targets, excludes }: Pick<PlanOptions, "targets" | "excludes">,
): AddressSet {
  if (targets.length + excludes.length === 0) return { has: () => true };
  const isTarget = matchAnyPattern(targets);
  const isExcluded = matchAnyPattern(excludes);
  const wanted = (address: Address): boolean =>
    (targets.length === 0 || isTarget(address)) && !isExcluded(address);
  const chosen = new Set([...resources.map(({ address }) => address), ...others].filter(wanted));
  if (targets.length > 0) addDependencies(chosen, resources);
  const excluded = resources.flatMap(({ address }) => (isExcluded(address) ? [address] : []));
  for (const address of withDependents(excluded, resources)) chosen.delete(address);
  return chosen;
}

function addDependencies(chosen: Set<Address>, resources: readonly Resource[]): void {
  const byAddress = new Map(resources.map((resource) => [resource.address, resource]));
  // The loop also visits addresses added during the loop: dependencies of dependencies.
  for (const address of chosen) {
    const resource = byAddress.get(address);
    for (const needed of resource === undefined ? [] : getDependencies(resource)) {
      if (byAddress.has(needed)) chosen.add(needed);
    }
  }
}

/** Returns these addresses with their direct and indirect dependents. */
export function withDependents(
  addresses: Iterable<Address>,
  resources: readonly Resource[],
): ReadonlySet<Address> {
  const all = new Set(addresses);
  if (all.size === 0) return all;
  const dependents = new Map<Address, Address[]>();
  for (const resource of resources) {
    for (const needed of getDependencies(resource)) {
      addToMultimap(dependents, needed, resource.address);
    }
  }
  for (const address of all) for (const dependent of dependents.get(address) ?? []) all.add(dependent);
  return all;
}

/** Returns the addresses that a resource cannot be created without. */
function getDependencies({ attributes, id, container, needs = [] }: Resource): readonly Address[] {
  const refs = refsIn([attributes, id ?? null, container ?? null]);
  return [...needs, ...refs.map((ref) => ref.$ref)];
}

/**
 * Returns a problem for each pattern that matches no address: a typing error must not go unnoticed.
 *
 * @param moves the renamed addresses of the config: their old addresses match nothing
 */
export function findUnmatchedPatterns(
  option: "--target" | "--exclude" | "--allow-second-room",
  patterns: readonly string[],
  addresses: readonly Address[],
  moves: readonly Move[],
): readonly Diagnostic[] {
  if (patterns.length === 0) return [];
  const hints = new NearestNames(addresses);
  const follow = moveFollower(moves);
  const moved = moves.map(({ from }) => from);
  return unmatchedPatterns(patterns, addresses).map((pattern) => {
    const from = pattern.includes("*")
      ? (moved.find(addressMatcher(pattern)) ?? pattern)
      : pattern.toLowerCase();
    const to = follow(from);
    const close = hints.find(pattern, pattern);
    return {
      severity: "error",
      code: "unmatched-address",
      summary: `${option} matches nothing`,
      detail: `No resource in the config or in the state matches "${pattern}".`,
      help:
        to !== undefined && to !== from
          ? `${from} has moved to ${to}: ${option} ${shellWord(to)}`
          : close === undefined
            ? "Check the address; * and ** stand for any name."
            : `Did you mean ${close}?`,
    };
  });
}
