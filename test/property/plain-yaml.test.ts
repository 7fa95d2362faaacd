import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse as parseYaml, stringify } from "yaml";
import { parse } from "../../src/config/read/parse.js";
import { plainJson } from "../../src/config/read/plain-json.js";
import { plainYaml } from "../../src/config/read/plain-yaml.js";
import { valueOf } from "../../src/config/read/yaml-value.js";
import type { Json } from "../../src/core/json/json.js";

/** What the parser of all of YAML says; undefined where anything is wrong. */
function whole(text: string): Json | undefined {
  const { source, diagnostics } = parse("a.yaml", Buffer.from(text));
  if (source === undefined || diagnostics.length > 0) return undefined;
  const read = valueOf(source, { env: {}, vars: {} });
  return read.diagnostics.length > 0 ? undefined : read.value;
}

/** Pieces of lines that mean something to YAML, or nearly. */
const piece = fc.constantFrom(
  ..."a b Z 0 1 7 - -1 1.5 0x1f 1e3 0o7 1_0 true false True null Null ~ yes 12e4 2024-01-01 .5 +5 -0 00".split(
    " ",
  ),
  ...[
    "[]",
    "{}",
    "[a]",
    "{ a: b }",
    "|",
    ">-",
    "&x",
    "*x",
    "!t",
    "%",
    "@",
    "`",
    ",",
    "?",
    "? a",
    "<<",
    "---",
    "...",
  ],
  ...['"', "'", '"a b"', "'a b'", '"a\\n"', "'it''s'", '"a: b"', "'# a'", '""', "''", "''x", '"a" b'],
  ...[
    ":",
    ": ",
    " :",
    "#",
    " #",
    "# a",
    "\t",
    "\r",
    " ",
    "  ",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "é",
    "👍",
    "\u{a0}",
  ],
  ...[
    "a@example.com",
    "0a1b2c3d-0000-4000-8000-00000000000e",
    "12345678-0000-4000-8000-000000000001",
    "http://x",
  ],
  ...["__proto__", "constructor", "a.b", "a-b", "a+b", "toString", "${env:A}", "$${", "- a", "-a", "- - a"],
);
const value = fc.array(piece, { maxLength: 3 }).map((pieces) => pieces.join(""));
const name = fc.oneof(fc.constantFrom("a", "b", "c", "rooms", "a@x.com"), piece, value);
const line = fc
  .tuple(
    fc.integer({ min: 0, max: 5 }),
    fc.oneof(
      { weight: 4, arbitrary: fc.tuple(name, value).map(([key, text]) => `${key}: ${text}`) },
      { weight: 3, arbitrary: name.map((key) => `${key}:`) },
      { weight: 3, arbitrary: value.map((text) => `- ${text}`) },
      { weight: 1, arbitrary: fc.tuple(name, value).map(([key, text]) => `- ${key}: ${text}`) },
      { weight: 1, arbitrary: fc.constantFrom("", "# comment", "  # comment", "-", "   ") },
      { weight: 1, arbitrary: value },
    ),
  )
  .map(([indent, text]) => " ".repeat(indent) + text);
const lines = fc.array(line, { maxLength: 8 }).map((all) => all.join("\n"));

const scalar = fc.oneof(
  value,
  fc.string({ unit: "grapheme" }),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
);
const tree = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small" },
    scalar,
    fc.dictionary(name, tie("node"), { maxKeys: 4 }),
    fc.array(scalar, { maxLength: 4 }),
  ),
})).node;

describe("plainYaml", () => {
  it("reads what the parser of all of YAML reads, line by line", () => {
    fc.assert(
      fc.property(lines, (text) => {
        const plain = plainYaml(text);
        if (plain !== undefined) expect(plain).toEqual(whole(text));
      }),
      { numRuns: 20_000 },
    );
  });

  it("reads what programs write as the parser of all of YAML does", () => {
    fc.assert(
      fc.property(fc.dictionary(name, tree), (document) => {
        const text = stringify(document, { aliasDuplicateObjects: false });
        const plain = plainYaml(text);
        if (plain !== undefined) expect(plain).toEqual(whole(text));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["a: b\nc:\n  d: 1\n  e:\n    - x\n    - y z\n", { a: "b", c: { d: 1, e: ["x", "y z"] } }],
    ["# comment\na:\n- 1\n- true\nb: []\n", { a: [1, true], b: [] }],
    ['"a": b\n', undefined],
    [
      "a: \"it: is # so\"\nb: 'and: so'\nc: see http://x#y, ok\n",
      { a: "it: is # so", b: "and: so", c: "see http://x#y, ok" },
    ],
    ["0a1b2c3d-0000-4000-8000-00000000000e: -7\n", { "0a1b2c3d-0000-4000-8000-00000000000e": -7 }],
  ])("reads %j", (text, expected) => {
    expect(plainYaml(text)).toEqual(expected);
    if (expected !== undefined) expect(whole(text)).toEqual(expected);
  });

  it.each([
    ..."a: 1.5|a: 0x1|a: null|a: ~|a:|a: |a: |-\n  b|a: *b|a: &b c|a: !t b|a: [b]|a: b # c|a: b: c|a:\tb|a: b\r\n".split(
      "|",
    ),
    ...[
      "a: b\n  c",
      "a: b\n  c: d",
      "a:\n  - b: c",
      "a: 1\na: 2",
      "- a",
      "",
      "---\na: b",
      "a: b\n...",
      "__proto__: 1",
    ],
    ...[
      "a: ${env:B}",
      "a:\n  b: 1\n c: 2",
      "a:\n    b: 1\n  c: 2",
      "<<: a",
      "1.0: a",
      "a: 'it''s'",
      'a: "\\n"',
    ],
  ])("leaves %j to the parser of all of YAML", (text) => {
    expect(plainYaml(text)).toBeUndefined();
  });
});

describe("plainJson", () => {
  it("reads what the parser of all of YAML reads", () => {
    fc.assert(
      fc.property(
        fc.dictionary(name, fc.jsonValue({ noUnicodeString: false }) as fc.Arbitrary<unknown>),
        (document) => {
          const text = JSON.stringify(document);
          const plain = plainJson(text);
          if (plain !== undefined) expect(plain).toEqual(whole(text));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it.each([
    '{"a":1,"a":2}',
    '{"a":{"b":1,"b":2}}',
    '{"a":"${env:B}"}',
    '{"__proto__":{}}',
    '{"<<":1}',
    '{"a":1e999}',
    '{"a":1,}',
    "[]",
    "a: 1",
  ])("leaves %s to the parser of all of YAML", (text) => {
    expect(plainJson(text)).toBeUndefined();
  });

  it("tells names from texts that look like them", () => {
    const text = String.raw`{ "a\"b" : "c\": d", "e": ["x:", "\\"], "f": { "g": 1 } }`;
    expect(plainJson(text)).toEqual(JSON.parse(text));
  });
});

describe("both", () => {
  it("read every broken file as the parser of all of YAML does, or not at all", () => {
    const folder = join(import.meta.dirname, "../config-errors");
    const files = readdirSync(folder).filter(
      (file) => /\.(?:yaml|json)$/.test(file) && statSync(join(folder, file)).isFile(),
    );
    expect(files.length).toBeGreaterThan(100);
    for (const file of files) {
      const text = readFileSync(join(folder, file), "utf8");
      const plain = plainJson(text) ?? plainYaml(text);
      if (plain !== undefined) expect([file, plain]).toEqual([file, parseYaml(text)]);
    }
  });
});
