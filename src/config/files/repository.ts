import { dirname, join, resolve } from "node:path";
import { fileExists } from "../../core/file-exists.js";

/** Returns the root of the repository that contains a folder; undefined outside of any repository. */
export async function findRepository(folder: string): Promise<string | undefined> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (await fileExists(join(at, ".git"))) return at;
    if (at === dirname(at)) return undefined;
  }
}
