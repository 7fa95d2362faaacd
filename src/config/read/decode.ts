import type { Diagnostic } from "../../core/diagnostic.js";

/** A file's text, or why the file has none. */
export type Decoded =
  | { readonly text: string; readonly problem?: never }
  | { readonly text?: never; readonly problem: Diagnostic };

/** Decodes a file's bytes: UTF-8, with or without a byte order mark. */
export function decode(file: string, bytes: Uint8Array): Decoded {
  if (isUtf16(bytes)) return { problem: notUtf8(file, Buffer.from(bytes)) };
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes) };
  } catch {
    return { problem: notUtf8(file, Buffer.from(bytes)) };
  }
}

function notUtf8(file: string, bytes: Buffer): Diagnostic {
  const offset = firstInvalidByte(bytes);
  const before = bytes.subarray(0, offset);
  const lineStart = before.lastIndexOf(10) + 1;
  const lineEnd = bytes.indexOf(10, offset);
  const line = before.filter((byte) => byte === 10).length + 1;
  const column = lossyText(before.subarray(lineStart)).length + 1;
  return {
    severity: "error",
    code: "not-utf8",
    summary: "File is not UTF-8 text",
    detail: isUtf16(bytes)
      ? "The file is in UTF-16."
      : `The byte 0x${(bytes[offset] ?? 0).toString(16).padStart(2, "0")} here is not valid UTF-8.`,
    help: "Save the file as UTF-8.",
    range: { file, start: { line, column, offset }, end: { line, column: column + 1, offset: offset + 1 } },
    sourceLine: isUtf16(bytes)
      ? ""
      : lossyText(bytes.subarray(lineStart, lineEnd < 0 ? undefined : lineEnd)).replace(/\r$/, ""),
  };
}

/** Returns true for the byte order mark of UTF-16, and for text in UTF-16 without one, in which every other byte is zero. */
function isUtf16(bytes: Uint8Array): boolean {
  const [first, second, third, fourth] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  return (
    bytes.length >= 4 &&
    (first === 0) === (third === 0) &&
    (second === 0) === (fourth === 0) &&
    (first === 0) !== (second === 0)
  );
}

/** Decodes bytes with a replacement character for each part that is not UTF-8. */
function lossyText(bytes: Uint8Array): string {
  return new TextDecoder("utf-8").decode(bytes);
}

/** Returns the offset of the first byte that is not UTF-8. */
function firstInvalidByte(bytes: Buffer): number {
  const replacement = "\u{FFFD}";
  const decoded = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  let offset = 0;
  let from = 0;
  for (let at = decoded.indexOf(replacement); at >= 0; at = decoded.indexOf(replacement, from)) {
    offset += Buffer.byteLength(decoded.slice(from, at));
    // The file itself may contain a replacement character.
    if (!bytes.subarray(offset, offset + 3).equals(Buffer.from(replacement))) break;
    offset += 3;
    from = at + 1;
  }
  return offset;
}
