import type { Diagnostic } from "../../core/diagnostic.js";
import type { Environment } from "../../http/environment.js";
import { variable } from "../../http/environment.js";
import type { Proxy } from "../../http/proxy.js";
import { usualProxy } from "../../http/proxy.js";
import type { TlsOptions } from "../../http/transport.js";
import { isClearText, parseHttpUrl } from "../../http/url.js";
import type { UrlCredentials } from "../../http/url-credentials.js";
import { urlCredentials } from "../../http/url-credentials.js";
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

/** The options of the `http` backend. */
export interface HttpOptions {
  readonly address: URL;
  readonly updateMethod: string;
  /** Missing: the server has no locks. */
  readonly lock?: { readonly address: URL; readonly method: string };
  readonly unlock?: { readonly address: URL; readonly method: string };
  readonly credentials?: UrlCredentials;
  readonly retries: { readonly max: number; readonly minWaitMs: number; readonly maxWaitMs: number };
  readonly tls: TlsOptions;
  /** By origin of the addresses. */
  readonly proxies: Readonly<Record<string, Proxy | undefined>>;
}

/**
 * Reads the options from the config and from Terraform's TF_HTTP_* variables; the config wins. Source of names, defaults and
 * meaning: https://developer.hashicorp.com/terraform/language/backend/http
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
  const addresses = [address, lock, unlock].filter((one) => one !== undefined);
  if (tls.rejectUnauthorized) for (const one of addresses) refuseClearText(one);
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
    proxies: Object.fromEntries(addresses.map((one) => [one.origin, proxyOf(one, env)])),
  };
}

/** An address as it may be shown: passwords and tokens can be in the user part and in the query. */
export function withoutSecrets(address: URL): string {
  return `${address.origin}${address.pathname}`;
}

function credentialsOf(config: HttpConfig, env: Environment, address: URL): UrlCredentials | undefined {
  const inAddress = urlCredentials(address);
  const username = config.username ?? variable(env, "TF_HTTP_USERNAME") ?? inAddress.username;
  const password = env["TF_HTTP_PASSWORD"] ?? "";
  return username === ""
    ? undefined
    : { username, password: password === "" ? inAddress.password : password };
}

function tlsOf(config: HttpConfig, env: Environment): TlsOptions {
  const ca = variable(env, "TF_HTTP_CLIENT_CA_CERTIFICATE_PEM");
  const cert = variable(env, "TF_HTTP_CLIENT_CERTIFICATE_PEM");
  const key = variable(env, "TF_HTTP_CLIENT_PRIVATE_KEY_PEM");
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

function proxyOf(address: URL, env: Environment): Proxy | undefined {
  const problems: Diagnostic[] = [];
  const proxy = usualProxy(address, env, problems);
  const [problem] = problems;
  if (problem !== undefined) throw wrong(problem.detail ?? problem.summary, problem.help ?? "Correct it.");
  return proxy;
}

function addressOf(name: string, value: string | undefined): URL | undefined {
  if (value === undefined || value === "") return undefined;
  const url = parseHttpUrl(value);
  if (url === undefined)
    throw wrong(`The ${name} of the state backend http is not an http or https address.`, "Correct it.");
  return url;
}

/** The password and the texts of messages travel in the clear over plain http: only within this machine. */
function refuseClearText(address: URL): void {
  if (!isClearText(address)) return;
  throw wrong(
    `The state would go to ${withoutSecrets(address)} over plain http, where others could read and change it on the way.`,
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
  const value = variable(env, name);
  if (value === undefined) return usual;
  if (!/^\d{1,6}$/.test(value)) throw wrong(`${name} is not a whole number: ${value}.`, "Correct it.");
  return Number(value);
}

function flag(env: Environment, name: string): boolean {
  const value = variable(env, name)?.toLowerCase();
  if (value === undefined || ["false", "0", "f"].includes(value)) return false;
  if (["true", "1", "t"].includes(value)) return true;
  throw wrong(`${name} is neither true nor false: ${value}.`, "Correct it.");
}

function wrong(detail: string, help: string): StateError {
  return new StateError({ code: "backend-config", location: "state backend http", detail, help });
}
