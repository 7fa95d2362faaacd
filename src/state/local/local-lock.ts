import { randomUUID } from "node:crypto";
import { shellWord } from "../../core/shell-word.js";
import { LockedError, StateError, systemCode } from "../errors.js";
import { unwritableError } from "./durable-file.js";
import type { LocalLockOptions } from "./held-lock.js";
import { HeldLock } from "./held-lock.js";
import type { FoundLock, LockFile } from "./lock-file.js";
import {
  createLockFile,
  damagedId,
  readLockFile,
  lockId,
  isDead,
  replaceLock,
  removeLeftovers,
} from "./lock-file.js";
import { lockMismatchError, lockMissingError, replacedLockNotice } from "../lock-errors.js";
import { lockInfo } from "../lock-info.js";
import { liveness, ownIdentity } from "./process-identity.js";
import type { LockInfo, StoreStatus } from "../store.js";
import type { LockWait } from "../lock-wait.js";
import { waitForLock } from "../lock-wait.js";

/** The lock of a local state. lock-file.ts explains how it is created and replaced. */
export class LocalLocks {
  readonly #options: LocalLockOptions;

  constructor(options: LocalLockOptions) {
    this.#options = options;
  }

  /** @throws LockedError when the time is over; StateError state-unwritable */
  async lock(operation: string, patience: LockWait): Promise<HeldLock> {
    const { path, location, clock, staleMs } = this.#options;
    const mine = await this.#draft(operation);
    try {
      const notice = await waitForLock(async () => this.#attempt(mine), patience, clock);
      await removeLeftovers(path, staleMs);
      return new HeldLock(mine, withoutProcess(mine), notice, this.#options);
    } catch (error) {
      if (systemCode(error) === undefined || error instanceof StateError) throw error;
      throw unwritableError(location, error, `Its lock file ${path} can't be created. Nothing was changed.`);
    }
  }

  /** Reads the holder of the lock, and whether its process still runs on this machine. */
  async inspect(): Promise<Pick<StoreStatus, "holder" | "isAbandoned">> {
    const { path } = this.#options;
    const found = await readLockFile(path);
    if (found === undefined) return { holder: undefined, isAbandoned: false };
    const { lock = damagedLock(path) } = found;
    const isAbandoned = found.lock !== undefined && (await liveness(found.lock.Process)) === "dead";
    return { holder: withoutProcess(lock), isAbandoned };
  }

  /** @throws StateError lock-missing, lock-mismatch */
  async unlock(id: string): Promise<LockInfo> {
    const { path, location, staleMs } = this.#options;
    const found = await readLockFile(path);
    if (found === undefined) throw lockMissingError(location);
    const holder = lockId(found.lock);
    if (holder !== id || !(await replaceLock(path, id, await this.#draft("unlock"), "remove", staleMs))) {
      throw lockMismatchError(location, id, { ID: holder, Who: found.lock?.Who }, stateOption(location));
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
    const { path, staleMs } = this.#options;
    if (await createLockFile(path, mine)) return { value: undefined };
    const found = await readLockFile(path);
    if (found === undefined) return this.#attempt(mine);
    if (
      (await isDead(found, staleMs)) &&
      (await replaceLock(path, lockId(found.lock), mine, "take", staleMs))
    ) {
      const notice =
        found.lock === undefined
          ? `Replaced the lock file ${path}, which named no process.`
          : replacedLockNotice(found.lock);
      return { value: notice };
    }
    return { error: this.#locked(found) };
  }

  #locked({ lock, path, isEmpty }: FoundLock): LockedError {
    const { location } = this.#options;
    const options = stateOption(location);
    if (lock !== undefined) return new LockedError(location, withoutProcess(lock), { options });
    const problem = isEmpty ? "is empty" : "is not a lock file of chatform";
    const detail = `${location} is locked by an unknown process: its lock file ${path} ${problem}.`;
    return new LockedError(location, withoutProcess(damagedLock(path)), { detail, options });
  }
}

/** Returns the option by which a command finds a state, whatever its config and working directory. */
function stateOption(location: string): string {
  return ` --state ${shellWord(location)}`;
}

function withoutProcess({ Process: _process, ...info }: LockFile): LockInfo {
  return info;
}

function damagedLock(path: string): LockFile {
  const unknown = { Operation: "", Info: "", Who: "", Version: "", Created: "" };
  return { ID: damagedId, ...unknown, Path: path, Process: { pid: 0, host: "" } };
}
