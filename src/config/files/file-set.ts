import { realpath, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { readBoundedFile, readBoundedStream } from "../../core/bounded-file.js";
import type { Diagnostic } from "../../core/diagnostic.js";
import type { NamingMember, PathOption } from "./file-problems.js";
import {
  emptyFolder,
  folderNotFile,
  isMissing,
  maxBytes,
  missingFile,
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

/** The place that names a file, and the member that it is in. */
export interface Naming {
  readonly member: NamingMember;
  readonly place: Place;
}

/** The name of standard input in places and messages. */
export const stdinName = "<stdin>";

/** Contents of files by real path. */
export type ReplacedFiles = ReadonlyMap<string, Uint8Array>;

/** The surroundings in which paths are read. */
export interface FileSurroundings {
  readonly cwd: string;
  /** Standard input, which the path `-` reads. Missing: `-` is a file. */
  readonly stdin?: AsyncIterable<unknown>;
  /** The project that links may not lead out of. Missing: they may lead anywhere. */
  readonly project?: Project | undefined;
  /** Contents that count instead of those on the disk. Missing: none. */
  readonly replaced?: ReplacedFiles | undefined;
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
  /** Those that are named themselves, not only by their folder or a glob. */
  readonly #named = new Set<string>();

  constructor(surroundings: FileSurroundings) {
    this.#surroundings = surroundings;
  }

  /** Reads a file, all config files of a folder, or standard input, which the command line names. @param option that names the path */
  async add(path: string, option?: PathOption): Promise<void> {
    const { cwd, stdin } = this.#surroundings;
    if (path === "-" && stdin !== undefined) return this.#addStdin(stdin);
    try {
      if ((await stat(resolve(cwd, path))).isDirectory()) await this.addFolder(path);
      else await this.addFile(path);
    } catch (error) {
      this.diagnostics.push(
        isMissing(error) ? await missingPath(path, cwd, option) : unreadable(path, error),
      );
    }
  }

  /** Reads a file that a config file names. @param text the path as it is written @param file the config file */
  async addNamed(text: string, { file, ...naming }: NamedAt): Promise<void> {
    const { cwd } = this.#surroundings;
    const path = toPath(text, file);
    try {
      if ((await stat(resolve(cwd, path))).isDirectory())
        this.#report(folderNotFile(text, naming.member), naming);
      else await this.addFile(path, naming);
    } catch (error) {
      const problem = isMissing(error)
        ? await missingFile({ text, path, folder: folderOf(file), cwd }, naming.member)
        : unreadable(text, error, naming.member);
      this.#report({ severity: "error", ...problem }, naming);
    }
  }

  /** Reads the config files of a folder. @param naming what names it, in a config file @throws the system's error */
  async addFolder(path: string, naming?: Naming): Promise<void> {
    const content = await listFolder(path, this.#surroundings.cwd);
    this.folders.set(path, content);
    if (content.files.length === 0) this.#report(emptyFolder(path, naming?.member), naming);
    for (const file of content.files) await this.addFile(file, naming, { isListed: true });
  }

  /** Reads a file, unless it was read before. @param naming what names it, in a config file: itself, or its folder or a glob (`isListed`) */
  async addFile(file: string, naming?: Naming, { isListed = false } = {}): Promise<void> {
    const { cwd, project, replaced } = this.#surroundings;
    const path = resolve(cwd, file);
    const real = await this.realPath(file);
    if (!isListed) this.#named.add(real);
    if (this.#real.has(real)) return;
    this.#real.add(real);
    try {
      if (project !== undefined && leadsOut({ path, real, isIncluded: naming !== undefined }, project))
        this.#report(outsideProject(file, project.folder, naming?.member), naming);
      else
        this.files.push({ file, bytes: replaced?.get(real) ?? (await readBoundedFile(path, { maxBytes })) });
    } catch (error) {
      this.#report(unreadable(file, error, naming?.member), naming);
    }
  }

  /** Returns true for a file that was read or tried. */
  async has(file: string): Promise<boolean> {
    return this.#real.has(await this.realPath(file));
  }

  /** Returns true for a file that is named itself, false if only its folder or a glob is. */
  async isNamed(file: string): Promise<boolean> {
    return this.#named.has(await this.realPath(file));
  }

  /** Returns the absolute path of a file, without links. */
  async realPath(file: string): Promise<string> {
    if (file === stdinName) return file;
    const path = resolve(this.#surroundings.cwd, file);
    return realpath(path).catch(() => path);
  }

  #report(problem: Diagnostic, naming: Naming | undefined): void {
    this.diagnostics.push(naming === undefined ? problem : { ...problem, ...naming.place });
  }

  async #addStdin(stdin: AsyncIterable<unknown>): Promise<void> {
    if (this.#real.has(stdinName)) return;
    this.#real.add(stdinName);
    this.#named.add(stdinName);
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

/** Reads files, and the config files of folders. @param option that names the paths */
export async function readFiles(
  paths: readonly string[],
  cwd: string,
  option?: PathOption,
): Promise<FilesRead> {
  const set = new FileSet({ cwd });
  for (const path of paths) await set.add(path, option);
  return set;
}

/** The place in a config file that names a path. */
export interface NamedAt extends Naming {
  /** The config file. */
  readonly file: string;
}

/** Reads a file that a config file names. Its problems stand where it is named. */
export async function readNamedFile(
  path: string,
  at: NamedAt,
  surroundings: FileSurroundings,
): Promise<FilesRead> {
  const set = new FileSet(surroundings);
  await set.addNamed(path, at);
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
