import { access } from "node:fs/promises";

/** Returns true if a file or folder exists. A symbolic link exists if its target does. */
export async function fileExists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
