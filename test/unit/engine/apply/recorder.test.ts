import { describe, expect, test } from "vitest";
import type { Effect } from "../../../../src/core/calls/call.js";
import type { Change, ChangeRecord } from "../../../../src/core/plan/change.js";
import type { JournalEntry, State } from "../../../../src/core/state/state.js";
import { emptyState } from "../../../../src/core/state/state.js";
import { Recorder } from "../../../../src/engine/apply/recorder.js";
import type { StateWriter } from "../../../../src/state/store.js";

/** A writer that holds entries back until it is released. */
class SlowWriter implements StateWriter {
  readonly entries: JournalEntry[] = [];
  durable = 0;
  #pending: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];

  append(entry: JournalEntry): Promise<void> {
    this.entries.push(entry);
    return new Promise((resolve, reject) => {
      this.#pending.push({ resolve, reject });
    });
  }

  /** Everything so far becomes durable. */
  flush(): void {
    for (const { resolve } of this.#pending.splice(0)) {
      this.durable++;
      resolve();
    }
  }

  fail(error: Error): void {
    for (const { reject } of this.#pending.splice(0)) reject(error);
  }

  hasten(): void {
    // A test says when entries become durable.
  }

  noteCall(): void {
    // Nothing of this writer is rescued.
  }

  current(): State {
    return emptyState("L");
  }

  close(): Promise<State> {
    return Promise.resolve(emptyState("L"));
  }
}

const record: ChangeRecord = { applied: { subject: "Old" }, protect: true };
const effects: readonly Effect[] = [{ path: "/subject", set: "New" }];

function makeChange(rest: Partial<Change> = {}): Change {
  return {
    ...{
      address: "rooms/a",
      kind: "rooms/*",
      action: "update",
      before: {},
      after: {},
      attributes: [],
      patch: [],
    },
    ...{ calls: [], record, remarks: [], because: [], deletions: 0, existing: 0 },
    ...rest,
  };
}

function known(resources: State["resources"]): State {
  return { ...emptyState("L"), resources };
}

const create = {
  operation: "postChatsRooms",
  container: undefined,
  body: { subject: "New" },
  effects,
  later: {},
  at: 0,
  sentFrom: 5_000,
  sender: undefined,
};

describe("the start of a change", () => {
  test("is recorded with its known values, but only if they are new", () => {
    const writer = new SlowWriter();
    const resource = { ...record, kind: "rooms/*", id: "J" };
    new Recorder(writer, undefined).recordStart(makeChange(), "J");
    expect(writer.entries).toEqual([{ type: "record", address: "rooms/a", resource }]);
    new Recorder(writer, known({ "rooms/a": resource })).recordStart(makeChange(), "J");
    expect(writer.entries).toHaveLength(1);
    new Recorder(writer, known({ "rooms/a": { ...resource, id: "other" } })).recordStart(makeChange(), "J");
    expect(writer.entries).toHaveLength(2);
  });

  test("is not recorded for resources that do not exist yet or are orphans", () => {
    const writer = new SlowWriter();
    const recorder = new Recorder(writer, undefined);
    recorder.recordStart(makeChange(), undefined);
    recorder.recordStart(makeChange({ record: null }), "J");
    expect(writer.entries).toEqual([]);
  });
});

test("makes an intent durable before its create is sent, and waits for no other entry", async () => {
  const writer = new SlowWriter();
  const recorder = new Recorder(writer, undefined);
  recorder.recordEffects(makeChange(), effects);
  let sent = false;
  const intended = recorder
    .recordIntent(makeChange({ container: "C" }), { ...create, container: "C" })
    .then(() => {
      sent = true;
    });
  await Promise.resolve();
  expect([writer.entries.map(({ type }) => type), sent]).toEqual([["effects", "intent"], false]);
  expect(writer.entries[1]).toEqual({
    type: "intent",
    intent: {
      sent: { from: "1970-01-01T00:00:05.000Z" },
      ...{ address: "rooms/a", kind: "rooms/*", operation: "postChatsRooms", container: "C" },
      ...{ body: { subject: "New" }, at: "1970-01-01T00:00:00.000Z", record, effects },
    },
  });
  writer.flush();
  await intended;
  expect(sent).toBe(true);
});

test("keeps entries in the order of events", async () => {
  const writer = new SlowWriter();
  const recorder = new Recorder(writer, undefined);
  const made = makeChange({ address: "rooms/new", action: "create" });
  recorder.recordFindings([{ type: "users", users: { "sam@x.com": "s" } }]);
  const intended = recorder.recordIntent(made, create);
  writer.flush();
  await intended;
  recorder.recordCreated(made, "J", effects, undefined, 0);
  recorder.recordEffects(made, [{ path: "/owners", add: ["s"] }]);
  recorder.recordForgotten(makeChange({ address: "rooms/old", record: null }));
  recorder.recordNotCreated(makeChange({ address: "rooms/none" }));
  expect(writer.entries.map((entry) => [entry.type, "address" in entry ? entry.address : ""])).toEqual([
    ["users", ""],
    ["intent", ""],
    ["record", "rooms/new"],
    ["effects", "rooms/new"],
    ["record", "rooms/old"],
    ["not-created", "rooms/none"],
  ]);
  expect(writer.entries[2]).toMatchObject({
    resource: { id: "J", applied: { subject: "New" }, protect: true },
  });
  expect(writer.entries[4]).toMatchObject({ resource: null });
});

test("writes no entry for effects of orphans, or without effects", () => {
  const writer = new SlowWriter();
  const recorder = new Recorder(writer, undefined);
  recorder.recordEffects(makeChange({ record: null }), effects);
  recorder.recordEffects(makeChange(), []);
  expect(writer.entries).toEqual([]);
});

describe("settled", () => {
  test("waits until all entries are durable", async () => {
    const writer = new SlowWriter();
    const recorder = new Recorder(writer, undefined);
    recorder.recordEffects(makeChange(), effects);
    recorder.recordForgotten(makeChange());
    const waiting = recorder.settled();
    writer.flush();
    await waiting;
    expect(writer.durable).toBe(2);
    await recorder.settled();
  });

  test("ends after a failed write too, and keeps the first error", async () => {
    const writer = new SlowWriter();
    const recorder = new Recorder(writer, undefined);
    expect(recorder.failure).toBeUndefined();
    recorder.recordEffects(makeChange(), effects);
    const waiting = recorder.settled();
    const full = new Error("disk full");
    writer.fail(full);
    await waiting;
    expect(recorder.failure).toBe(full);
    recorder.recordEffects(makeChange(), effects);
    const later = new Error("later");
    writer.fail(later);
    await recorder.settled();
    expect(recorder.failure).toBe(full);
    expect([full, later, new Error("other")].map((error) => recorder.hasFailedWith(error))).toEqual([
      true,
      true,
      false,
    ]);
  });

  test("throws when an intent cannot be written before its create", async () => {
    const writer = new SlowWriter();
    const recorder = new Recorder(writer, undefined);
    const intended = recorder.recordIntent(makeChange(), create);
    writer.fail(new Error("disk full"));
    await expect(intended).rejects.toThrow("disk full");
    expect(recorder.failure).toEqual(new Error("disk full"));
  });
});
