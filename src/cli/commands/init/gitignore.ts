/** What git shall not take: the state with what lies beside it, and saved plans. Both may hold texts of messages. */
const ignored = [
  "*.state.json",
  // Journal, lock, backup, and drafts of all of them.
  "*.state.json.*",
  "plan.json",
  "*.plan.json",
] as const;

const title = "# chatform: the state, what lies beside it, and saved plans";

/**
 * What `.gitignore` lacks of it.
 *
 * @param text of the file; undefined: there is none
 * @returns what to append; "" when nothing is missing
 */
export function missingIgnores(text: string | undefined): string {
  const lines = new Set((text ?? "").split(/\r?\n/).map((line) => line.trim()));
  const missing = ignored.filter((line) => !lines.has(line));
  if (missing.length === 0) return "";
  const before = text === undefined || text === "" ? "" : text.endsWith("\n") ? "\n" : "\n\n";
  return `${before}${[title, ...missing].join("\n")}\n`;
}
