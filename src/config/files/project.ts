import { realpath } from "node:fs/promises";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { findRepository } from "../../core/repository.js";

/** The folder that the files of a config belong to. */
export interface Project {
  /** Absolute, as the user named it. */
  readonly folder: string;
  /** Without symbolic links. */
  readonly real: string;
}

/** Returns the project of a main config file: its repository, else its folder. */
export async function findProject(mainFolder: string): Promise<Project> {
  const folder = (await findRepository(mainFolder)) ?? resolve(mainFolder);
  return { folder, real: await realpath(folder).catch(() => folder) };
}

/** Returns true if a path of a project leads out of the project through a symbolic link. @param real the path without links */
export function leadsOut(path: string, real: string, project: Project): boolean {
  return isWithin(path, project.folder) && !isWithin(real, project.real);
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
