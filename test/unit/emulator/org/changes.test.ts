import { expect, it } from "vitest";
import { applyChange } from "../../../../src/emulator/org/changes.js";
import { dump } from "../../../../src/emulator/org/dump.js";
import { load, SeedError } from "../../../../src/emulator/org/load.js";
import { Org } from "../../../../src/emulator/org/org.js";
import { defaultSeed } from "../../../../src/emulator/org/seed.js";
import type { OrgSeed } from "../../../../src/emulator/org/seed.js";

function makeOrg(seed: OrgSeed = defaultSeed): Org {
  const org = new Org({ id: "org", name: "Org", lag: { now: () => 0, ms: 0, reads: 0 }, randomSeed: 1 });
  load(org, seed);
  return org;
}

/** The e-mails of a source's members. */
function members(org: Org, kind: "groups" | "teams" | "queues" | "skillGroups"): string[][] {
  return [...org[kind].values()].map(({ members: ids }) => ids.map((id) => org.users.get(id)?.email ?? id));
}

it.each([
  ["group", "groups", "Support"],
  ["team", "teams", "Night"],
  ["queue", "queues", "Sales"],
  ["skill-group", "skillGroups", "Spanish"],
] as const)("changes the members of a %s", (of, kind, name) => {
  const org = makeOrg();
  const [before = []] = members(org, kind);
  const [first = ""] = before;
  applyChange(org, { change: "members", of, name, add: ["jane.doe@example.com", first], remove: [first] });
  expect(members(org, kind)).toEqual([[...before.slice(1), "jane.doe@example.com", first]]);
  applyChange(org, { change: of, set: { name, members: ["bo@example.com"] } });
  expect(members(org, kind)).toEqual([["bo@example.com"]]);
  applyChange(org, { change: of, set: { name: "Another" } });
  expect(org[kind].size).toBe(2);
  expect(() => applyChange(org, { change: "members", of, name: "Nothing" })).toThrow(SeedError);
});

it("keeps a user in one team", () => {
  const org = makeOrg();
  applyChange(org, { change: "team", set: { name: "Day", members: ["kim@example.com"] } });
  expect(members(org, "teams")).toEqual([["lee@example.com"], ["kim@example.com"]]);
});

it("changes a user's state, manager and e-mail, and keeps the id and the settings", () => {
  const org = makeOrg();
  const { id, settings } = org.findUser("sam@example.com") ?? {};
  const set = { state: "inactive", manager: "kim@example.com", email: "samuel@example.com" } as const;
  expect(applyChange(org, { change: "user", user: "sam@example.com", set })).toBe(id);
  const manager = org.findUser("kim@example.com")?.id;
  expect(org.users.get(id ?? "")).toMatchObject({ ...set, manager, name: "Sam Young" });
  expect(org.users.get(id ?? "")?.settings).toBe(settings);
  expect(org.findUser("sam@example.com")).toBeUndefined();
});

it("adds a user again under the same e-mail, and keeps the deleted one in rooms and sources", () => {
  const org = makeOrg();
  const before = org.findUser("sam@example.com");
  const after = applyChange(org, { change: "recreate-user", user: "sam@example.com" });
  expect(after).not.toBe(before?.id);
  expect(org.findUser("sam@example.com")).toMatchObject({ id: after, state: "active", name: "Sam Young" });
  expect(org.users.get(before?.id ?? "")?.state).toBe("deleted");
  const room = [...org.rooms.values()][1];
  expect(room && org.getMembers(room, "latest")).toContain(before?.id);
  expect([...org.queues.values()][0]?.members).toContain(before?.id);
  // Loading a dump gives the same org, although two users have one e-mail.
  expect(dump(makeOrg(dump(org)))).toEqual(dump(org));
});

it("removes a user from rooms and sources", () => {
  const org = makeOrg();
  applyChange(org, { change: "remove-user", user: "sam@example.com" });
  expect([...members(org, "groups"), ...members(org, "queues")].flat()).not.toContain("sam@example.com");
});

it("takes a manager who follows in the seed", () => {
  const users = [{ email: "a@x.com", manager: "b@x.com" }, { email: "b@x.com" }];
  const org = makeOrg({ users });
  expect(org.findUser("a@x.com")?.manager).toBe(org.findUser("b@x.com")?.id);
  expect(() => makeOrg({ users: users.slice(0, 1) })).toThrow("Unknown user: b@x.com");
});
