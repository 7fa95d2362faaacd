import { homedir } from "node:os";
import { resolve } from "node:path";
import { defaultStateFile } from "../core/default-files.js";
import { systemClock } from "../core/time/clock.js";
import type { Cipher } from "./encryption/cipher.js";
import { environmentCipher } from "./encryption/cipher.js";
import { StateError } from "./errors.js";
import type { Environment } from "../http/environment.js";
import type { HttpConfig } from "./remote/http-options.js";
import { localStore } from "./local/local-store.js";
import type { PgConfig } from "./remote/pg-session.js";
import type { S3Config } from "./remote/s3/s3-options.js";
import { rescueToFolder } from "./rescue.js";
import { StateCodec } from "./state-codec.js";
import type { StateStore } from "./store.js";

/** The member `state` of the config. */
export interface StateConfig extends HttpConfig, PgConfig, S3Config {
  /** Default: local. */
  readonly backend?: string;
  /** Of the backend local: a path, relative to the working directory. */
  readonly path?: string;
}

/** The surroundings of the command that opens a store. */
export interface StoreContext {
  /** For the backends' own variables: TF_HTTP_*, PG_CONN_STR, AWS_*, and the usual ones for proxies. */
  readonly env: Environment;
  readonly cwd: string;
  /** The first Ctrl-C: ends reading. */
  readonly stop?: AbortSignal;
  /** The second Ctrl-C: ends everything. */
  readonly abort?: AbortSignal;
  /** The limit for each request to a state server, from connecting to the end of the response. */
  readonly timeoutMs: number;
  /** Tells the user something about the state. */
  readonly note?: (text: string) => void;
  /** Default: with the passphrases of the variables. */
  readonly cipher?: Cipher;
  /** Gets the secrets that a backend is given, which outputs must not show. */
  readonly secrets?: { add(values: readonly string[]): void };
}

/**
 * Opens the store that the config names, and loads the code of its backend. Sends no request.
 *
 * @throws StateError backend-config
 */
export async function openStore(config: StateConfig, context: StoreContext): Promise<StateStore> {
  const { env, cwd, stop, abort, timeoutMs, secrets } = context;
  const time = { timeoutMs, stop, abort };
  const codec = new StateCodec(context.cipher ?? environmentCipher(env), context.note);
  const backend = config.backend ?? "local";
  if (backend === "local") {
    const path = config.path ?? defaultStateFile;
    const rescue = rescueToFolder(cwd, ["--state", path], codec);
    return localStore({ path: resolve(cwd, path), location: path, rescue, codec });
  }
  const rescue = rescueToFolder(cwd, [], codec);
  if (backend === "http") {
    const [{ httpStore }, { httpOptions }] = await Promise.all([
      import("./remote/http-store.js"),
      import("./remote/http-options.js"),
    ]);
    return httpStore({ server: httpOptions(config, env), clock: systemClock, time, rescue, codec });
  }
  if (backend === "pg") {
    const [{ pgStore }, { pgOptions }] = await Promise.all([
      import("./remote/pg-store.js"),
      import("./remote/pg-session.js"),
    ]);
    return pgStore({ server: pgOptions(config, env), clock: systemClock, time, rescue, codec });
  }
  if (backend === "s3") {
    const [{ s3Store }, { s3Options }] = await Promise.all([
      import("./remote/s3/s3-store.js"),
      import("./remote/s3/s3-options.js"),
    ]);
    const server = await s3Options(config, env, env["HOME"] ?? homedir());
    const hide = (values: readonly string[]): void => secrets?.add(values);
    return s3Store({ server, clock: systemClock, time, rescue, codec, hide });
  }
  throw new StateError({
    code: "backend-config",
    location: `state backend ${backend}`,
    detail: `There is no state backend "${backend}".`,
    help: "Use local, http, pg or s3.",
  });
}
