import { expect, it } from "vitest";
import { emptyState } from "../../../../src/core/state/state.js";
import { apply } from "../../../../src/engine/apply/apply.js";
import { kinds } from "../../../../src/resources/index.js";
import { ScriptedApi } from "../../../helpers/scripted-api.js";
import { JumpingClock, MemoryWriter, planOptions } from "../../../helpers/world.js";

it("notes a call before it is sent, and none where nothing is sent", async () => {
  const writer = new MemoryWriter(emptyState("L"));
  const noted: number[] = [];
  const api = new ScriptedApi(({ operation }) => {
    if (operation === "patchChatsSettings") noted.push(writer.calls);
    return { messageRetentionPeriodDays: 30 };
  });
  const call = {
    ...{ id: "c1", operation: "patchChatsSettings", params: {}, body: { messageRetentionPeriodDays: 30 } },
    ...{ dependsOn: [], effects: [{ path: "/messageRetentionPeriodDays", set: 30 }] },
  };
  const change = {
    ...{ address: "settings", kind: "settings", id: "settings", action: "update" as const },
    ...{
      before: { messageRetentionPeriodDays: 20 },
      after: { messageRetentionPeriodDays: 30 },
      attributes: [],
    },
    ...{ patch: [], remarks: [], because: [], deletions: 0, existing: 1 },
    record: { applied: { messageRetentionPeriodDays: 20 } },
  };
  for (const calls of [[], [call]]) {
    const plan = {
      ...{ options: planOptions, state: null, changes: [{ ...change, calls }], drift: [], uncertain: [] },
      ...{ findings: [], people: {}, departed: {}, org: {}, checksum: "" },
      cost: { calls: calls.length, callsPerMinute: 300, seconds: 0 },
    };
    const signal = new AbortController().signal;
    await apply({
      ...{ plan, api, kinds, writer, verify: false, parallelism: 1, state: undefined },
      ...{ stop: signal, abort: signal, clock: new JumpingClock(), onEvent: () => undefined },
    });
    expect(writer.calls).toBe(calls.length);
  }
  expect(noted).toEqual([1]);
});
