import { realpath, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { readBoundedFile, readBoundedStream } from "../../core/bounded-file.js";
import type { Diagnostic } from "../../core/diagnostic.js";
import {
  emptyFolder,
  isMissing,
  maxBytes,
  missingPath,
  outsideProject,
  unreadable,
} from "./file-problems.js";
import type { FolderContent } from "./folder.js";
import { listFolder } from "./folder.js";
import type { Project } from "./project.js";
import { leadsOut } from "./project.js";
import type { Place } from "../read/source.js";

/** A file with its name as the user gave it: a path that works from the working directory, or `<stdin>`. */
export interface FileBytes {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** The name of standard input in places and messages. */
export const stdinName = "<stdin>";

/** The surroundings in which paths are read. */
export interface FileSurroundings {
  readonly cwd: string;
  /** Standard input, which the path `-` reads. Missing: `-` is a file. */
  readonly stdin?: AsyncIterable<unknown>;
  /** The project that links may not lead out of. Missing: they may lead anywhere. */
  readonly project?: Project | undefined;
}

/** Files, each read once, and the problems of those that could not be read. */
export class FileSet {
  readonly files: FileBytes[] = [];
  readonly diagnostics: Diagnostic[] = [];
  /** The folders that were read, by path. */
  readonly folders = new Map<string, FolderContent>();
  readonly #surroundings: FileSurroundings;
  /** The files that were read or tried, without links. */
  readonly #real = new Set<string>();

  constructor(surroundings: FileSurroundings) {
    this.#surroundings = surroundings;
  }

  /** Reads a file, all config files of a folder, or standard input. @param includedAt the place that names it, in a config file */
  async add(path: string, includedAt?: Place): Promise<void> {
    const { cwd, stdin } = this.#surroundings;
    if (path === "-" && stdin !== undefined) return this.#addStdin(stdin);
    try {
      if ((await stat(resolve(cwd, path))).isDirectory()) await this.addFolder(path, includedAt);
      else await this.addFile(path, includedAt);
    } catch (error) {
      this.#report(isMissing(error) ? await missingPath(path, cwd) : unreadable(path, error), includedAt);
    }
  }

  /** Reads the config files of a folder. @param includedAt the place that names it, in a config file @throws the system's error */
  async addFolder(path: string, includedAt?: Place): Promise<void> {
    const content = await listFolder(path, this.#surroundings.cwd);
    this.folders.set(path, content);
    if (content.files.length === 0) this.#report(emptyFolder(path), includedAt);
    for (const file of content.files) await this.addFile(file, includedAt);
  }

  /** Reads a file, unless it was read before. @param includedAt the place that names it, in a config file */
  async addFile(file: string, includedAt?: Place): Promise<void> {
    const { cwd, project } = this.#surroundings;
    const path = resolve(cwd, file);
    const real = await this.realPath(file);
    if (this.#real.has(real)) return;
    this.#real.add(real);
    try {
      if (project !== undefined && leadsOut({ path, real, isIncluded: includedAt !== undefined }, project))
        this.#report(outsideProject(file, project.folder), includedAt);
      else this.files.push({ file, bytes: await readBoundedFile(path, { maxBytes }) });
    } catch (error) {
      this.#report(unreadable(file, error), includedAt);
    }
  }

  /** Returns true for a file that was read or tried. */
  async has(file: string): Promise<boolean> {
    return this.#real.has(await this.realPath(file));
  }

  /** Returns the absolute path of a file, without links. */
  async realPath(file: string): Promise<string> {
    if (file === stdinName) return file;
    const path = resolve(this.#surroundings.cwd, file);
    return realpath(path).catch(() => path);
  }

  #report(problem: Diagnostic, place: Place | undefined): void {
    this.diagnostics.push(place === undefined ? problem : { ...problem, ...place });
  }

  async #addStdin(stdin: AsyncIterable<unknown>): Promise<void> {
    if (this.#real.has(stdinName)) return;
    this.#real.add(stdinName);
    try {
      this.files.push({ file: stdinName, bytes: await readStdin(stdin) });
    } catch (error) {
      this.diagnostics.push(unreadable(stdinName, error));
    }
  }
}

/** The content of streams: a command at an interval reads its config again, but a stream gives its content once. */
const contents = new WeakMap<AsyncIterable<unknown>, Promise<Buffer>>();

function readStdin(stdin: AsyncIterable<unknown>): Promise<Buffer> {
  const content = contents.get(stdin) ?? readBoundedStream(stdin, { maxBytes });
  contents.set(stdin, content);
  return content;
}

type FilesRead = Pick<FileSet, "files" | "diagnostics">;

/** Reads files, and the config files of folders. */
export async function readFiles(paths: readonly string[], cwd: string): Promise<FilesRead> {
  const set = new FileSet({ cwd });
  for (const path of paths) await set.add(path);
  return set;
}

/** The place in a config file that names a path. */
export interface NamedAt {
  /** The config file. */
  readonly file: string;
  readonly place: Place;
}

/** Reads a file that a config file names. Its problems stand where it is named. */
export async function readNamedFile(
  path: string,
  { file, place }: NamedAt,
  surroundings: FileSurroundings,
): Promise<FilesRead> {
  const set = new FileSet(surroundings);
  await set.add(toPath(path, file), place);
  return set;
}

/** Returns the folder that paths in a config file are relative to, as a path that works from the working directory. */
export function folderOf(file: string): string {
  return file === stdinName ? "." : dirname(file);
}

/** Returns a path that works from the working directory. @param file the config file that names the path */
export function toPath(path: string, file: string): string {
  return isAbsolute(path) ? path : join(folderOf(file), path);
}
