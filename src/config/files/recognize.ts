import { open, stat } from "node:fs/promises";

/** The members by which chatform's own JSON files begin: states, plans and reports, events of an apply, SARIF, schemas. */
const ownBeginning =
  /^\uFEFF?\s*\{\s*"(?:lineage|forgotten|format_version|@level|\$schema"\s*:\s*"[^"]*(?:json-schema\.org|sarif))/;

/** The version that every config file declares, in YAML or JSON. */
const configVersion = /(?:^|[{,])\s*["']?version["']?\s*:\s*1\s*(?:$|[,}#])/m;

/** Returns true for the name of a config file. Backups, and drafts of editors, end in another way. */
export function isConfigName(name: string): boolean {
  return /\.(?:ya?ml|json)$/i.test(name);
}

/** Returns true if a regular file is one that chatform writes: a state, plan, report or schema. */
export async function isOwnFile(path: string): Promise<boolean> {
  if (!/\.json$/i.test(path)) return false;
  return /\.state\.json$/i.test(path) || ownBeginning.test(await readHead(path));
}

/** Returns true if a path leads to a regular file that seems to be a config file. */
export async function holdsConfig(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true && configVersion.test(await readHead(path));
}

/** More than the comments that usually stand before the first key. */
const headBytes = 4096;

/** Returns the first characters of a regular file; "" for one that can't be read. */
async function readHead(path: string): Promise<string> {
  const handle = await open(path).catch(() => undefined);
  if (handle === undefined) return "";
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } catch {
    return "";
  } finally {
    await handle.close();
  }
}
