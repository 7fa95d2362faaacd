import type { Wait } from "../../core/time/wait.js";
import type { Lock, StateStore, StateWriter } from "../../state/store.js";
import type { Context } from "../context.js";
import type { WaitWatch } from "./watch-waits.js";
import { watchWaits } from "./watch-waits.js";

/** Returns the same store, with lines on stderr when a command waits for it or is interrupted in a wait. */
export function withStoreWaits(store: StateStore, context: Context): StateStore {
  const waits = new StoreWaits(store, context);
  return {
    location: store.location,
    read: () => waits.during(() => store.read()),
    inspect: () => waits.during(() => store.inspect()),
    // Whoever takes the lock shows the wait for it, of any store.
    lock: async (operation, options) => toWatchedLock(await store.lock(operation, options), waits),
    unlock: (id) => waits.during(() => store.unlock(id)),
    async open(base) {
      const writer = await waits.during(() => store.open(base));
      return toWatchedWriter(writer, waits);
    },
    replace: (state) => waits.during(() => store.replace(state)),
  };
}

function toWatchedLock(lock: Lock, waits: StoreWaits): Lock {
  return {
    info: lock.info,
    ...(lock.notice === undefined ? {} : { notice: lock.notice }),
    lost: lock.lost,
    release: () => waits.during(() => lock.release()),
  };
}

function toWatchedWriter(writer: StateWriter, waits: StoreWaits): StateWriter {
  return {
    append: (entry) => waits.during(() => writer.append(entry)),
    hasten: () => {
      writer.hasten();
    },
    noteCall: () => {
      writer.noteCall();
    },
    current: () => writer.current(),
    close: () => waits.during(() => writer.close()),
  };
}

/** The calls of a store that have not returned yet. */
class StoreWaits {
  readonly #store: StateStore;
  readonly #context: Context;
  /** The start of each call, oldest first, in milliseconds of the monotonic clock. */
  readonly #begun = new Set<{ readonly at: number }>();
  #watch: WaitWatch | undefined;

  constructor(store: StateStore, context: Context) {
    this.#store = store;
    this.#context = context;
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    const entry = { at: performance.now() };
    this.#begun.add(entry);
    this.#watch ??= watchWaits(() => this.#waiting(), this.#context);
    try {
      return await work();
    } catch (error) {
      const wait = this.#waiting();
      if (error === this.#context.stop.reason && wait !== undefined) this.#watch.lines.interrupted(wait);
      throw error;
    } finally {
      this.#begun.delete(entry);
      if (this.#begun.size === 0) {
        this.#watch.end();
        this.#watch = undefined;
      }
    }
  }

  #waiting(): Wait | undefined {
    const [oldest] = this.#begun;
    if (oldest === undefined) return undefined;
    const what = `the state at ${this.#store.location}`;
    return { what, sinceMs: performance.now() - oldest.at, isFirst: true };
  }
}
