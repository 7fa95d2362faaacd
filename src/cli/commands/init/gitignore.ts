/** Files that must not be in git: the state, the files beside it, and saved plans. They may hold texts of messages. */
const ignored = [
  "*.state.json",
  // Journal, lock, backup, and temporary files of all of them.
  "*.state.json.*",
  "plan.json",
  "*.plan.json",
] as const;

const title = "# chatform: the state, the files beside it, and saved plans";

/**
 * Returns the lines that `.gitignore` lacks.
 *
 * @param text of the file; undefined if it does not exist
 * @returns the text to append; "" if nothing is missing
 */
export function missingIgnores(text: string | undefined): string {
  const lines = new Set((text ?? "").split(/\r?\n/).map((line) => line.trim()));
  const missing = ignored.filter((line) => !lines.has(line));
  if (missing.length === 0) return "";
  const before = text === undefined || text === "" ? "" : text.endsWith("\n") ? "\n" : "\n\n";
  return `${before}${[title, ...missing].join("\n")}\n`;
}
