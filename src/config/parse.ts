import { LineCounter, parseDocument } from "yaml";
import type { Diagnostic } from "../core/diagnostic.js";
import type { Source } from "./source.js";
import { placeAt } from "./source.js";

/** A parsed file, and what is wrong with its syntax. Without a source, it could not be parsed at all. */
export interface Parsed {
  readonly source?: Source;
  readonly diagnostics: readonly Diagnostic[];
}

const maxBytes = 20 * 1024 * 1024;

/** Parses a file's bytes: YAML 1.2, of which JSON is a part. */
export function parse(file: string, bytes: Uint8Array): Parsed {
  const start = { line: 1, column: 1, offset: 0 };
  const whole = { range: { file, start, end: start }, sourceLine: "" };
  if (bytes.length > maxBytes) {
    const detail = `The file has ${bytes.length} bytes; the most is ${maxBytes}.`;
    return only({ code: "too-large", summary: "The file is too large", detail, help: "Split it.", ...whole });
  }
  const decoded = decode(bytes);
  if (typeof decoded === "number") {
    const detail = `The bytes at ${decoded} are not UTF-8.`;
    const at = positionOf(bytes, decoded);
    return only({
      code: "not-utf8",
      summary: "The file is not UTF-8 text",
      detail,
      help: "Save it as UTF-8.",
      range: { file, start: at, end: at },
      sourceLine: "",
    });
  }
  const text = decoded.replace(/^\u{FEFF}/u, "");
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: true,
      merge: false,
    });
    const source = { file, text, lines, document };
    if (document.contents === null || /^(?:\s|#[^\n]*|---|\.\.\.)*$/.test(text)) {
      const help = "Write a desired state in it, beginning with version: 1. Or remove it.";
      return only({
        code: "empty-file",
        summary: "The file is empty",
        detail: "There is nothing declared in it.",
        help,
        ...whole,
      });
    }
    const problems = [...document.errors, ...document.warnings].map(({ code, message, pos }) =>
      syntaxProblem(source, code, message, pos),
    );
    return { source, diagnostics: problems };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const help = "Nothing in a desired state is this deep.";
    return only({
      code: "too-deep",
      summary: "Nested too deeply",
      detail: "The file's nesting has no end.",
      help,
      ...whole,
    });
  }
}

function only(problem: Omit<Diagnostic, "severity">): Parsed {
  return { diagnostics: [{ severity: "error", ...problem }] };
}

/** The text, or the offset of the first byte that is not UTF-8. */
function decode(bytes: Uint8Array): string | number {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    let at = 0;
    for (let from = text.indexOf("\u{FFFD}"); from >= 0; from = text.indexOf("\u{FFFD}", from + 1)) {
      at = Buffer.byteLength(text.slice(0, from));
      // A replacement character may also stand in the file as such.
      if (!Buffer.from(bytes.subarray(at, at + 3)).equals(Buffer.from("\u{FFFD}"))) break;
    }
    return at;
  }
}

function positionOf(bytes: Uint8Array, offset: number): { line: number; column: number; offset: number } {
  const before = Buffer.from(bytes.subarray(0, offset));
  const lineStart = before.lastIndexOf(10) + 1;
  const line = before.filter((byte) => byte === 10).length + 1;
  return { line, column: before.subarray(lineStart).toString("utf8").length + 1, offset };
}

function syntaxProblem(
  source: Source,
  code: string,
  message: string,
  [start, end]: readonly [number, number],
): Diagnostic {
  const place = placeAt(source, start, Math.max(end, start + 1));
  const text = message.replace(/\s*\n[\s\S]*$/, "").replace(/\.?$/, ".");
  switch (code) {
    case "DUPLICATE_KEY":
      return {
        severity: "error",
        code: "duplicate-key",
        summary: "The same key twice",
        detail: "This key stands in the same block above already.",
        help: "Remove one of the two, or put their values together.",
        ...place,
      };
    case "MULTIPLE_DOCS":
      return {
        severity: "error",
        code: "several-documents",
        summary: "Several documents in one file",
        detail: "A second document begins here (---).",
        help: "Put each into a file of its own.",
        ...place,
      };
    case "TAG_RESOLVE_FAILED":
      return {
        severity: "error",
        code: "unknown-tag",
        summary: "Unknown YAML tag",
        detail: text,
        help: "Desired states need no tags: remove it.",
        ...place,
      };
    default:
      return {
        severity: "error",
        code: "yaml-syntax",
        summary: "Not valid YAML",
        detail: text,
        help: helpFor(code),
        ...place,
      };
  }
}

function helpFor(code: string): string {
  switch (code) {
    case "TAB_AS_INDENT":
      return "Indent with spaces: YAML takes no tabs.";
    case "BAD_INDENT":
    case "MULTILINE_IMPLICIT_KEY":
    case "BLOCK_IN_FLOW":
      return "Check the indentation, and that each key is followed by a colon and a space.";
    case "MISSING_CHAR":
    case "UNEXPECTED_TOKEN":
      return "Check the quotes and brackets before this place. Text that holds : or # needs quotes, and ${…} within [ ] or { } does.";
    default:
      return "Check the syntax at this place, and in the line before it.";
  }
}
