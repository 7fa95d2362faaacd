import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { JournalEntry, State } from "../../../src/core/state/state.js";
import { emptyState } from "../../../src/core/state/state.js";
import type { Clock } from "../../../src/core/time/clock.js";
import { systemClock } from "../../../src/core/time/clock.js";
import { BatchedWriter } from "../../../src/state/batched-writer.js";
import { RepeatableError, StateError } from "../../../src/state/errors.js";
import { intentEntry, recordEntry } from "./samples.js";
import { getStateError } from "./state-error.js";

class CountingWriter extends BatchedWriter {
  readonly batches: number[] = [];

  protected override store(entries: readonly JournalEntry[]): Promise<void> {
    this.batches.push(entries.length);
    return Promise.resolve();
  }

  /** The error of storing the whole state. */
  failure: Error | undefined;

  protected override async writeWhole(_state: State): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    return Promise.resolve();
  }
}

const seen = (address: string): JournalEntry => ({ type: "seen", address });

const memory = { location: "memory", base: emptyState("lineage-1"), clock: systemClock };

it("writes the entries of one turn of the event loop together, though they are appended one after the other", async () => {
  const rescue = (): Promise<never> => Promise.reject(new Error("not needed"));
  const writer = new CountingWriter({ ...memory, rescue, gatherMs: 0 });
  // As the responses of several sockets arrive: what each of them resolves runs before the next one is read.
  const appends: Promise<void>[] = [];
  for (const address of ["rooms/a", "rooms/b", "rooms/c"]) {
    await Promise.resolve();
    appends.push(writer.append(seen(address)));
  }
  await Promise.all(appends);
  await writer.append(seen("rooms/d"));
  expect(writer.batches).toEqual([3, 1]);
});

it("gathers entries until one of them is the intent of a create, or somebody waits for them", async () => {
  const rescue = (): Promise<never> => Promise.reject(new Error("not needed"));
  const sleep: Clock["sleep"] = (_ms, signal) =>
    new Promise((_resolve, reject) => {
      const stop = (): void => {
        reject(signal?.reason as Error);
      };
      if (signal?.aborted === true) stop();
      signal?.addEventListener("abort", stop);
    });
  const endless: Clock = { ...systemClock, sleep };
  const writer = new CountingWriter({ ...memory, rescue, clock: endless, gatherMs: 1 });
  const first = [writer.append(seen("rooms/a"))];
  await turn();
  await turn();
  first.push(writer.append(seen("rooms/b")), writer.append(intentEntry("rooms/c")));
  await Promise.all(first);
  expect(writer.batches).toEqual([3]);
  const second = writer.append(seen("rooms/d"));
  await turn();
  writer.hasten();
  await second;
  const third = writer.append(seen("rooms/e"));
  await writer.close();
  await third;
  expect(writer.batches).toEqual([3, 1, 1]);
});

describe("a state that cannot be stored", () => {
  const failed = (code: "backend-failed" | "state-removed"): StateError =>
    new StateError({ code, location: "memory", detail: "No.", help: "Wait." });

  /** Closes a writer whose state cannot be stored. @returns the error, and the addresses of the rescued state */
  async function close(
    work: (writer: CountingWriter) => unknown,
    failure: Error = failed("backend-failed"),
  ): Promise<{ readonly error: StateError; readonly rescued: readonly string[] | undefined }> {
    let rescued: readonly string[] | undefined;
    const rescue = (state: State): Promise<{ file: string; command: string }> => {
      rescued = [...Object.keys(state.resources), ...state.uncertain.map(({ address }) => address)];
      return Promise.resolve({ file: "errored.json", command: "push errored.json" });
    };
    const writer = new CountingWriter({ ...memory, rescue, gatherMs: 0 });
    await writer.append(recordEntry("rooms/a"));
    await work(writer);
    writer.failure = failure;
    return { error: await getStateError(writer.close()), rescued };
  }

  it("is not rescued if no call was sent, as the next run finds out everything again", async () => {
    const { error, rescued } = await close(() => undefined);
    expect([rescued, error instanceof RepeatableError, error.code]).toEqual([
      undefined,
      true,
      "backend-failed",
    ]);
    expect(error.message).toBe(
      "No. This run sent no change to Genesys Cloud, so nothing is lost. Wait. Then run the command again.",
    );
    expect((await close(() => undefined, new Error("EIO"))).error.message).toMatch(/EIO.*nothing is lost/);
  });

  it.each([
    [
      "a call was sent",
      (writer: CountingWriter) => {
        writer.noteCall();
      },
    ],
    ["an intent became durable", (writer: CountingWriter) => writer.append(intentEntry("rooms/b"))],
  ])("is rescued if %s", async (_what, work) => {
    const { error, rescued } = await close(work);
    expect([rescued?.[0], error.help]).toEqual(["rooms/a", expect.stringContaining("push errored.json")]);
  });

  it("is pushed before the command is run again", async () => {
    const lost = { code: "lock-lost", location: "memory", detail: "Lost.", thenAgain: true } as const;
    const noted = (writer: CountingWriter): void => {
      writer.noteCall();
    };
    const push = "Before the next run, push that file: push errored.json";
    const { error } = await close(noted, new StateError({ ...lost, help: "Stop the other run" }));
    expect(error.help).toBe(`Stop the other run. ${push}`);
    expect((await close(noted, new StateError({ ...lost, help: "" }))).error.help).toBe(push);
  });

  it("is rescued if it was deleted during the run", async () => {
    expect((await close(() => undefined, failed("state-removed"))).rescued).toEqual(["rooms/a"]);
  });
});
