import { readFile } from "node:fs/promises";

/**
 * When a process was started, in the system's own terms: equal for the same process, different when its number was given
 * to another. Undefined where the system does not tell.
 */
export async function startOf(pid: number): Promise<string | undefined> {
  try {
    const line = await readFile(`/proc/${pid}/stat`, "utf8");
    // The name, in parentheses, may hold anything; the start is the 20th field behind it (proc(5), starttime).
    return line.slice(line.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
