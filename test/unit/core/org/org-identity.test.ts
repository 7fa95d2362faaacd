import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { OrgIdentity, OrgMatch } from "../../../../src/core/org/org-identity.js";
import { isStrong, learnedOrg, matchOrgs } from "../../../../src/core/org/org-identity.js";
import { getStateOrgs } from "../../../../src/core/org/state-org.js";
import { orgName } from "../../../../src/core/org/org-identity.js";
import { planChecksum } from "../../../../src/core/plan/plan-checksum.js";
import { emptyState } from "../../../../src/core/state/state.js";
import type { State } from "../../../../src/core/state/state.js";

const host = "api.mypurecloud.de";
const roomIn = (org: string): string =>
  `adhoc-00000000-0000-4000-8000-000000000001@conference.${org}.orgspan.com`;

describe("matchOrgs", () => {
  test.each<[OrgMatch, OrgIdentity, OrgIdentity]>([
    ["same", { id: "a", domain: "x", host }, { id: "A", domain: "y", host: "other" }],
    ["other", { id: "a", domain: "x", host }, { id: "b", domain: "x", host }],
    ["same", { id: "a", domain: "x", host }, { domain: "X", host: "other" }],
    ["other", { id: "a", domain: "x", host }, { domain: "y", host }],
    ["unverified", { id: "a", host }, { domain: "x", host }],
    ["other", { id: "a", host }, { domain: "x", host: "other" }],
    ["other", { host }, { host: "other" }],
    ["other", { host, clientId: "c" }, { host: "other", clientId: "c" }],
    ["unverified", { host }, { host }],
    ["same", { host, clientId: "c" }, { host, clientId: "c" }],
    ["unverified", { host, clientId: "c" }, { host, clientId: "d" }],
    ["unverified", { id: "a", host }, { host, clientId: "d" }],
    ["unverified", {}, { id: "a", host }],
    ["unverified", { name: "N" }, { name: "N" }],
  ])("%s: %j and %j", (match, one, other) => {
    expect([matchOrgs(one, other), matchOrgs(other, one)]).toEqual([match, match]);
  });
});

describe("getStateOrgs", () => {
  const state = (rest: Partial<State>): State => ({ ...emptyState("lineage"), ...rest });
  const room = (org: string, container?: string): State["resources"][string] => ({
    ...{ kind: "rooms/*", id: roomIn(org), applied: {} },
    ...(container === undefined ? {} : { container }),
  });

  test("is what is recorded, where that has a domain", () => {
    const org = { id: "a", domain: "x.orgspan.com" };
    expect(getStateOrgs(state({ org, resources: { "rooms/a": room("Other") } }))).toEqual([{ org }]);
  });

  test("is each domain in its jids, where none is recorded; nothing without any", () => {
    const resources = {
      "rooms/a": room("Org-A"),
      "rooms/b": room("org-a"),
      "rooms/b/messages/m": { kind: "rooms/*/messages/*", id: "m", container: roomIn("Org-B"), applied: {} },
      settings: { kind: "settings", id: "settings", applied: {} },
    };
    expect(
      getStateOrgs(state({ org: { id: "a" }, resources })).map(({ org, address }) => [org, address]),
    ).toEqual([
      [{ id: "a", domain: "org-a.orgspan.com" }, "rooms/a"],
      [{ id: "a", domain: "org-b.orgspan.com" }, "rooms/b/messages/m"],
    ]);
    expect(getStateOrgs(state({ org: { id: "a" } }))).toEqual([{ org: { id: "a" } }]);
    expect(getStateOrgs(state({}))).toEqual([]);
  });

  test("is the domain of the room that an uncertain message was sent to", () => {
    const intent = {
      ...{ address: "rooms/a/messages/m", kind: "rooms/*/messages/*", operation: "postChatsRoomMessages" },
      ...{ body: {}, at: "2026-07-01T08:00:00.000Z", record: { applied: {} }, effects: [] },
    };
    expect(getStateOrgs(state({ uncertain: [{ ...intent, container: roomIn("Org-A") }] }))).toMatchObject([
      { org: { domain: "org-a.orgspan.com" }, address: "rooms/a/messages/m" },
    ]);
  });
});

const text = fc.constantFrom("a", "b");
const identity = fc.record(
  { id: text, name: text, domain: text, host: text, region: text, clientId: text },
  { requiredKeys: [], noNullPrototype: true },
) as fc.Arbitrary<OrgIdentity>;

test("what a state knows of its org for sure is never lost, and learning twice is as once", () => {
  fc.assert(
    fc.property(identity, identity, (recorded, current) => {
      const learned = learnedOrg(recorded, current) ?? {};
      expect(isStrong(learned)).toBe(isStrong(recorded) || isStrong(current));
      expect(learned.id).toBe(current.id ?? recorded.id);
      expect(learnedOrg(learned, current)).toEqual(learned);
    }),
  );
  expect(learnedOrg({ host, clientId: "c" }, { id: "a", host })).toEqual({ id: "a", host });
  expect(learnedOrg({ id: "a", host }, { host, clientId: "c" })).toEqual({ id: "a", host });
  expect(learnedOrg({ host, clientId: "c" }, { host, clientId: "d" })).toEqual({ host, clientId: "d" });
  expect(learnedOrg({ host, clientId: "c" }, { host })).toEqual({ host, clientId: "c" });
  expect(learnedOrg(undefined, {})).toBeUndefined();
});

test.each<[OrgIdentity, string]>([
  [
    { id: "1", name: "Example Org", host, region: "eu-central-1" },
    `Example Org (1) at ${host} (eu-central-1)`,
  ],
  [{ id: "1", host: "gateway:8443/genesys" }, "1 at gateway:8443/genesys"],
  [{ domain: "x.orgspan.com", host, clientId: "c" }, `x.orgspan.com at ${host}`],
  [{ host, clientId: "c" }, `the org of OAuth client c at ${host}`],
  [{ host }, `an unknown org at ${host}`],
])("%j reads %s", (org, name) => {
  expect(orgName(org)).toBe(name);
});

test("the same changes in two orgs have two checksums; a name, a host or another client of an org has none of its own", () => {
  const sums = (orgs: readonly OrgIdentity[]): number =>
    new Set(orgs.map((org) => planChecksum({ changes: [], org, findings: [] }))).size;
  expect(
    sums([{ id: "a" }, { id: "b" }, { domain: "a" }, { host: "a" }, { host: "a", clientId: "a" }, {}]),
  ).toBe(6);
  expect(sums([{ id: "a" }, { id: "a", name: "N", domain: "d", host, region: "r" }])).toBe(1);
  expect(
    sums([
      { domain: "a", host: "x" },
      { domain: "a", host: "y" },
    ]),
  ).toBe(1);
});
