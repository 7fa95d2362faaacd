import { join } from "node:path";
import { readBoundedFile, TooLargeError } from "../../core/bounded-file.js";
import { DiagnosticsError } from "../../core/diagnostic.js";
import { isObject } from "../../core/json/json.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { shellWord } from "../../core/shell-word.js";
import { nearest } from "../../core/nearest.js";
import type { Connection, GatewayPaths } from "./connection.js";
import { connectionFromEnv } from "./connection.js";
import { badProfile } from "./connection-problems.js";
import type { Environment } from "../../http/environment.js";

const regionVariable = "GENESYSCLOUD_REGION";

/** The variables that the keys of a profile replace. Source: the vendor's CLI. */
const variables: Readonly<Record<string, string>> = {
  environment: regionVariable,
  client_credentials: "GENESYSCLOUD_OAUTHCLIENT_ID",
  client_secret: "GENESYSCLOUD_OAUTHCLIENT_SECRET",
  access_token: "GENESYSCLOUD_ACCESS_TOKEN",
  proxy_protocol: "GENESYSCLOUD_PROXY_PROTOCOL",
  proxy_host: "GENESYSCLOUD_PROXY_HOST",
  proxy_port: "GENESYSCLOUD_PROXY_PORT",
  proxy_username: "GENESYSCLOUD_PROXY_AUTH_USERNAME",
  proxy_password: "GENESYSCLOUD_PROXY_AUTH_PASSWORD",
  gateway_protocol: "GENESYSCLOUD_GATEWAY_PROTOCOL",
  gateway_host: "GENESYSCLOUD_GATEWAY_HOST",
  gateway_port: "GENESYSCLOUD_GATEWAY_PORT",
};

/** The sources of connection settings. */
export interface ConnectionSource {
  readonly env: Environment;
  /** A section of ~/.gc/config.toml. */
  readonly profile?: string | undefined;
  /** Replaces the region of the environment and of the profile. */
  readonly region?: string | undefined;
  /** The user's home folder. */
  readonly home: string;
  /** The time, in milliseconds since 1970, to tell a token that has expired; default `Date.now`. */
  readonly now?: () => number;
}

/**
 * Reads the connection from the environment. A named profile replaces the variables of credentials and region, so that no command
 * writes to another org that the shell happens to name.
 *
 * @throws DiagnosticsError with all problems at once
 */
export async function readConnection({
  env,
  profile,
  region,
  home,
  now = Date.now,
}: ConnectionSource): Promise<Connection> {
  const chosen = region === undefined ? {} : { [regionVariable]: region };
  if (profile === undefined) return connectionFromEnv({ ...env, ...chosen });
  const file = join(home, ".gc", "config.toml");
  const section = withLogin(await readProfile(file, profile), { profile, file }, now());
  const missing = missingKeys(section).filter((key) => region === undefined || key !== "environment");
  if (missing.length > 0) {
    const detail = `The profile ${profile} in ${file} has no ${missing.join(" and no ")}.`;
    throw profileError(detail, "Complete the profile with: gc profiles new");
  }
  const own = Object.entries(variables).filter(([key]) => replacesVariable(key, section));
  const values = Object.fromEntries(own.map(([key, name]) => [name, text(section[key])]));
  return connectionFromEnv({ ...env, ...values, ...chosen }, parsePaths(text(section["gateway_pathparams"])));
}

/** Returns whether a key of the profile replaces its variable: a proxy and a gateway do only if the profile has one. */
function replacesVariable(key: string, section: JsonObject): boolean {
  const group = /^(proxy|gateway)_/.exec(key)?.[1];
  return group === undefined || text(section[`${group}_host`]) !== undefined;
}

/**
 * Returns a profile with the access token of its last login, where the vendor's CLI logs in a user in the browser. Such a profile may
 * hold a client's secret, too, which would be another identity.
 *
 * @throws DiagnosticsError for a token that is missing or has expired
 * Source: the vendor's CLI, whose `oauth_token_data` is the login's response as JSON, with its end in RFC 3339.
 */
