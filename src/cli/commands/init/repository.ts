import { fileExists } from "../../../core/file-exists.js";
import { dirname, join, relative, resolve, sep } from "node:path";

/** The folder of the repository that a folder is in; undefined where it is in none. */
export async function findRepository(folder: string): Promise<string | undefined> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (await fileExists(join(at, ".git"))) return at;
    if (at === dirname(at)) return undefined;
  }
}

const schemaInPackage = "node_modules/chatform/schemas/desired-state.schema.json";

/**
 * Where an editor finds the schema that an installed chatform brings, from a folder.
 *
 * Only folders of the repository are looked into: a path out of it would lead nowhere on other machines.
 *
 * @param root the repository's folder
 * @returns a relative path with slashes; undefined where chatform is not among the project's packages
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
