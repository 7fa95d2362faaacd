/** Tests the check of the org beside other reads. test/e2e/another-org.test.ts tests what it refuses. */
import { expect, test } from "vitest";
import { cacheTokenReads } from "../../../../src/engine/refresh/cached-reads.js";
import { whileChecking } from "../../../../src/engine/plan/check-org.js";
import { getOrgToRecord, writeOrgFirst } from "../../../../src/engine/apply/org-writer.js";
import { emptyState } from "../../../../src/core/state/state.js";
import type { JournalEntry } from "../../../../src/core/state/state.js";
import { MemoryWriter } from "../../../helpers/world.js";
import { refusal, ScriptedApi } from "../../../helpers/scripted-api.js";

const own = { org: { id: "a" }, unverified: false };
const never = new AbortController().signal;

test("stops the work when the check refuses, and reports the refusal instead of the failure of the work", async () => {
  const refused = new Error("another org");
  let reason: unknown;
  const working = whileChecking(
    () => Promise.reject(refused),
    never,
    (signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          reason = signal.reason;
          reject(new Error("a read was stopped"));
        });
      }),
  );
  await expect(working).rejects.toBe(refused);
  expect(reason).toBe(refused);
});

test("returns the result or the failure of the work when the org is right", async () => {
  const failure = new Error("read failed");
  const check = (): Promise<typeof own> => Promise.resolve(own);
  await expect(whileChecking(check, undefined, () => Promise.reject(failure))).rejects.toBe(failure);
  expect(await whileChecking(check, never, async (_signal, checked) => (await checked).org.id)).toBe("a");
});

test("stops both when the signal is aborted", async () => {
  const stop = new AbortController();
  const waiting = (signal: AbortSignal): Promise<never> =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => {
        reject(signal.reason as Error);
      });
    });
  const working = whileChecking(waiting, stop.signal, waiting);
  const reason = new Error("Ctrl-C");
  stop.abort(reason);
  await expect(working).rejects.toBe(reason);
});

test("reads the org of a client once", async () => {
  const scripted = new ScriptedApi(() => ({ id: "a" }));
  const api = cacheTokenReads(scripted);
  await Promise.all([
    api.call({ operation: "getOrganizationsMe" }),
    api.call({ operation: "getOrganizationsMe" }),
  ]);
  expect(scripted.counts()).toEqual({ getOrganizationsMe: 1 });
});

test("records the org before the first entry, and only when it is new", async () => {
  const appended = async (
    state: ReturnType<typeof emptyState>,
    ...entries: JournalEntry[]
  ): Promise<string[]> => {
    const types: string[] = [];
    const memory = new MemoryWriter(state);
    const writer = writeOrgFirst(
      {
        append: (entry) => {
          types.push(entry.type);
          return memory.append(entry);
        },
        hasten: () => undefined,
        noteCall: () => undefined,
        current: () => memory.current(),
        close: () => memory.close(),
      },
      state,
      { id: "a" },
    );
    for (const entry of entries) await writer.append(entry);
    return types;
  };
  const entry: JournalEntry = { type: "seen", address: "rooms/a" };
  expect(await appended(emptyState("l"))).toEqual([]);
  expect(await appended(emptyState("l"), entry, entry)).toEqual(["org", "seen", "seen"]);
  expect(await appended({ ...emptyState("l"), org: { id: "a" } }, entry)).toEqual(["seen"]);
});

test("omits a domain that cannot be read from the state", async () => {
  for (const status of [403, 500]) {
    const api = new ScriptedApi(() => {
      throw refusal(status, "no");
    });
    expect(await getOrgToRecord({ id: "a" }, { state: undefined, stop: never }, api)).toEqual({ id: "a" });
  }
});
