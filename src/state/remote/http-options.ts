import { isLoopback } from "../../http/loopback.js";
import { decoded } from "../../http/url-credentials.js";
import { StateError } from "../errors.js";

/** The part of the desired state's `state:` that the `http` backend takes. The environment fills in what is missing. */
export interface HttpConfig {
  readonly address?: string;
  readonly updateMethod?: string;
  readonly lockAddress?: string;
  readonly lockMethod?: string;
  readonly unlockAddress?: string;
  readonly unlockMethod?: string;
  readonly username?: string;
  readonly skipCertVerification?: boolean;
  readonly retryMax?: number;
  /** Seconds. */
  readonly retryWaitMin?: number;
  /** Seconds. */
  readonly retryWaitMax?: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** All that is known of the server. */
export interface HttpOptions {
  readonly address: URL;
  readonly updateMethod: string;
  /** Missing: the server has no locks. */
  readonly lock?: { readonly address: URL; readonly method: string };
  readonly unlock?: { readonly address: URL; readonly method: string };
  readonly credentials?: { readonly username: string; readonly password: string };
  readonly retries: { readonly max: number; readonly minWaitMs: number; readonly maxWaitMs: number };
  readonly tls: {
    readonly rejectUnauthorized: boolean;
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
  };
  readonly proxy: { readonly http?: string; readonly https?: string; readonly none?: string };
}

/**
 * What the files and Terraform's TF_HTTP_* variables say; the files win. Source of names, defaults and meaning:
 * https://developer.hashicorp.com/terraform/language/backend/http
 *
 * @throws StateError backend-config
 */
export function httpOptions(config: HttpConfig, env: Environment): HttpOptions {
  const address = addressOf("address", config.address ?? env["TF_HTTP_ADDRESS"]);
  if (address === undefined) {
    throw wrong("The state backend http has no address.", "Set `state.address` or TF_HTTP_ADDRESS.");
  }
  const lock = addressOf("lockAddress", config.lockAddress ?? env["TF_HTTP_LOCK_ADDRESS"]);
  const unlock = addressOf("unlockAddress", config.unlockAddress ?? env["TF_HTTP_UNLOCK_ADDRESS"]) ?? lock;
  const credentials = credentialsOf(config, env, address);
  const tls = tlsOf(config, env);
  if (tls.rejectUnauthorized) for (const one of [address, lock, unlock]) refuseClearText(one);
  const locking =
    lock === undefined || unlock === undefined
      ? {}
      : {
          lock: { address: lock, method: method(config.lockMethod ?? env["TF_HTTP_LOCK_METHOD"], "LOCK") },
          unlock: {
            address: unlock,
            method: method(config.unlockMethod ?? env["TF_HTTP_UNLOCK_METHOD"], "UNLOCK"),
          },
        };
  return {
    address: withoutUser(address),
    updateMethod: method(config.updateMethod ?? env["TF_HTTP_UPDATE_METHOD"], "POST"),
    ...locking,
    ...(credentials === undefined ? {} : { credentials }),
    retries: {
      max: config.retryMax ?? count(env, "TF_HTTP_RETRY_MAX", 2),
      minWaitMs: 1_000 * (config.retryWaitMin ?? count(env, "TF_HTTP_RETRY_WAIT_MIN", 1)),
      maxWaitMs: 1_000 * (config.retryWaitMax ?? count(env, "TF_HTTP_RETRY_WAIT_MAX", 30)),
    },
    tls,
    proxy: proxyOf(env),
  };
}

/** An address as it may be shown: passwords and tokens can be in the user part and in the query. */
export function shown(address: URL): string {
  return `${address.origin}${address.pathname}`;
}

function credentialsOf(config: HttpConfig, env: Environment, address: URL): HttpOptions["credentials"] {
  const username = config.username ?? text(env, "TF_HTTP_USERNAME") ?? decoded(address.username);
  const password = text(env, "TF_HTTP_PASSWORD") ?? decoded(address.password);
  return username === "" ? undefined : { username, password };
}

function tlsOf(config: HttpConfig, env: Environment): HttpOptions["tls"] {
  const ca = text(env, "TF_HTTP_CLIENT_CA_CERTIFICATE_PEM");
  const cert = text(env, "TF_HTTP_CLIENT_CERTIFICATE_PEM");
  const key = text(env, "TF_HTTP_CLIENT_PRIVATE_KEY_PEM");
  if ((cert === undefined) !== (key === undefined)) {
    throw wrong(
      "A client certificate needs its key, and the key its certificate.",
      "Set both TF_HTTP_CLIENT_CERTIFICATE_PEM and TF_HTTP_CLIENT_PRIVATE_KEY_PEM, or neither.",
    );
  }
  const skip = config.skipCertVerification ?? flag(env, "TF_HTTP_SKIP_CERT_VERIFICATION");
  return {
    rejectUnauthorized: !skip,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

/** The usual variables, small letters first, as Go's HTTP client and with it Terraform reads them. */
function proxyOf(env: Environment): HttpOptions["proxy"] {
  const http = text(env, "http_proxy") ?? text(env, "HTTP_PROXY");
  const https = text(env, "https_proxy") ?? text(env, "HTTPS_PROXY");
  const none = text(env, "no_proxy") ?? text(env, "NO_PROXY");
  return {
    ...(http === undefined ? {} : { http }),
    ...(https === undefined ? {} : { https }),
    ...(none === undefined ? {} : { none }),
  };
}

function addressOf(name: string, value: string | undefined): URL | undefined {
  if (value === undefined || value === "") return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    throw wrong(`The ${name} of the state backend http is not an http or https address.`, "Correct it.");
  }
  return url;
}

/** The password and the texts of messages travel in the clear over plain http: only within this machine. */
function refuseClearText(address: URL | undefined): void {
  if (address?.protocol !== "http:" || isLoopback(address)) return;
  throw wrong(
    `The state would go to ${shown(address)} over plain http, where others could read and change it on the way.`,
    "Use https; or, where the way there is trusted, say so with TF_HTTP_SKIP_CERT_VERIFICATION=true.",
  );
}

function withoutUser(address: URL): URL {
  const copy = new URL(address);
  copy.username = "";
  copy.password = "";
  return copy;
}

function method(value: string | undefined, usual: string): string {
  if (value === undefined || value === "") return usual;
  if (!/^[A-Za-z]+$/.test(value)) {
    throw wrong(`${value} is not an HTTP method.`, `Name one, such as ${usual}.`);
  }
  return value.toUpperCase();
}

function count(env: Environment, name: string, usual: number): number {
  const value = text(env, name);
  if (value === undefined) return usual;
  if (!/^\d{1,6}$/.test(value)) throw wrong(`${name} is not a whole number: ${value}.`, "Correct it.");
  return Number(value);
}

function flag(env: Environment, name: string): boolean {
  const value = text(env, name)?.toLowerCase();
  if (value === undefined || ["false", "0", "f"].includes(value)) return false;
  if (["true", "1", "t"].includes(value)) return true;
  throw wrong(`${name} is neither true nor false: ${value}.`, "Correct it.");
}

function text(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value === undefined || value === "" ? undefined : value;
}

function wrong(detail: string, help: string): StateError {
  return new StateError({ code: "backend-config", location: "state backend http", detail, help });
}
