import { access } from "node:fs/promises";

/** Tells whether a file or folder exists. A symbolic link exists when its target does. */
export async function fileExists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
