/**
 * Rewrites a text that the parser (js-yaml 5.5) refuses, though other parsers read it. The new text has the same length:
 * values and places are taken from the original by their offsets.
 *
 *     lobby: {             a closing bracket in the column of its key: joined to the line above
 *       subject: Lobby
 *     }
 *     lobby: {<tab>subject: Lobby }     a tab between tokens within brackets: becomes a space
 */
export function toStrictText(text: string): string {
  const lines = text.split("\n");
  /** Lines that are joined to the line above, instead of a line feed with a space between. */
  const joined = new Set<number>();
  for (const [at, line] of lines.entries()) {
    if (line.includes("\t")) lines[at] = withSpaces(line);
    if (/^\s*[\]}]/.test(line)) joinToContent(lines, at, joined);
  }
  return lines.map((line, at) => (at === 0 ? "" : joined.has(at) ? " " : "\n") + line).join("");
}

/** Replaces the tabs that separate tokens, but not those that indent. */
function withSpaces(line: string): string {
  const [indent = ""] = /^[\s?:-]*/.exec(line) ?? [];
  return indent + line.slice(indent.length).replaceAll("\t", " ");
}

/** Joins a line to the last line above it that holds more than a comment. Comments between are replaced by spaces. */
function joinToContent(lines: string[], from: number, joined: Set<number>): void {
  const candidates: number[] = [];
  for (let at = from - 1; at >= 0; at--) {
    const line = lines[at] ?? "";
    candidates.push(at + 1);
    if (/^\s*(?:#|$)/.test(line)) {
      lines[at] = " ".repeat(line.length);
      continue;
    }
    // The text of a block scalar begins below its header.
    if (/[|>][-+\d]*\s*$/.test(line)) return;
    lines[at] = withoutComment(line).replace(/\r$/, " ");
    for (const one of candidates) joined.add(one);
    return;
  }
}

/** Replaces a comment at the end of a line by spaces. A line in which quotes end that began above is kept as it is. */
function withoutComment(line: string): string {
  const content = /^(?:"(?:[^"\\]|\\.)*"|'[^']*'|(?<=\w)['"]|[^\s"'#]#*|\s(?!#))*/.exec(line)?.[0] ?? "";
  return /^\s#/.test(line.slice(content.length)) ? content.padEnd(line.length) : line;
}
