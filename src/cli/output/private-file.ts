import { open } from "node:fs/promises";

/**
 * Writes a file that holds texts of chats, readable by its owner only. A file that is there with a wider mode is tightened
 * before anything is written. Devices and pipes, such as /dev/stdout, keep their mode.
 *
 * @throws the system's error
 */
export async function writePrivate(path: string, text: string): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    const found = await file.stat();
    if (found.isFile() && (found.mode & 0o077) !== 0) await file.chmod(0o600);
    await file.writeFile(text);
  } finally {
    await file.close();
  }
}
