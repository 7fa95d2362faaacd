import type { Client, ClientConfig } from "pg";
import { StateError, systemCode } from "./errors.js";
import type { Environment } from "./http-options.js";

/** The part of the desired state's `state:` that the `pg` backend takes. */
export interface PgConfig {
  /** A connection string; default: PG_CONN_STR, as for Terraform's pg backend, else the PG* variables. */
  readonly connection?: string;
  /** The database schema of the tables; default `chatform`. */
  readonly schema?: string;
  /** Which of several states in there; default `default`. */
  readonly name?: string;
}

export interface PgOptions {
  readonly connection: ClientConfig;
  readonly schema: string;
  readonly name: string;
}

/**
 * What the files say, filled in from the environment. What is missing still, pg itself takes from the PG* variables.
 *
 * @throws StateError backend-config for a connection string in the form `host=... user=...`, which pg takes for a database's
 *   name
 */
export function pgOptions(config: PgConfig, env: Environment): PgOptions {
  const text = config.connection ?? env["PG_CONN_STR"];
  if (text !== undefined && /^\s*\w+\s*=/.test(text)) throw keywordForm();
  return {
    connection: text === undefined || text === "" ? {} : { connectionString: text },
    schema: config.schema ?? "chatform",
    name: config.name ?? "default",
  };
}

function keywordForm(): StateError {
  return new StateError({
    code: "backend-config",
    location: "state backend pg",
    detail: "The connection string has the form host=... user=..., which is not understood here.",
    help: "Write it as a URL, postgres://USER:PASSWORD@HOST:PORT/DATABASE; or set PGHOST, PGUSER, PGPASSWORD, PGDATABASE.",
  });
}

type Row = Readonly<Record<string, unknown>>;
export type Query = (sql: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

/** A session with the database. */
export interface PgSession {
  readonly query: Query;
  /** Calls back when it ends without having been ended. */
  onLost(callback: () => void): void;
  end(): Promise<void>;
}

/** A database, and the state in it. Its errors are StateErrors, unless they are the database's answers to a query. */
export class PgServer {
  readonly location: string;
  /** Quoted, for SQL. */
  readonly schema: string;
  readonly name: string;
  readonly #options: PgOptions;
  #hasTables = false;

  constructor(options: PgOptions) {
    this.#options = options;
    this.name = options.name;
    this.schema = `"${options.schema.replaceAll('"', '""')}"`;
    this.location = `PostgreSQL ${options.schema}/${options.name}`;
  }

  /** @throws StateError backend-config without the pg package, backend-failed without the server */
  async connect(): Promise<PgSession> {
    const client = await this.#client();
    let isEnding = false;
    let lost: (() => void) | undefined;
    const onEnd = (): void => {
      if (!isEnding) lost?.();
    };
    // Without a listener a connection that breaks would end the process.
    client.on("error", onEnd);
    client.on("end", onEnd);
    try {
      await client.connect();
    } catch (error) {
      throw this.failed(error);
    }
    return {
      query: async (sql, values = []) => (await client.query<Record<string, unknown>>(sql, [...values])).rows,
      onLost(callback) {
        lost = callback;
      },
      async end() {
        isEnding = true;
        await client.end().catch(() => undefined);
      },
    };
  }

  /** Makes schema and tables where they are missing. */
  async makeTables(query: Query): Promise<void> {
    if (this.#hasTables) return;
    const { schema } = this;
    const [found] = await query("SELECT to_regclass($1) AS states, to_regclass($2) AS locks", [
      `${schema}.states`,
      `${schema}.locks`,
    ]);
    if (found?.["states"] === null || found?.["locks"] === null) {
      // One at a time: two that make the same thing at once would disturb each other, IF NOT EXISTS or not.
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

  /** What to throw for an error of the connection, or of a query. */
  failed(error: unknown): StateError {
    if (error instanceof StateError) return error;
    const message = error instanceof Error ? error.message : String(error);
    return new StateError(
      {
        code: "backend-failed",
        location: this.location,
        detail: `${this.location} failed: ${message || (systemCode(error) ?? "no connection")}.`,
        help: "Check PG_CONN_STR or the PG* variables, the rights of the user, and the server.",
      },
      { cause: error },
    );
  }

  async #client(): Promise<Client> {
    try {
      const { default: pg } = await import("pg");
      return new pg.Client({
        keepAlive: true,
        connectionTimeoutMillis: 30_000,
        application_name: "chatform",
        ...this.#options.connection,
      });
    } catch (error) {
      if (systemCode(error) !== "ERR_MODULE_NOT_FOUND") throw this.failed(error);
      throw new StateError(
        {
          code: "backend-config",
          location: this.location,
          detail: "The state backend pg needs the package pg, which is not installed.",
          help: "Install it beside chatform: npm install pg (with -g, if chatform was installed so).",
        },
        { cause: error },
      );
    }
  }
}

/** Source: PostgreSQL's manual, appendix A: 42P01 undefined_table, 3F000 invalid_schema_name. */
export function tableMissing(error: unknown): boolean {
  return ["42P01", "3F000"].includes(systemCode(error) ?? "");
}
