import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileExists } from "../../../../core/file-exists.js";
import { findPackageFolder } from "./package-folder.js";

/** Matches the hosts of the public npm registry and its mirrors, which do not have chatform. */
const publicHost = /(?:^|\.)(?:npmjs\.(?:org|com)|yarnpkg\.com|npmmirror\.com)$/;

/** Returns true for a spec that is a version, range or tag: npm looks for the name chatform in its registry. */
export function isFromRegistryByName(spec: string): boolean {
  return !/[:/]/.test(spec);
}

/** Returns why npm must not look for the name chatform; undefined if the repository's .npmrc names a registry of its own. */
export async function noOwnRegistry(root: string): Promise<string | undefined> {
  const file = join(root, await findPackageFolder(root), ".npmrc");
  const text = (await fileExists(file)) ? await readFile(file, "utf8") : "";
  const given = [...text.matchAll(/^[ \t]*registry[ \t]*=[ \t]*["']?([^\s"']+)/gm)].at(-1)?.[1];
  if (given !== undefined && URL.canParse(given) && !publicHost.test(new URL(given).hostname))
    return undefined;
  return "The public npm registry does not have chatform, so npm would install whatever somebody publishes under that name. Name your own registry in the repository's .npmrc (registry=https://HOST/), or use a scope.";
}
