import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { byCodeUnit } from "../../core/json/json.js";
import { groupBy } from "../../core/multimap.js";
import { holdsConfig, isConfigName, isOwnFile } from "./recognize.js";

/** The files of a folder, as paths that begin with the folder's, sorted. */
export interface FolderContent {
  readonly files: readonly string[];
  /** Hidden files, which are not read, with a config in them. */
  readonly hidden: readonly string[];
}

/**
 * Lists the config files of a folder: every *.yaml, *.yml and *.json but hidden files, chatform's own files, and what is no regular
 * file. Links that lead nowhere are listed: a config would be missing without a word.
 *
 * @throws the system's error
 */
export async function listFolder(path: string, cwd: string): Promise<FolderContent> {
  const entries = (await readdir(resolve(cwd, path), { withFileTypes: true }))
    .filter(({ name }) => isConfigName(name))
    .sort((a, b) => byCodeUnit(a.name, b.name));
  const files: string[] = [];
  const hidden: string[] = [];
  for (const entry of entries) {
    const file = join(path, entry.name);
    if (!entry.name.startsWith(".")) {
      if (await isReadInFolder(resolve(cwd, file))) files.push(file);
    } else if (await isHiddenConfig(entry, resolve(cwd, file))) hidden.push(file);
  }
  return { files, hidden };
}

/** Returns true for a file that is read where its folder is named, and for a link that leads nowhere. */
export async function isReadInFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined || (found.isFile() && !(await isOwnFile(path)));
}

/** Hidden links are locks of editors. */
async function isHiddenConfig(entry: Dirent, path: string): Promise<boolean> {
  return entry.isFile() && holdsConfig(path);
}

/** Returns the names of a folder's files that hold a config. */
export async function findConfigs(folder: string): Promise<readonly string[]> {
  const { files } = await listFolder(".", folder).catch(() => ({ files: [] }));
  const found: string[] = [];
  for (const file of files) if (await holdsConfig(resolve(folder, file))) found.push(file);
  return found;
}

/** The levels of subfolders that are searched for config files. */
const maxLevels = 3;

/** Returns the subfolders of a folder, each with its files that are named as config files, sorted by path. */
export async function findSubfolders(
  path: string,
  cwd: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const files = await listTree(resolve(cwd, path), maxLevels);
  const below = files.filter((file) => dirname(file) !== ".").map((file) => join(path, file));
  return groupBy(below.sort(byCodeUnit), (file) => dirname(file));
}

/** Folders that other programs fill. */
const foreign: readonly string[] = ["node_modules", "__MACOSX"];

/** Returns the files of a folder and its subfolders that are named as config files, relative to it. Links are not followed. */
async function listTree(folder: string, levels: number): Promise<readonly string[]> {
  const entries = (await readdir(folder, { withFileTypes: true }).catch(() => [])).filter(
    ({ name }) => !name.startsWith("."),
  );
  const files = entries.filter((entry) => entry.isFile() && isConfigName(entry.name)).map(({ name }) => name);
  if (levels === 0) return files;
  const subfolders = entries.filter((entry) => entry.isDirectory() && !foreign.includes(entry.name));
  const below = subfolders.map(async ({ name }) =>
    (await listTree(join(folder, name), levels - 1)).map((file) => join(name, file)),
  );
  return [...files, ...(await Promise.all(below)).flat()];
}
