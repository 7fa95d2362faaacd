import { Socket } from "node:net";
import type { Client, ClientConfig } from "pg";
import { isCi } from "../../core/ci.js";
import { defaultPgName } from "../../core/default-files.js";
import { StateError, systemCode } from "../errors.js";
import type { Environment } from "../../http/environment.js";
import { variable } from "../../http/environment.js";
import { otherServerError } from "./other-server.js";
import type { ServerTime } from "./server-time.js";
import { NoResponseError } from "./server-time.js";

/** The members of `state` in the config for the backend `pg`. */
export interface PgConfig {
  /** A connection string; default: PG_CONN_STR, as for Terraform's pg backend, else the PG* variables. */
  readonly connection?: string;
  /** The database schema of the tables; default `chatform`. */
  readonly schema?: string;
  /** The name of the state in the schema; default `default`. */
  readonly name?: string;
  /** The name that earlier versions gave the state. Missing: the same. */
  readonly formerName?: string;
}

export interface PgOptions {
  readonly connection: ClientConfig;
  readonly schema: string;
  readonly name: string;
  /** See `PgConfig`. */
  readonly formerName?: string;
  /** In CI, with a connection in the config: the server that PGPASSWORD is for, where the variables name one. */
  readonly own?: OwnServer;
}

interface OwnServer {
  readonly variable: "PG_CONN_STR" | "PGHOST";
  readonly connection: ClientConfig;
  readonly password: string;
}

/**
 * Reads the options from the config, else from PG_CONN_STR. The package pg reads the rest from the PG* variables.
 *
 * @throws StateError backend-config for a connection string in the form `host=... user=...`, which pg would use as the name
 *   of a database
 */
export function pgOptions(config: PgConfig, env: Environment): PgOptions {
  const text = config.connection ?? env["PG_CONN_STR"];
  const own = config.connection === undefined || !isCi(env) ? undefined : ownServer(env);
  if (text !== undefined && /^\s*\w+\s*=/.test(text)) throw keywordForm();
  return {
    connection: text === undefined || text === "" ? {} : { connectionString: text },
    schema: config.schema ?? "chatform",
    name: config.name ?? defaultPgName,
    ...(config.formerName === undefined ? {} : { formerName: config.formerName }),
    ...(own === undefined ? {} : { own }),
  };
}

function ownServer(env: Environment): OwnServer | undefined {
  const [password, text] = [variable(env, "PGPASSWORD"), variable(env, "PG_CONN_STR")];
  if (password === undefined) return undefined;
  if (text !== undefined)
    return { variable: "PG_CONN_STR", connection: { connectionString: text }, password };
  const host = variable(env, "PGHOST");
  return host === undefined ? undefined : { variable: "PGHOST", connection: { host }, password };
}

/** Refuses a client that would send PGPASSWORD to another server than the variables name. pg itself reads both connections. */
function refuseOtherServer(client: Client, own: Client, { variable: name, password }: OwnServer): void {
  const [server, named] = [client, own].map(({ host, port }) => `${host}:${String(port)}`);
  if (server === undefined || named === undefined || server === named || client.password !== password) return;
  throw otherServerError({
    ...{ backend: "pg", what: "PGPASSWORD", server, variable: name, own: named, members: "`connection`" },
  });
}

function keywordForm(): StateError {
  return new StateError({
    code: "backend-config",
    location: "state backend pg",
    detail: "The connection string has the form host=... user=..., which is not supported.",
    help: "Write the connection string as a URL, postgres://USER:PASSWORD@HOST:PORT/DATABASE; or set PGHOST, PGUSER, PGPASSWORD, PGDATABASE.",
  });
}

/** The time that the end of a session waits for the server, in milliseconds. */
const farewellMs = 300;

