import { Composer, Parser } from "yaml";
import { describe, expect, it } from "vitest";
import { isAfterEnd, mappedCodes } from "../../../../../src/config/read/syntax/syntax-messages.js";

/**
 * The code and beginning of message of the errors of `yaml` that have a text of their own. `yaml` is pinned to the version
 * that writes them: with another version this test says what changed.
 */
const cases: readonly (readonly [text: string, code: string, message: string])[] = [
  ['a: "\\q"', "BAD_DQ_ESCAPE", "Invalid escape sequence \\q"],
  ["a: [b", "BAD_INDENT", "Flow sequence in block collection must be sufficiently indented and end with a ]"],
  ["a: @b", "BAD_SCALAR_START", "Plain value cannot start with reserved character @"],
  ["a: b: c", "BLOCK_AS_IMPLICIT_KEY", "Nested mappings are not allowed in compact mappings"],
  ["{a: 1 b: 2}", "BLOCK_IN_FLOW", "Block collections are not allowed within flow collections"],
  ["a: 'b", "MISSING_CHAR", "Missing closing 'quote"],
  ["[b", "MISSING_CHAR", "Flow sequence must end with a ]"],
  ["a: 1\nb\n", "MISSING_CHAR", "Implicit map keys need to be followed by map values"],
  ["a\nb: c\n", "MULTILINE_IMPLICIT_KEY", "Implicit keys need to be on a single line"],
  ["a:\n\tb: 1\n", "TAB_AS_INDENT", "Tabs are not allowed as indentation"],
  ["a: !t b", "TAG_RESOLVE_FAILED", "Unresolved tag: !t"],
  ["a: ]\n", "UNEXPECTED_TOKEN", 'Unexpected flow-seq-end token in YAML stream: "]"'],
  ["a: 'b' c\n", "UNEXPECTED_TOKEN", "Unexpected scalar at node end"],
  ["a: - b\n", "UNEXPECTED_TOKEN", "Unexpected block-seq-ind on same line with key"],
];

function firstError(text: string): readonly [string, string] {
  const [document] = [...new Composer().compose(new Parser().parse(text), true, text.length)];
  const [error] = [...(document?.errors ?? []), ...(document?.warnings ?? [])];
  return [error?.code ?? "", error?.message.split("\n")[0]?.replace(/ at line .*/, "") ?? ""];
}

describe("the errors of yaml that have a text of their own", () => {
  it.each(cases)("%j has the code %s", (text, code, message) => {
    expect(firstError(text)).toEqual([code, message]);
  });

  it("are all listed here, but for several documents, which are found without yaml", () => {
    const listed = new Set([...cases.map(([, code]) => code), "MULTIPLE_DOCS"]);

    expect([...listed].sort()).toEqual([...mappedCodes].sort());
  });

  it("tell from an error within a document what follows its end", () => {
    expect(isAfterEnd(firstError("a: ]\n")[1])).toBe(true);
    expect(isAfterEnd(firstError("a: 'b' c\n")[1])).toBe(false);
  });
});
