import { randomUUID } from "node:crypto";
import type { Clock } from "../../core/time/clock.js";
import { LockedError, StateError } from "../errors.js";
import type { HttpClient } from "./http-client.js";
import { refusedError } from "./http-client.js";
import type { HttpOptions } from "./http-options.js";
import { byHolder, lockLostError, lockMismatchError, lockMissingError } from "../lock-errors.js";
import { lockInfo, parseLockInfo } from "../lock-info.js";
import type { Lock, LockInfo } from "../store.js";
import type { LockWait } from "../lock-wait.js";
import { waitForLock } from "../lock-wait.js";

/** The time that a lock without a result waits for the server to withdraw it, in milliseconds. */
const withdrawalMs = 300;

/** The lock of a state on a server. The protocol has no heartbeat: a lost lock shows at the next write. */
export class HttpLocks {
  readonly #client: HttpClient;
  readonly #server: HttpOptions;
  readonly #clock: Clock;
  readonly #location: string;
  #held: { readonly info: LockInfo; readonly lost: AbortController } | undefined;

  constructor(client: HttpClient, server: HttpOptions, clock: Clock, location: string) {
    this.#client = client;
    this.#server = server;
    this.#clock = clock;
    this.#location = location;
  }

  /** The ID of the lock to name in writes. */
  get heldId(): string | undefined {
    return this.#held?.info.ID;
  }

  /** @throws LockedError, StateError */
  async lock(operation: string, patience: LockWait): Promise<Lock> {
    const info = lockInfo(randomUUID(), operation, this.#server.address.pathname, this.#clock);
    const lost = new AbortController();
    const { lock } = this.#server;
    if (lock === undefined) {
      const notice = `${this.#location} has no lock address, so two runs at the same time are not prevented. Set state.lockAddress or TF_HTTP_LOCK_ADDRESS.`;
      return { info, notice, lost: lost.signal, release: async () => Promise.resolve() };
    }
    try {
      await waitForLock(async () => this.#attempt(info, lock, patience.signal), patience, this.#clock);
    } catch (error) {
      if (!(error instanceof LockedError)) await this.#withdraw(info);
      throw error;
    }
    this.#held = { info, lost };
    return { info, lost: lost.signal, release: async () => this.#release(info) };
  }

  /** @throws StateError lock-missing, lock-mismatch */
  async unlock(id: string): Promise<LockInfo> {
    const info = { ...lockInfo(id, "unlock", this.#server.address.pathname, this.#clock), Who: "" };
    const status = await this.#sendUnlock(info);
    if (status === 404 || status === undefined) throw lockMissingError(this.#location);
    if (status === 409 || status === 423) throw lockMismatchError(this.#location, id);
    if (status >= 300) throw refusedError(this.#server.unlock?.method ?? "", this.#location, { status });
    return info;
  }

  /** Ends the lock of this run, because the server says that another process holds it. @returns the error to throw */
  endLost(body: Buffer): StateError {
    const holder = parseLockInfo(body.toString());
    const error = lockLostError(
      this.#location,
      `The lock of ${this.#location} was replaced${byHolder(holder)}`,
    );
    this.#held?.lost.abort(error);
    return error;
  }

  async #attempt(
    info: LockInfo,
    { method, address }: { readonly method: string; readonly address: URL },
    signal: AbortSignal | undefined,
  ): Promise<{ readonly value: undefined } | { readonly error: Error }> {
    const { status, body } = await this.#client.send(method, address, JSON.stringify(info), signal);
    if (status >= 200 && status < 300) return { value: undefined };
    if (status !== 409 && status !== 423) throw refusedError(method, this.#location, { status });
    const holder = parseLockInfo(body.toString()) ?? {
      ...info,
      ID: "",
      Operation: "",
      Who: "",
      Created: "",
    };
    // This run's own, by an attempt whose response was lost.
    if (holder.ID === info.ID) return { value: undefined };
    return { error: new LockedError(this.#location, holder) };
  }

  /** Releases the lock of a request that was given up: the server may have carried it out. */
  async #withdraw(info: LockInfo): Promise<void> {
    await this.#sendUnlock(info, AbortSignal.timeout(withdrawalMs)).catch(() => undefined);
  }

  async #release(info: LockInfo): Promise<void> {
    if (this.#held?.info.ID !== info.ID) return;
    const { lost } = this.#held;
    this.#held = undefined;
    if (lost.signal.aborted) return;
    try {
      const status = await this.#sendUnlock(info);
      // Already released, or held by another process.
      if (status === undefined || status < 300 || [404, 409, 423].includes(status)) return;
      throw refusedError(this.#server.unlock?.method ?? "", this.#location, { status });
    } catch (error) {
      throw error instanceof StateError ? notReleasedError(error, info) : error;
    }
  }

  async #sendUnlock(info: LockInfo, signal?: AbortSignal): Promise<number | undefined> {
    const { unlock } = this.#server;
    if (unlock === undefined) return undefined;
    const { status } = await this.#client.send(unlock.method, unlock.address, JSON.stringify(info), signal);
    return status;
  }
}

/** Returns the error for a run that is over and could not release its lock. */
function notReleasedError(cause: StateError, { ID }: LockInfo): StateError {
  const { code, location, detail } = cause;
  const help =
    code === "backend-refused"
      ? `The state stays locked. ${cause.help} Then: chatform state unlock ${ID}`
      : `The state may still be locked. If it is, when the server works again: chatform state unlock ${ID}`;
  return new StateError({ code, location, detail, help }, { cause });
}
