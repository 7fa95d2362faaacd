import { randomUUID } from "node:crypto";
import { dirname } from "node:path";
import type { State } from "../../core/state/state.js";
import { emptyState, StateDraft } from "../../core/state/state.js";
import { shellWord } from "../../core/shell-word.js";
import type { Clock } from "../../core/time/clock.js";
import { systemClock } from "../../core/time/clock.js";
import { StateError } from "../errors.js";
import { keepCopy, linkTarget, readStateFile, unwritableError, writeDurably } from "./durable-file.js";
import type { OpenJournal } from "./journal.js";
import { openJournal, parseJournal } from "./journal.js";
import { dropJournal } from "./journal-file.js";
import { ExpectedFile, fileVersion } from "./file-version.js";
import type { HeldLock } from "./held-lock.js";
import { LocalLocks } from "./local-lock.js";
import { LocalWriter } from "./local-writer.js";
import { changedSinceReadError } from "../concurrent-change-errors.js";
import type { Rescue } from "../rescue.js";
import { rescueToFolder } from "../rescue.js";
import type { LockWait } from "../lock-wait.js";
import { StateCodec } from "../state-codec.js";
import type { Lock, LockInfo, StateStore, StateWriter, StoreStatus } from "../store.js";

export interface LocalOptions {
  /** Absolute. */
  readonly path: string;
  /** For people; default: the path. */
  readonly location?: string;
  readonly clock?: Clock;
  /** Makes the lineage of a new state. */
  readonly newLineage?: () => string;
  /** The size of the journal from which the state is written whole in between, in bytes; default 16 MB. */
  readonly journalLimit?: number;
  /** Between two heartbeats of a lock; default 5 s. */
  readonly heartbeatMs?: number;
  /** The age of the last heartbeat from which the lock of another machine is replaced; default 60 s. */
  readonly staleMs?: number;
  /** Keeps a state that can't be stored; default: in a file in the folder of the state. */
  readonly rescue?: Rescue;
  /** Default: without encryption. */
  readonly codec?: StateCodec;
}

/** The time that outcomes wait for others to share a write with, in milliseconds. A write and its checks take half a millisecond of CPU time. */
const gatherMs = 10;

/**
 * Opens a state in a file, with its journal (`PATH.journal`), lock (`PATH.lock`) and previous content (`PATH.backup`) beside
 * the file. Where the path is a symbolic link, all of them are beside its target.
 */
export function localStore(options: LocalOptions): StateStore {
  return new LocalStore(options);
}

class LocalStore implements StateStore {
  readonly location: string;
  readonly #options: LocalOptions;
  readonly #codec: StateCodec;
  /** The versions of the files when they were last read, and the state of the journal then. */
  #seen: { readonly files: string; readonly journal: Loaded["journal"] } | undefined;
  /** The lock that this process took last. */
  #lock: HeldLock | undefined;

  constructor(options: LocalOptions) {
    this.#options = options;
    this.#codec = options.codec ?? new StateCodec();
    this.location = options.location ?? options.path;
  }

