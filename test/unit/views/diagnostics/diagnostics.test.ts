import { describe, expect, it } from "vitest";
import type { Diagnostic, SourceRange } from "../../../../src/core/diagnostic.js";
import { diagnosticsToJson } from "../../../../src/views/diagnostics/diagnostics-json.js";
import {
  renderDiagnostics,
  summarizeDiagnostics,
} from "../../../../src/views/diagnostics/diagnostics-text.js";
import { styles } from "../../../../src/views/text/terminal.js";
import { displayWidth } from "../../../../src/views/text/wrap.js";

const style = styles(false);
const draw = (diagnostic: Diagnostic, width = 80): string =>
  renderDiagnostics([diagnostic], { style, width });

function findRange(line: string, text: string, file = "chatform.yaml"): SourceRange {
  const column = line.indexOf(text) + 1;
  const end = column + text.length;
  return { file, start: { line: 7, column, offset: 100 }, end: { line: 7, column: end, offset: 100 + end } };
}

function problem(sourceLine: string, text: string, rest: Partial<Diagnostic> = {}): Diagnostic {
  const range = findRange(sourceLine, text);
  return { severity: "error", code: "unknown-key", summary: "Unknown key", range, sourceLine, ...rest };
}

/** Returns the text above the carets. */
function marked(frame: string): string {
  const lines = frame.split("\n");
  const at = lines.findIndex((line) => /\| *\^+/.test(line));
  const carets = lines[at] ?? "";
  const [from, to] = [carets.indexOf("^"), carets.lastIndexOf("^") + 1];
  let column = 0;
  let result = "";
  for (const { segment } of new Intl.Segmenter().segment(lines[at - 1] ?? "")) {
    if (column >= from && column < to) result += segment;
    column += displayWidth(segment);
  }
  return result;
}

describe("a frame", () => {
  it("shows the place, the line and the help", () => {
    expect(
      draw(
        problem("    subjct: Lobby", "subjct", {
          detail: "A room has no subjct.",
          help: "Did you mean subject?",
        }),
      ),
    ).toBe(`Error: Unknown key (unknown-key)
  --> chatform.yaml:7:5
   |
 7 |     subjct: Lobby
   |     ^^^^^^
  A room has no subjct.
  help: Did you mean subject?

`);
  });

  it.each([
    ["tabs", "\tsubjct: x", "subjct"],
    ["wide characters", "会議室: {subjct: x}", "subjct"],
    ["emojis", "👩‍💻👍: {subjct: x}", "subjct"],
    ["a wide place", "name: 会議室 #", "会議室"],
    ["escapes before it", "a\u001b[31mb: subjct", "subjct"],
    ["a long line", `${"x ".repeat(300)}subjct${" y".repeat(300)}`, "subjct"],
    ["a long line of emojis", `${"👍".repeat(300)}subjct${"👍".repeat(300)}`, "subjct"],
    ["a late place in a line that fits", `${"x".repeat(60)}subjct`, "subjct"],
  ])("puts the carets right with %s", (_name, line, text) => {
    const frame = draw(problem(line, text));
    expect(marked(frame)).toBe(text);
    for (const one of frame.split("\n")) expect(displayWidth(one)).toBeLessThanOrEqual(80);
  });

  it("stays within the width when the place is longer than the line", () => {
    for (const line of draw(problem("z".repeat(500), "z".repeat(500))).split("\n"))
      expect(line.length).toBeLessThanOrEqual(80);
  });

  it("marks to the end of the line when the place goes on", () => {
    const one = problem("text: |", "|");
    const range = { ...findRange("text: |", "|"), end: { line: 9, column: 1, offset: 200 } };
    expect(marked(draw({ ...one, range }))).toBe("|");
  });

  it("shows related places", () => {
    const line = "  a: {}";
    const related = [
      { range: findRange(line, "a", "other.yaml"), sourceLine: line, label: "first declared here" },
    ];
    expect(draw(problem(line, "a", { related }))).toContain("other.yaml:7:3");
  });

  it("shows what is said of several places once, with the places by file", () => {
    const at = (file: string, line: string): Diagnostic => ({
      ...problem(line, "x", { detail: "The variable x is not set." }),
      range: findRange(line, "x", file),
    });
    const text = renderDiagnostics(
      [at("a.yaml", "x"), at("b.yaml", " x"), problem("y", "y"), at("a.yaml", "  x"), at("b.yaml", "  x")],
      { style, width: 80 },
    );
    expect(text.match(/^Error: /gm)).toHaveLength(2);
    expect(text).toContain("--> a.yaml:7:1");
    expect(text).toContain("  The variable x is not set.\n  also at: b.yaml:7:2, 7:3; a.yaml:7:3\n");
  });

  it("keeps problems apart that say different things", () => {
    const apart = ["a", "b"].map((name) =>
      problem("x: 1", "x", { detail: `The variable ${name} is not set.` }),
    );
    const text = renderDiagnostics(apart, { style, width: 80 });
    expect(text).not.toContain("also at");
    expect(text.match(/^Error: /gm)).toHaveLength(2);
  });

  it("counts the places that are too many", () => {
    const text = renderDiagnostics(
      Array.from({ length: 150 }, () => problem("x: 1", "x")),
      { style, width: 80 },
    );
    expect(text).toMatch(/and 49\s+more places/);
  });

  it("names the address of a problem without a place", () => {
    const text = draw({ severity: "warning", code: "wrong-type", summary: "S", address: "rooms/x" });
    expect(text).toBe("Warning: S (wrong-type)\n  in rooms/x\n\n");
  });
});

