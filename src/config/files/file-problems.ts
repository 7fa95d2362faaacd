import { readdir } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { TooLargeError } from "../../core/bounded-file.js";
import type { DiagnosticCode } from "../../core/diagnostic-codes.js";
import type { Diagnostic } from "../../core/diagnostic.js";
import { byCodeUnit } from "../../core/json/json.js";
import { nearest } from "../../core/nearest.js";
import { shellWord } from "../../core/shell-word.js";
import type { Problem } from "../problem.js";
import { findConfigs } from "./folder.js";
import { defaultConfigFile } from "../../core/default-files.js";
import { isConfigName } from "./recognize.js";

/** The member of a config file that names a file; undefined for the command line. */
export type NamingMember = "include" | "forEach" | "varFile";

/** The option of the command line that names a file. */
export type PathOption = "-f" | "--var-file";

/** The limit of a file, in bytes. */
export const maxBytes = 20 * 1024 * 1024;

/** Returns the problem of a path of the command line that does not exist. @param option that names the path */
export async function missingPath(path: string, cwd: string, option: PathOption = "-f"): Promise<Diagnostic> {
  const found = option === "-f" && path === defaultConfigFile ? await findConfigs(cwd) : [];
  const close = found.length > 0 ? undefined : await closePath(path, cwd);
  const help =
    found.length > 0
      ? `Name the config: ${found.length > mostNamed ? "-f ." : found.map((file) => `-f ${shellWord(file)}`).join(" ")}`
      : close !== undefined
        ? `Did you mean ${close}? Name the file: ${option} ${shellWord(close)}`
        : option === "-f"
          ? "Name the file: -f FILE. To write a config to start from: chatform init"
          : `Name the file of variables: ${option} FILE`;
  const there = found.length > 0 ? ` The folder has other config files: ${listed(found)}.` : "";
  return problem("file-not-found", "File not found", `${path} does not exist.${there}`, help);
}

/** The most files that an error names. */
const mostNamed = 5;

function listed(files: readonly string[]): string {
  const more = files.length - mostNamed;
  return more > 0 ? `${files.slice(0, mostNamed).join(", ")} and ${more} more` : files.join(", ");
}

/** Returns the existing path that is closest to a missing one. */
async function closePath(path: string, cwd: string): Promise<string | undefined> {
  const folder = dirname(path);
  if (folder === path) return undefined;
  const names = await readdir(resolve(cwd, folder)).catch(() => undefined);
  if (names === undefined) return closePath(folder, cwd);
  const close = nearest(basename(path), names);
  return close === undefined ? undefined : join(folder, close);
}

/** Returns the problem of a folder without config files. */
export function emptyFolder(path: string, member?: NamingMember): Diagnostic {
  const detail = `${path} contains no *.yaml, *.yml or *.json with a config.`;
  const help = `Name another folder: ${member === undefined ? "-f FOLDER" : `${member}: [FOLDER]`}`;
  return problem("file-not-found", "No config files", detail, help);
}

/** Returns the problem of a folder where a config file names a file. */
export function folderNotFile(text: string, member: NamingMember): Diagnostic {
  return problem("file-unreadable", "Not a file", `${text} is a folder.`, examples[member]);
}

/** Returns the problem of a file that could not be read. */
export function unreadable(file: string, error: unknown, member?: NamingMember): Diagnostic {
  if (error instanceof TooLargeError) {
    const detail = `${file} is larger than ${maxBytes} bytes, the limit of a file.`;
    const help =
      member === undefined
        ? "Split the file into several files of a folder: -f FOLDER"
        : "Split the file into several files, and name each.";
    return problem("too-large", "File too large", detail, help);
  }
  if (isMissing(error)) {
    const detail = `${file} is a symbolic link to a file that does not exist.`;
    return problem("file-unreadable", "Unreadable file", detail, "Remove the link, or restore its target.");
  }
  const reason = error instanceof Error ? error.message : String(error);
  return problem(
    "file-unreadable",
    "Unreadable file",
    `${file}: ${reason}.`,
    "Check the permissions of the file.",
  );
}

/** Returns the problem of a file that leads out of the project, in CI. */
export function outsideProject(file: string, project: string, member?: NamingMember): Diagnostic {
  const isConfig = member === undefined || member === "include";
  return problem(
    "outside-project",
    "File outside of the project",
    `${file} leads out of ${project}. In CI (CI=true), neither links nor paths in config files may do so.`,
    isConfig
      ? "Copy the file into the project, or name its own path: -f FILE"
      : "Copy the file into the project.",
  );
}

