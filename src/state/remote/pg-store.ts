/*
 * A state in PostgreSQL: one row for each state. The lock is an advisory lock of a session, so that it ends with its holder in
 * any case; a second table names the holder. Under the lock all queries use the session that holds the lock: a run that
 * loses the session can't write any more.
 */
import type { State } from "../../core/state/state.js";
import { changedSinceReadError } from "../concurrent-change-errors.js";
import { PgLocks } from "./pg-lock.js";
import type { PgOptions } from "./pg-session.js";
import { PgServer, isTableMissing } from "./pg-session.js";
import type { RemoteStoreOptions } from "./remote-writer.js";
import { openRemoteWriter } from "./remote-writer.js";
import { ServerTime } from "./server-time.js";
import { StateError } from "../errors.js";
import { StateCodec } from "../state-codec.js";
import type { Lock, LockInfo, StateStore, StateWriter, StoreStatus } from "../store.js";
import type { LockWait } from "../lock-wait.js";

/** `gatherMs` is 200 by default. */
export interface PgStoreOptions extends RemoteStoreOptions {
  readonly server: PgOptions;
}

/** Opens a state in a PostgreSQL database. */
export function pgStore(options: PgStoreOptions): StateStore {
  return new PgStore(options);
}

class PgStore implements StateStore {
  readonly location: string;
  readonly #options: PgStoreOptions;
  readonly #server: PgServer;
  readonly #locks: PgLocks;
  readonly #codec: StateCodec;

  constructor(options: PgStoreOptions) {
    this.#options = options;
    this.#codec = options.codec ?? new StateCodec();
    this.#server = new PgServer(options.server, new ServerTime(options.time, options.clock));
    this.location = this.#server.location;
    this.#locks = new PgLocks(this.#server, options.clock);
  }

  async read(): Promise<State | undefined> {
    const { schema, name } = this.#server;
    const { formerName = name } = this.#options.server;
    const rows = await this.#locks.withSession(async (query) => {
      try {
        return await query(`SELECT name, content FROM ${schema}.states WHERE name IN ($1, $2)`, [
          name,
          formerName,
        ]);
      } catch (error) {
        if (isTableMissing(error)) return [];
        throw error;
      }
    }, this.#options.time.stop);
    const row = rows.find((one) => one["name"] === name);
    if (row === undefined && rows.length > 0) throw elsewhereError(this.location, name, formerName);
    const content = row?.["content"];
    return typeof content === "string"
      ? this.#codec.parse(content, this.location, "Restore the row from a backup. Nothing was changed.")
      : undefined;
  }

  async inspect(): Promise<StoreStatus> {
    return { holder: await this.#locks.readHolder(this.#options.time.stop), isAbandoned: false };
  }

  async lock(operation: string, patience: LockWait): Promise<Lock> {
    return this.#locks.lock(operation, patience);
  }

  async unlock(id: string): Promise<LockInfo> {
    return this.#locks.unlock(id);
  }

  async open(base: State | undefined): Promise<StateWriter> {
    const options = { gatherMs: 200, ...this.#options };
    return openRemoteWriter(this, base, async (state) => this.#put(state, "only newer"), options);
  }

  async replace(state: State): Promise<void> {
    await this.#put(state, "anything");
  }

  async #put(state: State, over: "only newer" | "anything"): Promise<void> {
    const { schema, name } = this.#server;
    const content = await this.#codec.print(state);
    const newer = "WHERE s.lineage = excluded.lineage AND s.serial < excluded.serial";
    const rows = await this.#locks.withSession(async (query) => {
      await this.#server.makeTables(query);
      return query(
        `INSERT INTO ${schema}.states AS s (name, lineage, serial, content) VALUES ($1, $2, $3, $4)
         ON CONFLICT (name) DO UPDATE
         SET lineage = excluded.lineage, serial = excluded.serial, content = excluded.content, written = now()
         ${over === "anything" ? "" : newer} RETURNING name`,
        [name, state.lineage, state.serial, content],
      );
    });
    if (rows.length === 0) throw changedSinceReadError(this.location);
  }
}

/** Returns the error about a state with the name that earlier versions used: a new state would create every room again. */
function elsewhereError(location: string, name: string, formerName: string): StateError {
  return new StateError({
    code: "state-elsewhere",
    location,
    detail: `There is no state with the name ${name}, but one with the name ${formerName}, which earlier versions of chatform used for every environment.`,
    help: `If that state belongs to this environment, add to its state: name: ${formerName}. Otherwise add: name: ${name}`,
  });
}
