import { randomUUID } from "node:crypto";
import type { Clock } from "../../core/time/clock.js";
import { LockedError } from "../errors.js";
import { lockLostError, lockMismatchError, lockMissingError, replacedLockNotice } from "../lock-errors.js";
import { lockInfo, parseLockInfo } from "../lock-info.js";
import type { PgServer, PgSession, Query } from "./pg-session.js";
import type { Lock, LockInfo } from "../store.js";
import { NoResponseError } from "./server-time.js";
import type { LockWait } from "../lock-wait.js";
import { waitForLock } from "../lock-wait.js";

/** The key of the advisory lock: a 64-bit hash of `#lockName`. */
const key = "hashtextextended($1, 0)";

/** The lock of a state in PostgreSQL, and the session to use while it is held. */
export class PgLocks {
  readonly #server: PgServer;
  readonly #clock: Clock;
  readonly #lockName: string;
  #held: { readonly session: PgSession; readonly lost: AbortController } | undefined;

  constructor(server: PgServer, clock: Clock) {
    this.#server = server;
    this.#clock = clock;
    this.#lockName = `chatform state ${server.schema} ${server.name}`;
  }

  /**
   * Runs queries in the session that holds the lock, else in a session of their own.
   *
   * @param signal ends it early
   * @throws StateError; the signal's reason
   */
  async withSession<T>(work: (query: Query) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const held = this.#held;
    held?.lost.signal.throwIfAborted();
    const session = held?.session ?? (await this.#server.connect(signal));
    try {
      return await work(async (sql, values) => session.query(sql, values, signal));
    } catch (error) {
      signal?.throwIfAborted();
      const failure = this.#server.toStateError(error);
      // A session that was given up without a response has lost the lock too, but the missing response is the reason.
      if (!(error instanceof NoResponseError)) held?.lost.signal.throwIfAborted();
      throw failure;
    } finally {
      if (held === undefined) await session.end();
    }
  }

  /** @throws LockedError, StateError */
  async lock(operation: string, patience: LockWait): Promise<Lock> {
    const info = lockInfo(randomUUID(), operation, this.#server.location, this.#clock);
    const { signal } = patience;
    const session = await this.#server.connect(signal);
    const query: Query = async (sql, values) => session.query(sql, values, signal);
    try {
      await this.#server.endWithConnection(query);
      await this.#server.makeTables(query);
      const notice = await waitForLock(async () => this.#attempt(info, query), patience, this.#clock);
      return this.#hold(info, notice, session);
    } catch (error) {
      await session.end();
      signal?.throwIfAborted();
      throw this.#server.toStateError(error);
    }
  }

  /** Reads the holder of the lock; undefined where no session has it. @throws StateError */
  async readHolder(signal?: AbortSignal): Promise<LockInfo | undefined> {
    return this.withSession(async (query) => {
      if ((await this.#holderPid(query)) === undefined) return undefined;
      const { location } = this.#server;
      return (await this.#readHolder(query)) ?? unknownHolder(lockInfo("", "", location, this.#clock));
    }, signal);
  }

  /** Ends the session of the holder, and with it the lock. @throws StateError lock-missing, lock-mismatch */
  async unlock(id: string): Promise<LockInfo> {
    const { location, schema, name } = this.#server;
    return this.withSession(async (query) => {
      await this.#server.makeTables(query);
      const pid = await this.#holderPid(query);
      const holder = await this.#readHolder(query);
      if (pid === undefined) throw lockMissingError(location);
      if (holder?.ID !== id) throw lockMismatchError(location, id, holder);
      // Waits up to 5 s until the session has ended: then the lock is free.
      await query("SELECT pg_terminate_backend($1, 5000)", [pid]);
      await query(`DELETE FROM ${schema}.locks WHERE name = $1 AND pid = $2`, [name, pid]);
      return holder;
    });
  }

  async #attempt(
    info: LockInfo,
    query: Query,
  ): Promise<{ readonly value: string | undefined } | { readonly error: Error }> {
    const { schema, name } = this.#server;
    const [row] = await query(`SELECT pg_try_advisory_lock(${key}) AS done`, [this.#lockName]);
    const recorded = await this.#readHolder(query);
    if (row?.["done"] !== true) return { error: await this.#lockedError(recorded, info, query) };
    await query(
      `INSERT INTO ${schema}.locks (name, pid, info) VALUES ($1, pg_backend_pid(), $2)
       ON CONFLICT (name) DO UPDATE SET pid = excluded.pid, info = excluded.info`,
      [name, JSON.stringify(info)],
    );
    // A release deletes the row, so a present row was left by a holder that died.
    const notice = recorded === undefined ? undefined : replacedLockNotice(recorded);
    return { value: notice };
  }

  /** Returns the error for a lock that another session has. @param recorded the holder, unless it has not told its name yet */
  async #lockedError(recorded: LockInfo | undefined, info: LockInfo, query: Query): Promise<LockedError> {
    const { location } = this.#server;
    if (recorded !== undefined) return new LockedError(location, recorded);
    const pid = await this.#holderPid(query);
    const unlock =
      pid === undefined ? {} : { unlock: `run in the database: SELECT pg_terminate_backend(${pid})` };
    return new LockedError(location, unknownHolder(info), unlock);
  }

  #hold(info: LockInfo, notice: string | undefined, session: PgSession): Lock {
    const { location } = this.#server;
    const lost = new AbortController();
    const held = { session, lost };
    this.#held = held;
    session.onLost(() => {
      lost.abort(lockLostError(location, `The connection to ${location} broke, and its lock was lost`));
    });
    const release = async (): Promise<void> => {
      if (this.#held !== held) return;
      this.#held = undefined;
      if (!lost.signal.aborted) await this.#deleteRow(async (sql, values) => session.query(sql, values));
      await session.end();
    };
    return { info, ...(notice === undefined ? {} : { notice }), lost: lost.signal, release };
  }

  async #deleteRow(query: Query): Promise<void> {
    const { schema, name } = this.#server;
    const sql = `DELETE FROM ${schema}.locks WHERE name = $1 AND pid = pg_backend_pid()`;
    // The end of the session releases the lock in any case; a row that stays only causes a notice.
    await query(sql, [name]).catch(() => undefined);
  }

  async #readHolder(query: Query): Promise<LockInfo | undefined> {
    const { schema, name } = this.#server;
    const [row] = await query(`SELECT info FROM ${schema}.locks WHERE name = $1`, [name]);
    return typeof row?.["info"] === "string" ? parseLockInfo(row["info"]) : undefined;
  }

  /** Source: PostgreSQL's manual, pg_locks: a key of 64 bits is split into classid and objid, with objsubid 1. */
  async #holderPid(query: Query): Promise<number | undefined> {
    const [row] = await query(
      `SELECT pid FROM pg_locks, (SELECT ${key} AS k) AS wanted
       WHERE locktype = 'advisory' AND granted AND objsubid = 1
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND classid::bigint = (k >> 32) & 4294967295 AND objid::bigint = k & 4294967295`,
      [this.#lockName],
    );
    const pid = row?.["pid"];
    return typeof pid === "number" ? pid : undefined;
  }
}

/** Returns a lock whose holder is unknown. */
function unknownHolder(info: LockInfo): LockInfo {
  return { ...info, ID: "", Operation: "", Who: "", Created: "" };
}
