import { expect, test } from "vitest";
import { ApiError } from "../../../../src/api/errors.js";
import type { ChangeResult } from "../../../../src/engine/events.js";
import { isDone } from "../../../../src/engine/events.js";
import { outcomeDetails } from "../../../../src/views/apply/outcome-details.js";
import { getOutcome, outcomeStatuses, outcomeWords } from "../../../../src/views/apply/outcomes.js";

const error = new ApiError({
  operation: "patchChatsRoom",
  method: "PATCH",
  path: "/api/v2/chats/rooms/x",
  outcome: "refused",
  code: "x",
  reason: "no",
});
const notTaken = { status: "not-taken", paths: ["/subject"], stored: [], changedDuringRun: [] } as const;

const results: readonly (readonly [ChangeResult, word: string, inReports: string])[] = [
  [{ status: "done", changedDuringRun: [] }, "done", "ok"],
  [{ status: "failed", errors: [error], skippedCalls: 1, accepted: [] }, "failed", "failed"],
  [notTaken, "not confirmed", "failed"],
  [{ status: "uncertain", error, nextStep: "Look." }, "uncertain", "failed"],
  [{ status: "recovered", id: "J", skippedCalls: 0 }, "recovered", "ok"],
  [{ status: "recovered", id: "J", skippedCalls: 2 }, "recovered", "skipped"],
  [{ status: "skipped", because: "rooms/a", afterRecovery: false, accepted: [] }, "skipped", "skipped"],
  [{ status: "interrupted", accepted: [], cutOff: true }, "interrupted", "skipped"],
  [{ status: "interrupted", accepted: [], cutOff: false }, "not started", "skipped"],
];

test.each(results)("%j: %s, in reports %s", (result, word, inReports) => {
  const outcome = getOutcome(result);
  expect([outcome.word, outcome.inReports, outcome.json]).toEqual([word, inReports, result.status]);
  expect(outcome.inReports === "ok").toBe(isDone(result));
  expect(outcomeWords).toContain(word);
  expect(outcomeStatuses).toContain(result.status);
});

test("every outcome that is not done as planned is explained", () => {
  for (const [result] of results)
    expect(outcomeDetails(result, {}).length > 0).toBe(result.status !== "done");
  expect(outcomeDetails(notTaken, {})).toEqual([
    {
      kind: "problem",
      text: "The service accepted the change, but reading it back still shows other values: subject.",
    },
  ]);
  expect(outcomeDetails({ ...notTaken, paths: ["the resource still exists"] }, {})).toEqual([
    {
      kind: "problem",
      text: "The service accepted the change, but reading it back shows that the resource still exists.",
    },
  ]);
});

test("departed users are named: a refused removal as a note, another refusal as a problem with advice", () => {
  const ana = { user: "a", state: "deleted", status: 404 } as const;
  const people = { a: "ana@x.com" };
  const done: ChangeResult = { status: "done", changedDuringRun: [], departed: [{ ...ana, done: true }] };
  expect(outcomeDetails(done, people)).toEqual([
    {
      kind: "note",
      text: "ana@x.com is deleted in the directory; the service refused the removal with 404, which counts as done.",
    },
  ]);
  const sam = { user: "s", email: "sam@x.com", state: "inactive", status: 400, done: false } as const;
  const failed: ChangeResult = {
    ...{ status: "failed", errors: [error], skippedCalls: 0, accepted: [] },
    departed: [sam],
  };
  expect(outcomeDetails(failed, people).slice(1)).toEqual([
    { kind: "problem", text: "sam@x.com is inactive in the directory." },
    { kind: "help", text: "To leave the departed user out: chatform plan" },
  ]);
});
