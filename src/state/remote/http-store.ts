/*
 * Terraform's HTTP backend protocol: GET, POST ?ID=, LOCK, UNLOCK. Source:
 * https://developer.hashicorp.com/terraform/language/backend/http
 *
 * GitLab and Gitea keep every version under the `serial` of the body, which must be present, above 0 and new each time
 * (else 422 and 409), and Gitea needs a `lineage`. chatform sends both, and a higher serial with every POST. Sources:
 * GitLab's lib/api/terraform/state.rb, Gitea's modules/packages/terraform/state.go.
 */
import { toJsonObject } from "../../core/json/json-object.js";
import type { State } from "../../core/state/state.js";
import { HttpClient, refusedError } from "./http-client.js";
import { HttpLocks } from "./http-lock.js";
import type { HttpOptions } from "./http-options.js";
import { withoutSecrets } from "./http-options.js";
import type { RemoteStoreOptions } from "./remote-writer.js";
import { openRemoteWriter } from "./remote-writer.js";
import { StateError } from "../errors.js";
import { StateCodec } from "../state-codec.js";
import type { Lock, LockInfo, StateStore, StateWriter, StoreStatus } from "../store.js";
import type { LockWait } from "../lock-wait.js";

/** `gatherMs` is 1,000 by default. */
export interface HttpStoreOptions extends RemoteStoreOptions {
  readonly server: HttpOptions;
}

/** Opens a state on a server that speaks Terraform's HTTP backend protocol. */
export function httpStore(options: HttpStoreOptions): StateStore {
  return new HttpStore(options);
}

class HttpStore implements StateStore {
  readonly location: string;
  readonly #options: HttpStoreOptions;
  readonly #client: HttpClient;
  readonly #locks: HttpLocks;
  readonly #codec: StateCodec;
  /** The serial of the latest write of this run that was read back. */
  #keptSerial: number | undefined;

  constructor(options: HttpStoreOptions) {
    this.#options = options;
    this.#codec = options.codec ?? new StateCodec();
    this.location = withoutSecrets(options.server.address);
    this.#client = new HttpClient(options.server, options.clock, options.time);
    this.#locks = new HttpLocks(this.#client, options.server, options.clock, this.location);
  }

  async read(): Promise<State | undefined> {
    const content = await this.#get(this.#options.time.stop);
    return content === undefined
      ? undefined
      : this.#codec.parse(
          content,
          this.location,
          "Restore an earlier version on the server. Nothing was changed.",
        );
  }

  /** The protocol names the holder only in the response to LOCK. */
  inspect(): Promise<StoreStatus> {
    return Promise.resolve({ holder: "untold", isAbandoned: false });
  }

  async lock(operation: string, patience: LockWait): Promise<Lock> {
    return this.#locks.lock(operation, patience);
  }

  async unlock(id: string): Promise<LockInfo> {
    return this.#locks.unlock(id);
  }

  async open(base: State | undefined): Promise<StateWriter> {
    const confirm = (state: State): Promise<void> => this.#confirm(state);
    const options = { gatherMs: 1_000, ...this.#options, confirm };
    const put = async (state: State): Promise<void> => {
      await this.#put(state);
      // Once, before anything is created: a request for every write would take too long.
      if (this.#keptSerial === undefined) await this.#requireKept(state);
    };
    return openRemoteWriter(this, base, put, options);
  }

  async replace(state: State): Promise<void> {
    await this.#put(state);
    await this.#confirm(state);
  }

  async #put(state: State): Promise<void> {
    const { address, updateMethod } = this.#options.server;
    const content = await this.#codec.print(state);
    const target = new URL(address);
    const id = this.#locks.heldId;
    if (id !== undefined) target.searchParams.set("ID", id);
    const response = await this.#client.send(updateMethod, target, content);
    if (response.status >= 200 && response.status < 300) return;
    // An earlier attempt whose response was lost may have stored it, so that its serial is in use.
    if (response.isRetried && (await this.#get())?.toString() === content) return;
    if (response.status === 409 || response.status === 423) throw this.#locks.endLost(response.body);
    throw refusedError(updateMethod, this.location, response);
  }

  /** Makes sure at the end that the server kept the last write too. A read that fails proves nothing: the server accepted the write. */
  async #confirm(state: State): Promise<void> {
    if (this.#keptSerial === state.serial) return;
    try {
      await this.#requireKept(state);
    } catch (error) {
      if (error instanceof NotKeptError) throw error;
    }
  }

  /**
   * Makes sure that the server keeps what it accepts: at a wrong address, a server may accept everything and keep nothing, or only
   * the first. The serial tells, as servers may print the content anew.
   *
   * @throws NotKeptError; StateError for a read that fails
   */
  async #requireKept({ lineage, serial }: State): Promise<void> {
    const stored = await this.#get();
    const found = stored === undefined ? {} : toJsonObject(stored.toString());
    if (found["lineage"] !== lineage || found["serial"] !== serial)
      throw new NotKeptError(this.location, stored === undefined ? "none" : "another one");
    this.#keptSerial = serial;
  }

  async #get(signal?: AbortSignal): Promise<Buffer | undefined> {
    const { address } = this.#options.server;
    const response = await this.#client.send("GET", address, undefined, signal);
    if (response.status === 404 || response.status === 204) return undefined;
    if (response.status !== 200) throw refusedError("GET", this.location, response);
    return response.body.length === 0 ? undefined : response.body;
  }
}

/** The server accepted a state and did not keep it. */
class NotKeptError extends StateError {
  override readonly name = "NotKeptError";

  constructor(location: string, returned: string) {
    super({
      code: "backend-refused",
      location,
      detail: `${location}: the state server accepted the state, but then returned ${returned}.`,
      help: "Check the addresses of the state backend, and that no cache stands before the server.",
    });
  }
}
