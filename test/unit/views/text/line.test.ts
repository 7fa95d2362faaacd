import { expect, test } from "vitest";
import {
  blank,
  indented,
  joinSections,
  line,
  lineText,
  paint,
  paragraph,
  plainLine,
  signed,
} from "../../../../src/views/text/line.js";
import { styles } from "../../../../src/views/text/terminal.js";

test("a line without colours has its indent, its sign and its text", () => {
  const [one] = indented([signed("+", "a ", ["bold", "b"])], 4);
  expect(one && plainLine(one)).toBe("    + a b");
  expect(plainLine(signed(" ", "kept"))).toBe("  kept");
  expect(plainLine(line("- not a sign"))).toBe("- not a sign");
  expect(plainLine(signed("-", ""))).toBe("-");
});

test("painting changes colours only", () => {
  const lines = [signed("~", "a"), blank, line("b ", ["red", "c"])];
  expect(paint(lines, styles(false))).toBe("~ a\n\nb c\n");
  expect(paint(lines, styles(true))).toBe("\u001b[33m~\u001b[39m a\n\nb \u001b[31mc\u001b[39m\n");
});

test("a paragraph is broken between words, and its label keeps its ink", () => {
  const lines = paragraph("one two three four five six", {
    width: 24,
    indent: 2,
    label: [["cyan", "Note:"]],
  });
  expect(lines.map(plainLine)).toEqual(["  Note: one two three", "  four five six"]);
  expect(lines[0]?.text[0]).toEqual(["cyan", "Note:"]);
  expect(paragraph("one", { width: 80 }).map(lineText)).toEqual(["one"]);
});

test("sections are separated by an empty line; empty sections are left out", () => {
  expect(joinSections([[line("a")], [], [line("b")]]).map(plainLine)).toEqual(["a", "", "b"]);
});
