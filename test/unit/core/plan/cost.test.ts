import { expect, test } from "vitest";
import { toKnownBehavior } from "../../../../src/core/behavior/behavior.js";
import type { Change } from "../../../../src/core/plan/change.js";
import type { RateLimit, RateWindow, RequestBudget } from "../../../../src/core/plan/request-budget.js";
import { getCost } from "../../../../src/core/plan/cost.js";
import { kinds } from "../../../../src/resources/index.js";

const byName = new Map(kinds.map((kind) => [kind.name, kind]));
const partial = { value: "partial", date: "1970-01-01T00:00:00.000Z", evidence: "Seen." };
const phone = { mobile: { notifications: { when: "Always" } } };

function settingsChange(at: number): Change {
  const address = `users/u${at}@x.com/settings`;
  const effects = [{ path: "/mobile/notifications/when", set: "Always" }];
  const call = {
    id: `${address}#1`,
    operation: "patchChatsUserSettings",
    params: {},
    effects,
    dependsOn: [],
  };
  return {
    ...{ address, kind: "users/*/settings", action: "update", id: `u${at}`, before: phone, after: phone },
    ...{ attributes: [], patch: [], calls: [call], record: { applied: phone }, remarks: [], because: [] },
    ...{ deletions: 0, existing: 0 },
  };
}

/** The cost on a service whose responses do not confirm settings. */
const cost = (changes: readonly Change[], budget: RequestBudget, isSaved = false) =>
  getCost(changes, byName, budget, isSaved, toKnownBehavior({ userSettingsResponse: partial }, 0));

const users = (count: number): readonly Change[] =>
  Array.from({ length: count }, (_, at) => settingsChange(at));
/** Two tokens of 300 requests in windows. */
const pool = tokens({ left: 300 }, { left: 300 });

function tokens(...all: readonly Omit<RateWindow, "size">[]): RequestBudget {
  const windows = all.map((window) => ({ size: 300, ...window }));
  const limits = [{ of: "token" as const, windowSeconds: 60, windows }];
  return { perMinute: 300 * windows.length, limits };
}

/** 200 requests of all tokens together. */
const all: RateLimit = { of: "client", windowSeconds: 60, windows: [{ size: 200, left: 200 }] };

test("counts every request: calls and read-backs, and what a saved plan reads once more", () => {
  expect(cost(users(600), pool)).toMatchObject({ calls: 600, requests: 1200 });
  expect(cost(users(600), pool, true)).toMatchObject({ calls: 600, requests: 1801 });
  expect(cost([], pool)).toEqual({ calls: 0, requests: 0, callsPerMinute: 600, seconds: 0 });
});

test("counts two read-backs of settings that the responses confirm", () => {
  expect(getCost(users(600), byName, pool, false)).toMatchObject({ calls: 600, requests: 602 });
  expect(getCost(users(600), byName, pool, true)).toMatchObject({ calls: 600, requests: 1203 });
});

test("joins the reads of messages in one chat", () => {
  const message = (at: number): Change => {
    const address = `rooms/a/messages/m${at}`;
    const call = {
      ...{ id: `${address}#1`, operation: "patchChatsRoomMessage", params: {}, dependsOn: [] },
      effects: [{ path: "/body", set: "B" }],
    };
    return {
      ...settingsChange(at),
      address,
      kind: "rooms/*/messages/*",
      id: `m${at}`,
      container: "r",
      calls: [call],
    };
  };
  expect(cost([message(1), message(2), message(3)], pool)).toMatchObject({ calls: 3, requests: 4 });
});

test.each<readonly [string, number, RequestBudget, number]>([
  ["within one window", 300, pool, 6],
  ["in whole windows, each from its first request", 600, pool, 66],
  ["one request more", 601, pool, 121],
  [
    "the rest of windows that have begun",
    300,
    tokens({ left: 100, seconds: 20 }, { left: 0, seconds: 50 }),
    52,
  ],
  ["the limit of all tokens", 300, { ...pool, limits: [...pool.limits, all] }, 122],
  ["a service that is fast", 300, { ...pool, perSecond: 1000 }, 1],
])("takes the time of the rate limit: %s", (_how, count, budget, seconds) => {
  expect(cost(users(count), budget).seconds).toBe(seconds);
});

test("a saved plan is applied with new tokens, and within the limit that planning has used up", () => {
  const used = tokens({ left: 0, seconds: 59 });
  expect(cost(users(10), used).seconds).toBe(60);
  expect(cost(users(10), used, true).seconds).toBe(1);
  const planned: RateLimit = { ...all, windows: [{ size: 200, left: 0, seconds: 50 }] };
  expect(cost(users(10), { ...used, limits: [...used.limits, planned] }, true).seconds).toBe(51);
});

test("names the setting that makes an apply faster", () => {
  const faster = "GENESYSCLOUD_TOKEN_POOL_SIZE=10";
  expect(cost(users(1), { ...pool, faster })).toMatchObject({ faster, callsPerMinute: 600 });
});
