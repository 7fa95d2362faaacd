import { expect, test } from "vitest";
import type { DriftClass } from "../../../../src/core/plan/change.js";
import type { WatchFacts } from "../../../../src/views/drift/metrics.js";
import { metricsText } from "../../../../src/views/drift/metrics.js";
import { sampleAudit, samplePlan } from "../samples.js";

const facts: WatchFacts = {
  ...{ audit: undefined, succeededAt: undefined, succeeded: undefined, runSeconds: undefined },
  ...{ runs: { "in-sync": 0, drift: 0, failed: 0 }, unnotified: 0, requests: 0, throttled: 0 },
};

const samples = (text: string, name: string): readonly string[] =>
  text.split("\n").filter((line) => line.startsWith(`${name}{`));

test("counts the people who left and entered rooms, by class of drift", () => {
  const people = (before: readonly string[], after: readonly string[], name: DriftClass) => ({
    ...{ address: "rooms/ops", kind: "rooms/*", class: name, because: [], paths: ["/participants"] },
    ...{ before: { participants: before }, after: { participants: after } },
  });
  const drift = [people(["a", "b", "c"], ["c", "d"], "drift"), people(["a"], ["b", "e", "f"], "membership")];
  const text = metricsText({ ...facts, audit: sampleAudit(samplePlan([]), { drift }) }, []);
  expect(samples(text, "chatform_drift_removed_people")).toEqual([
    'chatform_drift_removed_people{class="drift"} 2',
    'chatform_drift_removed_people{class="membership"} 1',
  ]);
  expect(samples(text, "chatform_drift_added_people")).toEqual([
    'chatform_drift_added_people{class="drift"} 1',
    'chatform_drift_added_people{class="membership"} 3',
  ]);
});

test("says nothing of people before the first audit that succeeds", () => {
  const text = metricsText(facts, []);
  expect(text).toContain("# TYPE chatform_drift_removed_people gauge");
  expect(samples(text, "chatform_drift_removed_people")).toEqual([]);
});
