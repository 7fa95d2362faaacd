import type { State } from "../core/state/state.js";
import type { Lock, LockInfo, StateStore, StateWriter } from "./store.js";
import type { LockWait } from "./lock-wait.js";

/**
 * A store that is loaded when it is first used.
 *
 * @param name its location until then
 */
export function lazyStore(name: string, load: () => Promise<StateStore>): StateStore {
  return new LazyStore(name, load);
}

class LazyStore implements StateStore {
  readonly #name: string;
  readonly #load: () => Promise<StateStore>;
  #loading: Promise<StateStore> | undefined;
  #store: StateStore | undefined;

  constructor(name: string, load: () => Promise<StateStore>) {
    this.#name = name;
    this.#load = load;
  }

  get location(): string {
    return this.#store?.location ?? this.#name;
  }

  async read(): Promise<State | undefined> {
    return (await this.#loaded()).read();
  }

  async lock(operation: string, patience: LockWait): Promise<Lock> {
    return (await this.#loaded()).lock(operation, patience);
  }

  async unlock(id: string): Promise<LockInfo> {
    return (await this.#loaded()).unlock(id);
  }

  async open(base: State | undefined): Promise<StateWriter> {
    return (await this.#loaded()).open(base);
  }

  async replace(state: State): Promise<void> {
    await (await this.#loaded()).replace(state);
  }

  async #loaded(): Promise<StateStore> {
    this.#loading ??= this.#load();
    this.#store = await this.#loading;
    return this.#store;
  }
}
