import { StateError } from "../../errors.js";
import { byHolder, lockLostError } from "../../lock-errors.js";
import type { Lock, LockInfo } from "../../store.js";
import type { S3Client } from "./s3-client.js";
import type { FoundS3Lock, S3LockOptions } from "./s3-lock.js";
import { isOtherVersion, lockContent, lockLocation, readLock, removeLock, writtenEtag } from "./s3-lock.js";

/** A lock that this process holds. Writes heartbeats, and notices when the lock is lost. */
export class HeldS3Lock implements Lock {
  readonly info: LockInfo;
  readonly notice?: string;
  readonly #client: S3Client;
  readonly #options: S3LockOptions;
  /** Aborts when another run may have the lock. */
  readonly #lost = new AbortController();
  /** Set once another run has the lock, or somebody deleted it. */
  #taken: StateError | undefined;
  readonly #timer: NodeJS.Timeout;
  #etag: string;
  #beats = 0;
  #beating: Promise<void> = Promise.resolve();
  /** Ends a heartbeat of the timer that is under way. */
  #hurry: AbortController | undefined;
  /** The time of the last heartbeat, by both clocks: one stands still while a machine sleeps, the other may jump. */
  #confirmed: readonly [number, number];
  #isReleased = false;

  constructor(
    info: LockInfo,
    etag: string,
    notice: string | undefined,
    client: S3Client,
    options: S3LockOptions,
  ) {
    this.info = info;
    if (notice !== undefined) this.notice = notice;
    this.#etag = etag;
    this.#client = client;
    this.#options = options;
    this.#confirmed = this.#now();
    this.#timer = setInterval(() => {
      this.#pulse();
    }, options.heartbeatMs);
    this.#timer.unref();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Makes sure that this process still holds the lock. Does nothing after the release. @throws StateError */
  async confirm(): Promise<void> {
    if (this.#taken !== undefined) throw this.#taken;
    if (this.#isReleased || this.#isFresh()) return;
    this.#hurry?.abort();
    await this.#inTurn(async () => {
      if (!this.#isFresh()) await this.#beat();
    });
  }

  async release(): Promise<void> {
    if (this.#isReleased) return;
    clearInterval(this.#timer);
    this.#hurry?.abort();
    try {
      await this.confirm();
      await this.#inTurn(async () => {
        await removeLock(this.#client, this.#options, { info: this.info, etag: this.#etag });
        this.#isReleased = true;
      });
    } catch (error) {
      if (this.#taken === undefined) throw error instanceof StateError ? notReleasedError(error) : error;
    }
  }

  /** Writes a heartbeat of the timer, unless the last one is still under way. */
  #pulse(): void {
    if (this.#hurry !== undefined) {
      this.#stopIfStale();
      return;
    }
    const hurry = new AbortController();
    this.#hurry = hurry;
    const end = AbortSignal.any([hurry.signal, AbortSignal.timeout(this.#freshMs)]);
    // Lost, as the signal tells; or the server failed for a moment: the next write needs a heartbeat then.
    void this.#inTurn(() => this.#beat(end))
      .catch(() => {
        this.#stopIfStale();
      })
      .finally(() => {
        this.#hurry = undefined;
      });
  }

  /** Writes a heartbeat. @throws StateError lock-lost, backend-failed, backend-refused */
  async #beat(signal?: AbortSignal): Promise<void> {
    if (this.#isReleased || this.#taken !== undefined) return;
    const content = lockContent(this.info, ++this.#beats);
    const response = await this.#client.put(this.#options.key, content, { etag: this.#etag }, signal);
    if (isOtherVersion(response)) {
      const found = await readLock(this.#client, this.#options, signal);
      if (found?.info.ID !== this.info.ID) throw this.#lose(found);
      // By an earlier heartbeat whose response was lost.
      this.#etag = found.etag;
    } else {
      this.#etag = writtenEtag(response, lockLocation(this.#options));
    }
    this.#confirmed = this.#now();
  }

  #lose(found: FoundS3Lock | undefined): StateError {
    const { location } = this.#options;
    const how = found === undefined ? " was deleted" : ` was replaced${byHolder(found.info)}`;
    const error = lockLostError(location, `The lock of ${location}${how}`);
    clearInterval(this.#timer);
    this.#taken = error;
    this.#lost.abort(error);
    return error;
  }

  /**
   * Stops the run before another one may replace the lock, where heartbeats fail for too long. The lock is not lost yet: what was
   * done is stored once a heartbeat succeeds.
   */
  #stopIfStale(): void {
    const { location, staleMs, heartbeatMs } = this.#options;
    const limitMs = staleMs - heartbeatMs;
    if (this.#isReleased || this.#ageMs() < limitMs) return;
    const how = `No heartbeat of the lock of ${location} could be stored for ${limitMs / 1_000} s`;
    this.#lost.abort(lockLostError(location, how));
  }

  /** Runs work after the work before it: each heartbeat names the version of the last one. */
  async #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#beating.then(work);
    this.#beating = turn.catch(() => undefined);
    return turn;
  }

  #isFresh(): boolean {
    return this.#ageMs() < this.#freshMs;
  }

  /** Returns the time since the last heartbeat by the clock that tells more. */
  #ageMs(): number {
    const [now, monotonic] = this.#now();
    const [then, monotonicThen] = this.#confirmed;
    return Math.max(Math.abs(now - then), monotonic - monotonicThen);
  }

  get #freshMs(): number {
    return 2 * this.#options.heartbeatMs;
  }

  #now(): readonly [number, number] {
    const { clock } = this.#options;
    return [clock.now(), clock.monotonic()];
  }
}

/** Returns the error for a run that is over and could not release its lock. */
function notReleasedError(cause: StateError): StateError {
  const { code, location, detail } = cause;
  const more = code === "backend-refused" ? ` ${cause.help}` : "";
  const help = `The state stays locked until the next run replaces the lock, a minute after its last heartbeat.${more}`;
  return new StateError({ code, location, detail, help }, { cause });
}
