import { lazyPattern } from "../../core/lazy-pattern.js";
import type { Problem } from "../problem.js";
import { findLookAlike } from "./look-alikes.js";
import type { Span } from "./source.js";
import { beginsLine } from "./source.js";
import type { JoinedText } from "./value-messages.js";
import { cutText, itemInText } from "./value-messages.js";

/** A problem of a text without quotes. */
export interface PlainTextProblem {
  readonly at: Span;
  readonly problem: Problem;
  /** True if the text was not meant as a text. */
  readonly isUnusable: boolean;
}

const anyComment = /[ \t]+#/y;
/** A comment that begins like text: `#4 is open`. */
const cutComment = lazyPattern(String.raw`[ \t]+(#[\p{L}\p{N}][^\r\n]*)`, "uy");

/**
 * Checks text without quotes: YAML reads more as text, and less, than people mean.
 *
 * @param value the text, whose lines are joined
 */
export function checkPlainText(
  source: string,
  [start, end]: Span,
  value: string,
): PlainTextProblem | undefined {
  const written = source.slice(start, end);
  const lookAlike = findLookAlike(written, beginsLine(source, start));
  if (lookAlike !== undefined) {
    const at = start + lookAlike.at;
    return { at: [at, at + 1], problem: lookAlike.problem, isUnusable: true };
  }
  const isOneLine = written === value;
  const [before, item = ""] = isOneLine ? [] : (/\n[ \t]*(-[ \t].*)/.exec(written) ?? []);
  if (before !== undefined) {
    const at = start + written.indexOf(before) + before.length - item.length;
    return {
      at: [at, at + item.trimEnd().length],
      problem: itemInText(joinedText(source, start)),
      isUnusable: true,
    };
  }
  anyComment.lastIndex = end;
  if (!anyComment.test(source)) return undefined;
  cutComment().lastIndex = end;
  const comment = cutComment().exec(source)?.[1];
  // An address is complete: what stands behind it is a comment.
  if (comment === undefined || /^\S+@\S+$/.test(value)) return undefined;
  return { at: [start, cutComment().lastIndex], problem: cutText(value, comment), isUnusable: false };
}

/** Returns what a text is, by what stands before it. */
function joinedText(source: string, start: number): JoinedText {
  const before = source.slice(Math.max(0, start - 1000), start).trimEnd();
  if (/(?:^|[\s:-])-$/.test(before)) return "item";
  return /[[,]$/.test(before) ? "in brackets" : "value";
}
