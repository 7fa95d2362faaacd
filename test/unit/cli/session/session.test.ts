import { expect, test } from "vitest";
import type { ApiClient } from "../../../../src/api/client.js";
import { readState } from "../../../../src/cli/session/session.js";
import { emptyState } from "../../../../src/core/state/state.js";
import type { StateStore } from "../../../../src/state/store.js";

const day = 24 * 60 * 60_000;

test.each([
  ["begins with the recorded rate limit", 1, [1000]],
  ["begins without one that is too old", 91, []],
])("%s", async (_what, days, expected) => {
  const date = new Date(Date.now() - days * day).toISOString();
  const behavior = { clientRateLimit: { value: 1000, date, evidence: "Seen." } };
  const state = { ...emptyState("lineage-1"), behavior };
  const begun: number[] = [];
  const client = { expectClientLimit: (requests: number) => begun.push(requests) };
  const store = { read: () => Promise.resolve(state) };
  expect(await readState(store as unknown as StateStore, client as unknown as ApiClient)).toBe(state);
  expect(begun).toEqual(expected);
});
