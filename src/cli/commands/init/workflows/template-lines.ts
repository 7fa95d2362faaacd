/**
 * Replaces each line `# __NAME__` by the lines of that name, with its indentation. Without lines, the line is removed.
 *
 * @throws Error for a name without an entry
 */
export function withLines(text: string, blocks: Readonly<Record<string, readonly string[]>>): string {
  return text.replaceAll(/^( *)# __([A-Z_]+)__\n/gm, (_line, indent: string, name: string) => {
    const lines = blocks[name];
    if (lines === undefined) throw new Error(`no lines for ${name}`);
    return lines.map((line) => (line === "" ? "\n" : `${indent}${line}\n`)).join("");
  });
}

/** Returns the lines of a text. */
export function linesIn(text: string): readonly string[] {
  return text.trimEnd().split("\n");
}

/** Returns the beginning of a command that runs in a folder; "" for the working directory itself. */
export function enter(folder: string): string {
  return folder === "" ? "" : `cd ${folder} && `;
}
