import { fileExists } from "../../../core/file-exists.js";
import { dirname, join, relative, resolve, sep } from "node:path";

const schemaInPackage = "node_modules/chatform/schemas/desired-state.schema.json";

/**
 * Finds the schema of an installed chatform, for an editor.
 *
 * Searches only the repository: a path that leaves the repository would be wrong on other machines.
 *
 * @param root of the repository
 * @returns a relative path with slashes; undefined if chatform is not a package of the project
 */
export async function findInstalledSchema(folder: string, root: string): Promise<string | undefined> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const schema = join(at, schemaInPackage);
    if (await fileExists(schema)) {
      const path = relative(folder, schema).split(sep).join("/");
      return path.startsWith("../../") ? path : `./${path}`;
    }
    if (at === root || at === dirname(at)) return undefined;
  }
}
