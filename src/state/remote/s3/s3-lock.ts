/*
 * The lock of a state in S3: an object beside the state, KEY.lock. Conditional writes let one process create it, its holder rewrite
 * it every few seconds, and one process replace it once the holder has stopped doing so. Ages are by the server's clock.
 */
import { randomUUID } from "node:crypto";
import type { Clock } from "../../../core/time/clock.js";
import { LockedError } from "../../errors.js";
import { lockMismatchError, lockMissingError, replacedLockNotice } from "../../lock-errors.js";
import { lockInfo, parseLockInfo } from "../../lock-info.js";
import type { LockWait } from "../../lock-wait.js";
import { waitForLock } from "../../lock-wait.js";
import type { LockInfo, StoreStatus } from "../../store.js";
import { HeldS3Lock } from "./held-s3-lock.js";
import type { S3Client, S3Response } from "./s3-client.js";
import { noConditionsError, s3RefusedError, isMissingObject } from "./s3-errors.js";

/** The time that a lock without a result waits for the server to withdraw it, in milliseconds. */
const withdrawalMs = 300;

export interface S3LockOptions {
  /** Of the object of the lock. */
  readonly key: string;
  /** Of the state, for people. */
  readonly location: string;
  readonly clock: Clock;
  /** Between two heartbeats. */
  readonly heartbeatMs: number;
  /** The age of the last heartbeat from which the holder counts as dead. */
  readonly staleMs: number;
}

/** The lock as it was read. */
export interface FoundS3Lock {
  readonly info: LockInfo;
  readonly etag: string;
  /** True once the holder counts as dead. */
  readonly isStale: boolean;
}

/** Takes, reads and breaks the lock of a state. */
export class S3Locks {
  readonly #client: S3Client;
  readonly #options: S3LockOptions;

  constructor(client: S3Client, options: S3LockOptions) {
    this.#client = client;
    this.#options = options;
  }

