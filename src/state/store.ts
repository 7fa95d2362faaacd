import type { JournalEntry, State } from "../core/state/state.js";

/** Who holds a lock. The members are those of Terraform's LockInfo, so that its tools and servers show ours. */
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
  /** Set when a dead owner's lock was taken over: what to tell the user. */
  readonly notice?: string;
  /** Aborted when somebody else took the lock, or it can't be kept. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/** Writes outcomes as they come. Made durable one by one (or several at once when they come fast), whole at the end. */
export interface StateWriter {
  /**
   * Resolves when the entry is durable; for an intent, when besides the state has been found to be still this run's to write.
   * Then the create may be sent, at once: whoever takes the lock over later finds the intent.
   *
   * @throws StateError when the entry can't be made durable, or the state is no longer this run's to write
   */
  append(entry: JournalEntry): Promise<void>;
  /** The state with everything that was appended. */
  current(): State;
  /**
   * Writes the whole state with the next serial, if anything was appended, and drops the journal. Releases all files,
   * whatever happens. A second call has the result of the first.
   *
   * @throws StateError when the state can't be written; it says where a rescued state is and how to bring it back
   */
  close(): Promise<State>;
}

/** Where a state is kept. */
export interface StateStore {
  /** For people: a path, or a URL without credentials. */
  readonly location: string;
  /**
   * The state with what a killed run left in the journal; undefined where there is none yet.
   *
   * @throws StateError when it is there but can't be read or is damaged.
   */
  read(): Promise<State | undefined>;
  /** Waits up to `timeoutMs` for the lock. @throws LockedError naming the holder. */
  lock(
    operation: string,
    options: { readonly timeoutMs: number; readonly signal?: AbortSignal },
  ): Promise<Lock>;
  /** Breaks a lock. @throws StateError when there is none or its ID is another. */
  unlock(id: string): Promise<LockInfo>;
  /** Begins to write, over the state that `read` gave (undefined: a new one). Only under the lock. */
  open(base: State | undefined): Promise<StateWriter>;
  /** Puts this state, with its lineage and serial, in place of what there is. Only under the lock. */
  replace(state: State): Promise<void>;
}
