/*
 * A state in S3, or a server that speaks its protocol: one object, replaced by conditional writes only, so that no write is lost
 * whoever else writes. Source: S3 User Guide, "How to prevent object overwrites with conditional writes".
 */
import { createHash } from "node:crypto";
import type { State } from "../../../core/state/state.js";
import { changedDuringRunError, removedDuringRunError } from "../../concurrent-change-errors.js";
import type { LockWait } from "../../lock-wait.js";
import { StateCodec } from "../../state-codec.js";
import type { Lock, LockInfo, StateStore, StateWriter, StoreStatus } from "../../store.js";
import type { RemoteStoreOptions } from "../remote-writer.js";
import { openRemoteWriter } from "../remote-writer.js";
import type { HeldS3Lock } from "./held-s3-lock.js";
import type { Replaceable } from "./s3-client.js";
import { S3Client } from "./s3-client.js";
import { s3RefusedError, isMissingObject } from "./s3-errors.js";
import { isOtherVersion, S3Locks, writtenEtag } from "./s3-lock.js";
import type { S3Options } from "./s3-options.js";

/** `gatherMs` is 1,000 by default. */
export interface S3StoreOptions extends RemoteStoreOptions {
  readonly server: S3Options;
  /** Is told of every secret, which outputs must not show. */
  readonly hide?: (secrets: readonly string[]) => void;
  /** Between two heartbeats of a lock; default 10 s. */
  readonly heartbeatMs?: number;
  /** The age of the last heartbeat from which the lock is replaced; default 60 s. */
  readonly staleMs?: number;
}

/** Opens a state in a bucket. */
export function s3Store(options: S3StoreOptions): StateStore {
  return new S3Store(options);
}

class S3Store implements StateStore {
  readonly location: string;
  readonly #options: S3StoreOptions;
  readonly #client: S3Client;
  readonly #locks: S3Locks;
  readonly #codec: StateCodec;
  #lock: HeldS3Lock | undefined;
  /** The stored version as this run last read or wrote it. Undefined: not read. */
  #version: Replaceable | undefined;
  /** The digests of contents whose writes had no result: the server may have stored one of them. */
  readonly #withoutResult = new Set<string>();

  constructor(options: S3StoreOptions) {
    const { server, clock, time, hide = () => undefined } = options;
    this.#options = options;
    this.#codec = options.codec ?? new StateCodec();
    this.location = `s3://${server.bucket}/${server.key}`;
    this.#client = new S3Client(server, clock, time, hide);
    const { heartbeatMs = 10_000, staleMs = 60_000 } = options;
    const { location } = this;
    this.#locks = new S3Locks(this.#client, {
      key: `${server.key}.lock`,
      location,
      clock,
      heartbeatMs,
      staleMs,
    });
  }

  async read(): Promise<State | undefined> {
    const { content, version } = await this.#get(this.#options.time.stop);
    this.#version = version;
    return content === undefined
      ? undefined
      : this.#codec.parse(
          content,
          this.location,
          "Restore an earlier version of the object. Nothing was changed.",
        );
  }

  async inspect(): Promise<StoreStatus> {
    return this.#locks.inspect(this.#options.time.stop);
  }

  async lock(operation: string, patience: LockWait): Promise<Lock> {
    this.#lock = await this.#locks.lock(operation, patience);
    return this.#lock;
  }

  async unlock(id: string): Promise<LockInfo> {
    return this.#locks.unlock(id);
  }

  async open(base: State | undefined): Promise<StateWriter> {
    const options = { gatherMs: 1_000, ...this.#options };
    return openRemoteWriter(this, base, async (state) => this.#put(await this.#codec.print(state)), options);
  }

  async replace(state: State): Promise<void> {
    this.#version ??= (await this.#get()).version;
    await this.#put(await this.#codec.print(state));
  }

  async #put(content: string): Promise<void> {
    // Tests open without a lock.
    await this.#lock?.confirm();
    const { key } = this.#options.server;
    try {
      const response = await this.#client.put(key, content, this.#version ?? "absent");
      if (isOtherVersion(response)) await this.#decideRefused(content);
      else this.#written({ etag: writtenEtag(response, this.location) });
    } catch (error) {
      this.#withoutResult.add(digest(content));
      throw error;
    }
  }

  /**
   * Finds out what a refused write means: the content may be stored already, or that of an earlier write without a result, which
   * the content then replaces.
   *
   * @throws StateError state-moved, state-removed when another process wrote or deleted the state
   */
  async #decideRefused(content: string): Promise<void> {
    const { content: stored, version } = await this.#get();
    if (stored === undefined)
      throw this.#version === "absent"
        ? changedDuringRunError(this.location)
        : removedDuringRunError(this.location, this.location);
    if (stored.toString() === content) {
      this.#written(version);
      return;
    }
    if (!this.#withoutResult.delete(digest(stored))) throw changedDuringRunError(this.location);
    this.#version = version;
    await this.#put(content);
  }

  #written(version: Replaceable): void {
    this.#version = version;
    this.#withoutResult.clear();
  }

  async #get(signal?: AbortSignal): Promise<{ readonly content?: Buffer; readonly version: Replaceable }> {
    const response = await this.#client.get(this.#options.server.key, signal);
    const { status, body, etag } = response;
    if (isMissingObject(response)) return { version: "absent" };
    if (status !== 200 || etag === undefined) throw s3RefusedError("GET", this.location, response);
    return { content: body, version: { etag } };
  }
}

function digest(content: Buffer | string): string {
  return createHash("sha256").update(content).digest("hex");
}