type Row = Readonly<Record<string, unknown>>;
export type Query = (sql: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

/** A session with the database. A query without a response in time ends the session. */
export interface PgSession {
  /** @param signal ends the query, and with it the session */
  query(sql: string, values?: readonly unknown[], signal?: AbortSignal): Promise<readonly Row[]>;
  /** Sets the callback for a session that ends without a call of `end`. */
  onLost(callback: () => void): void;
  end(): Promise<void>;
}

/** A database and the state in it. Throws StateErrors, except for errors of a query. */
export class PgServer {
  readonly location: string;
  /** Quoted, for SQL. */
  readonly schema: string;
  readonly name: string;
  readonly #options: PgOptions;
  readonly #time: ServerTime;
  #hasTables = false;

  constructor(options: PgOptions, time: ServerTime) {
    this.#options = options;
    this.#time = time;
    this.name = options.name;
    this.schema = `"${options.schema.replaceAll('"', '""')}"`;
    this.location = `PostgreSQL ${options.schema}/${options.name}`;
  }

  /**
   * Begins a session.
   *
   * @throws StateError backend-config without the pg package, backend-failed without the server
   * @throws the signal's reason
   */
  async connect(signal?: AbortSignal): Promise<PgSession> {
    // Our own socket, since pg can't end a connection that does not respond.
    const socket = new Socket();
    const client = await this.#client(socket);
    let isEnding = false;
    let lost: (() => void) | undefined;
    const onEnd = (): void => {
      if (!isEnding) lost?.();
    };
    // Without a listener a connection that breaks would end the process.
    client.on("error", onEnd);
    client.on("end", onEnd);
    const limited = async <T>(work: () => Promise<T>, until?: AbortSignal): Promise<T> =>
      this.#time.limit(async (end) => {
        end.addEventListener("abort", () => socket.destroy());
        return work();
      }, until);
    try {
      await limited(async () => client.connect(), signal);
    } catch (error) {
      socket.destroy();
      signal?.throwIfAborted();
      throw this.toStateError(error);
    }
    return {
      query: async (sql, values = [], until) =>
        (await limited(async () => client.query<Record<string, unknown>>(sql, [...values]), until)).rows,
      onLost(callback) {
        lost = callback;
      },
      end: async () => {
        isEnding = true;
        await this.#time
          .limit(async () => client.end(), AbortSignal.timeout(farewellMs))
          .catch(() => undefined);
        socket.destroy();
      },
    };
  }

  /**
   * Lets the server end the session within about a minute once it no longer reaches this machine, and with the session its lock
   * or an unfinished transaction. By default, that takes hours.
   */
  async endWithConnection(query: Query): Promise<void> {
    await query(
      `SELECT set_config('tcp_keepalives_idle', '30', false), set_config('tcp_keepalives_interval', '10', false),
       set_config('tcp_keepalives_count', '3', false), set_config('idle_in_transaction_session_timeout', '60s', false)`,
    );
  }

  /** Creates the schema and tables where they are missing. */
  async makeTables(query: Query): Promise<void> {
    if (this.#hasTables) return;
    const { schema } = this;
    const [found] = await query("SELECT to_regclass($1) AS states, to_regclass($2) AS locks", [
      `${schema}.states`,
      `${schema}.locks`,
    ]);
    if (found?.["states"] === null || found?.["locks"] === null) {
      // Under a lock: CREATE ... IF NOT EXISTS fails when two sessions run it at the same time.
      await query(`BEGIN`);
      await query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [`chatform tables ${schema}`]);
      await query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
      await query(
        `CREATE TABLE IF NOT EXISTS ${schema}.states (name text PRIMARY KEY, lineage text NOT NULL,
         serial bigint NOT NULL, content text NOT NULL, written timestamptz NOT NULL DEFAULT now())`,
      );
      await query(
        `CREATE TABLE IF NOT EXISTS ${schema}.locks (name text PRIMARY KEY, pid integer NOT NULL, info text NOT NULL)`,
      );
      await query("COMMIT");
    }
    this.#hasTables = true;
  }

  /** Returns the error to throw for an error of the connection or of a query. */
  toStateError(error: unknown): StateError {
    if (error instanceof StateError) return error;
    const message = error instanceof Error ? error.message : String(error);
    const help =
      error instanceof NoResponseError
        ? "Check PG_CONN_STR or the PG* variables and the server, or raise --timeout."
        : "Check PG_CONN_STR or the PG* variables, the privileges of the database user, and the server.";
    return new StateError(
      {
        code: "backend-failed",
        location: this.location,
        detail: `${this.location} failed: ${message || (systemCode(error) ?? "no connection")}.`,
        help,
      },
      { cause: error },
    );
  }

  async #client(socket: Socket): Promise<Client> {
    try {
      const { default: pg } = await import("pg");
      const { connection, own } = this.#options;
      const client = new pg.Client({
        keepAlive: true,
        application_name: "chatform",
        ...connection,
        stream: () => socket,
      });
      if (own !== undefined) refuseOtherServer(client, new pg.Client(own.connection), own);
      return client;
    } catch (error) {
      if (systemCode(error) !== "ERR_MODULE_NOT_FOUND") throw this.toStateError(error);
      throw new StateError(
        {
          code: "backend-config",
          location: this.location,
          detail: "The state backend pg needs the package pg, which is not installed.",
          help: "Install the package beside chatform: npm install pg (with -g for a global installation).",
        },
        { cause: error },
      );
    }
  }
}

/** Tells whether a query failed because the table is missing. Source: PostgreSQL's manual, appendix A: 42P01 undefined_table, 3F000 invalid_schema_name. */
export function isTableMissing(error: unknown): boolean {
  return ["42P01", "3F000"].includes(systemCode(error) ?? "");
}
