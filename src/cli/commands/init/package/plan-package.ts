import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { JsonObject } from "../../../../core/json/json.js";
import { fileExists } from "../../../../core/file-exists.js";
import type { Context } from "../../../context.js";
import { packageFile } from "../../../package-file.js";
import { findInstalledSource } from "./installed-source.js";
import { getDependency, readPackage, withDependency } from "./package-json.js";
import type { PackageSource } from "./package-spec.js";
import { noFixedCommit, toPackageSource } from "./package-spec.js";
import { isFromRegistryByName, noOwnRegistry } from "./own-registry.js";
import { findPackageFolder } from "./package-folder.js";
import { UsageError } from "../../../parse/usage-error.js";

/** The text of package.json, and what is left to the reader. */
export interface PackagePlan {
  /** The folder of package.json; "" for the repository itself. */
  readonly folder: string;
  /** Undefined if the file can stay as it is, or is missing and cannot be written yet. */
  readonly text?: string;
  /** The source from which npm installs chatform, of a file with its path from the repository; undefined if unknown. */
  readonly spec?: string;
  /** Sentences. */
  readonly notes: readonly string[];
}

/**
 * Plans a package.json that has chatform and the packages of the state's backends as dependencies. Writes nothing.
 *
 * @param given what `--package` says; a dependency on chatform that is there already stays without it
 * @param backends of the states, of which some need a package beside chatform
 */
export async function planPackage(
  given: PackageSource | undefined,
  backends: readonly string[],
  context: Context,
): Promise<PackagePlan> {
  const folder = await findPackageFolder(context.cwd);
  const file = join(context.cwd, folder, "package.json");
  const before = (await fileExists(file)) ? await readFile(file, "utf8") : undefined;
  const content = before === undefined ? {} : readPackage(before);
  const up = folder === "" ? "file:" : "file:../";
  const present = getDependency(content, "chatform")?.replace(up, "file:");
  const source = given ?? (await presentSource(present, context)) ?? (await findInstalledSource(context));
  if ("unknown" in source) return { folder, notes: [source.unknown] };

  const wanted = {
    chatform: source.spec.replace(/^file:/, up),
    ...(await missingDrivers(backends, content)),
  };
  const text = Object.entries(wanted).reduce(
    (editing, [name, value]) => withDependency(editing, name, value),
    before ?? newPackage,
  );
  return { folder, ...(text === before ? {} : { text }), ...source };
}

/** Returns the source that package.json has already, with a note if CI lacks it, or could install something else later. */
async function presentSource(spec: string | undefined, { cwd }: Context): Promise<PackageSource | undefined> {
  if (spec === undefined) return undefined;
  const danger = isFromRegistryByName(spec) ? await noOwnRegistry(cwd) : undefined;
  if (danger !== undefined) return { spec, notes: [danger] };
  const reason = noFixedCommit(spec);
  if (reason !== undefined) return { spec, notes: [`Pin chatform to a commit in package.json. ${reason}`] };
  if (!spec.startsWith("file:")) return { spec, notes: [] };
  return toPackageSource(spec, cwd).catch((error: unknown) => {
    if (!(error instanceof UsageError)) throw error;
    return { spec, notes: [error.message] };
  });
}

const newPackage = '{\n  "private": true,\n  "dependencies": {}\n}\n';

/** Returns the missing packages of backends: optional peers of chatform with the backends' names, in the versions that it works with. */
async function missingDrivers(
  backends: readonly string[],
  content: JsonObject,
): Promise<Readonly<Record<string, string>>> {
  const { peerDependencies } = readPackage(await readFile(packageFile("package.json"), "utf8"));
  const peers = peerDependencies as Readonly<Record<string, string>>;
  return Object.fromEntries(
    Object.entries(peers).filter(
      ([name]) => backends.includes(name) && getDependency(content, name) === undefined,
    ),
  );
}
