/*
 * Lock files with one holder at any time. A lock is created by linking a finished file to its name, which fails where the
 * name exists. To replace or remove the lock of holder D (because D released it, is dead, or a person said so), a process
 * first creates the guard, the file LOCK.D, in the same way; then checks again that D still has the lock; and then renames
 * the guard over the lock, which ends guard and lock in one step, or removes the lock and then the guard.
 *
 *   LOCK = D (dead)     A: link LOCK.D ok      LOCK is D: rename LOCK.D -> LOCK    LOCK = A
 *                       B: link LOCK.D fails, waits ... or later ok: LOCK is A, not D: removes its guard
 *
 * So of any number of processes that find D dead at once, one wins, and none removes a lock other than the one it checked.
 * A guard is a lock file too: the guard of a process that died is replaced in the same way.
 */
import { link, open, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isObject } from "../../core/json/json.js";
import { systemCode } from "../errors.js";
import type { ProcessIdentity } from "./process-identity.js";
import { liveness } from "./process-identity.js";
import type { LockInfo } from "../store.js";

/** The content of a lock file. */
export interface LockFile extends LockInfo {
  readonly Process: ProcessIdentity;
}

/** A lock file that was read. */
export interface FoundLock {
  /** Undefined where the content is not a lock: it is being written, or is not chatform's. */
  readonly lock: LockFile | undefined;
  readonly isEmpty: boolean;
  readonly path: string;
  /** The time of the last heartbeat, by the clock of the file system. */
  readonly beatMs: number;
}

/** Creates a lock file. @returns false where there already is one */
export async function createLockFile(path: string, lock: LockFile): Promise<boolean> {
  const draft = `${path}.${lock.ID}.new`;
  const content = `${JSON.stringify(lock, undefined, 2)}\n`;
  try {
    await writeFile(draft, content, { flag: "wx", mode: 0o600 });
    await link(draft, path);
    return true;
  } catch (error) {
    const code = systemCode(error) ?? "";
    if (code === "EEXIST") return false;
    // No hard links here. Others may read the file before it is complete: `FoundLock` allows for that.
    if (["EPERM", "ENOTSUP", "ENOSYS", "EMLINK", "EOPNOTSUPP"].includes(code))
      return await createInPlace(path, content);
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function createInPlace(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** Reads a lock file; undefined where there is none. */
export async function readLockFile(path: string): Promise<FoundLock | undefined> {
  try {
    const [content, { mtimeMs }] = [await readFile(path, "utf8"), await stat(path)];
    return { lock: parse(content), isEmpty: content.trim() === "", path, beatMs: mtimeMs };
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** The error of a file system's times: some store every other second only. */
const granularityMs = 2_500;

/**
 * Tells whether the holder no longer runs, or its last heartbeat is older than `staleMs`.
 *
 * A heartbeat in the future (the clock was set back, or somebody set the file's time) has no age: it is set to now, so that
 * the lock ages from here on. A living holder goes on writing heartbeats.
 */
export async function isDead({ lock, path, beatMs }: FoundLock, staleMs: number): Promise<boolean> {
  const state = lock === undefined ? "unknown" : await liveness(lock.Process);
  if (state !== "unknown") return state === "dead";
  const ageMs = (await fileSystemNow(path)) - beatMs;
  if (ageMs < -granularityMs) await setToNow(path);
  return ageMs > staleMs;
}

async function setToNow(path: string): Promise<void> {
  const now = new Date(await fileSystemNow(path));
  // Refused for another user's lock, which this user can't replace either.
  await utimes(path, now, now).catch(() => undefined);
}

/**
 * Replaces the lock of the holder with this ID by that of `next`, or removes it.
 *
 * @returns false where another process holds the lock by now, or is about to
 */
export async function replaceLock(
  path: string,
  holder: string,
  next: LockFile,
  action: "take" | "remove",
  staleMs: number,
): Promise<boolean> {
  const guard = `${path}.${holder}`;
  if (!(await createLockFile(guard, next)) && !(await supplantGuard(guard, next, staleMs))) return false;
  const found = await readLockFile(path);
  if (found === undefined || lockId(found.lock) !== holder) {
    await rm(guard, { force: true });
    return false;
  }
  if (action === "take") {
    await rename(guard, path);
  } else {
    await rm(path, { force: true });
    await rm(guard, { force: true });
  }
  return true;
}

async function supplantGuard(guard: string, next: LockFile, staleMs: number): Promise<boolean> {
  const found = await readLockFile(guard);
  if (found === undefined || !(await isDead(found, staleMs))) return false;
  return replaceLock(guard, lockId(found.lock), next, "take", staleMs);
}

/**
 * Removes files beside the lock that killed runs left: drafts, probes and guards, all with names that are never used again.
 * Only for the holder of the lock. Files that can't be removed stay.
 *
 * @param staleMs the age of files to remove, by the clock of the file system
 */
export async function removeLeftovers(path: string, staleMs: number): Promise<void> {
  const [folder, prefix] = [dirname(path), `${basename(path)}.`];
  const names = await readdir(folder).catch(() => []);
  const beside = names.filter((name) => name.startsWith(prefix)).map((name) => join(folder, name));
  if (beside.length === 0) return;
  const now = await fileSystemNow(path);
  for (const one of beside) {
    const times = await stat(one).catch(() => undefined);
    if (times !== undefined && now - times.mtimeMs > staleMs) await rm(one).catch(() => undefined);
  }
}

/** The ID of a damaged lock file. */
export const damagedId = "damaged";

/** Returns the ID of a lock file's content. */
export function lockId(lock: LockFile | undefined): string {
  return lock?.ID ?? damagedId;
}

/** Writes a heartbeat: rewrites the last byte unchanged, so that the file system's clock sets the time. */
export async function writeHeartbeat(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    const { size } = await file.stat();
    await file.write("\n", size - 1);
  } finally {
    await file.close();
  }
}

/** Returns the present time by the clock of the file system, which on a network is not this machine's. */
async function fileSystemNow(path: string): Promise<number> {
  const probe = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}.now`;
  try {
    await writeFile(probe, "", { flag: "wx", mode: 0o600 });
    return (await stat(probe)).mtimeMs;
  } catch {
    // The folder is not writable: then this process can't replace the lock either.
    return Date.now();
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
}

const textMembers = ["ID", "Operation", "Info", "Who", "Version", "Created", "Path"] as const;

function parse(content: string): LockFile | undefined {
  try {
    const value: unknown = JSON.parse(content);
    if (!isObject(value) || !textMembers.every((name) => typeof value[name] === "string")) return undefined;
    const owner = value["Process"];
    if (!isObject(owner) || typeof owner["pid"] !== "number" || typeof owner["host"] !== "string")
      return undefined;
    // The members of the type have just been checked.
    const lock = value as unknown as LockFile;
    // An ID is part of file names.
    return /^[\w-]{1,100}$/.test(lock.ID) ? lock : undefined;
  } catch {
    return undefined;
  }
}
