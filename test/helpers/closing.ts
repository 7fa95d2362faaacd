import type { StateStore, StateWriter } from "../../src/state/store.js";

const writers: StateWriter[] = [];

/** Makes a store whose writers are closed by `closeWriters`: also those that stand for a run that was killed. */
export function closing(store: StateStore): StateStore {
  const open = store.open.bind(store);
  return Object.assign(store, {
    async open(base: Parameters<StateStore["open"]>[0]) {
      const writer = await open(base);
      writers.push(writer);
      return writer;
    },
  });
}

/** To be called after each test, before what they write to is taken away. How they end is no matter then. */
export async function closeWriters(): Promise<void> {
  await Promise.allSettled(writers.splice(0).map(async (writer) => writer.close()));
}