/** A path in a config file. */
export interface IncludedPath {
  readonly text: string;
  /** The text as a path that works from the working directory. */
  readonly path: string;
  /** The folder of the config file. */
  readonly folder: string;
  readonly cwd: string;
}

/** Returns the problem of a path in a config file that names nothing. */
export async function missingFile(
  { text, path, folder, cwd }: IncludedPath,
  member: NamingMember,
): Promise<Problem> {
  const close = await closePath(path, cwd);
  const slashes = withSlashes(text);
  return {
    code: "file-not-found",
    summary: "File not found",
    detail: `${slashes === text ? text : JSON.stringify(text)} does not exist. ${relativeToFile}`,
    help:
      slashes !== text
        ? `Separate folders with /, on Windows too: ${slashes}`
        : close === undefined
          ? examples[member]
          : `Did you mean ${isAbsolute(text) ? close : toSlashes(relative(folder, close))}?`,
  };
}

/** Returns a path of Windows with slashes, also where YAML read a backslash as the beginning of an escape. */
function withSlashes(path: string): string {
  const letters: Readonly<Record<string, string>> = {
    "\b": "b",
    "\t": "t",
    "\n": "n",
    "\v": "v",
    "\f": "f",
    "\r": "r",
    "\0": "0",
  };
  return path.replaceAll(/[\\\0\b\t\n\v\f\r]/g, (character) => `/${letters[character] ?? ""}`);
}

const examples: Readonly<Record<NamingMember, string>> = {
  include: "Name a file, a folder or a glob: include: [rooms/*.yaml]",
  forEach: "Name a file of rows: forEach: rooms.csv",
  varFile: "Name a file of variables: varFile: prod.vars.yaml",
};

/** Returns the problem of a glob that matches no config file. @param base the folders of the glob before the first wildcard */
export async function unmatchedGlob({
  text,
  base,
  folder,
  cwd,
}: IncludedPath & { readonly base: string }): Promise<Problem> {
  const path = isAbsolute(text) ? base : join(folder, base);
  const names = await readdir(resolve(cwd, path)).catch(() => undefined);
  if (names === undefined) return missingFile({ text: base, path, folder, cwd }, "include");
  const configs = names.filter((name) => isConfigName(name) && !name.startsWith(".")).sort(byCodeUnit);
  const there = configs.length === 0 ? "no config files" : listed(configs);
  return {
    code: "file-not-found",
    summary: "No config files",
    detail: `${text} matches no *.yaml, *.yml or *.json. ${relativeToFile} ${base === "" ? "That folder" : base} has ${there}.`,
    help: "Correct the glob. * matches within a folder, ** in all folders below: include: [rooms/**/*.yaml]",
  };
}

const relativeToFile = "Paths are relative to the folder of this file.";

/** Returns the problem of files that include each other. @param chain from a file back to the same file @param text of the entry */
export function includeCycle([first = "", ...others]: readonly string[], text: string): Problem {
  return {
    code: "include-cycle",
    summary: "Files include each other",
    detail: `${first} includes ${others.join(", which includes ")}.`,
    help: `Remove ${text} from this include.`,
  };
}

/** Returns the finding about a file that two entries name. */
export function includedTwice(file: string): Problem {
  return {
    code: "included-twice",
    summary: "File included twice",
    detail: `${file} is already included. It is read once.`,
    help: "Remove one of the two entries.",
  };
}

/** Returns the finding about a hidden file with a config. */
export function hiddenFile(file: string): Diagnostic {
  const detail = `${file} holds a config, but the hidden files of a folder are not read.`;
  return notRead(detail, `Rename it, or name it too: -f ${shellWord(file)}`);
}

/** Returns the finding about a subfolder with config files. @param parent the folder whose files are read */
export function unreadFolder(folder: string, parent: string): Diagnostic {
  const detail = `${folder} has config files, but the subfolders of a folder are not read.`;
  const [option, path] = [shellWord(folder), toSlashes(relative(parent, folder))];
  return notRead(
    detail,
    `Name it too: -f ${option}. Or write in a config file of ${parent}: include: [${path}]`,
  );
}

function notRead(detail: string, help: string): Diagnostic {
  return { ...problem("config-not-read", "Config not read", detail, help), severity: "warning" };
}

function toSlashes(path: string): string {
  return path.split(sep).join("/");
}

/** Returns true for the system's error of a path that does not exist. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function problem(code: DiagnosticCode, summary: string, detail: string, help: string): Diagnostic {
  return { severity: "error", code, summary, detail, help };
}
