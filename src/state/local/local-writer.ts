import { InternalError } from "../../core/diagnostic.js";
import type { JournalEntry, State } from "../../core/state/state.js";
import { StateDraft } from "../../core/state/state.js";
import { StateError } from "../errors.js";
import { unwritableError } from "./durable-file.js";
import { GroupCommit } from "../group-commit.js";
import { JournalFile } from "./journal-file.js";
import { journalLostError } from "../concurrent-change-errors.js";
import type { Rescue } from "../rescue.js";
import { rescueState } from "../rescue.js";
import type { StateWriter } from "../store.js";

export interface LocalWriterOptions {
  readonly location: string;
  readonly journalPath: string;
  readonly base: State;
  /** Writes the state whole and durably. */
  readonly writeWhole: (state: State) => Promise<void>;
  /** Makes sure that the lock is held and the state file is as this run left it. @throws StateError when not */
  readonly confirm: () => Promise<void>;
  readonly rescue: Rescue;
  /** When the journal is larger than this, the state is written whole in between. Bytes. */
  readonly journalLimit: number;
}

/**
 * Writes a local state: entries to the journal, everything to the state file when the journal grows large and at the
 * end. At every instant state file and journal together hold all that `append` reported as durable.
 *
 * Files can be deleted and locks taken over while a run is under way. So before each commit, and again once an intent is
 * durable, the writer makes sure that lock, journal and state are still its own. Whoever takes the lock over later reads
 * the journal later, and finds the intent in it. Once something is not its own, the writer touches no
 * file beside the state any more, and what it knows is rescued at the end.
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
  /** Why the state is no longer this run's, if so. */
  #lost: StateError | undefined;
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
      await this.#confirm();
      await this.#journal.append(entries);
      if (entries.some(({ type }) => type === "intent")) await this.#confirm();
    } catch (error) {
      this.#keepFacts(entries);
      throw unwritableError(
        this.#options.location,
        error,
        "What was done is written at the end of this run, if that works.",
      );
    }
    for (const entry of entries) this.#settled.apply(entry);
    if (this.#journal.size > this.#limit) await this.#writeInBetween();
  }

  /** @throws StateError when lock, journal or state are no longer this run's */
  async #confirm(): Promise<void> {
    if (this.#lost !== undefined) throw this.#lost;
    const { confirm, location, journalPath } = this.#options;
    try {
      await confirm();
      if (!(await this.#journal.isInPlace())) throw journalLostError(location, journalPath);
    } catch (error) {
      if (error instanceof StateError) this.#lost = error;
      throw unwritableError(location, error, "Nobody can tell whether it is still this run's.");
    }
  }

  /**
   * An intent that isn't durable is never acted on. Everything else has happened and must not be forgotten, also what is
   * learned of an intent that was durable before.
   */
  #keepFacts(entries: readonly JournalEntry[]): void {
    this.#isIncomplete = true;
    for (const entry of entries) {
      if (entry.type === "intent" && !this.#settled.isUncertain(entry.intent.address)) {
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
      throw await this.#failure(error);
    } finally {
      await this.#journal.close();
    }
  }

  /** State first, journal after: a crash in between leaves a journal with an older serial, which counts for nothing. */
  async #writeAll(): Promise<State> {
    await this.#confirm();
    const state = { ...this.#settled.snapshot(), serial: this.#serial + 1 };
    await this.#options.writeWhole(state);
    this.#serial = state.serial;
    this.#isIncomplete = false;
    await this.#journal.drop(this.#header());
    return state;
  }

  /** What to throw when the state can't be written at the end. */
  async #failure(error: unknown): Promise<StateError> {
    const { location, journalPath, rescue } = this.#options;
    const isKept =
      !this.#isIncomplete &&
      !(error instanceof StateError) &&
      (await this.#confirm().then(
        () => true,
        () => false,
      ));
    if (isKept) {
      const kept = `Nothing is lost: what was done is in ${journalPath}, and the next run takes it up from there.`;
      return unwritableError(location, error, kept);
    }
    const state = { ...this.#settled.snapshot(), serial: this.#serial + 1 };
    const partly = "What was done is in its journal only in part.";
    return rescueState(this.#lost ?? unwritableError(location, error, partly), state, location, rescue);
  }

  #header(): { readonly version: 1; readonly lineage: string; readonly serial: number } {
    return { version: 1, lineage: this.#options.base.lineage, serial: this.#serial };
  }
}
