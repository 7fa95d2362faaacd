/** What export writes is the same text for every reader: of YAML 1.2, as configs are, and of YAML 1.1. */
import fc from "fast-check";
import { CORE_SCHEMA, load, YAML11_SCHEMA } from "js-yaml";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { exportText } from "../../src/cli/commands/export/export-text.js";
import { ambiguousTexts } from "../../src/config/read/ambiguous-texts.js";
import { readYaml } from "../../src/config/read/read-yaml.js";

const words =
  "y n yes no on off true false null ~ Y NO On nUll << = . .. - -- + 0 00 0123 089 0o17 0b11 0x1F 1_000 1e3 1E+3 e5 .5 5. +1 -1 " +
  "1.10 1.2.3 12:30 09:30 1:1 190:20:30.15 24/7 .inf -.INF .nan 2024-01-01 2024-1-1 2024-01-01T10:00:00Z __ ! & * @ ` % | > ? : , # [ ] { }";
const piece = fc.oneof(
  fc.constantFrom(
    ...words.split(" "),
    " ",
    " #4",
    "# a",
    ": ",
    "\n",
    "\t",
    "'",
    '"',
    "${var:x}",
    "$${",
    "é",
    "“",
    "”",
    "– ",
    "a:\u00a0",
    "\u200b",
    "👍",
    "a",
  ),
  fc.string({ unit: "grapheme", maxLength: 3 }),
  fc.stringMatching(/^[-+]?[0-9:._e]{1,8}$/),
);
const text = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(""));
const name = text.filter(
  (one) => !["__proto__", "constructor", "prototype", "<<"].includes(one) && !one.includes("$"),
);

it("writes text that readers of YAML 1.1 and 1.2 read as the same text", async () => {
  const property = fc.asyncProperty(fc.dictionary(name, text, { maxKeys: 4 }), text, async (rooms, item) => {
    const document = { rooms, list: [item] };
    const written = exportText(document, { comments: {}, people: {} });
    const withoutVariables: unknown = JSON.parse(
      JSON.stringify({ version: 1, ...document }).replaceAll("${", () => "$${"),
    );

    expect(parse(written, { version: "1.1" })).toEqual(withoutVariables);
    expect(load(written, { schema: YAML11_SCHEMA })).toEqual(withoutVariables);
    expect(load(written, { schema: CORE_SCHEMA })).toEqual(withoutVariables);
    const { content, diagnostics } = await readYaml("a.yaml", Buffer.from(written));
    expect([written, content?.value, diagnostics]).toEqual([written, withoutVariables, []]);
    expect(content === undefined ? [] : ambiguousTexts(content, new Set())).toEqual([]);
  });
  await fc.assert(property, { numRuns: Number(process.env["RUNS"] ?? 2000) });
});
