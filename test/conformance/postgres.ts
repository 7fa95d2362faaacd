import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";

const run = promisify(execFile);

const [initdb, postgres] = ["initdb", "postgres"];

/** The reason to skip tests with PostgreSQL; undefined when it is installed. */
export async function missingPostgres(): Promise<string | undefined> {
  for (const program of [initdb, postgres]) {
    try {
      await run(program, ["--version"]);
    } catch {
      return `${program} is not on the PATH`;
    }
  }
  return undefined;
}

export interface Postgres {
  /** A connection string. */
  readonly url: string;
  query(sql: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  stop(): Promise<void>;
}

/** Starts a separate server, on a socket in a temporary folder. */
export async function startPostgres(): Promise<Postgres> {
  const folder = await mkdtemp(join(tmpdir(), "chatform-pg-"));
  // PostgreSQL refuses to run as root: as root, it runs as the user nobody.
  const isRoot = process.getuid?.() === 0;
  const identity = isRoot ? { uid: 65_534, gid: 65_534 } : {};
  if (isRoot) await chown(folder, 65_534, 65_534);
  const data = join(folder, "data");
  const options = { ...identity, cwd: folder, env: { ...process.env, LC_ALL: "C" } };
  await run(initdb, ["-D", data, "-A", "trust", "-U", "chatform", "--no-sync"], options);
  const flags = ["-D", data, "-k", folder, "-c", "listen_addresses=", "-F"];
  const server = spawn(postgres, flags, { ...options, stdio: "ignore" });
  const url = `postgresql://chatform@localhost/postgres?host=${encodeURIComponent(folder)}`;
  const client = await connected(url);
  return {
    url,
    query: async (sql, values = []) => (await client.query<Record<string, unknown>>(sql, [...values])).rows,
    async stop() {
      await client.end();
      const exited = once(server, "exit");
      server.kill("SIGINT");
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function connected(url: string): Promise<pg.Client> {
  for (let attempt = 0; ; attempt++) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (attempt === 1500) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