  async read(): Promise<State | undefined> {
    const files = await filesVersion(await linkTarget(this.#options.path));
    this.#seen = undefined;
    const { state, journal } = await this.#load();
    this.#seen = { files, journal };
    return state;
  }

  async inspect(): Promise<StoreStatus> {
    const lock = await (await this.#locks()).inspect();
    const { journal } = await this.#load();
    return { ...lock, ...(journal === "pending" ? { journal: `${this.location}.journal` } : {}) };
  }

  async lock(operation: string, wait: LockWait): Promise<Lock> {
    this.#lock = await (await this.#locks()).lock(operation, wait);
    return this.#lock;
  }

  async unlock(id: string): Promise<LockInfo> {
    return (await this.#locks()).unlock(id);
  }

  async open(base: State | undefined): Promise<StateWriter> {
    await this.#confirmLock();
    const target = await linkTarget(this.#options.path);
    const seen = this.#seen;
    if (seen !== undefined && seen.files !== (await filesVersion(target)))
      throw changedSinceReadError(this.location);
    const { journal } = seen ?? (await this.#load());
    this.#seen = undefined;
    const journalPath = `${target}.journal`;
    let state = base ?? emptyState((this.#options.newLineage ?? randomUUID)());
    const file = new ExpectedFile(target, await fileVersion(target), this.location);
    const confirm = async (): Promise<void> => {
      await file.confirmFolder();
      await this.#confirmLock();
      await file.confirm();
    };
    const writeWhole = this.#wholeWriter(target, file, confirm);
    if (journal !== "none") {
      // Left by a killed run. `base` includes its entries; a new journal can begin only when the file includes them too.
      try {
        if (journal === "pending") {
          state = { ...state, serial: state.serial + 1 };
          await writeWhole(state);
        }
        await dropJournal(journalPath);
      } catch (error) {
        throw unwritableError(this.location, error, "Nothing was changed.");
      }
    }
    const { journalLimit = 16_000_000, rescue, clock = systemClock } = this.#options;
    const { location } = this;
    return new LocalWriter({
      ...{ location, journalPath, base: state, writeWhole, confirm, journalLimit, clock, gatherMs },
      rescue: rescue ?? rescueToFolder(dirname(target), [], this.#codec),
      cipher: this.#codec.cipher,
    });
  }

  async replace(state: State): Promise<void> {
    const target = await linkTarget(this.#options.path);
    this.#seen = undefined;
    try {
      await this.#wholeWriter(target, undefined, async () => this.#confirmLock())(state);
      await dropJournal(`${target}.journal`);
    } catch (error) {
      throw unwritableError(this.location, error, "Nothing was changed.");
    }
  }

  /**
   * Returns the function that writes the whole state. It keeps the content from before the first write as backup.
   *
   * @param file told of each write
   * @param confirm makes sure that the file may be overwritten
   */
  #wholeWriter(
    target: string,
    file: ExpectedFile | undefined,
    confirm: () => Promise<void>,
  ): (state: State) => Promise<void> {
    let isKept = false;
    return async (state) => {
      await confirm();
      if (!isKept) await this.#keepBackup(target);
      isKept = true;
      await writeDurably(target, await this.#codec.print(state), confirm);
      await file?.accept();
    };
  }

  /** Keeps the present content as backup, encrypted or not like the state: nothing keeps an earlier passphrase. */
  async #keepBackup(target: string): Promise<void> {
    const { cipher } = this.#codec;
    const content = cipher.hasPassphrase ? await readStateFile(target, this.location) : undefined;
    const resealed = content && (await cipher.reseal("state", content, this.location));
    const backup = `${target}.backup`;
    if (resealed === undefined) await keepCopy(target, backup);
    else await writeDurably(backup, resealed);
  }

  async #confirmLock(): Promise<void> {
    // Tests open without a lock.
    await this.#lock?.confirm();
  }

  /** Reads the state and replays its journal. */
  async #load(): Promise<Loaded> {
    const target = await linkTarget(this.#options.path);
    // The journal first: a concurrent writer replaces the state and then drops the journal, never the other way round.
    const journalContent = await readStateFile(`${target}.journal`, this.location);
    const content = await readStateFile(target, this.location);
    const written =
      content === undefined
        ? undefined
        : await this.#codec.parse(content, this.location, await repairHelp(target));
    if (journalContent === undefined) return { state: written, journal: "none" };
    const path = `${target}.journal`;
    const journal = await openJournal(parseJournal(journalContent), this.#codec.cipher, path);
    const state = replay(written, journal, path, this.location);
    return { state, journal: state === written ? "spent" : "pending" };
  }

  async #locks(): Promise<LocalLocks> {
    const { clock = systemClock, heartbeatMs = 5_000, staleMs = 60_000 } = this.#options;
    const path = `${await linkTarget(this.#options.path)}.lock`;
    return new LocalLocks({ path, location: this.location, clock, heartbeatMs, staleMs });
  }
}

interface Loaded {
  readonly state: State | undefined;
  /** `spent`: the file has all of the journal's entries; `pending`: it does not. */
  readonly journal: "none" | "spent" | "pending";
}

function replay(
  state: State | undefined,
  journal: OpenJournal,
  path: string,
  location: string,
): State | undefined {
  const { header, entries, damagedLine } = journal;
  if (header !== undefined && header.lineage === state?.lineage && header.serial < state.serial) return state;
  if (damagedLine !== undefined) throw damagedJournal(path, damagedLine, location);
  if (header === undefined || entries.length === 0) return state;
  const base = state ?? emptyState(header.lineage);
  if (header.lineage !== base.lineage || header.serial > base.serial) {
    throw foreignJournal(path, state, header, location);
  }
  const draft = new StateDraft(base);
  for (const entry of entries) draft.apply(entry);
  return draft.snapshot();
}

/** Returns a text that differs between versions of the state's files, without reading them. */
async function filesVersion(target: string): Promise<string> {
  return `${await fileVersion(target)} ${await fileVersion(`${target}.journal`)}`;
}

/** Returns the help of the error for a damaged state. */
async function repairHelp(target: string): Promise<string> {
  const backup = `${target}.backup`;
  const from =
    (await fileVersion(backup)) === "none"
      ? "Restore the last good content from a copy; without a copy, move the file away."
      : `Restore the last good content, from a copy or from ${backup}, which is from before the last run that changed the state.`;
  return `${from} Then adopt rooms and messages that the next plan would create a second time: chatform import. Nothing was changed.`;
}

function damagedJournal(path: string, line: number, location: string): StateError {
  return new StateError({
    code: "journal-damaged",
    location,
    detail: `${path} is damaged at line ${line}, so the later changes of a killed run are unknown.`,
    help: `Delete line ${line} and all lines below to use the entries above, or move the file away to continue without any; then check the next plan, and adopt rooms and messages that it would create a second time: chatform import.`,
  });
}

function foreignJournal(
  path: string,
  state: State | undefined,
  header: { readonly lineage: string; readonly serial: number },
  location: string,
): StateError {
  const has =
    state === undefined
      ? "there is no state"
      : `the state has serial ${state.serial} of lineage ${state.lineage}`;
  return new StateError({
    code: "journal-foreign",
    location,
    detail: `${path} continues serial ${header.serial} of lineage ${header.lineage}, but ${has}.`,
    help: `Restore the state that the journal belongs to; if a run has written that state to errored.chatform.state.json: chatform state push --force errored.chatform.state.json --state ${shellWord(location)}. Or move the journal away to continue without its entries.`,
  });
}
