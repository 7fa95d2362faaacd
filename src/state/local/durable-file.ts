/*
 * Files that survive a crash: content is written beside the file, made durable, and renamed over it, and the rename is
 * made durable too. (The common packages for this ignore short writes, which is what a disk that fills up gives, and do
 * not sync the folder.)
 */
import { constants } from "node:fs";
import { chmod, copyFile, link, open, readlink, realpath, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { readBoundedFile } from "../../core/bounded-file.js";
import { StateError, systemCode } from "../errors.js";
import { maxStateBytes, withinLimit } from "../size-limit.js";

const privateMode = 0o600;

/**
 * Replaces a file's content, all or nothing, readable by its owner only. Only one process may do so at a time.
 *
 * @param confirm called when everything is ready to be put in place; when it throws, nothing is
 * @throws the system's error. Then the file is as it was.
 */
export async function writeDurably(
  path: string,
  content: string,
  confirm?: () => Promise<void>,
): Promise<void> {
  const draft = `${path}.tmp`;
  // A killed run may have left one, and nobody else's file or link may be written through.
  await rm(draft, { force: true });
  try {
    const file = await open(draft, "wx", privateMode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await confirm?.();
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Makes renames, creations and removals in a folder durable, where the system can. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders; its file systems journal such changes by themselves.
  if (process.platform === "win32") return;
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems have no such thing.
    if (!["EINVAL", "ENOTSUP", "EPERM"].includes(systemCode(error) ?? "")) throw error;
  } finally {
    await handle.close();
  }
}

/** Keeps what `path` holds as `copy`, at no cost where the file system has hard links. Nothing there: nothing kept. */
export async function keepCopy(path: string, copy: string): Promise<void> {
  const draft = `${copy}.tmp`;
  await rm(draft, { force: true });
  try {
    await link(path, draft).catch(async (error: unknown) => {
      if (systemCode(error) === "ENOENT") throw error;
      await copyFile(path, draft, constants.COPYFILE_EXCL);
    });
    await chmod(draft, privateMode);
    await rename(draft, copy);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    if (systemCode(error) !== "ENOENT") throw error;
  }
}

/**
 * Reads a file; undefined where there is none.
 *
 * @throws StateError state-unreadable, state-too-large
 */
export async function readStateFile(path: string, location: string): Promise<Buffer | undefined> {
  try {
    return await readWhole(path, location);
  } catch (error) {
    if (error instanceof StateError) throw error;
    if (systemCode(error) === "ENOENT") return undefined;
    throw new StateError(
      {
        code: "state-unreadable",
        location,
        detail: `${path} can't be read (${systemCode(error) ?? String(error)}).`,
        help: "Check that it is a file and that you may read it.",
      },
      { cause: error },
    );
  }
}

/** Reads a file, a pipe or a device to its end, up to the limit. @throws the system's error; StateError state-too-large */
export async function readWhole(path: string, location: string): Promise<Buffer> {
  return withinLimit(location, path, () => readBoundedFile(path, { maxBytes: maxStateBytes }));
}

/** The file that a path stands for, through symbolic links, whether or not it exists. */
export async function linkTarget(path: string): Promise<string> {
  let current = resolve(path);
  // As deep as Linux follows.
  for (let hops = 0; hops < 40; hops++) {
    const step = await readlink(current).catch(() => undefined);
    if (step === undefined) break;
    current = resolve(dirname(current), step);
  }
  const folder = await realpath(dirname(current)).catch(() => dirname(current));
  return resolve(folder, current.slice(dirname(current).length).replace(/^[\\/]+/, ""));
}

/** What to throw when a state can't be written. `kept` says what became of what was to be written. */
export function unwritableError(location: string, error: unknown, kept: string): StateError {
  if (error instanceof StateError) return error;
  const code = systemCode(error);
  return new StateError(
    {
      code: "state-unwritable",
      location,
      detail: `${location} can't be written (${code ?? String(error)}). ${kept}`,
      help: helpByCode[code ?? ""] ?? "Check the folder and the disk, then run the command again.",
    },
    { cause: error },
  );
}

const helpByCode: Readonly<Record<string, string>> = {
  ENOSPC: "Make room on the disk, then run the command again.",
  EDQUOT: "Make room in your quota, then run the command again.",
  EACCES: "Make its folder writable for you, or name another place with --state or `state.path`.",
  EPERM: "Make its folder writable for you, or name another place with --state or `state.path`.",
  EROFS: "The file system is read-only: name another place with --state or `state.path`.",
  ENOENT: "Make its folder first, or name another place with --state or `state.path`.",
  ENOTDIR: "Name another place with --state or `state.path`.",
  EISDIR: "It is a folder: name a file with --state or `state.path`.",
};
