import { resolve } from "node:path";
import type { State } from "../core/state.js";
import { systemClock } from "../core/clock.js";
import { printState } from "./codec.js";
import { StateError } from "./errors.js";
import { writeDurably } from "./file.js";
import type { Environment, HttpConfig } from "./http-options.js";
import { lazyStore } from "./lazy.js";
import { localStore } from "./local.js";
import type { PgConfig } from "./pg-session.js";

import type { StateStore } from "./store.js";

/** The desired state's `state:`. */
export interface StateConfig extends HttpConfig, PgConfig {
  /** Default: local. */
  readonly backend?: string;
  /** Of the backend local: relative to the working directory. */
  readonly path?: string;
}

const defaultStatePath = "chatform.state.json";

/** Where a state goes that could not be stored where it belongs, so that it can be pushed later. */
const rescuePath = "errored.chatform.state.json";

/**
 * Opens the store that the configuration names. What a backend needs is loaded when it is first used.
 *
 * @param env for the backends' own variables: TF_HTTP_*, PG_CONN_STR, and the usual ones for proxies
 * @param stop ends waiting for a server that is asked for the state
 * @throws StateError backend-config
 */
export function openStore(
  config: StateConfig,
  env: Environment,
  cwd: string,
  stop?: AbortSignal,
): StateStore {
  const backend = config.backend ?? "local";
  if (backend === "local") {
    const path = config.path ?? defaultStatePath;
    return localStore({ path: resolve(cwd, path), location: path });
  }
  const rescue = async (state: State): Promise<string> => {
    await writeDurably(resolve(cwd, rescuePath), printState(state));
    return rescuePath;
  };
  if (backend === "http") {
    return lazyStore("state backend http", async () => {
      const [{ httpStore }, { httpOptions }] = await Promise.all([
        import("./http.js"),
        import("./http-options.js"),
      ]);
      return httpStore({
        server: httpOptions(config, env),
        clock: systemClock,
        rescue,
        ...(stop === undefined ? {} : { stop }),
      });
    });
  }
  if (backend === "pg") {
    return lazyStore("state backend pg", async () => {
      const [{ pgStore }, { pgOptions }] = await Promise.all([import("./pg.js"), import("./pg-session.js")]);
      return pgStore({ server: pgOptions(config, env), clock: systemClock, rescue });
    });
  }
  throw new StateError({
    code: "backend-config",
    location: `state backend ${backend}`,
    detail: `There is no state backend "${backend}".`,
    help: "Use local, http or pg.",
  });
}
