/*
 * Lock files, so that one holds at any time. A lock is made by linking a finished file to its name, which fails where
 * there is one. To take a lock away from holder D (because D released it, is dead, or a person said so), one must first
 * hold the guard, the file LOCK.D, made in the same way; then look again whether D still has the lock; and then rename
 * the guard over the lock, which ends guard and lock in one step, or remove the lock and then the guard.
 *
 *   LOCK = D (dead)     A: link LOCK.D ok      LOCK is D: rename LOCK.D -> LOCK    LOCK = A
 *                       B: link LOCK.D fails, waits ... or later ok: LOCK is A, not D: removes its guard
 *
 * So of any number who find D dead at once, one wins, and nobody removes a lock that is not the one they looked at.
 * A guard is a lock file too: that of a taker who died is taken over in the same way.
 */
import { link, open, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isObject } from "../../core/json/json.js";
import { systemCode } from "../errors.js";
import type { ProcessIdentity } from "./process-identity.js";
import { liveness } from "./process-identity.js";
import type { LockInfo } from "../store.js";

/** A lock file's content. */
export interface LockFile extends LockInfo {
  readonly Process: ProcessIdentity;
}

export interface FoundLock {
  /** Undefined where its content is no lock's: it is being written, or is not ours. */
  readonly lock: LockFile | undefined;
  readonly isEmpty: boolean;
  readonly path: string;
  /** When its last heartbeat was, by the clock of the file system. */
  readonly beatMs: number;
}

/** Makes a lock file. @returns whether it was made; if not, there is one already */
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
    // No hard links here. Others may see the file before it is written to its end; `Found` allows for that.
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

/** Times of a file system may be off by so much: some store every other second only. */
const granularityMs = 2_500;

/**
 * Tells whether the holder is known not to run any more, or has given no sign of life for long.
 *
 * A beat in the future (the clock was set back, or somebody set the file's time) says nothing of its age: it is set to
 * now, so that the lock grows old from here on. A living holder goes on beating.
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
  // Where it is not allowed, the lock is another user's, and not to be taken over by this one.
  await utimes(path, now, now).catch(() => undefined);
}

/**
 * Takes the lock away from the holder with this ID and gives it to `next`, or to nobody.
 *
 * @returns whether it was done; if not, somebody else holds it by now, or is about to
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
 * Removes what runs that were killed while they took or left this lock have left beside it: drafts, probes and guards, all
 * of them with a name that is never used again. Only for who holds the lock. What can't be removed stays.
 *
 * @param staleMs how long nobody touched them, by the clock of the file system
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

/** What stands for the ID of a lock file that is damaged. */
export const damagedId = "damaged";

/** Returns the ID of a lock file's content. */
export function lockId(lock: LockFile | undefined): string {
  return lock?.ID ?? damagedId;
}

/** Shows that the owner lives: rewrites the last byte as it is. The file system's clock sets the time. */
export async function writeHeartbeat(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    const { size } = await file.stat();
    await file.write("\n", size - 1);
  } finally {
    await file.close();
  }
}

/** The time that the file system would give a file now, which on a network is not this machine's. */
async function fileSystemNow(path: string): Promise<number> {
  const probe = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}.now`;
  try {
    await writeFile(probe, "", { flag: "wx", mode: 0o600 });
    return (await stat(probe)).mtimeMs;
  } catch {
    // A folder that can't be written to: whoever only looks takes no lock over.
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
    const lock = value as unknown as LockFile;
    // An ID is part of file names.
    return /^[\w-]{1,100}$/.test(lock.ID) ? lock : undefined;
  } catch {
    return undefined;
  }
}
