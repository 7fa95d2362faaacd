import { structuredPatch } from "diff";
import { revealed } from "./invisible.js";
import type { Styles } from "./terminal.js";
import { escaped } from "../../core/safe-text.js";
import { count } from "./terminal.js";

export interface TextDiffOptions {
  readonly style: Styles;
  /** Don't fold long texts, nor cut long lines. */
  readonly full: boolean;
}

/** Lines of a difference that are shown before it is folded. */
const foldAfter = 20;

/** Characters of a line that are shown before it is cut. */
const cutAfter = 160;

/** Characters before a difference that a cut line shows. */
const lead = 40;

/** Changed lines beyond which finding the smallest difference is not worth the wait. */
const maxEdits = 1000;

/** How one text becomes another, as a unified difference, in lines that are safe to show. */
export function diffLines(before: string, after: string, options: TextDiffOptions): readonly string[] {
  const { style, full } = options;
  const lines = withRevealed(rawLines(before, after));
  const shown = full || lines.length <= foldAfter ? lines : lines.slice(0, foldAfter - 1);
  const painted = shown.map((line, at) => paint(full ? line : cut(line, partnerOf(lines, at)), style));
  if (shown.length === lines.length) return painted;
  const rest = count(lines.length - shown.length, "more line", "more lines");
  return [...painted, style.dim(`… and ${rest} (--full shows all)`)];
}

/** With `+`, `-` or a space in front of each. */
function rawLines(before: string, after: string): readonly string[] {
  if (before === "") return marked("+", after);
  if (after === "") return marked("-", before);
  const options = { context: 2, maxEditLength: maxEdits };
  const hunks = structuredPatch("", "", before, after, "", "", options)?.hunks;
  if (hunks === undefined) return [...marked("-", before), ...marked("+", after)];
  const lines = hunks.flatMap((hunk, at) => (at === 0 ? hunk.lines : [" ⋮", ...hunk.lines]));
  // That there is no line break at the end matters only where there was one, or will be.
  const isSame = before.endsWith("\n") === after.endsWith("\n");
  return isSame ? lines.filter((line) => !line.startsWith("\\")) : lines;
}

function marked(mark: string, text: string): readonly string[] {
  return text
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => mark + line);
}

/** Lines that replace each other and look the same, with what can't be seen in them as escapes. */
function withRevealed(lines: readonly string[]): readonly string[] {
  const result = [...lines];
  let at = 0;
  while (at < lines.length) {
    const removed = runOf(lines, at, "-");
    const added = runOf(lines, at + removed, "+");
    for (let line = 0; line < Math.min(removed, added); line++) {
      const [from, to] = [at + line, at + removed + line];
      const [one, other] = revealed((lines[from] ?? "").slice(1), (lines[to] ?? "").slice(1));
      result[from] = `-${one}`;
      result[to] = `+${other}`;
    }
    at += Math.max(1, removed + added);
  }
  return result;
}

/** How many lines from this one on have the mark. */
function runOf(lines: readonly string[], from: number, mark: string): number {
  let at = from;
  while (lines[at]?.startsWith(mark) === true) at++;
  return at - from;
}

/** The line that this one replaces, or that replaces it. */
function partnerOf(lines: readonly string[], at: number): string | undefined {
  const line = lines[at] ?? "";
  const partner = line.startsWith("-") ? lines[at + 1] : lines[at - 1];
  const isPair = `${line[0] ?? ""}${partner?.[0] ?? ""}`;
  return isPair === "-+" || isPair === "+-" ? partner : undefined;
}

/** A long line, cut to where it differs from the line that it replaces. */
function cut(line: string, partner: string | undefined): string {
  if (line.length <= cutAfter) return line;
  const start = partner === undefined ? 1 : Math.max(1, firstDifference(line, partner) - lead);
  const text = line.slice(start, start + cutAfter);
  return `${line[0] ?? ""}${start > 1 ? "…" : ""}${text}${start + cutAfter < line.length ? "…" : ""}`;
}

/** Position of the first difference behind the marks. */
function firstDifference(a: string, b: string): number {
  let at = 1;
  while (at < a.length && a[at] === b[at]) at++;
  return at;
}

function paint(line: string, style: Styles): string {
  const text = escaped(line.slice(1));
  if (line.startsWith("+")) return style.green(`+ ${text}`.trimEnd());
  if (line.startsWith("-")) return style.red(`- ${text}`.trimEnd());
  if (line.startsWith("\\")) return style.dim("\\ no line break at the end");
  return style.dim(`  ${text}`.trimEnd());
}
