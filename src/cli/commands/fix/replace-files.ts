import { constants } from "node:fs";
import { access, open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { stdinName } from "../../../config/files/file-set.js";
import type { Diagnostic } from "../../../core/diagnostic.js";
import { DiagnosticsError } from "../../../core/diagnostic.js";
import { syncFolder } from "../../../state/local/durable-file.js";
import { errorReason } from "../../output/errors.js";

/** A file to write. */
export interface TargetFile {
  /** Its name as the user gave it. */
  readonly file: string;
  /** The absolute path that the name stands for. */
  readonly link: string;
  /** The path without symbolic links. */
  readonly path: string;
}

export interface FileEdit extends TargetFile {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** Finds the file that a name stands for. @throws DiagnosticsError file-not-replaced for pipes and devices */
export async function findTarget(file: string, cwd: string): Promise<TargetFile> {
  const link = resolve(cwd, file);
  const path = file === stdinName ? link : await realpath(link);
  if (file !== stdinName && (await stat(path)).isFile()) return { file, link, path };
  throw notReplaced(file, "it is not a regular file", "Name a file: -f FILE.");
}

/**
 * Replaces the content of files. All new files are written beside the old ones before the first old one is replaced; mode and
 * owner are kept, and symbolic links stay.
 *
 * @throws DiagnosticsError file-not-replaced. Then no file was replaced, unless one of the renames itself failed.
 */
export async function replaceFiles(edits: readonly FileEdit[]): Promise<void> {
  try {
    await forEachFile(edits, writeDraft);
    await forEachFile(edits, ({ path }) => rename(toDraft(path), path));
    await forEachFile(edits, ({ path }) => syncFolder(dirname(path)));
  } finally {
    for (const { path } of edits) await rm(toDraft(path), { force: true }).catch(() => undefined);
  }
}

async function forEachFile(
  edits: readonly FileEdit[],
  work: (edit: FileEdit) => Promise<void>,
): Promise<void> {
  for (const edit of edits) {
    try {
      await work(edit);
    } catch (error) {
      throw error instanceof DiagnosticsError ? error : notReplaced(edit.file, errorReason(error), retry);
    }
  }
}

async function writeDraft({ file, path, before, after }: FileEdit): Promise<void> {
  const { mode: fullMode, uid, gid } = await stat(path);
  const mode = fullMode & 0o7777;
  await access(path, constants.W_OK);
  const draft = toDraft(path);
  // Left by a killed run, or another user's link: never written through.
  await rm(draft, { force: true });
  const handle = await open(draft, "wx", mode);
  try {
    await handle.writeFile(after);
    // Only the superuser may give a file away; for others the owner is the same anyway.
    await handle.chown(uid, gid).catch(() => undefined);
    await handle.chmod(mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (!(await readFile(path)).equals(before)) throw notReplaced(file, "it was changed meanwhile", retry);
}

/** Hidden, and without the extension of a config file, so that no other run reads it. */
function toDraft(path: string): string {
  return join(dirname(path), `.${basename(path)}.chatform-fix.tmp`);
}

const retry = "Check the file, then run the command again: chatform fix --departed";

function notReplaced(file: string, reason: string, help: string): DiagnosticsError {
  const problem: Diagnostic = {
    severity: "error",
    code: "file-not-replaced",
    summary: "File not replaced",
    detail: `${file} cannot be replaced: ${reason}.`,
    help,
  };
  return new DiagnosticsError([problem]);
}
