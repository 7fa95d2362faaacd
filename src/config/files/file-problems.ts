import { readdir } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { TooLargeError } from "../../core/bounded-file.js";
import type { DiagnosticCode } from "../../core/diagnostic-codes.js";
import type { Diagnostic } from "../../core/diagnostic.js";
import { nearest } from "../../core/nearest.js";
import { shellWord } from "../../core/shell-word.js";
import { findConfigs } from "./folder.js";
import { defaultConfigFile } from "./recognize.js";

/** The limit of a config file, in bytes. */
export const maxBytes = 20 * 1024 * 1024;

/** Returns the problem of a path of the command line that does not exist. */
export async function missingPath(path: string, cwd: string): Promise<Diagnostic> {
  const found = path === defaultConfigFile ? await findConfigs(cwd) : [];
  const close = found.length > 0 ? undefined : await closePath(path, cwd);
  const help =
    found.length > 0
      ? `Name the config: ${found.length > mostNamed ? "-f ." : found.map((file) => `-f ${shellWord(file)}`).join(" ")}`
      : close === undefined
        ? "Name the file with -f FILE. To begin with one: chatform init"
        : `Did you mean ${close}? Name it: -f ${shellWord(close)}`;
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
export async function closePath(path: string, cwd: string): Promise<string | undefined> {
  const folder = dirname(path);
  if (folder === path) return undefined;
  const names = await readdir(resolve(cwd, folder)).catch(() => undefined);
  if (names === undefined) return closePath(folder, cwd);
  const close = nearest(basename(path), names);
  return close === undefined ? undefined : join(folder, close);
}

/** Returns the problem of a folder without config files. */
export function emptyFolder(path: string): Diagnostic {
  const detail = `${path} contains no *.yaml, *.yml or *.json with a config.`;
  return problem("file-not-found", "No config files", detail, "Name another folder: -f FOLDER");
}

/** Returns the problem of a file that could not be read. */
export function unreadable(file: string, error: unknown): Diagnostic {
  if (error instanceof TooLargeError) {
    const detail = `${file} is larger than ${maxBytes} bytes, the limit of a config file.`;
    return problem("too-large", "File too large", detail, "Split it into several files: -f FOLDER");
  }
  if (isMissing(error)) {
    const detail = `${file} is a symbolic link to a file that does not exist.`;
    return problem("file-unreadable", "Unreadable file", detail, "Remove the link, or restore its target.");
  }
  const reason = error instanceof Error ? error.message : String(error);
  return problem("file-unreadable", "Unreadable file", `${file}: ${reason}.`, "Check its permissions.");
}

/** Returns the problem of a link that leads out of the project, in CI. */
export function outsideProject(file: string, project: string): Diagnostic {
  return problem(
    "link-outside-project",
    "Link out of the project",
    `${file} is a symbolic link, or lies behind one, that leads out of ${project}. In CI (CI=true) such links are not followed.`,
    "Put the file itself there, or name its own path with -f FILE.",
  );
}

/** Returns the finding about a hidden file with a config. */
export function hiddenFile(file: string): Diagnostic {
  const detail = `${file} holds a config, but the hidden files of a folder are not read.`;
  return notRead(detail, `Rename it, or name it too: -f ${shellWord(file)}`);
}

/** Returns the finding about a subfolder with config files. @param parent the folder whose files are read */
export function unreadFolder(folder: string, parent: string): Diagnostic {
  const detail = `${folder} has config files, but the subfolders of a folder are not read.`;
  const [option, path] = [shellWord(folder), relative(parent, folder).split(sep).join("/")];
  return notRead(
    detail,
    `Name it too: -f ${option}. Or write in a config file of ${parent}: include: [${path}]`,
  );
}

function notRead(detail: string, help: string): Diagnostic {
  return { ...problem("config-not-read", "Config not read", detail, help), severity: "warning" };
}

/** Returns true for the system's error of a path that does not exist. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function problem(code: DiagnosticCode, summary: string, detail: string, help: string): Diagnostic {
  return { severity: "error", code, summary, detail, help };
}
