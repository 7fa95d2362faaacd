/*
 * Files that survive a crash: content is written beside the file, synced, and renamed over the file, and the folder is
 * synced too. (The common packages ignore short writes, which a disk that fills up causes, and do not sync the folder.)
 */
import { constants } from "node:fs";
import { chmod, copyFile, link, open, readlink, realpath, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { readBoundedFile } from "../../core/bounded-file.js";
import type { StateProblem } from "../errors.js";
import { StateError, systemCode } from "../errors.js";
import { maxStateBytes, withinLimit } from "../size-limit.js";

const privateMode = 0o600;

/**
 * Replaces a file's content, all or nothing, readable by its owner only. Only one process may do so at a time.
 *
 * @param confirm called right before the rename; throws to prevent it
 * @throws the system's error. Then the file is unchanged.
 */
export async function writeDurably(
  path: string,
  content: string,
  confirm?: () => Promise<void>,
): Promise<void> {
  const draft = `${path}.tmp`;
  // Left by a killed run, or another user's link: never written through.
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
  // Windows can't open folders; its file systems journal such changes themselves.
  if (process.platform === "win32") return;
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems can't sync folders.
    if (!["EINVAL", "ENOTSUP", "EPERM"].includes(systemCode(error) ?? "")) throw error;
  } finally {
    await handle.close();
  }
}

/** Keeps the content of `path` as `copy`, if there is any: a hard link where the file system has them. */
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
 * Reads a file of the state; undefined where there is none.
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
        help: "Check that the path names a file that you may read.",
      },
      { cause: error },
    );
  }
}

/** Reads a file, a pipe or a device to its end, up to the limit. @throws the system's error; StateError state-too-large */
export async function readWhole(path: string, location: string): Promise<Buffer> {
  return withinLimit(location, path, () => readBoundedFile(path, { maxBytes: maxStateBytes }));
}

/** Follows symbolic links to the file that a path stands for, whether or not the file exists. */
export async function linkTarget(path: string): Promise<string> {
  let current = resolve(path);
  // The limit of Linux.
  for (let hops = 0; hops < 40; hops++) {
    const step = await readlink(current).catch(() => undefined);
    if (step === undefined) break;
    current = resolve(dirname(current), step);
  }
  const folder = await realpath(dirname(current)).catch(() => dirname(current));
  return resolve(folder, current.slice(dirname(current).length).replace(/^[\\/]+/, ""));
}

/** Returns the error for a state that can't be written. @param kept a sentence on what became of the new content */
export function unwritableError(location: string, error: unknown, kept: string): StateError {
  if (error instanceof StateError) return error;
  const code = systemCode(error);
  return new StateError(
    {
      code: "state-unwritable",
      location,
      detail: `${location} can't be written (${code ?? String(error)}). ${kept}`,
      ...(helpByCode[code ?? ""] ?? { help: "Check the folder and the disk", thenAgain: true }),
    },
    { cause: error },
  );
}

const helpByCode: Readonly<Record<string, Pick<StateProblem, "help" | "thenAgain">>> = {
  ENOSPC: { help: "Free space on the disk", thenAgain: true },
  EDQUOT: { help: "Free space in your quota", thenAgain: true },
  EACCES: { help: "Make the folder writable for you, or set another path with --state or `state.path`." },
  EPERM: { help: "Make the folder writable for you, or set another path with --state or `state.path`." },
  EROFS: { help: "The file system is read-only. Set another path with --state or `state.path`." },
  ENOENT: { help: "Create the folder, or set another path with --state or `state.path`." },
  ENOTDIR: { help: "Set another path with --state or `state.path`." },
  EISDIR: { help: "The path names a folder. Set the path of a file with --state or `state.path`." },
};
