export interface StrictText {
  readonly text: string;
  /** Offsets of the brackets that were moved. */
  readonly brackets: Set<number>;
}

/**
 * Rewrites a text that the parser (js-yaml 5.5) refuses, though other parsers read it. The new text has the same length:
 * values and places are taken from the original by their offsets.
 *
 *     lobby: {             a closing bracket in the column of its key: joined to the line above
 *       subject: Lobby
 *     }
 *     lobby: {<tab>subject: Lobby }     a tab between tokens within brackets: becomes a space
 *
 * @param kept offsets of brackets that are not moved, because they are text
 */
export function toStrictText(text: string, kept: ReadonlySet<number>): StrictText {
  const lines = text.split("\n");
  /** Lines that are joined to the line above: a space takes the place of the line feed. */
  const joined = new Set<number>();
  const brackets = new Set<number>();
  let start = 0;
  for (const [at, line] of lines.entries()) {
    if (line.includes("\t")) lines[at] = withSpaces(line);
    const [before] = /^\s*(?=[\]}])/.exec(line) ?? [];
    if (before !== undefined && !kept.has(start + before.length)) {
      joinToContent(lines, at, joined);
      brackets.add(start + before.length);
    }
    start += line.length + 1;
  }
  const strict = lines.map((line, at) => (at === 0 ? "" : joined.has(at) ? " " : "\n") + line).join("");
  return { text: strict, brackets };
}

/** Replaces the tabs that separate tokens. Tabs that indent are kept: they are an error. */
function withSpaces(line: string): string {
  const [indent = ""] = /^\s*(?:[?:-]\s*(?=[[{])|[\s?:-]*)/.exec(line) ?? [];
  const kept = /[[{]/.test(line.charAt(indent.length)) ? indent.search(/\S|$/) : indent.length;
  return line.slice(0, kept) + line.slice(kept).replaceAll("\t", " ");
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
