import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** The names of the Chromium program, by how it was installed. */
const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];

/** The folders of browsers that are not on the PATH. */
const places = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** The program of an installed Chromium; undefined when Chromium is not installed. */
export async function findChromium(): Promise<string | undefined> {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const programs = [...folders.flatMap((folder) => names.map((name) => join(folder, name))), ...places];
  for (const program of programs) {
    try {
      await access(program, constants.X_OK);
      return program;
    } catch {
      // Not here.
    }
  }
  return undefined;
}
