import { expect, it } from "vitest";
import type { JournalEntry, State } from "../../../src/core/state/state.js";
import { emptyState } from "../../../src/core/state/state.js";
import { BatchedWriter } from "../../../src/state/batched-writer.js";

class CountingWriter extends BatchedWriter {
  readonly batches: number[] = [];

  protected override store(entries: readonly JournalEntry[]): Promise<void> {
    this.batches.push(entries.length);
    return Promise.resolve();
  }

  protected override writeWhole(_state: State): Promise<void> {
    return Promise.resolve();
  }
}

const seen = (address: string): JournalEntry => ({ type: "seen", address });

it("writes the entries of one turn of the event loop together, though they are appended one after the other", async () => {
  const rescue = (): Promise<never> => Promise.reject(new Error("not needed"));
  const writer = new CountingWriter({ location: "memory", base: emptyState("lineage-1"), rescue });
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
