import { describe, expect, it } from "vitest";
import type { Diagnostic } from "../../../../src/core/diagnostic.js";
import { renderAnnotations } from "../../../../src/views/diagnostics/annotations.js";

const at = (line: number, column: number) => ({ line, column, offset: 0 });
const problem: Diagnostic = {
  severity: "error",
  code: "unknown-key",
  summary: "Unknown key",
  detail: "It is not known.",
  help: "Remove it.",
  range: { file: "a.yaml", start: at(4, 5), end: at(4, 11) },
};
const render = (diagnostic: Partial<Diagnostic>): string =>
  renderAnnotations([{ ...problem, ...diagnostic }], (file) => `repo/${file}`);

/** Reads a command as GitHub's runner does. */
function read(line: string) {
  const [, command, list = "", message = ""] = /^::(\w+) (.*?)::(.*)\n$/.exec(line) ?? [];
  const unescape = (text: string): string =>
    text.replaceAll(/%(25|0D|0A|3A|2C)/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  const properties = Object.fromEntries(
    list.split(",").map((one) => [one.slice(0, one.indexOf("=")), unescape(one.slice(one.indexOf("=") + 1))]),
  );
  return { command, properties, message: unescape(message) };
}

describe("renderAnnotations", () => {
  it("has the place and the summary", () => {
    expect(render({})).toBe(
      "::error file=repo/a.yaml,line=4,endLine=4,col=5,title=Unknown key (unknown-key)::It is not known. Remove it.\n",
    );
    expect(render({ severity: "warning" })).toMatch(/^::warning file=/);
  });

  it("names the row of a template, and other related places", () => {
    const range = { file: "rooms.csv", start: at(3, 1), end: at(3, 9) };
    expect(read(render({ related: [{ range, label: "in this row" }] })).message).toBe(
      "It is not known. (in this row: repo/rooms.csv:3) Remove it.",
    );
  });

  it("escapes what would end a property or the command", () => {
    const range = { file: "50%, a:b.yaml", start: at(1, 1), end: at(1, 2) };
    const line = render({ range, summary: "A, b: c%2C", detail: "50%\n::error::x\r\n100%0A" });

    expect(line.match(/\n/g)).toHaveLength(1);
    expect(line).toContain("file=repo/50%25%2C a%3Ab.yaml,");
    expect(read(line)).toEqual({
      command: "error",
      properties: {
        file: "repo/50%, a:b.yaml",
        line: "1",
        endLine: "1",
        col: "1",
        title: "A, b: c%2C (unknown-key)",
      },
      message: "50%\n\\u{3a}:error::x\n100%0A Remove it.",
    });
  });

  it("has no columns for a place of several lines", () => {
    const range = { file: "a.yaml", start: at(4, 5), end: at(6, 3) };
    expect(read(render({ range })).properties).toMatchObject({ line: "4", endLine: "6" });
    expect(render({ range })).not.toContain("col");
  });

  it("does not count the line behind a line break", () => {
    const range = { file: "a.yaml", start: at(4, 5), end: at(5, 1) };
    expect(read(render({ range })).properties).toMatchObject({ line: "4", endLine: "4", col: "5" });
  });

  it("names the address of a problem without a place", () => {
    const { range: _none, ...unplaced } = problem;
    const line = renderAnnotations([{ ...unplaced, address: "rooms/lobby" }], (file) => file);
    expect(line).toBe(
      "::error title=Unknown key (unknown-key)::In rooms/lobby: It is not known. Remove it.\n",
    );
  });
});
