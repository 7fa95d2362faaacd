import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Diagnostic } from "../core/diagnostic.js";
import { DiagnosticsError } from "../core/diagnostic.js";
import { isObject } from "../core/json.js";
import { nearest } from "../core/nearest.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** What a section of the vendor's CLI configuration is called in the environment. Source: the vendor's CLI, config.toml. */
const names: Readonly<Record<string, string>> = {
  environment: "GENESYSCLOUD_REGION",
  client_credentials: "GENESYSCLOUD_OAUTHCLIENT_ID",
  client_secret: "GENESYSCLOUD_OAUTHCLIENT_SECRET",
  access_token: "GENESYSCLOUD_ACCESS_TOKEN",
};

/**
 * The environment with the credentials of a section of ~/.gc/config.toml in place of its own.
 *
 * @param profile the section's name; undefined: the environment as it is
 * @throws DiagnosticsError when there is no such file or section
 */
export async function withProfile(env: Environment, profile: string | undefined): Promise<Environment> {
  if (profile === undefined) return env;
  const path = join(env["HOME"] ?? env["USERPROFILE"] ?? homedir(), ".gc", "config.toml");
  const { parse } = await import("smol-toml");
  let sections: Readonly<Record<string, unknown>>;
  try {
    sections = parse(await readFile(path, "utf8"));
  } catch (error) {
    // The parser's message shows lines of the file, and those hold secrets.
    const reason = error instanceof Error && "code" in error ? String(error.code) : "it is not valid TOML";
    throw problem(`${path} can't be read: ${reason}.`, "Make it with the vendor's CLI: gc profiles new.");
  }
  const section = sections[profile];
  if (!isObject(section)) {
    const close = nearest(profile, Object.keys(sections));
    const help =
      close === undefined ? `Profiles: ${Object.keys(sections).join(", ")}.` : `Did you mean ${close}?`;
    throw problem(`${path} has no profile "${profile}".`, help);
  }
  const values = Object.entries(names).map(([key, name]) => [name, section[key]] as const);
  return {
    ...env,
    ...Object.fromEntries(
      values.map(([name, value]) => [name, typeof value === "string" ? value : undefined]),
    ),
  };
}

function problem(detail: string, help: string): DiagnosticsError {
  const diagnostic: Diagnostic = {
    severity: "error",
    code: "bad-profile",
    summary: "No such profile",
    detail,
    help,
  };
  return new DiagnosticsError([diagnostic]);
}
