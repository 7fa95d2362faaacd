import { resolve } from "node:path";
import { systemClock } from "../core/time/clock.js";
import { StateError } from "./errors.js";
import type { Environment } from "../http/environment.js";
import type { HttpConfig } from "./remote/http-options.js";
import { lazyStore } from "./lazy.js";
import { localStore } from "./local/local-store.js";
import type { PgConfig } from "./remote/pg-session.js";
import { rescueToFolder } from "./rescue.js";
import type { StateStore } from "./store.js";

/** The desired state's `state:`. */
export interface StateConfig extends HttpConfig, PgConfig {
  /** Default: local. */
  readonly backend?: string;
  /** Of the backend local: relative to the working directory. */
  readonly path?: string;
}

const defaultStatePath = "chatform.state.json";

/** How the command that uses a store was started. */
export interface StoreContext {
  /** For the backends' own variables: TF_HTTP_*, PG_CONN_STR, and the usual ones for proxies. */
  readonly env: Environment;
  readonly cwd: string;
  /** The first Ctrl-C ends reading, the second everything. */
  readonly stop?: AbortSignal;
  readonly abort?: AbortSignal;
  /** For each request to a server that keeps a state: to connect, and for all of its response. */
  readonly timeoutMs: number;
}

/**
 * Opens the store that the configuration names. What a backend needs is loaded when it is first used.
 *
 * @throws StateError backend-config
 */
export function openStore(config: StateConfig, context: StoreContext): StateStore {
  const { env, cwd, stop, abort, timeoutMs } = context;
  const time = { timeoutMs, stop, abort };
  const backend = config.backend ?? "local";
  if (backend === "local") {
    const path = config.path ?? defaultStatePath;
    const rescue = rescueToFolder(cwd, path === defaultStatePath ? [] : ["--state", path]);
    return localStore({ path: resolve(cwd, path), location: path, rescue });
  }
  const rescue = rescueToFolder(cwd, []);
  if (backend === "http") {
    return lazyStore("state backend http", async () => {
      const [{ httpStore }, { httpOptions }] = await Promise.all([
        import("./remote/http-store.js"),
        import("./remote/http-options.js"),
      ]);
      return httpStore({ server: httpOptions(config, env), clock: systemClock, time, rescue });
    });
  }
  if (backend === "pg") {
    return lazyStore("state backend pg", async () => {
      const [{ pgStore }, { pgOptions }] = await Promise.all([
        import("./remote/pg-store.js"),
        import("./remote/pg-session.js"),
      ]);
      return pgStore({ server: pgOptions(config, env), clock: systemClock, time, rescue });
    });
  }
  throw new StateError({
    code: "backend-config",
    location: `state backend ${backend}`,
    detail: `There is no state backend "${backend}".`,
    help: "Use local, http or pg.",
  });
}
