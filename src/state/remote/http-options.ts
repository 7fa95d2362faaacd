import { isCi } from "../../core/ci.js";
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
import { otherServerError } from "./other-server.js";
import type { Retries } from "./server-client.js";

/** The members of `state:` in the config that the `http` backend reads. The environment fills in missing ones. */
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
  /** Missing where the server has no locks. */
  readonly lock?: { readonly address: URL; readonly method: string };
  readonly unlock?: { readonly address: URL; readonly method: string };
  readonly credentials?: UrlCredentials;
  readonly retries: Retries;
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
  const given = (value: string | undefined, name: string): string | undefined =>
    value === undefined || value === "" ? variable(env, name) : value;
  const address = parseAddress("address", given(config.address, "TF_HTTP_ADDRESS"));
  if (address === undefined)
    throw configError("The state backend http has no address.", "Set `state.address` or TF_HTTP_ADDRESS.");
  const lock = parseAddress("lockAddress", given(config.lockAddress, "TF_HTTP_LOCK_ADDRESS"));
  const unlock = parseAddress("unlockAddress", given(config.unlockAddress, "TF_HTTP_UNLOCK_ADDRESS")) ?? lock;
  refuseOtherServer(config, env);
  const credentials = getCredentials(config, env, address);
  const tls = getTls(config, env);
  const addresses = [address, lock, unlock].filter((one) => one !== undefined);
  if (tls.rejectUnauthorized) for (const one of addresses) refuseClearText(one);
  const lockMethod = parseMethod(given(config.lockMethod, "TF_HTTP_LOCK_METHOD"), "LOCK");
  const unlockMethod = parseMethod(given(config.unlockMethod, "TF_HTTP_UNLOCK_METHOD"), "UNLOCK");
  return {
    address: withoutUser(address),
    updateMethod: parseMethod(given(config.updateMethod, "TF_HTTP_UPDATE_METHOD"), "POST"),
    ...(lock === undefined || unlock === undefined
      ? {}
      : {
          lock: { address: lock, method: lockMethod },
          unlock: { address: unlock, method: unlockMethod },
        }),
    ...(credentials === undefined ? {} : { credentials }),
    retries: {
      max: config.retryMax ?? parseCount(env, "TF_HTTP_RETRY_MAX", 2),
      minWaitMs: 1_000 * (config.retryWaitMin ?? parseCount(env, "TF_HTTP_RETRY_WAIT_MIN", 1)),
      maxWaitMs: 1_000 * (config.retryWaitMax ?? parseCount(env, "TF_HTTP_RETRY_WAIT_MAX", 30)),
    },
    tls,
    proxies: Object.fromEntries(addresses.map((one) => [one.origin, getProxy(one, env)])),
  };
}

/** Returns an address without its user part and query, which can hold passwords and tokens. */
export function withoutSecrets(address: URL): string {
  return `${address.origin}${address.pathname}`;
}

function getCredentials(config: HttpConfig, env: Environment, address: URL): UrlCredentials | undefined {
  const inAddress = urlCredentials(address);
  const username = config.username ?? variable(env, "TF_HTTP_USERNAME") ?? inAddress.username;
  const password = env["TF_HTTP_PASSWORD"] ?? "";
  return username === ""
    ? undefined
    : { username, password: password === "" ? inAddress.password : password };
}

/** In CI, refuses a config that would send the variables' password to another server than theirs. */
function refuseOtherServer({ address, lockAddress, unlockAddress }: HttpConfig, env: Environment): void {
  const own = isCi(env) ? parseAddress("TF_HTTP_ADDRESS", variable(env, "TF_HTTP_ADDRESS")) : undefined;
  const isGiven = variable(env, "TF_HTTP_PASSWORD") !== undefined;
  if (own === undefined || (!isGiven && own.password === "")) return;
  for (const text of [address, lockAddress, unlockAddress]) {
    const url = parseHttpUrl(text ?? "");
    if (url === undefined || url.origin === own.origin) continue;
    throw otherServerError({
      ...{ backend: "http", what: isGiven ? "TF_HTTP_PASSWORD" : "the password in TF_HTTP_ADDRESS" },
      ...{ server: url.origin, variable: "TF_HTTP_ADDRESS", own: own.origin, members: "the addresses" },
    });
  }
}

function getTls(config: HttpConfig, env: Environment): TlsOptions {
  const ca = variable(env, "TF_HTTP_CLIENT_CA_CERTIFICATE_PEM");
  const cert = variable(env, "TF_HTTP_CLIENT_CERTIFICATE_PEM");
  const key = variable(env, "TF_HTTP_CLIENT_PRIVATE_KEY_PEM");
  if ((cert === undefined) !== (key === undefined)) {
    throw configError(
      "A client certificate and its key must be set together.",
      "Set both TF_HTTP_CLIENT_CERTIFICATE_PEM and TF_HTTP_CLIENT_PRIVATE_KEY_PEM, or neither.",
    );
  }
  const skip = config.skipCertVerification ?? parseFlag(env, "TF_HTTP_SKIP_CERT_VERIFICATION");
  return {
    rejectUnauthorized: !skip,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

function getProxy(address: URL, env: Environment): Proxy | undefined {
  const problems: Diagnostic[] = [];
  const proxy = usualProxy(address, env, problems);
  const [problem] = problems;
  if (problem !== undefined)
    throw configError(problem.detail ?? problem.summary, problem.help ?? "Unset the variable.");
  return proxy;
}

function parseAddress(name: string, value: string | undefined): URL | undefined {
  if (value === undefined || value === "") return undefined;
  const url = parseHttpUrl(value);
  if (url === undefined)
    throw configError(
      `The ${name} of the state backend http is not an http or https URL.`,
      "Write a URL like https://state.example.com/chat.",
    );
  return url;
}

/** Refuses plain http to another machine, as anyone on the way could read the password and the messages. */
function refuseClearText(address: URL): void {
  if (!isClearText(address)) return;
  throw configError(
    `The state would be sent to ${withoutSecrets(address)} over plain http, where others could read and change it on the way.`,
    "Use https; or, on a trusted network, set TF_HTTP_SKIP_CERT_VERIFICATION=true.",
  );
}

function withoutUser(address: URL): URL {
  const copy = new URL(address);
  copy.username = "";
  copy.password = "";
  return copy;
}

function parseMethod(value: string | undefined, usual: string): string {
  if (value === undefined || value === "") return usual;
  if (!/^[A-Za-z]+$/.test(value)) {
    throw configError(`${value} is not an HTTP method.`, `Write a method, for example ${usual}.`);
  }
  return value.toUpperCase();
}

function parseCount(env: Environment, name: string, usual: number): number {
  const value = variable(env, name);
  if (value === undefined) return usual;
  if (!/^\d{1,6}$/.test(value))
    throw configError(`${name} is not a whole number: ${value}.`, `Write a number, for example ${usual}.`);
  return Number(value);
}

function parseFlag(env: Environment, name: string): boolean {
  const value = variable(env, name)?.toLowerCase();
  if (value === undefined || ["false", "0", "f"].includes(value)) return false;
  if (["true", "1", "t"].includes(value)) return true;
  throw configError(`${name} is neither true nor false: ${value}.`, "Write true or false.");
}

function configError(detail: string, help: string): StateError {
  return new StateError({ code: "backend-config", location: "state backend http", detail, help });
}
