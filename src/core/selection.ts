import type { Address } from "./address.js";
import { addressMatcher } from "./address.js";
import type { Resource } from "./kind.js";
import type { Json } from "./json.js";
import type { PlanOptions } from "./plan.js";
import { refsIn } from "./reference.js";

/** The addresses that targets and excludes leave, with what the targeted ones depend on. */
export function selected(
  resources: readonly Resource[],
  others: readonly Address[],
  { targets, excludes }: Pick<PlanOptions, "targets" | "excludes">,
): ReadonlySet<Address> {
  const isTarget = anyOf(targets);
  const isExcluded = anyOf(excludes);
  const wanted = (address: Address): boolean =>
    (targets.length === 0 || isTarget(address)) && !isExcluded(address);
  const chosen = new Set([...resources.map(({ address }) => address), ...others].filter(wanted));
  if (targets.length === 0) return chosen;
  const byAddress = new Map(resources.map((resource) => [resource.address, resource]));
  // A set that grows while it is walked is walked to its end: dependencies of dependencies come too.
  for (const address of chosen) {
    for (const needed of dependenciesOf(byAddress.get(address))) {
      if (byAddress.has(needed) && !isExcluded(needed)) chosen.add(needed);
    }
  }
  return chosen;
}

function dependenciesOf(resource: Resource | undefined): readonly Address[] {
  if (resource === undefined) return [];
  return [...refsIn([resource.attributes, (resource.container ?? null) as Json])].map((ref) => ref.$ref);
}

function anyOf(patterns: readonly string[]): (address: Address) => boolean {
  const matchers = patterns.map(addressMatcher);
  return (address) => matchers.some((matches) => matches(address));
}
