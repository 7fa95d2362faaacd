import { randomUUID } from "node:crypto";
import type { State } from "../../core/state/state.js";
import { emptyState } from "../../core/state/state.js";
import type { Clock } from "../../core/time/clock.js";
import type { WriterOptions } from "../batched-writer.js";
import { BatchedWriter } from "../batched-writer.js";
import { changedSinceReadError } from "../concurrent-change-errors.js";
import type { Rescue } from "../rescue.js";
import type { StateCodec } from "../state-codec.js";
import type { StateStore } from "../store.js";
import type { ServerTimeOptions } from "./server-time.js";

/** The options of every remote store. */
export interface RemoteStoreOptions {
  readonly clock: Clock;
  readonly rescue: Rescue;
  /** Default: without encryption. */
  readonly codec?: StateCodec;
  /** The time limits of requests. */
  readonly time: ServerTimeOptions;
  /** Makes the lineage of a new state; default: a random uuid. */
  readonly newLineage?: () => string;
  /** The time that outcomes wait for others to share a write with, in milliseconds. */
  readonly gatherMs?: number;
}

/**
 * Opens a writer on top of the stored state.
 *
 * @param base the state that this run has read
 * @param put stores the whole state
 * @throws StateError state-moved when the stored state is not `base`
 */
export async function openRemoteWriter(
  store: Pick<StateStore, "location" | "read">,
  base: State | undefined,
  put: (state: State) => Promise<void>,
  {
    clock,
    rescue,
    newLineage = randomUUID,
    gatherMs,
    confirm,
  }: RemoteStoreOptions & Pick<RemoteWriterOptions, "gatherMs" | "confirm">,
): Promise<RemoteWriter> {
  const stored = await store.read();
  if (stored?.lineage !== base?.lineage || stored?.serial !== base?.serial)
    throw changedSinceReadError(store.location);
  const { location } = store;
  const own = confirm === undefined ? {} : { confirm };
  const state = base ?? emptyState(newLineage());
  return new RemoteWriter({ location, base: state, put, clock, gatherMs, rescue, ...own });
}

export interface RemoteWriterOptions extends WriterOptions {
  /** Stores the whole state. @throws StateError */
  readonly put: (state: State) => Promise<void>;
  /** Makes sure, at the end, that the server has kept the state. @throws StateError if not */
  readonly confirm?: (state: State) => Promise<void>;
}

/**
 * Writes a state that a server keeps, always whole. A create is sent only when its intent is stored where the next run, on
 * whatever machine, sees it; outcomes are stored with the next intent, or soon, and at the end. So a kill can lose outcomes,
 * but never a create: the next run recovers it.
 */
export class RemoteWriter extends BatchedWriter {
  readonly #options: RemoteWriterOptions;

  constructor(options: RemoteWriterOptions) {
    super(options);
    this.#options = options;
  }

  protected override async store(): Promise<void> {
    await this.save();
  }

  protected override async writeWhole(state: State): Promise<void> {
    await this.#options.put(state);
  }

  protected override async confirmStored(state: State): Promise<void> {
    if (state.serial > this.#options.base.serial) await this.#options.confirm?.(state);
  }
}
