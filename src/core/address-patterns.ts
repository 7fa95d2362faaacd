import type { Address } from "./address.js";
import { addressMatcher } from "./address.js";

/** Returns a function that matches addresses with patterns. Patterns without `*`, which may be thousands, are looked up. */
export function matchAnyPattern(patterns: readonly string[]): (address: Address) => boolean {
  if (patterns.length === 0) return () => false;
  const plain = new Set(patterns.filter((one) => !one.includes("*")).map((one) => one.toLowerCase()));
  const matchers = patterns.filter((one) => one.includes("*")).map(addressMatcher);
  return (address) => plain.has(address.toLowerCase()) || matchers.some((matches) => matches(address));
}

/** Returns the patterns that match none of these addresses. Patterns without `*` are looked up. */
export function unmatchedPatterns(
  patterns: readonly string[],
  addresses: readonly Address[],
): readonly string[] {
  const known = new Set(addresses.map((address) => address.toLowerCase()));
  return patterns.filter((pattern) =>
    pattern.includes("*") ? !addresses.some(addressMatcher(pattern)) : !known.has(pattern.toLowerCase()),
  );
}
