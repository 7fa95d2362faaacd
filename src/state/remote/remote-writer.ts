import { InternalError } from "../../core/diagnostic.js";
import type { JournalEntry, State } from "../../core/state/state.js";
import { StateDraft } from "../../core/state/state.js";
import type { Clock } from "../../core/time/clock.js";
import { GroupCommit } from "../group-commit.js";
import type { Rescue } from "../rescue.js";
import { rescueState } from "../rescue.js";
import type { StateWriter } from "../store.js";

export interface RemoteWriterOptions {
  readonly location: string;
  readonly base: State;
  /** Stores the whole state. @throws StateError */
  readonly put: (state: State) => Promise<void>;
  readonly clock: Clock;
  /** How long outcomes wait for others to share a write with. Intents never wait. */
  readonly gatherMs: number;
  readonly rescue: Rescue;
}

/**
 * Writes a state that is elsewhere, always whole. A create is sent only when its intent is stored where the next run, on
 * whatever machine, sees it; outcomes go with the next intent, or soon, and at the end. So a kill can lose outcomes, but
 * never a create: the next run looks for it.
 */
export class RemoteWriter implements StateWriter {
  readonly #options: RemoteWriterOptions;
  readonly #group: GroupCommit<JournalEntry>;
  /** With everything appended. */
  readonly #current: StateDraft;
  /** With what is stored, and facts that could not be. */
  readonly #settled: StateDraft;
  #serial: number;
  #isUnsaved = false;
  #isUrgent = false;
  #hurry = new AbortController();
  #closed: Promise<State> | undefined;

  constructor(options: RemoteWriterOptions) {
    this.#options = options;
    this.#current = new StateDraft(options.base);
    this.#settled = new StateDraft(options.base);
    this.#serial = options.base.serial;
    this.#group = new GroupCommit(
      async (entries) => this.#commit(entries),
      async () => this.#gather(),
    );
  }

  async append(entry: JournalEntry): Promise<void> {
    if (this.#closed !== undefined) throw new InternalError("the state was written to after it was closed.");
    this.#current.apply(entry);
    if (entry.type === "intent") this.#hasten();
    return this.#group.append(entry);
  }

  current(): State {
    return { ...this.#current.snapshot(), serial: this.#serial };
  }

  async close(): Promise<State> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  #hasten(): void {
    this.#isUrgent = true;
    this.#hurry.abort();
  }

  async #gather(): Promise<void> {
    // Appends of the same turn of the event loop share a write in any case.
    await Promise.resolve();
    if (this.#isUrgent) return;
    const { clock, gatherMs } = this.#options;
    await clock.sleep(gatherMs, this.#hurry.signal).catch(() => undefined);
  }

  async #commit(entries: readonly JournalEntry[]): Promise<void> {
    this.#hurry = new AbortController();
    this.#isUrgent = this.#closed !== undefined;
    const fresh = entries.filter(
      (entry) => entry.type === "intent" && !this.#settled.isUncertain(entry.intent.address),
    );
    for (const entry of entries) this.#settled.apply(entry);
    this.#isUnsaved = true;
    try {
      await this.#put();
    } catch (error) {
      for (const entry of fresh) this.#withdraw(entry);
      throw error;
    }
  }

  /** An intent that was never stored is never acted on. Everything else has happened and stays. */
  #withdraw(entry: JournalEntry): void {
    if (entry.type !== "intent") return;
    const { address } = entry.intent;
    this.#current.apply({ type: "not-created", address });
    this.#settled.apply({ type: "not-created", address });
  }

  /** Each attempt has a serial of its own: servers that keep versions refuse to take one twice. */
  async #put(): Promise<void> {
    this.#serial += 1;
    await this.#options.put({ ...this.#settled.snapshot(), serial: this.#serial });
    this.#isUnsaved = false;
  }

  async #close(): Promise<State> {
    this.#hasten();
    await this.#group.idle();
    if (this.#isUnsaved) {
      try {
        await this.#put();
      } catch (error) {
        const { location, rescue } = this.#options;
        throw await rescueState(
          error,
          { ...this.#settled.snapshot(), serial: this.#serial },
          location,
          rescue,
        );
      }
    }
    return { ...this.#settled.snapshot(), serial: this.#serial };
  }
}