  /** @throws LockedError, StateError; the signal's reason */
  async lock(operation: string, patience: LockWait): Promise<HeldS3Lock> {
    const { location, clock } = this.#options;
    const info = lockInfo(randomUUID(), operation, location, clock);
    const { signal } = patience;
    try {
      const { etag, notice } = await waitForLock(() => this.#attempt(info, signal), patience, clock);
      await this.#requireConditions(info, signal);
      return new HeldS3Lock(info, etag, notice, this.#client, this.#options);
    } catch (error) {
      if (!(error instanceof LockedError)) await this.#withdraw(info);
      throw error;
    }
  }

  /** Looks at the lock. */
  async inspect(signal?: AbortSignal): Promise<StoreStatus> {
    const found = await this.#read(signal);
    return { holder: found?.info, isAbandoned: found?.isStale === true };
  }

  /** @throws StateError lock-missing, lock-mismatch */
  async unlock(id: string): Promise<LockInfo> {
    const { location } = this.#options;
    const found = await this.#read();
    if (found === undefined) throw lockMissingError(location);
    if (found.info.ID !== id) throw lockMismatchError(location, id, found.info);
    await removeLock(this.#client, this.#options, found);
    return found.info;
  }

  async #attempt(
    info: LockInfo,
    signal: AbortSignal | undefined,
    isSecond = false,
  ): Promise<{ readonly value: { etag: string; notice?: string } } | { readonly error: Error }> {
    const { key, location } = this.#options;
    const lock = lockLocation(this.#options);
    const created = await this.#client.put(key, lockContent(info), "absent", signal);
    if (created.status !== 412) return { value: { etag: writtenEtag(created, lock) } };
    const found = await this.#read(signal);
    // Released meanwhile, or shown late.
    if (found === undefined)
      return isSecond ? { error: hiddenLockError(location, lock) } : this.#attempt(info, signal, true);
    // This run's own, by an attempt whose response was lost.
    if (found.info.ID === info.ID) return { value: { etag: found.etag } };
    if (found.isStale) {
      const taken = await this.#client.put(key, lockContent(info), found, signal);
      const notice = replacedLockNotice(found.info);
      if (!isOtherVersion(taken)) return { value: { etag: writtenEtag(taken, lock), notice } };
    }
    return { error: new LockedError(location, found.info) };
  }

  /** Sends two writes that may not replace the lock, and makes sure that they don't. @throws StateError when they do */
  async #requireConditions(info: LockInfo, signal: AbortSignal | undefined): Promise<void> {
    const { key, location } = this.#options;
    for (const over of ["absent", { etag: '"00000000000000000000000000000000"' }] as const) {
      const response = await this.#client.put(key, lockContent(info), over, signal);
      if (isOtherVersion(response)) continue;
      if (response.status >= 300) throw s3RefusedError("PUT", lockLocation(this.#options), response);
      throw noConditionsError(location);
    }
  }

  /** Releases a lock that this run may have got. */
  async #withdraw(info: LockInfo): Promise<void> {
    const signal = AbortSignal.timeout(withdrawalMs);
    try {
      const found = await this.#read(signal);
      if (found?.info.ID === info.ID) await this.#client.remove(this.#options.key, found.etag, signal);
    } catch {
      // Then the next run replaces the lock.
    }
  }

  async #read(signal?: AbortSignal): Promise<FoundS3Lock | undefined> {
    return readLock(this.#client, this.#options, signal);
  }
}

/** Returns the error for a lock that keeps others from locking, but is not shown. @param lock the location of its object */
function hiddenLockError(location: string, lock: string): LockedError {
  const unknown = { ID: "", Operation: "", Info: "", Who: "", Version: "", Created: "", Path: "" };
  const detail = `${location} is locked: the server refuses a second ${lock}, but does not show the first one.`;
  return new LockedError(location, unknown, { detail });
}

/** Returns the content of a lock. @param beats the number of heartbeats: each makes another version */
export function lockContent(info: LockInfo, beats = 0): string {
  return JSON.stringify({ ...info, Beats: beats });
}

/** Reads the lock; undefined where there is none. @throws StateError */
export async function readLock(
  client: S3Client,
  options: S3LockOptions,
  signal?: AbortSignal,
): Promise<FoundS3Lock | undefined> {
  const response = await client.get(options.key, signal);
  if (isMissingObject(response)) return undefined;
  if (response.status !== 200 || response.etag === undefined)
    throw s3RefusedError("GET", lockLocation(options), response);
  const unknown = { ...lockInfo("", "", options.location, options.clock), Who: "", Created: "" };
  return {
    info: parseLockInfo(response.body.toString()) ?? unknown,
    etag: response.etag,
    isStale: (response.ageMs ?? 0) > options.staleMs,
  };
}

/**
 * Deletes a lock, unless it has another holder by now. A heartbeat may have given it another version.
 *
 * @throws StateError, also where the server does not delete the version that it shows
 */
export async function removeLock(
  client: S3Client,
  options: S3LockOptions,
  { info, etag }: Pick<FoundS3Lock, "info" | "etag">,
): Promise<void> {
  const conditional = await client.remove(options.key, etag);
  // Few servers have conditional deletes. Nobody replaces a lock with a fresh heartbeat meanwhile.
  const response = conditional.status === 501 ? await client.remove(options.key) : conditional;
  const { status, code } = response;
  if (isMissingObject(response) || (status < 300 && code === undefined)) return;
  const found = status === 412 ? await readLock(client, options) : { info, etag };
  if (found?.info.ID !== info.ID) return;
  if (found.etag === etag) throw s3RefusedError("DELETE", lockLocation(options), response);
  await removeLock(client, options, found);
}

/** Returns the version that was written. @param location of the object @throws StateError when the server refused */
export function writtenEtag(response: S3Response, location: string): string {
  if (response.status < 300 && response.etag !== undefined) return response.etag;
  throw s3RefusedError("PUT", location, response);
}

/** Returns whether a write was refused because the object has another version, or is gone. */
export function isOtherVersion(response: S3Response): boolean {
  return response.status === 412 || isMissingObject(response);
}

/** Returns the location of the object of the lock. */
export function lockLocation({ location }: S3LockOptions): string {
  return `${location}.lock`;
}
