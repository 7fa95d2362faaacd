import { join } from "node:path";
import { fileExists } from "../../../../core/file-exists.js";

/** The folder of a package.json of chatform's own. */
const ownFolder = ".chatform";

const locksOfOthers = ["pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb"];

/**
 * Returns the folder whose package.json names chatform, for npm: "" for that of the repository. Where another package manager installs
 * the repository's packages, chatform has a folder of its own: `npm ci` needs a lock file of npm, and pnpm and yarn build no git
 * dependency without further settings.
 */
export async function findPackageFolder(root: string): Promise<string> {
  if (await fileExists(join(root, "package-lock.json"))) return "";
  for (const lock of locksOfOthers) if (await fileExists(join(root, lock))) return ownFolder;
  return "";
}
