import { expect, test } from "vitest";
import {
  findUnmatchedPatterns,
  selectAddresses,
  withDependents,
} from "../../../../src/core/plan/selection.js";
import { loadResources } from "../../../helpers/world.js";

const resources = await loadResources({
  settings: { reactionsEnabled: true },
  rooms: {
    one: {
      subject: "One",
      messages: {
        a: { body: "A" },
        b: { body: "B", replyTo: "a" },
        c: { body: "C", replyTo: "b", pinned: true },
        d: { body: "D" },
      },
    },
    two: { subject: "Two", messages: { x: { body: "X" } } },
  },
});

function chosen(targets: readonly string[], excludes: readonly string[] = []): readonly string[] {
  const all = [...resources.map(({ address }) => address), "rooms/gone"];
  const some = selectAddresses(resources, ["rooms/gone"], { targets, excludes });
  return all.filter((address) => some.has(address)).sort();
}

test("selects everything without targets and excludes, including orphans", () => {
  expect(chosen([])).toEqual([...resources.map(({ address }) => address), "rooms/gone"].sort());
});

test("a target includes its direct and indirect dependencies, and nothing else", () => {
  expect(chosen(["rooms/*/messages/c"])).toEqual([
    "rooms/one",
    "rooms/one/messages/a",
    "rooms/one/messages/b",
    "rooms/one/messages/c",
  ]);
  expect(chosen(["rooms/one/pins"])).toContain("rooms/one/messages/a");
  expect(chosen(["rooms/one/pins"])).not.toContain("rooms/one/messages/d");
});

test("accepts an orphan as a target", () => {
  expect(chosen(["rooms/gone"])).toEqual(["rooms/gone"]);
});

test("an exclude includes its dependents", () => {
  expect(chosen([], ["rooms/one/messages/a", "rooms/two"])).toEqual([
    "rooms/gone",
    "rooms/one",
    "rooms/one/messages/d",
    "settings",
  ]);
});

test("an exclude wins over a target", () => {
  expect(chosen(["rooms/**"], ["rooms/one", "rooms/gone"])).toEqual(["rooms/two", "rooms/two/messages/x"]);
});

test("returns no dependents of nothing", () => {
  expect(withDependents([], resources).size).toBe(0);
  expect([...withDependents(["rooms/two"], resources)]).toEqual(["rooms/two", "rooms/two/messages/x"]);
});

test.each([
  ["rooms/old", "rooms/old has moved to rooms/new: --target rooms/new"],
  ["rooms/OL*", "rooms/older has moved to rooms/new: --target rooms/new"],
  ["rooms/older", "rooms/older has moved to rooms/new: --target rooms/new"],
  [
    "rooms/old/messages/a",
    "rooms/old/messages/a has moved to rooms/new/messages/a: --target rooms/new/messages/a",
  ],
  ["rooms/nwe", "Did you mean rooms/new?"],
])("names the new address of %s", (target, help) => {
  const moves = [
    { from: "rooms/older", to: "rooms/old" },
    { from: "rooms/old", to: "rooms/new" },
  ];
  const addresses = ["rooms/new", "rooms/new/messages/a"];
  expect(findUnmatchedPatterns("--target", [target], addresses, moves)).toMatchObject([
    { code: "unmatched-address", help },
  ]);
});

test("thousands of wrong targets are found in limited time, with hints for some", () => {
  const addresses = Array.from({ length: 3000 }, (_, at) => `users/user-${at}@example.com/settings`);
  const targets = addresses.map((address) => address.replace("users/", "users/x"));
  const problems = findUnmatchedPatterns("--target", targets, addresses, []);
  expect(problems).toHaveLength(targets.length);
  expect(problems[0]?.help).toBe("Did you mean users/user-0@example.com/settings?");
});
