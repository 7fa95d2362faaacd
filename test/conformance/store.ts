import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { State } from "../../src/core/state/state.js";
import { Cipher } from "../../src/state/encryption/cipher.js";
import { Keys } from "../../src/state/encryption/key.js";
import { LockedError, StateError } from "../../src/state/errors.js";
import { StateCodec } from "../../src/state/state-codec.js";
import type { StateStore } from "../../src/state/store.js";
import { closeWriters, closing } from "../helpers/closing.js";
import { intentEntry, recordEntry } from "../unit/state/samples.js";

/** One kind of store, with a place of its own. */
export interface StoreBench {
  /** Opens a store at the same location, like another process. */
  store(): StateStore;
  /** Puts this in place of what is kept there. */
  damage(content: string): Promise<void>;
  close(): Promise<void>;
}

/** Encrypts with another key in each store, like another process. */
export function encrypting(): StateCodec {
  return new StateCodec(new Cipher({ current: "correct horse battery staple" }, new Keys(16)));
}

/** Tests the behaviour that every store must have. */
export function storeConformance(name: string, setup: () => Promise<StoreBench>): void {
  describe(name, () => {
    let bench: StoreBench;

    beforeEach(async () => {
      bench = await setup();
    });

    afterEach(async () => {
      await closeWriters();
      await bench.close();
    });

    const newStore = (): StateStore => closing(bench.store());

    async function locked<T>(store: StateStore, work: () => Promise<T>): Promise<T> {
      const lock = await store.lock("test", { timeoutMs: 0 });
      try {
        return await work();
      } finally {
        await lock.release();
      }
    }

    async function write(...addresses: readonly string[]): Promise<State> {
      const store = newStore();
      return locked(store, async () => {
        const writer = await store.open(await store.read());
        await Promise.all(addresses.map(async (address) => writer.append(recordEntry(address))));
        return writer.close();
      });
    }

    it("is empty at first", async () => {
      expect(await newStore().read()).toBeUndefined();
    });

    it("returns what was written, with a new serial each time and one lineage", async () => {
      const first = await write("rooms/b", "rooms/a");
      const second = await write("rooms/ünï-😀");
      expect(await newStore().read()).toEqual(second);
      expect(Object.keys(second.resources)).toEqual(["rooms/a", "rooms/b", "rooms/ünï-😀"]);
      expect(second.lineage).toBe(first.lineage);
      expect(first.serial).toBeGreaterThan(0);
      expect(second.serial).toBeGreaterThan(first.serial);
    });

    it("writes nothing when nothing was appended", async () => {
      const before = await write("rooms/a");
      await write();
      expect(await newStore().read()).toEqual(before);
    });

    it("shows a durable intent to others, with all entries before it", async () => {
      const store = newStore();
      await locked(store, async () => {
        const writer = await store.open(await store.read());
        const before = writer.append(recordEntry("rooms/a"));
        await writer.append(intentEntry("rooms/b"));
        await before;
        const seen = await newStore().read();
        expect(Object.keys(seen?.resources ?? {})).toEqual(["rooms/a"]);
        expect(seen?.uncertain.map(({ address }) => address)).toEqual(["rooms/b"]);
        await writer.close();
      });
    });

    it("keeps everything that a killed writer reported as durable", async () => {
      const store = newStore();
      const lock = await store.lock("apply", { timeoutMs: 0 });
      const writer = await store.open(await store.read());
      await writer.append(intentEntry("rooms/a"));
      await writer.append(recordEntry("rooms/b"));
      await lock.release();
      const state = await write("rooms/c");
      expect(state.uncertain.map(({ address }) => address)).toEqual(["rooms/a"]);
      expect(Object.keys(state.resources)).toEqual(["rooms/b", "rooms/c"]);
      expect(await newStore().read()).toEqual(state);
    });

    it("ends an intent with its record", async () => {
      const store = newStore();
      await locked(store, async () => {
        const writer = await store.open(await store.read());
        await writer.append(intentEntry("rooms/a"));
        await writer.append(recordEntry("rooms/a"));
        expect((await writer.close()).uncertain).toEqual([]);
      });
      expect((await newStore().read())?.uncertain).toEqual([]);
    });

    it("keeps order under many concurrent appends", async () => {
      const store = newStore();
      await locked(store, async () => {
        const writer = await store.open(await store.read());
        const appends = Array.from({ length: 200 }, async (_, at) =>
          writer.append({ type: "users", users: { "jane@example.com": `id-${at}` } }),
        );
        await Promise.all(appends);
        expect(writer.current().users).toEqual({ "jane@example.com": "id-199" });
        await writer.close();
      });
      expect((await newStore().read())?.users).toEqual({ "jane@example.com": "id-199" });
    });

    it("closes twice with the same state", async () => {
      const store = newStore();
      await locked(store, async () => {
        const writer = await store.open(await store.read());
        await writer.append(recordEntry("rooms/a"));
        expect(await writer.close()).toEqual(await writer.close());
      });
    });

    it("replaces a state", async () => {
      const before = await write("rooms/a");
      const other: State = { ...before, lineage: "other", serial: before.serial + 5, resources: {} };
      const store = newStore();
      await locked(store, async () => store.replace(other));
      expect(await newStore().read()).toEqual(other);
    });

    it("refuses a base that is out of date", async () => {
      const store = newStore();
      const base = await store.read();
      await write("rooms/a");
      await expect(store.open(base)).rejects.toMatchObject({ code: "state-moved" });
    });

    it("reports a damaged state", async () => {
      await bench.damage('{"version":1,');
      await expect(newStore().read()).rejects.toMatchObject({ code: "state-damaged" });
      await bench.damage('{"version":4,"serial":1,"lineage":"x"}');
      await expect(newStore().read()).rejects.toMatchObject({ code: "state-version" });
      await bench.damage("<html>");
      await expect(newStore().open(undefined)).rejects.toBeInstanceOf(StateError);
    });

    it("has one holder of the lock at a time, and names it", async () => {
      const lock = await newStore().lock("apply", { timeoutMs: 0 });
      const error: unknown = await bench
        .store()
        .lock("plan", { timeoutMs: 0 })
        .catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(LockedError);
      expect((error as LockedError).holder).toMatchObject({ ID: lock.info.ID, Operation: "apply" });
      await lock.release();
      await (await newStore().lock("plan", { timeoutMs: 0 })).release();
    });

    it("waits for the lock for the given time", async () => {
      const first = await newStore().lock("apply", { timeoutMs: 0 });
      const second = newStore().lock("plan", { timeoutMs: 10_000 });
      await first.release();
      const { info, release } = await second.then((lock) => ({
        info: lock.info,
        release: async () => lock.release(),
      }));
      expect(info.Operation).toBe("plan");
      await release();
    });

    it("stops waiting when aborted", async () => {
      const lock = await newStore().lock("apply", { timeoutMs: 0 });
      const abort = new AbortController();
      const waiting = newStore().lock("plan", { timeoutMs: 60_000, signal: abort.signal });
      abort.abort(new Error("enough"));
      await expect(waiting).rejects.toThrow("enough");
      await lock.release();
    });

    it("breaks a lock by its ID only", async () => {
      const lock = await newStore().lock("apply", { timeoutMs: 0 });
      await expect(newStore().unlock("another")).rejects.toMatchObject({ code: "lock-mismatch" });
      expect(await newStore().unlock(lock.info.ID)).toMatchObject({ ID: lock.info.ID });
      const next = await newStore().lock("plan", { timeoutMs: 0 });
      // The lock belongs to another holder, so it is not released.
      await lock.release();
      await expect(newStore().lock("plan", { timeoutMs: 0 })).rejects.toBeInstanceOf(LockedError);
      await next.release();
    });

    it("shows who holds the lock, where it can be seen without the lock", async () => {
      expect(["untold", undefined]).toContain((await newStore().inspect()).holder);
      const lock = await newStore().lock("apply", { timeoutMs: 0 });
      const { holder, isAbandoned } = await newStore().inspect();
      expect(holder === "untold" ? lock.info : holder).toEqual(lock.info);
      expect(isAbandoned).toBe(false);
      await lock.release();
      expect(["untold", undefined]).toContain((await newStore().inspect()).holder);
    });

    it("has no lock to break when the state is not locked", async () => {
      const error: unknown = await bench
        .store()
        .unlock("none")
        .catch((reason: unknown) => reason);
      expect(["lock-missing", "lock-mismatch"]).toContain((error as StateError).code);
    });
  });
}
