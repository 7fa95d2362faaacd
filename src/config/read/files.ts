import type { DiagnosticCode } from "../../core/diagnostic-codes.js";
import { readdir, stat } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import { readBoundedFile, TooLargeError } from "../../core/bounded-file.js";
import type { Diagnostic } from "../../core/diagnostic.js";
import { byCodeUnit } from "../../core/json/json.js";
import { nearest } from "../../core/nearest.js";

/** The limit of a config file, in bytes. */
const maxBytes = 20 * 1024 * 1024;

/** A file with its name as the user gave it. */
export interface FileBytes {
  readonly file: string;
  readonly bytes: Uint8Array;
}

export interface FilesRead {
  readonly files: readonly FileBytes[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads these files, and every *.yaml, *.yml and *.json in these folders. Reads each file once. */
export async function readFiles(paths: readonly string[], cwd: string): Promise<FilesRead> {
  const files = new Map<string, FileBytes>();
  const diagnostics: Diagnostic[] = [];
  for (const path of paths) {
    for (const file of await filesAt(path, cwd, diagnostics)) {
      const absolute = resolve(cwd, file);
      if (files.has(absolute)) continue;
      try {
        files.set(absolute, { file, bytes: await readBoundedFile(absolute, { maxBytes }) });
      } catch (error) {
        diagnostics.push(error instanceof TooLargeError ? tooLarge(file) : unreadable(file, error));
      }
    }
  }
  return { files: [...files.values()], diagnostics };
}

async function filesAt(path: string, cwd: string, diagnostics: Diagnostic[]): Promise<readonly string[]> {
  try {
    if (!(await stat(resolve(cwd, path))).isDirectory()) return [path];
    const names = (await readdir(resolve(cwd, path)))
      .filter((name) => /\.(?:ya?ml|json)$/i.test(name))
      .sort(byCodeUnit);
    if (names.length === 0) {
      const detail = `${path} contains no *.yaml, *.yml or *.json.`;
      diagnostics.push(
        problem("file-not-found", "No config files", detail, "Name another folder: -f FOLDER."),
      );
    }
    return names.map((name) => join(path, name));
  } catch (error) {
    diagnostics.push(await missing(path, cwd, error));
    return [];
  }
}

async function missing(path: string, cwd: string, error: unknown): Promise<Diagnostic> {
  if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) return unreadable(path, error);
  const here = await readdir(cwd).catch(() => []);
  const close = isAbsolute(path) ? undefined : nearest(path, here);
  const help =
    close === undefined
      ? "Name the file with -f FILE. To begin with one: chatform init."
      : `Did you mean ${close}? Name it with -f FILE.`;
  return problem("file-not-found", "File not found", `${path} does not exist.`, help);
}

function tooLarge(file: string): Diagnostic {
  const detail = `${file} is larger than ${maxBytes} bytes, the limit of a config file.`;
  return problem("too-large", "File too large", detail, "Split it into several files: -f FOLDER.");
}

function unreadable(file: string, error: unknown): Diagnostic {
  const reason = error instanceof Error ? error.message : String(error);
  return problem("file-unreadable", "Unreadable file", `${file}: ${reason}.`, "Check its permissions.");
}

function problem(code: DiagnosticCode, summary: string, detail: string, help: string): Diagnostic {
  return { severity: "error", code, summary, detail, help };
}