function withLogin(
  section: JsonObject,
  { profile, file }: { readonly profile: string; readonly file: string },
  now: number,
): JsonObject {
  const isInBrowser = browserGrants.has(text(section["grant_type"]) ?? "") || has(section, "redirect_uri");
  if (!isInBrowser || has(section, "access_token")) return section;
  const name = `The profile ${profile} in ${file}`;
  const help = `Log in again: any command of the vendor's CLI with --profile ${shellWord(profile)} opens the login in a browser.`;
  const data = text(section["oauth_token_data"]);
  if (data === undefined) throw profileError(`${name} has no login yet.`, help);
  const { access_token: token, oauth_token_expiry: expiry } = parseLogin(data);
  if (typeof token !== "string" || token === "")
    throw profileError(`${name} has a login without an access token.`, help);
  const endsAt = typeof expiry === "string" ? Date.parse(expiry) : Number.NaN;
  if (endsAt <= now)
    throw profileError(
      `${name} has an access token that expired at ${new Date(endsAt).toISOString()}.`,
      help,
    );
  return { ...section, access_token: token };
}

/** The grants of the vendor's CLI that log in a user in the browser: implicit, and PKCE. */
const browserGrants: ReadonlySet<string> = new Set(["2", "3"]);

function parseLogin(data: string): JsonObject {
  try {
    const value = JSON.parse(data) as Json;
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function has(section: JsonObject, key: string): boolean {
  return text(section[key]) !== undefined;
}

function missingKeys(section: JsonObject): readonly string[] {
  const identity = has(section, "access_token") ? [] : ["client_credentials", "client_secret"];
  const region = has(section, "gateway_host") ? [] : ["environment"];
  return [...region, ...identity].filter((key) => !has(section, key));
}

async function readProfile(file: string, profile: string): Promise<JsonObject> {
  const sections = await readSections(file);
  const names = Object.keys(sections).filter((name) => isObject(sections[name]));
  // The vendor's CLI ignores the case of profile names.
  const name = names.find((one) => one.toLowerCase() === profile.toLowerCase());
  const section = name === undefined ? undefined : sections[name];
  if (isObject(section)) return section;
  const close = nearest(profile, names);
  const help = close === undefined ? `Profiles: ${names.join(", ") || "none"}.` : `Did you mean ${close}?`;
  throw profileError(`${file} has no profile ${profile}.`, help);
}

/** The most bytes of a file of profiles. */
const maxBytes = 1024 * 1024;

async function readSections(file: string): Promise<JsonObject> {
  const help =
    "Create a profile with the vendor's CLI: gc profiles new. In CI, set GENESYSCLOUD_OAUTHCLIENT_ID and GENESYSCLOUD_OAUTHCLIENT_SECRET instead.";
  let source: string;
  try {
    source = (await readBoundedFile(file, { maxBytes })).toString("utf8");
  } catch (error) {
    const code =
      error instanceof TooLargeError
        ? error.message
        : error instanceof Error && "code" in error
          ? String(error.code)
          : String(error);
    const detail = code === "ENOENT" ? `${file} does not exist.` : `${file} cannot be read: ${code}.`;
    throw profileError(detail, help);
  }
  // Loaded only where it is needed: few runs use a profile.
  const { parse } = await import("smol-toml");
  try {
    return parse(source) as JsonObject;
  } catch {
    // The parser's message shows the lines around the error, which may hold the secret.
    throw profileError(`${file} is not valid TOML.`, help);
  }
}

function profileError(detail: string, help: string): DiagnosticsError {
  return new DiagnosticsError([badProfile(detail, help)]);
}

function text(value: Json | undefined): string | undefined {
  const written = typeof value === "number" ? String(value) : value;
  return typeof written === "string" && written.trim() !== "" ? written.trim() : undefined;
}

/** Parses `{login: /a, api: /b}`, as the vendor's CLI writes it. */
function parsePaths(written: string | undefined): GatewayPaths | undefined {
  if (written === undefined) return undefined;
  const pairs = written.replace(/^\{|\}$/g, "").split(",");
  return Object.fromEntries(
    pairs.map((pair) => pair.split(":").map((part) => part.trim()) as [string, string]),
  );
}
