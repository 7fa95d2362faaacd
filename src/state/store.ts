import type { JournalEntry, State } from "../core/state/state.js";
import type { LockWait } from "./lock-wait.js";

/** The holder of a lock. The members are those of Terraform's LockInfo, so that its tools and servers can show them. */
export interface LockInfo {
  readonly ID: string;
  readonly Operation: string;
  readonly Info: string;
  /** user@host (pid) */
  readonly Who: string;
  readonly Version: string;
  /** ISO 8601, UTC. */
  readonly Created: string;
  readonly Path: string;
}

/** A lock that this process holds. */
export interface Lock {
  readonly info: LockInfo;
  /** A text for the user, set when the lock was taken from a process that no longer runs. */
  readonly notice?: string;
  /** Aborts when another process takes the lock, or the lock can't be kept. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/** Writes outcomes as they come, each durably (several at once when they come fast), and the whole state at the end. */
export interface StateWriter {
  /**
   * Resolves when the entry is durable, which may take a moment for others to share the write with, except for an intent. An intent also needs the state to be still under this run's lock; then its create may
   * be sent, at once: the next holder of the lock finds the intent.
   *
   * @throws StateError when the entry can't be made durable, or the state is no longer under this run's lock
   */
  append(entry: JournalEntry): Promise<void>;
  /** Has everything that was appended stored now, as somebody waits for it. */
  hasten(): void;
  /**
   * Notes that a call is about to be sent. From then on, the state may hold results that only this run knows, and is rescued where
   * it can't be written. An intent that became durable notes that too.
   */
  noteCall(): void;
  /** Returns the state with every entry that was appended. */
  current(): State;
  /**
   * Writes the whole state with the next serial, if anything was appended, and drops the journal. Releases all files in
   * any case. A second call returns the result of the first.
   *
   * @throws StateError when the state can't be written; it names the rescued state's file and the command to push it, unless no
   *   call was sent, so that the next run finds out everything again
   */
  close(): Promise<State>;
}

/** The lock and the journal of a state, as they are seen without the lock. */
export interface StoreStatus {
  /** The holder of the lock. `untold`: the backend names it only to a run that asks for the lock. Undefined: the state is not locked. */
  readonly holder: LockInfo | "untold" | undefined;
  /** True if the holder no longer runs: the next run replaces its lock. */
  readonly isAbandoned: boolean;
  /** The path of a journal with entries that the state does not have. Undefined: there is none. */
  readonly journal?: string;
}

/** A place that keeps a state. */
export interface StateStore {
  /** For people: a path, or a URL without credentials. */
  readonly location: string;
  /**
   * Reads the state with the entries that a killed run left in the journal; undefined where there is no state yet.
   *
   * @throws StateError when the state exists but is damaged or can't be read
   */
  read(): Promise<State | undefined>;
  /** Looks at the lock and the journal, without the lock and without a write. @throws StateError */
  inspect(): Promise<StoreStatus>;
  /** Waits up to `timeoutMs` for the lock. @throws LockedError naming the holder. */
  lock(operation: string, wait: LockWait): Promise<Lock>;
  /** Breaks a lock. @throws StateError lock-missing, lock-mismatch */
  unlock(id: string): Promise<LockInfo>;
  /** Begins to write, on top of the state that `read` returned (undefined: a new one). Only under the lock. */
  open(base: State | undefined): Promise<StateWriter>;
  /** Replaces the stored state by this one, with its lineage and serial. Only under the lock. */
  replace(state: State): Promise<void>;
}
