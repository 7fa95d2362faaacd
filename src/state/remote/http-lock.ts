import { randomUUID } from "node:crypto";
import type { Clock } from "../../core/time/clock.js";
import { holderText, LockedError, StateError } from "../errors.js";
import type { HttpClient } from "./http-client.js";
import { refusedError } from "./http-client.js";
import type { HttpOptions } from "./http-options.js";
import { lockInfo, parseLockInfo } from "../lock-info.js";
import type { Lock, LockInfo } from "../store.js";
import type { LockWait } from "../lock-wait.js";
import { waitForLock } from "../lock-wait.js";

/** How long Ctrl-C waits for a server to take back a lock that nobody waits for any more. */
const withdrawalMs = 300;

/** The lock of a state on a server. The protocol has no heartbeat: that it is lost shows at the next write. */
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

  /** The ID that writes must name. */
  get heldId(): string | undefined {
    return this.#held?.info.ID;
  }

  /** @throws LockedError, StateError */
  async lock(operation: string, patience: LockWait): Promise<Lock> {
    const info = lockInfo(randomUUID(), operation, this.#server.address.pathname, this.#clock);
    const lost = new AbortController();
    const { lock } = this.#server;
    if (lock === undefined) {
      const notice = `${this.#location} has no lock address, so nothing keeps two runs apart. Set TF_HTTP_LOCK_ADDRESS.`;
      return { info, notice, lost: lost.signal, release: async () => Promise.resolve() };
    }
    try {
      await waitForLock(async () => this.#attempt(info, lock, patience.signal), patience, this.#clock);
    } catch (error) {
      if (patience.signal?.aborted === true) await this.#withdraw(info);
      throw error;
    }
    this.#held = { info, lost };
    return { info, lost: lost.signal, release: async () => this.#release(info) };
  }

  /** @throws StateError lock-missing, lock-mismatch */
  async unlock(id: string): Promise<LockInfo> {
    const info = { ...lockInfo(id, "unlock", this.#server.address.pathname, this.#clock), Who: "" };
    const status = await this.#sendUnlock(info);
    if (status === 404 || status === undefined) {
      throw this.#unlockError("lock-missing", `${this.#location} is not locked.`, "There is nothing to do.");
    }
    if (status === 409 || status === 423) {
      throw this.#unlockError(
        "lock-mismatch",
        `${this.#location} is not locked with the ID ${id}.`,
        "Use the ID that the message about the lock shows.",
      );
    }
    if (status >= 300) throw refusedError(this.#server.unlock?.method ?? "", this.#location, { status });
    return info;
  }

  /** The server says that somebody else has the lock. Ends ours. */
  lostTo(body: Buffer): StateError {
    const holder = parseLockInfo(body.toString());
    const error = new StateError({
      code: "lock-lost",
      location: this.#location,
      detail: `The lock of ${this.#location} was taken away${holder === undefined ? "" : ` by ${holderText(holder)},`} while this was running.`,
      help: "Make sure that no other run is at work, then run the command again.",
    });
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
    // Ours, by an attempt whose answer was lost.
    if (holder.ID === info.ID) return { value: undefined };
    return { error: new LockedError(this.#location, holder) };
  }

  /** The server may have carried out a request that was given up: then nobody would ever release the lock. */
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
      // Gone already, or another's by now: not ours to remove.
      if (status === undefined || status < 300 || [404, 409, 423].includes(status)) return;
      throw refusedError(this.#server.unlock?.method ?? "", this.#location, { status });
    } catch (error) {
      throw error instanceof StateError ? stuck(error, info) : error;
    }
  }

  async #sendUnlock(info: LockInfo, signal?: AbortSignal): Promise<number | undefined> {
    const { unlock } = this.#server;
    if (unlock === undefined) return undefined;
    const { status } = await this.#client.send(unlock.method, unlock.address, JSON.stringify(info), signal);
    return status;
  }

  #unlockError(code: "lock-missing" | "lock-mismatch", detail: string, help: string): StateError {
    return new StateError({ code, location: this.#location, detail, help });
  }
}

/** The run is over, and its lock is still there. */
function stuck(cause: StateError, { ID }: LockInfo): StateError {
  const { code, location, detail } = cause;
  const help = `The state is stored, but stays locked. When the server is well again: chatform state unlock ${ID}`;
  return new StateError({ code, location, detail, help }, { cause });
}
