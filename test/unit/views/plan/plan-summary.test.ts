import { expect, test } from "vitest";
import type { Cost, Plan } from "../../../../src/core/plan/plan.js";
import { costText, noChangesText } from "../../../../src/views/plan/plan-summary.js";

const faster = "GENESYSCLOUD_TOKEN_POOL_SIZE=10";
const text = (cost: Partial<Cost>): string =>
  costText({ cost: { calls: 600, requests: 1801, callsPerMinute: 600, seconds: 180, ...cost } } as Plan);

test("shows calls, all requests, the time and the rate limit", () => {
  expect(text({})).toBe("600 calls, 1,801 requests in all, about 3 min at 600 a minute.");
  expect(text({ calls: 0, requests: 0, seconds: 0 })).toBe("0 calls.");
});

test("names the faster setting of a long apply only", () => {
  expect(text({ faster })).toMatch(/ a minute\. Faster with GENESYSCLOUD_TOKEN_POOL_SIZE=10\.$/);
  expect(text({ faster, seconds: 179 })).not.toContain("Faster");
});

test("says that recovered creates wait to be recorded", () => {
  const resource = { kind: "rooms/*", id: "J", applied: {} };
  const findings = [{ type: "record", address: "rooms/lobby", resource }] as const;
  const options = { mode: "normal", refresh: true, targets: [], excludes: [] } as const;
  const plan = { options, findings, uncertain: [], changes: [{}] } as unknown as Plan;
  expect(noChangesText(plan)[1]).toBe(
    "The org matches the config. Apply records 1 resource that an earlier run created.",
  );
  expect(noChangesText({ ...plan, findings: [] })[1]).toBe("The org matches the config.");
});
