/** Files that must not be in git: the state, the files beside it, and saved plans. They may hold texts of messages. */
const ignored = [
  "*.state.json",
  // Journal, lock, backup, and temporary files of all of them.
  "*.state.json.*",
  "plan.json",
  "*.plan.json",
] as const;

const title = "# chatform: the state, the files beside it, and saved plans";
const packages = ["node_modules/"] as const;

/**
 * Returns the lines that `.gitignore` lacks.
 *
 * @param text of the file; undefined if it does not exist
 * @param hasPackages true for a repository into which npm installs chatform
 * @returns the text to append; "" if nothing is missing
 */
export function missingIgnores(text: string | undefined, hasPackages: boolean): string {
  const lines = (text ?? "").split(/\r?\n/).map((line) => line.trim());
  const missing = ignored.filter((line) => !lines.includes(line));
  const ignoresPackages = lines.some((line) => /^(?:\*\*\/)?node_modules\/?$/.test(line));
  const added = [
    ...(missing.length === 0 ? [] : [title, ...missing]),
    ...(hasPackages && !ignoresPackages ? packages : []),
  ];
  if (added.length === 0) return "";
  const before = text === undefined || text === "" ? "" : text.endsWith("\n") ? "\n" : "\n\n";
  return `${before}${added.join("\n")}\n`;
}
