import { InternalError } from "../core/diagnostic.js";
import type { JournalEntry, State } from "../core/state.js";
import { StateDraft } from "../core/state.js";
import { unwritable } from "./file.js";
import { GroupCommit } from "./group-commit.js";
import { JournalFile } from "./journal-file.js";
import type { StateWriter } from "./store.js";

export interface LocalWriterOptions {
  readonly location: string;
  readonly journalPath: string;
  readonly base: State;
  /** Writes the state whole and durably. */
  readonly writeWhole: (state: State) => Promise<void>;
  /** When the journal is larger than this, the state is written whole in between. Bytes. */
  readonly journalLimit: number;
}

/**
 * Writes a local state: entries to the journal, everything to the state file when the journal grows large and at the
 * end. At every instant state file and journal together hold all that `append` reported as durable.
 */
export class LocalWriter implements StateWriter {
  readonly #options: LocalWriterOptions;
  readonly #journal: JournalFile;
  readonly #group: GroupCommit<JournalEntry>;
  /** With everything appended. */
  readonly #current: StateDraft;
  /** With what the journal holds, and facts that it could not take: what a whole write writes. */
  readonly #settled: StateDraft;
  #serial: number;
  #limit: number;
  #isDirty = false;
  #isIncomplete = false;
  #closed: Promise<State> | undefined;

  constructor(options: LocalWriterOptions) {
    const { base, journalPath } = options;
    this.#options = options;
    this.#current = new StateDraft(base);
    this.#settled = new StateDraft(base);
    this.#serial = base.serial;
    this.#limit = options.journalLimit;
    this.#journal = new JournalFile(journalPath, this.#header());
    this.#group = new GroupCommit(async (entries) => this.#commit(entries));
  }

  async append(entry: JournalEntry): Promise<void> {
    if (this.#closed !== undefined) throw new InternalError("the state was written to after it was closed.");
    this.#isDirty = true;
    this.#current.apply(entry);
    return this.#group.append(entry);
  }

  current(): State {
    return { ...this.#current.snapshot(), serial: this.#serial };
  }

  async close(): Promise<State> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #commit(entries: readonly JournalEntry[]): Promise<void> {
    try {
      await this.#journal.append(entries);
    } catch (error) {
      this.#keepFacts(entries);
      throw unwritable(
        this.#options.location,
        error,
        "What was done is written at the end of this run, if that works.",
      );
    }
    for (const entry of entries) this.#settled.apply(entry);
    if (this.#journal.size > this.#limit) await this.#writeInBetween();
  }

  /** An intent that isn't durable is never acted on; everything else has happened and must not be forgotten. */
  #keepFacts(entries: readonly JournalEntry[]): void {
    this.#isIncomplete = true;
    for (const entry of entries) {
      if (entry.type === "intent") {
        this.#current.apply({ type: "not-created", address: entry.intent.address });
      } else {
        this.#settled.apply(entry);
      }
    }
  }

  async #writeInBetween(): Promise<void> {
    try {
      await this.#writeAll();
    } catch {
      // Nothing is lost: the journal has it all. Perhaps there is room again when it has grown as much once more.
      this.#limit = this.#journal.size + this.#options.journalLimit;
    }
  }

  async #close(): Promise<State> {
    await this.#group.idle();
    if (!this.#isDirty) return this.current();
    try {
      return await this.#writeAll();
    } catch (error) {
      await this.#journal.close();
      const kept = this.#isIncomplete
        ? `What was done is in ${this.#options.journalPath} only in part: note what this run reports.`
        : `Nothing is lost: what was done is in ${this.#options.journalPath}, and the next run takes it up from there.`;
      throw unwritable(this.#options.location, error, kept);
    }
  }

  /** State first, journal after: a crash in between leaves a journal with an older serial, which counts for nothing. */
  async #writeAll(): Promise<State> {
    const state = { ...this.#settled.snapshot(), serial: this.#serial + 1 };
    await this.#options.writeWhole(state);
    this.#serial = state.serial;
    this.#isIncomplete = false;
    await this.#journal.drop(this.#header());
    return state;
  }

  #header(): { readonly version: 1; readonly lineage: string; readonly serial: number } {
    return { version: 1, lineage: this.#options.base.lineage, serial: this.#serial };
  }
}
