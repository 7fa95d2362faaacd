import fc from "fast-check";
import { expect, test } from "vitest";
import { addressMatcher, isRoomAddress, isWithin, topLevelAddress } from "../../../src/core/address.js";

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

/** What the patterns meant as a regular expression, which took exponential time for some of them. */
function asExpression(pattern: string): RegExp {
  const segment = (text: string): string => text.split("*").join("[^/]*");
  const source = pattern.split("/").map((text, at, all) => {
    if (text !== "**") return `${at > 0 && all[at - 1] !== "**" ? "/" : ""}${segment(text)}`;
    if (all.length === 1) return ".*";
    if (at === 0) return "(?:[^/]+/)*";
    return at === all.length - 1 ? "(?:/[^/]+)*" : "(?:/[^/]+)*/";
  });
  return new RegExp(`^${source.join("")}$`, "i");
}

test("patterns mean what they mean as regular expressions", () => {
  const part = fc.string({ unit: fc.constantFrom("a", "b", "A", "*"), minLength: 1, maxLength: 6 });
  const pattern = fc
    .array(
      fc.oneof(
        part.filter((one) => !one.includes("**")),
        fc.constant("**"),
      ),
      { minLength: 1, maxLength: 5 },
    )
    .filter((parts) => parts.every((one, at) => one !== "**" || parts[at - 1] !== "**"))
    .map((parts) => parts.join("/"));
  const address = fc
    .array(fc.string({ unit: fc.constantFrom("a", "b", "B"), minLength: 1, maxLength: 6 }), {
      minLength: 1,
      maxLength: 5,
    })
    .map((parts) => parts.join("/"));
  fc.assert(
    fc.property(pattern, address, (one, other) => {
      expect(addressMatcher(one)(other)).toBe(asExpression(one).test(other));
    }),
    { numRuns: 3000 },
  );
});

test("a pattern of many stars is decided at once", () => {
  const stars = `rooms/${"a*".repeat(200)}`;
  expect(addressMatcher(stars)(`rooms/${"a".repeat(1000)}b`)).toBe(true);
  expect(addressMatcher(`${stars}c`)(`rooms/${"a".repeat(1000)}b`)).toBe(false);
  expect(addressMatcher(`${"**/a/".repeat(50)}c`)(`${"a/".repeat(200)}b`)).toBe(false);
});

test.each([
  ["rooms/a/messages/x", "rooms/a", true],
  ["rooms/a", "rooms/a", true],
  ["users/jane@x.com/settings", "users/jane@x.com", false],
  ["settings", "settings", false],
])("%s belongs to %s", (address, top, isRoom) => {
  expect(topLevelAddress(address)).toBe(top);
  expect(isRoomAddress(top)).toBe(isRoom);
  expect(isRoomAddress(`${top}/pins`)).toBe(false);
});
