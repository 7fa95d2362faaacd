import { randomUUID } from "node:crypto";
import { dirname } from "node:path";
import type { State } from "../../core/state/state.js";
import { emptyState, StateDraft } from "../../core/state/state.js";
import type { Clock } from "../../core/time/clock.js";
import { systemClock } from "../../core/time/clock.js";
import { parseState, printState } from "../codec.js";
import { StateError } from "../errors.js";
import { keepCopy, linkTarget, readStateFile, unwritableError, writeDurably } from "./durable-file.js";
import type { Journal } from "./journal.js";
import { parseJournal } from "./journal.js";
import { dropJournal } from "./journal-file.js";
import { ExpectedFile, fileVersion } from "./file-version.js";
import type { HeldLock } from "./held-lock.js";
import { LocalLocks } from "./local-lock.js";
import { LocalWriter } from "./local-writer.js";
import { changedSinceReadError } from "../concurrent-change-errors.js";
import type { Rescue } from "../rescue.js";
import { rescueToFolder } from "../rescue.js";
import type { Lock, LockInfo, StateStore, StateWriter } from "../store.js";

export interface LocalOptions {
  /** Absolute. */
  readonly path: string;
  /** For people; default: the path. */
  readonly location?: string;
  readonly clock?: Clock;
  /** Makes the lineage of a new state. */
  readonly newLineage?: () => string;
  /** Bytes of journal after which the state is written whole in between; default 16 MB. */
  readonly journalLimit?: number;
  /** How often a lock shows that its owner lives; default 5 s. */
  readonly heartbeatMs?: number;
  /** After how long without a sign of life the lock of another machine is taken over; default 60 s. */
  readonly staleMs?: number;
  /** Keeps a state that can't be stored where the user finds it; default: the folder of the state. */
  readonly rescue?: Rescue;
}

/**
 * A state in a file, with its journal (`PATH.journal`), lock (`PATH.lock`) and previous content (`PATH.backup`) beside
 * it. Where the path is a symbolic link, all of them are beside the file that it leads to.
 */
export function localStore(options: LocalOptions): StateStore {
  return new LocalStore(options);
}

class LocalStore implements StateStore {
  readonly location: string;
  readonly #options: LocalOptions;
  /** What the files looked like when they were last read, and what was found beside the state. */
  #seen: { readonly files: string; readonly journal: Loaded["journal"] } | undefined;
  /** The lock that this process took last. */
  #lock: HeldLock | undefined;

  constructor(options: LocalOptions) {
    this.#options = options;
    this.location = options.location ?? options.path;
  }

  async read(): Promise<State | undefined> {
    const files = await fingerprint(await linkTarget(this.#options.path));
    this.#seen = undefined;
    const { state, journal } = await this.#load();
    this.#seen = { files, journal };
    return state;
  }

  async lock(
    operation: string,
    options: { readonly timeoutMs: number; readonly signal?: AbortSignal },
  ): Promise<Lock> {
    this.#lock = await (await this.#locks()).lock(operation, options);
    return this.#lock;
  }

  async unlock(id: string): Promise<LockInfo> {
    return (await this.#locks()).unlock(id);
  }

  async open(base: State | undefined): Promise<StateWriter> {
    await this.#confirmLock();
    const target = await linkTarget(this.#options.path);
    const seen = this.#seen;
    if (seen !== undefined && seen.files !== (await fingerprint(target)))
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
      // Left by a killed run. `base` has what it holds; a new journal can begin only when the file has it too.
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
    const { journalLimit = 16_000_000, rescue = rescueToFolder(dirname(target), []) } = this.#options;
    const { location } = this;
    return new LocalWriter({
      ...{ location, journalPath, base: state, writeWhole, confirm, rescue, journalLimit },
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
   * Keeps the content from before the first write as backup: in-between writes of one run are of no use to anyone.
   *
   * @param file what the state's file looks like; undefined: no matter
   * @param confirm makes sure that it may be written over
   */
  #wholeWriter(
    target: string,
    file: ExpectedFile | undefined,
    confirm: () => Promise<void>,
  ): (state: State) => Promise<void> {
    let isKept = false;
    return async (state) => {
      await confirm();
      if (!isKept) await keepCopy(target, `${target}.backup`);
      isKept = true;
      await writeDurably(target, printState(state), confirm);
      await file?.written();
    };
  }

  async #confirmLock(): Promise<void> {
    // Whoever opens without a lock, as tests do, has none to lose.
    await this.#lock?.confirm();
  }

  /** The state with its journal replayed, and whether there is a journal, with anything that the file hasn't. */
  async #load(): Promise<Loaded> {
    const target = await linkTarget(this.#options.path);
    // The journal first: whoever writes meanwhile replaces the state and then drops the journal, never the other way.
    const journalContent = await readStateFile(`${target}.journal`, this.location);
    const content = await readStateFile(target, this.location);
    const written =
      content === undefined ? undefined : parseState(content, this.location, await wayBack(target));
    if (journalContent === undefined) return { state: written, journal: "none" };
    const state = replayed(written, parseJournal(journalContent), `${target}.journal`, this.location);
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
  readonly journal: "none" | "spent" | "pending";
}

function replayed(
  state: State | undefined,
  journal: Journal,
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

/** Tells apart versions of the state's files, without reading them. */
async function fingerprint(target: string): Promise<string> {
  return `${await fileVersion(target)} ${await fileVersion(`${target}.journal`)}`;
}

/** What to do about a state that is damaged. */
async function wayBack(target: string): Promise<string> {
  const backup = `${target}.backup`;
  const from =
    (await fileVersion(backup)) === "none"
      ? "Put back its last good content, from a copy; where there is none, move the file away."
      : `Put back its last good content, from a copy or from ${backup}, which is from before the last run that changed it.`;
  return `${from} Then bring back the rooms and messages that the next plan would create a second time, with chatform import. Nothing was changed.`;
}

function damagedJournal(path: string, line: number, location: string): StateError {
  return new StateError({
    code: "journal-damaged",
    location,
    detail: `${path} is damaged at line ${line}: what a killed run did can't be told for certain.`,
    help: `Cut it off before line ${line} to take up what is above, or move the file away to go on without it; then look at the next plan closely, and bring back rooms and messages that it would create a second time with chatform import.`,
  });
}

function foreignJournal(
  path: string,
  state: State | undefined,
  header: { readonly lineage: string; readonly serial: number },
  location: string,
): StateError {
  const has =
    state === undefined ? "there is no state" : `the state is serial ${state.serial} of ${state.lineage}`;
  return new StateError({
    code: "journal-foreign",
    location,
    detail: `${path} goes on from serial ${header.serial} of lineage ${header.lineage}, but ${has}.`,
    help: "Put back the state that it belongs to; if a run has written it to errored.chatform.state.json: chatform state push --force errored.chatform.state.json. Or move the journal away to go on without what it holds.",
  });
}
