/*
 * The files that AWS's tools share: ~/.aws/credentials with sections [NAME], and ~/.aws/config with sections [profile NAME] and
 * [default]. Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files".
 */
import { readFile } from "node:fs/promises";
import type { Environment } from "../../../http/environment.js";
import { variable } from "../../../http/environment.js";

/** The settings of one profile, by name. */
export type AwsProfile = Readonly<Record<string, string>>;

/** Profiles, by name. */
export type AwsProfiles = ReadonlyMap<string, AwsProfile>;

/** Reads the profiles of both files. The credentials file wins. A missing file has no profiles. */
export async function readAwsProfiles(env: Environment, home: string): Promise<AwsProfiles> {
  const [config, credentials] = await Promise.all([
    readSections(variable(env, "AWS_CONFIG_FILE") ?? "~/.aws/config", home),
    readSections(variable(env, "AWS_SHARED_CREDENTIALS_FILE") ?? "~/.aws/credentials", home),
  ]);
  const profiles = new Map<string, AwsProfile>();
  for (const [title, settings] of config) {
    const name = /^profile\s+(.+)$/.exec(title)?.[1] ?? (title === "default" ? title : undefined);
    if (name !== undefined) profiles.set(name, settings);
  }
  for (const [name, settings] of credentials) profiles.set(name, { ...profiles.get(name), ...settings });
  return profiles;
}

/** Returns the name of the profile that the environment chooses. */
export function chosenProfile(env: Environment): string | undefined {
  return variable(env, "AWS_PROFILE") ?? variable(env, "AWS_DEFAULT_PROFILE");
}

async function readSections(path: string, home: string): Promise<ReadonlyMap<string, AwsProfile>> {
  const text = await readFile(path.replace(/^~(?=\/)/, home), "utf8").catch(() => "");
  const sections = new Map<string, Record<string, string>>();
  let current: Record<string, string> = {};
  for (const line of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    const title = /^\[\s*(.*?)\s*\]/.exec(line)?.[1];
    // An indented line belongs to a nested setting, such as `s3 =`.
    const [, name, value] = /^([^\s#;[=][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (title !== undefined) {
      current = sections.get(title) ?? {};
      sections.set(title, current);
    } else if (name !== undefined && value !== undefined && value !== "") {
      current[name.toLowerCase()] = value;
    }
  }
  return sections;
}
