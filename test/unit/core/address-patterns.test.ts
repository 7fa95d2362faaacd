import { expect, it } from "vitest";
import { matchAnyPattern, unmatchedPatterns } from "../../../src/core/address-patterns.js";

it("finds the patterns that match nothing, in their order and in any case", () => {
  const addresses = ["rooms/a", "users/jane@example.com/settings"];
  expect(
    unmatchedPatterns(["rooms/c", "Rooms/A", "rooms/*/**", "users/*", "users/**", "rooms/b"], addresses),
  ).toEqual(["rooms/c", "users/*", "rooms/b"]);
});

it("looks up thousands of addresses", () => {
  const addresses = Array.from({ length: 20_000 }, (_one, at) => `users/u${at}@example.com/settings`);
  const others = addresses.map((address) => `${address}/muted`);

  expect(unmatchedPatterns([...addresses, ...others], addresses)).toEqual(others);
  expect(addresses.every(matchAnyPattern(addresses))).toBe(true);
  expect(others.some(matchAnyPattern(addresses))).toBe(false);
});
