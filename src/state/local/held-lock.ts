import { rm } from "node:fs/promises";
import type { Clock } from "../../core/time/clock.js";
import type { StateError } from "../errors.js";
import { byHolder, lockLostError } from "../lock-errors.js";
import { unwritableError } from "./durable-file.js";
import type { FoundLock, LockFile } from "./lock-file.js";
import { writeHeartbeat, readLockFile, lockId, replaceLock } from "./lock-file.js";
import type { Lock, LockInfo } from "../store.js";

export interface LocalLockOptions {
  /** Of the lock file. */
  readonly path: string;
  /** Of the state, for people. */
  readonly location: string;
  readonly clock: Clock;
  /** Between two heartbeats. */
  readonly heartbeatMs: number;
  /** The age of the last heartbeat from which the holder on another machine counts as dead. */
  readonly staleMs: number;
}

/** A lock file that this process holds. Writes heartbeats, and notices when the lock is lost. */
export class HeldLock implements Lock {
  readonly info: LockInfo;
  readonly notice?: string;
  readonly #file: LockFile;
  readonly #options: LocalLockOptions;
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #beating: Promise<void> = Promise.resolve();
  #isReleased = false;

  constructor(file: LockFile, info: LockInfo, notice: string | undefined, options: LocalLockOptions) {
    this.info = info;
    if (notice !== undefined) this.notice = notice;
    this.#file = file;
    this.#options = options;
    this.#timer = setInterval(() => {
      this.#beating = this.#beat();
    }, options.heartbeatMs);
    this.#timer.unref();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /**
   * Makes sure that this process still holds the lock. Does nothing after the release.
   *
   * @throws StateError lock-lost
   * @throws the system's error when the lock file can't be read
   */
  async confirm(): Promise<void> {
    this.#lost.signal.throwIfAborted();
    if (this.#isReleased) return;
    const found = await readLockFile(this.#options.path);
    if (found !== undefined && lockId(found.lock) === this.#file.ID) return;
    clearInterval(this.#timer);
    this.#lost.abort(this.#lostTo(found));
    this.#lost.signal.throwIfAborted();
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    this.#isReleased = true;
    await this.#beating;
    if (this.#lost.signal.aborted) return;
    const { path, location, staleMs } = this.#options;
    try {
      await replaceLock(path, this.#file.ID, this.#file, "remove", staleMs);
    } catch {
      // For example, no space for the guard. While this process runs nobody replaces its lock, so the guard may be omitted.
      const found = await readLockFile(path).catch(() => undefined);
      if (lockId(found?.lock) !== this.#file.ID) return;
      await rm(path, { force: true }).catch((error: unknown) => {
        throw unwritableError(location, error, `Its lock file ${path} still exists.`);
      });
    }
  }

  async #beat(): Promise<void> {
    try {
      await this.confirm();
      await writeHeartbeat(this.#options.path);
    } catch {
      // Lost, as the signal tells; or the file system failed for a moment: the next heartbeat finds out who holds the lock.
    }
  }

  #lostTo(found: FoundLock | undefined): StateError {
    const { location, path } = this.#options;
    const how =
      found === undefined
        ? ` was deleted, or replaced by a run that has ended (${path})`
        : found.lock === undefined
          ? ` was overwritten (${path})`
          : ` was replaced${byHolder(found.lock)}`;
    return lockLostError(location, `The lock of ${location}${how}`);
  }
}
