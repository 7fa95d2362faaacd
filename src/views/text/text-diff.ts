import { structuredPatch } from "diff";
import { revealed } from "./invisible.js";
import type { Line } from "./line.js";
import { line, signed } from "./line.js";
import { escaped } from "../../core/safe-text.js";
import { count } from "./terminal.js";

/** Lines of a difference that are shown before it is folded. */
const foldAfter = 20;

/** Characters of a line that are shown before it is cut. */
const cutAfter = 160;

/** Characters before a difference that a cut line shows. */
const contextLength = 40;

/** Changed lines beyond which finding the smallest difference is not worth the wait. */
const maxEdits = 1000;

/**
 * Returns the difference of two texts as a unified diff, safe to show.
 *
 * @param full whether to show long texts and lines whole
 */
export function diffLines(before: string, after: string, full: boolean): readonly Line[] {
  const lines = withRevealed(rawLines(before, after));
  const shown = full || lines.length <= foldAfter ? lines : lines.slice(0, foldAfter - 1);
  const result = shown.map((one, at) => toLine(full ? one : cut(one, findPartner(lines, at))));
  if (shown.length === lines.length) return result;
  const rest = count(lines.length - shown.length, "more line", "more lines");
  return [...result, line(["dim", `… and ${rest} (--full shows all)`])];
}

/** Returns the lines of the difference, each behind a `+`, `-` or space. */
function rawLines(before: string, after: string): readonly string[] {
  if (before === "") return marked("+", after);
  if (after === "") return marked("-", before);
  const options = { context: 2, maxEditLength: maxEdits };
  const hunks = structuredPatch("", "", before, after, "", "", options)?.hunks;
  if (hunks === undefined) return [...marked("-", before), ...marked("+", after)];
  const lines = hunks.flatMap((hunk, at) => (at === 0 ? hunk.lines : [" ⋮", ...hunk.lines]));
  // A missing line break at the end matters only where one of the texts has it.
  const isSame = before.endsWith("\n") === after.endsWith("\n");
  return isSame ? lines.filter((line) => !line.startsWith("\\")) : lines;
}

function marked(mark: string, text: string): readonly string[] {
  return text
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => mark + line);
}

/** Writes invisible characters as escapes in lines that replace each other and look the same. */
function withRevealed(lines: readonly string[]): readonly string[] {
  const result = [...lines];
  let at = 0;
  while (at < lines.length) {
    const removed = runLength(lines, at, "-");
    const added = runLength(lines, at + removed, "+");
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

/** Returns how many lines from this one on have the mark. */
function runLength(lines: readonly string[], from: number, mark: string): number {
  let at = from;
  while (lines[at]?.startsWith(mark) === true) at++;
  return at - from;
}

/** Returns the line that this one replaces, or that replaces it. */
function findPartner(lines: readonly string[], at: number): string | undefined {
  const line = lines[at] ?? "";
  const partner = line.startsWith("-") ? lines[at + 1] : lines[at - 1];
  const isPair = `${line[0] ?? ""}${partner?.[0] ?? ""}`;
  return isPair === "-+" || isPair === "+-" ? partner : undefined;
}

/** Cuts a long line to where it differs from the line that it replaces. */
function cut(line: string, partner: string | undefined): string {
  if (line.length <= cutAfter) return line;
  const start = partner === undefined ? 1 : Math.max(1, firstDifference(line, partner) - contextLength);
  const text = line.slice(start, start + cutAfter);
  return `${line[0] ?? ""}${start > 1 ? "…" : ""}${text}${start + cutAfter < line.length ? "…" : ""}`;
}

/** Returns the position of the first difference behind the marks. */
function firstDifference(a: string, b: string): number {
  let at = 1;
  while (at < a.length && a[at] === b[at]) at++;
  return at;
}

function toLine(raw: string): Line {
  const text = escaped(raw.slice(1)).trimEnd();
  if (raw.startsWith("+")) return signed("+", ["green", text]);
  if (raw.startsWith("-")) return signed("-", ["red", text]);
  if (raw.startsWith("\\")) return line(["dim", "\\ no line break at the end"]);
  return signed(" ", ["dim", text]);
}
