import type { JournalEntry, State } from "../../core/state/state.js";
import { isIntent } from "../../core/state/state.js";
import type { WriterOptions } from "../batched-writer.js";
import { BatchedWriter } from "../batched-writer.js";
import { journalLostError } from "../concurrent-change-errors.js";
import type { Cipher } from "../encryption/cipher.js";
import { StateError } from "../errors.js";
import { unwritableError } from "./durable-file.js";
import { JournalFile } from "./journal-file.js";

export interface LocalWriterOptions extends WriterOptions {
  readonly journalPath: string;
  /** Writes the state whole and durably. */
  readonly writeWhole: (state: State) => Promise<void>;
  /** Makes sure that the lock is held and the state file is as this run left it. @throws StateError when not */
  readonly confirm: () => Promise<void>;
  /** When the journal is larger than this, the state is written whole in between. Bytes. */
  readonly journalLimit: number;
  /** Encrypts the journal. */
  readonly cipher: Cipher;
}

/**
 * Writes a local state: entries to the journal, everything to the state file when the journal grows large and at the
 * end. At every instant state file and journal together hold all that `append` reported as durable.
 *
 * Files can be deleted and locks taken away during a run. So before each batch, and again once an intent is durable, the
 * writer makes sure that lock, journal and state are still this run's. Whoever takes the lock afterwards reads the journal
 * afterwards, and finds the intent in it. Once something is no longer this run's, the writer touches no file beside the
 * state any more, and rescues the state at the end.
 */
export class LocalWriter extends BatchedWriter {
  readonly #options: LocalWriterOptions;
  readonly #journal: JournalFile;
  #limit: number;
  /** The journal lacks something that happened. */
  #isJournalIncomplete = false;
  /** The reason why the state is no longer this run's, if so. */
  #lost: StateError | undefined;

  constructor(options: LocalWriterOptions) {
    super(options);
    this.#options = options;
    this.#limit = options.journalLimit;
    this.#journal = new JournalFile(options.journalPath, toHeader(options.base), options.cipher);
  }

  /** A create whose outcome a kill loses can be recovered, but takes reads of the service to find. */
  protected override isUrgent(entry: JournalEntry): boolean {
    return super.isUrgent(entry) || (entry.type === "record" && entry.resource?.created !== undefined);
  }

  protected override async store(entries: readonly JournalEntry[]): Promise<void> {
    try {
      await this.#confirm();
      await this.#journal.append(entries);
      if (entries.some(isIntent)) await this.#confirm();
    } catch (error) {
      this.#isJournalIncomplete = true;
      const kept = "The changes are recorded at the end of this run, if possible.";
      throw unwritableError(this.location, error, kept);
    }
    if (this.#journal.size <= this.#limit) return;
    await this.save().catch(() => {
      // Nothing is lost: the journal has it all. Perhaps there is room again when it has grown as much once more.
      this.#limit = this.#journal.size + this.#options.journalLimit;
    });
  }

  /** Writes the state before dropping the journal: after a crash in between, the journal has an older serial and is ignored. */
  protected override async writeWhole(state: State): Promise<void> {
    await this.#confirm();
    await this.#options.writeWhole(state);
    this.#isJournalIncomplete = false;
    await this.#journal.drop(toHeader(state));
  }

  protected override async release(): Promise<void> {
    await this.#journal.close();
  }

  protected override async closeError(error: unknown): Promise<StateError> {
    const { location } = this;
    const { journalPath } = this.#options;
    if (!this.#isJournalIncomplete && !(error instanceof StateError) && (await this.#isConfirmed())) {
      const kept = `Nothing is lost: the changes are recorded in ${journalPath}, and the next run continues from there.`;
      return unwritableError(location, error, kept);
    }
    const partly = "Its journal holds only a part of the changes.";
    return super.closeError(this.#lost ?? unwritableError(location, error, partly));
  }

  /** @throws StateError when lock, journal or state are no longer this run's */
  async #confirm(): Promise<void> {
    if (this.#lost !== undefined) throw this.#lost;
    const { confirm, journalPath } = this.#options;
    try {
      await confirm();
      if (!(await this.#journal.isInPlace())) throw journalLostError(this.location, journalPath);
    } catch (error) {
      if (error instanceof StateError) this.#lost = error;
      throw unwritableError(this.location, error, "It is unknown whether another run has changed it.");
    }
  }

  async #isConfirmed(): Promise<boolean> {
    return this.#confirm().then(
      () => true,
      () => false,
    );
  }
}

function toHeader({ lineage, serial }: State) {
  return { version: 1, lineage, serial } as const;
}