describe("a frame of a line that is full of escapes", () => {
  it.each(["\ufeff", "\u202e", "会", "\t"])("shows the place: %j", (filler) => {
    const line = `${filler.repeat(300)}subjct${filler.repeat(300)}`;
    const frame = draw(problem(line, "subjct"));

    expect(marked(frame)).toBe("subjct");
    for (const one of frame.split("\n")) expect(displayWidth(one)).toBeLessThanOrEqual(80);
  });
});

describe("summarizeDiagnostics", () => {
  it("counts errors, warnings and files", () => {
    const a = problem("a: 1", "a");
    const b: Diagnostic = { ...a, severity: "warning", range: findRange("a: 1", "a", "other.yaml") };
    expect(summarizeDiagnostics([a, a, b])).toBe("2 errors and 1 warning in 2 files");
    expect(summarizeDiagnostics([{ severity: "error", code: "wrong-type", summary: "S" }])).toBe("1 error");
  });
});

describe("diagnosticsToJson", () => {
  it("cuts a very long line around the place", () => {
    const line = `${"x".repeat(90_000)}subjct${"y".repeat(9000)}`;
    const json = JSON.stringify(diagnosticsToJson([problem(line, "subjct")]));
    const { diagnostics } = JSON.parse(json) as {
      diagnostics: {
        snippet: { code: string; highlight_start_offset: number; highlight_end_offset: number };
      }[];
    };
    const {
      code,
      highlight_start_offset: from = 0,
      highlight_end_offset: to,
    } = diagnostics[0]?.snippet ?? {};

    expect(json.length).toBeLessThan(2000);
    expect(code?.slice(from, to)).toBe("subjct");
  });

  it("has the shape of terraform validate -json", () => {
    expect(
      diagnosticsToJson([problem("    subjct: Lobby", "subjct", { help: "Did you mean subject?" })]),
    ).toEqual({
      format_version: "1.0",
      valid: false,
      error_count: 1,
      warning_count: 0,
      diagnostics: [
        {
          severity: "error",
          summary: "Unknown key",
          detail: "",
          range: {
            filename: "chatform.yaml",
            start: { line: 7, column: 5, byte: 100 },
            end: { line: 7, column: 11, byte: 111 },
          },
          snippet: {
            context: null,
            code: "    subjct: Lobby",
            start_line: 7,
            highlight_start_offset: 4,
            highlight_end_offset: 10,
            values: [],
          },
          code: "unknown-key",
          help: "Did you mean subject?",
        },
      ],
    });
  });

  it("is valid with warnings only", () => {
    const json = diagnosticsToJson([{ severity: "warning", code: "wrong-type", summary: "S" }]);
    expect(json).toMatchObject({ valid: true, error_count: 0, warning_count: 1 });
  });
});

describe("many problems", () => {
  const many = (errors: number, warnings: number): readonly Diagnostic[] => [
    ...Array.from({ length: warnings }, (_one, at) =>
      problem("x: 1", "x", { severity: "warning", detail: `W${at}.` }),
    ),
    ...Array.from({ length: errors }, (_one, at) => problem("x: 1", "x", { detail: `E${at}.` })),
  ];
  const titles = (text: string, title: string): number => text.split(`${title}:`).length - 1;

  it("are shown up to a bound, errors before warnings, and counted beyond", () => {
    const text = renderDiagnostics(many(60, 20_000), { style, width: 80 });
    expect([titles(text, "Error"), titles(text, "Warning")]).toEqual([60, 40]);
    expect(text).toContain("… and 19,960 more problems.");
    expect(summarizeDiagnostics(many(60, 20_000))).toBe("60 errors and 20,000 warnings in 1 file");
  });

  it("are all shown, in their order, within the bound", () => {
    const text = renderDiagnostics(many(50, 50), { style, width: 80 });
    expect([titles(text, "Error"), titles(text, "Warning")]).toEqual([50, 50]);
    expect(text.indexOf("Warning:")).toBeLessThan(text.indexOf("Error:"));
    expect(text).not.toContain("more problem");
  });
});
