import { InternalError } from "../core/diagnostic.js";
import type { JournalEntry, State } from "../core/state/state.js";
import { isIntent, StateDraft } from "../core/state/state.js";
import type { Clock } from "../core/time/clock.js";
import type { StateError } from "./errors.js";
import { RepeatableError } from "./errors.js";
import { GroupCommit } from "./group-commit.js";
import type { Rescue } from "./rescue.js";
import { rescueState, unstorableError } from "./rescue.js";
import type { StateWriter } from "./store.js";

export interface WriterOptions {
  /** Of the state, for people. */
  readonly location: string;
  readonly base: State;
  readonly rescue: Rescue;
  readonly clock: Clock;
  /** The time that entries wait for others to share a write with, in milliseconds. Urgent ones never wait. */
  readonly gatherMs: number;
}

/**
 * The writer of every store: entries that are appended at the same time share one write. A subclass says how a batch becomes
 * durable, and how the whole state is written.
 */
export abstract class BatchedWriter implements StateWriter {
  protected readonly location: string;
  readonly #rescue: Rescue;
  readonly #clock: Clock;
  readonly #gatherMs: number;
  readonly #group: GroupCommit<JournalEntry>;
  /** With every entry that was appended. */
  readonly #current: StateDraft;
  /** The state to write: like `#current`, but an intent whose batch could not be made durable is left out again. */
  readonly #toWrite: StateDraft;
  #serial: number;
  #isUnsaved = false;
  /** A call may have been sent, so that the state may hold results that only this run knows. */
  #hasCalls = false;
  /** The next batch waits no longer. */
  #isUrgent = false;
  #hurry = new AbortController();
  #closed: Promise<State> | undefined;

  constructor({ location, base, rescue, clock, gatherMs }: WriterOptions) {
    this.location = location;
    this.#rescue = rescue;
    this.#clock = clock;
    this.#gatherMs = gatherMs;
    this.#current = new StateDraft(base);
    this.#toWrite = new StateDraft(base);
    this.#serial = base.serial;
    this.#group = new GroupCommit(
      async (entries) => this.#commit(entries),
      async () => this.#gather(),
    );
  }

  async append(entry: JournalEntry): Promise<void> {
    if (this.#closed !== undefined) throw new InternalError("the state was written to after it was closed.");
    this.#current.apply(entry);
    if (this.isUrgent(entry)) this.hasten();
    return this.#group.append(entry);
  }

  hasten(): void {
    if (this.#isUrgent) return;
    this.#isUrgent = true;
    this.#hurry.abort();
  }

  noteCall(): void {
    this.#hasCalls = true;
  }

  current(): State {
    return { ...this.#current.snapshot(), serial: this.#serial };
  }

  async close(): Promise<State> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** Makes a batch durable. @throws Error: then no intent of the batch may be acted on */
  protected abstract store(entries: readonly JournalEntry[]): Promise<void>;

  /** Writes the whole state durably. */
  protected abstract writeWhole(state: State): Promise<void>;

  /** Makes sure, at the end, that the state is stored. @throws Error if it is not */
  protected async confirmStored(_state: State): Promise<void> {
    await Promise.resolve();
  }

  /** Returns whether an entry is stored at once. A create waits for its intent. */
  protected isUrgent(entry: JournalEntry): boolean {
    return isIntent(entry);
  }

  /** Releases files and the like, whether or not the state could be written. */
  protected async release(): Promise<void> {
    await Promise.resolve();
  }

  /** Returns the error of `close`, after putting a state that only this run knows where the user finds it. */
  protected async closeError(error: unknown): Promise<StateError> {
    const problem = unstorableError(error, this.location);
    // A state that was deleted exists nowhere else.
    if (!this.#hasCalls && problem.code !== "state-removed") return new RepeatableError(problem);
    return rescueState(problem, this.#stateToWrite(), this.#rescue);
  }

  /** Writes the whole state, and returns it. Each attempt has a serial of its own: servers that keep versions take none twice. */
  protected async save(): Promise<State> {
    this.#serial += 1;
    const state = this.#stateToWrite();
    await this.writeWhole(state);
    this.#isUnsaved = false;
    return state;
  }

  /** Waits before each batch for more entries to come: at least for those of the same turn of the event loop. */
  async #gather(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (!this.#isUrgent) await this.#clock.sleep(this.#gatherMs, this.#hurry.signal).catch(() => undefined);
  }

  async #commit(entries: readonly JournalEntry[]): Promise<void> {
    this.#hurry = new AbortController();
    this.#isUrgent = this.#closed !== undefined;
    this.#isUnsaved = true;
    const newIntents = this.#applyToWrite(entries);
    try {
      await this.store(entries);
      if (entries.some(isIntent)) this.#hasCalls = true;
    } catch (error) {
      // An intent that isn't durable is never acted on. Everything else has happened, and stays.
      for (const address of newIntents) {
        this.#current.apply({ type: "not-created", address });
        this.#toWrite.apply({ type: "not-created", address });
      }
      throw error;
    }
  }

  /** Applies a batch to the state to write. @returns addresses whose creates were not uncertain before */
  #applyToWrite(entries: readonly JournalEntry[]): readonly string[] {
    return entries.flatMap((entry) => {
      const isNew = entry.type === "intent" && !this.#toWrite.isUncertain(entry.intent.address);
      this.#toWrite.apply(entry);
      return isNew ? [entry.intent.address] : [];
    });
  }

  async #close(): Promise<State> {
    this.hasten();
    await this.#group.idle();
    try {
      const state = this.#isUnsaved ? await this.save() : this.#stateToWrite();
      await this.confirmStored(state);
      return state;
    } catch (error) {
      throw await this.closeError(error);
    } finally {
      await this.release();
    }
  }

  #stateToWrite(): State {
    return { ...this.#toWrite.snapshot(), serial: this.#serial };
  }
}
