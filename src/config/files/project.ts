import { realpath } from "node:fs/promises";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { findRepository } from "./repository.js";

/** The folder that the files of a config belong to. */
export interface Project {
  /** Absolute, as the user named it. */
  readonly folder: string;
  /** Without symbolic links. */
  readonly real: string;
  readonly isRepository: boolean;
}

/** A file of a config, by its absolute path. */
interface ProjectFile {
  readonly path: string;
  /** The path without links. */
  readonly real: string;
  /** True if another config file names it, false if the command line does. */
  readonly isIncluded: boolean;
}

/** Returns the project of a main config file: its repository, else its folder. */
export async function findProject(mainFolder: string): Promise<Project> {
  const repository = await findRepository(mainFolder);
  const folder = repository ?? resolve(mainFolder);
  const real = await realpath(folder).catch(() => folder);
  return { folder, real, isRepository: repository !== undefined };
}

/** Returns true if a file leads out of a project: through a symbolic link, or because a file of the repository includes it. */
export function leadsOut({ path, real, isIncluded }: ProjectFile, project: Project): boolean {
  const isOfProject = isWithin(path, project.folder) || (isIncluded && project.isRepository);
  return isOfProject && !isWithin(real, project.real);
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
