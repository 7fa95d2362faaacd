import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import type { Clock } from "../core/clock.js";
import { LockedError, StateError, systemCode } from "./errors.js";
import { unwritable } from "./file.js";
import type { LockFile } from "./lock-file.js";
import { beat, create, find, idOf, isDead, supplant, tidy } from "./lock-file.js";
import { lockInfo } from "./lock-info.js";
import { ownIdentity } from "./process.js";
import type { Lock, LockInfo } from "./store.js";
import type { Patience } from "./waiting.js";
import { insist } from "./waiting.js";

export interface LocalLockOptions {
  readonly path: string;
  readonly location: string;
  readonly clock: Clock;
  readonly heartbeatMs: number;
  readonly staleMs: number;
}

/** The lock of a local state: see lock-file.ts for how it is made and taken. */
export class LocalLocks {
  readonly #options: LocalLockOptions;

  constructor(options: LocalLockOptions) {
    this.#options = options;
  }

  /** @throws LockedError when the time is over; StateError state-unwritable */
  async lock(operation: string, patience: Patience): Promise<Lock> {
    const { path, location, clock, staleMs } = this.#options;
    const mine = await this.#draft(operation);
    try {
      const notice = await insist(async () => this.#attempt(mine), patience, clock);
      await tidy(path, staleMs);
      return new HeldLock(mine, notice, this.#options);
    } catch (error) {
      if (systemCode(error) === undefined || error instanceof StateError) throw error;
      throw unwritable(location, error, `Its lock ${path} can't be made. Nothing was changed.`);
    }
  }

  /** @throws StateError lock-missing, lock-mismatch */
  async unlock(id: string): Promise<LockInfo> {
    const { path, location, staleMs } = this.#options;
    const found = await find(path);
    if (found === undefined) {
      throw new StateError({
        code: "lock-missing",
        location,
        detail: `${location} is not locked.`,
        help: "There is nothing to do.",
      });
    }
    const holder = idOf(found.lock);
    if (holder !== id || !(await supplant(path, id, await this.#draft("unlock"), "remove", staleMs))) {
      throw new StateError({
        code: "lock-mismatch",
        location,
        detail: `The lock of ${location} has the ID ${holder}, not ${id}.`,
        help: `If ${found.lock?.Who ?? "its holder"} surely runs no more: chatform state unlock ${holder}`,
      });
    }
    return withoutProcess(found.lock ?? damagedLock(path));
  }

  async #draft(operation: string): Promise<LockFile> {
    const { path, clock } = this.#options;
    return { ...lockInfo(randomUUID(), operation, path, clock), Process: await ownIdentity() };
  }

  async #attempt(
    mine: LockFile,
  ): Promise<{ readonly value: string | undefined } | { readonly error: Error }> {
    const { path, location, staleMs } = this.#options;
    if (await create(path, mine)) return { value: undefined };
    const found = await find(path);
    if (found === undefined) return this.#attempt(mine);
    if ((await isDead(found, staleMs)) && (await supplant(path, idOf(found.lock), mine, "take", staleMs))) {
      const { Who, Operation, Created } = found.lock ?? damagedLock(path);
      return {
        value: `Took over the lock of ${Who}, which ran "${Operation}" since ${Created} and runs no more.`,
      };
    }
    return { error: new LockedError(location, withoutProcess(found.lock ?? damagedLock(path))) };
  }
}

class HeldLock implements Lock {
  readonly info: LockInfo;
  readonly notice?: string;
  readonly #file: LockFile;
  readonly #options: LocalLockOptions;
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #beating: Promise<void> = Promise.resolve();

  constructor(file: LockFile, notice: string | undefined, options: LocalLockOptions) {
    this.info = withoutProcess(file);
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

  async release(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
    if (this.#lost.signal.aborted) return;
    const { path, location, staleMs } = this.#options;
    try {
      await supplant(path, this.#file.ID, this.#file, "remove", staleMs);
    } catch {
      // No room for the guard, for one. While this process runs nobody takes its lock over, so it may go without.
      const found = await find(path).catch(() => undefined);
      if (idOf(found?.lock) !== this.#file.ID) return;
      await rm(path, { force: true }).catch((error: unknown) => {
        throw unwritable(location, error, `Its lock ${path} is still there.`);
      });
    }
  }

  async #beat(): Promise<void> {
    const { path, location } = this.#options;
    try {
      const found = await find(path);
      if (found !== undefined && idOf(found.lock) === this.#file.ID) {
        await beat(path);
        return;
      }
      const holder = found?.lock === undefined ? "somebody" : found.lock.Who;
      clearInterval(this.#timer);
      this.#lost.abort(
        new StateError({
          code: "lock-lost",
          location,
          detail: `The lock of ${location} was taken away by ${holder} while this was running.`,
          help: "What was done is saved. See that nobody else is at work, then run the command again.",
        }),
      );
    } catch {
      // A file system that fails for a moment; the next beat sees whether the lock is still ours.
    }
  }
}

function withoutProcess({ Process: _process, ...info }: LockFile): LockInfo {
  return info;
}

function damagedLock(path: string): LockFile {
  const unknown = { Operation: "", Info: "", Who: "", Version: "", Created: "" };
  return { ID: idOf(undefined), ...unknown, Path: path, Process: { pid: 0, host: "" } };
}
