import { expect, test } from "vitest";
import { addressMatcher, isWithin } from "../../../src/core/address.js";

test.each([
  ["settings", "settings", true],
  ["settings", "me/settings", false],
  ["rooms/*", "rooms/a", true],
  ["rooms/*", "rooms/a/messages/b", false],
  ["rooms/a*", "rooms/abc", true],
  ["rooms/a*", "rooms/bac", false],
  ["rooms/**", "rooms/a/messages/b", true],
  ["rooms/**", "rooms/a", true],
  ["rooms/a/**", "rooms/a", true],
  ["rooms/a/**", "rooms/ab", false],
  ["**", "anything/at/all", true],
  ["**/settings", "settings", true],
  ["**/settings", "users/jane@x.com/settings", true],
  ["**/settings", "users/settings/x", false],
  ["rooms/**/b", "rooms/a/messages/b", true],
  ["rooms/**/b", "rooms/b", true],
  ["rooms/*/messages/*", "rooms/a/messages/b", true],
  ["users/*@x.com/settings", "users/jane@x.com/settings", true],
  ["users/JANE@x.com/**", "users/jane@x.com/settings", true],
  ["rooms/a.b", "rooms/axb", false],
  ["rooms/(a|b)", "rooms/a", false],
  ["rooms/a/", "rooms/a", false],
  ["", "rooms/a", false],
])("%s matches %s: %s", (pattern, address, expected) => {
  expect(addressMatcher(pattern)(address)).toBe(expected);
});

test("within: itself and what is below, not what only begins the same", () => {
  expect(isWithin("rooms/a", "rooms/a")).toBe(true);
  expect(isWithin("rooms/a/messages/b", "rooms/a")).toBe(true);
  expect(isWithin("rooms/ab", "rooms/a")).toBe(false);
});
