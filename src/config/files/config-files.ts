import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { isCi } from "../../core/ci.js";
import type { Diagnostic } from "../../core/diagnostic.js";
import { hiddenFile, unreadFolder } from "./file-problems.js";
import { FileSet } from "./file-set.js";
import { findSubfolders } from "./folder.js";
import type { Project } from "./project.js";
import { findProject } from "./project.js";
import { defaultConfigFile } from "../../core/default-files.js";
import { holdsConfig } from "./recognize.js";

export interface ConfigPaths {
  /** Files, folders, and `-` for standard input. None: the default config file. */
  readonly paths: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin?: AsyncIterable<unknown>;
}

export interface ConfigFiles {
  readonly set: FileSet;
  /** The folder of the main config, which is the first path: a path that works from the working directory. */
  readonly folder: string;
  /** In CI: the project that links may not lead out of. */
  readonly project: Project | undefined;
}

/** Reads the files of a config that the command line names. In CI, no link may lead out of the project. */
export async function readConfigFiles({ paths, cwd, env, stdin }: ConfigPaths): Promise<ConfigFiles> {
  const [main = defaultConfigFile, ...others] = paths;
  const folder = await mainFolder(main, cwd);
  const project = isCi(env) ? await findProject(resolve(cwd, folder)) : undefined;
  const set = new FileSet({ cwd, project, ...(stdin === undefined ? {} : { stdin }) });
  for (const path of [main, ...others]) await set.add(path);
  return { set, folder, project };
}

async function mainFolder(main: string, cwd: string): Promise<string> {
  if (main === "-") return ".";
  const found = await stat(resolve(cwd, main)).catch(() => undefined);
  return found?.isDirectory() === true ? main : dirname(main);
}

/** Returns a finding for each subfolder and hidden file of the folders that were read which holds a config and is not read. */
export async function findUnread(set: FileSet, cwd: string): Promise<readonly Diagnostic[]> {
  const findings = new Map<string, Diagnostic>();
  for (const [folder, { hidden }] of set.folders) {
    for (const file of hidden) if (!(await set.has(file))) findings.set(resolve(cwd, file), hiddenFile(file));
    for (const [subfolder, files] of await findSubfolders(folder, cwd)) {
      const isRead = await some(files, (file) => set.has(file));
      if (!isRead && (await some(files, (file) => holdsConfig(resolve(cwd, file)))))
        findings.set(resolve(cwd, subfolder), unreadFolder(subfolder, folder));
    }
  }
  return [...findings.values()];
}

async function some<T>(items: readonly T[], check: (item: T) => Promise<boolean>): Promise<boolean> {
  for (const item of items) if (await check(item)) return true;
  return false;
}
