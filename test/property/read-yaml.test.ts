/** Compares the config reader with another YAML library: both read the same values at the same source locations. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { readYaml } from "../../src/config/read/read-yaml.js";
import { tokens } from "../../src/core/json/pointer.js";
import { referenceRead } from "../helpers/reference-yaml.js";

/** Parts of lines that have a meaning in YAML, or look like it. */
const piece = fc.constantFrom(
  ..."a b Z 0 1 7 - -1 1.5 0x1f 1e3 0o7 1_0 true false True null Null ~ yes 12e4 2024-01-01 .5 +5 -0 00 1e999 .inf".split(
    " ",
  ),
  ...[
    "[]",
    "{}",
    "[a]",
    "{ a: b }",
    "[a: b]",
    "[{a: 1}: b]",
    "{a, b: }",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "? ",
    "[\n  a\n]",
  ],
  ...[
    "|",
    ">-",
    "|2",
    "&x",
    "&x ",
    "*x",
    "!t",
    "!!str ",
    "!!int ",
    "! ",
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
  ...[
    '"',
    "'",
    '"a b"',
    "'a b'",
    '"a\\n"',
    "'it''s'",
    '"a: b"',
    "'# a'",
    '""',
    "''",
    "''x",
    '"a" b',
    '"\\q"',
    '"\\u00e9"',
  ],
  ...[":", ": ", " :", "#", " #", " # a", "\t", " ", "  ", "\n  ", "\u{2028}", "é", "👍", "\u{a0}"],
  ...[
    "a@example.com",
    "0a1b2c3d-0000-4000-8000-00000000000e",
    "http://x",
    "__proto__",
    "a.b",
    "- a",
    "-a",
    "- - a",
  ],
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
      { weight: 1, arbitrary: fc.constantFrom("", "# comment", "  # comment", "-", "   ", "}", "]") },
      { weight: 1, arbitrary: value },
    ),
  )
  .map(([indent, text]) => " ".repeat(indent) + text);
const lines = fc.array(line, { maxLength: 8 }).map((all) => all.join("\n"));

const example = `# A config with most of what YAML offers
version: 1
settings: { messageRetentionPeriodDays: 365, reactionsEnabled: true } # days
users:
  jane.doe@example.com:
    settings: { mobile: { notifications: { when: Always } } }
rooms:
  lobby: &lobby
    subject: "Lobby of \\u00e9"
    owners: [jane.doe@example.com, 'it''s',
      sam@example.com]
    participants:
      - { group: Support }
      - sam@example.com
      - [a: 1, b]
    description: |
      First line
        # no comment
      last
    messages: {
      rules: { body: "Read 📖", pinned: true }, # the rules
      more: { body: >-
        More, replyTo: rules }
    }
  other: *lobby
  third: !!map
    subject: folded
      over lines
`.replace(">-\n        More", '"More\n        text"');
const edit = fc.record({
  at: fc.nat(example.length),
  cut: fc.oneof(fc.constant(0), fc.nat(12)),
  put: fc.oneof(piece, fc.constantFrom("\n", "  ", "\r\n", "\t")),
});
const damaged = fc
  .array(edit, { minLength: 0, maxLength: 3 })
  .map((edits) =>
    edits.reduce((text, { at, cut, put }) => text.slice(0, at) + put + text.slice(at + cut), example),
  );

const scalar = fc.oneof(
  value,
  fc.string({ unit: "grapheme" }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);
const tree = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small" },
    scalar,
    fc.dictionary(name, tie("node"), { maxKeys: 4 }),
    fc.array(tie("node"), { maxLength: 4 }),
  ),
})).node;

/** Reads a text with both readers. Characters that YAML forbids are left out: the other library allows them. */
async function compare(original: string): Promise<void> {
  const text = Buffer.from(original.replaceAll("${", "$(").replace(/[^\P{Cc}\t\n\r]/gu, "")).toString();
  const { content, diagnostics } = await readYaml("a.yaml", Buffer.from(text));
  // Limits that only a config has, and texts that only a config refuses.
  const own = /^(?:empty-file|alias-bomb|too-deep|look-alike|text-joined|empty-text|bad-interpolation)$/;
  if (diagnostics.some(({ code }) => own.test(code))) return;
  const reference = referenceRead(text);
  if (reference === "lenient") return;
  const advice = ["text-cut", "unused-anchor"];
  const isRead = content !== undefined && diagnostics.every(({ code }) => advice.includes(code));
  expect([text, isRead ? content.value : "refused"]).toEqual([
    text,
    reference?.value ?? (reference ? null : "refused"),
  ]);
  if (!isRead || reference === undefined) return;
  for (const [at, { start, end }] of reference.places) {
    const { range } = content.placeOf(tokens(at), false);
    const offset = (index: number): number => Buffer.byteLength(text.slice(0, index));
    if (end === undefined) {
      // A tag or anchor in front of the first key is part of a block mapping here.
      const between = Buffer.from(text).subarray(range.start.offset, offset(start)).toString();
      expect([text, at, between]).toEqual([text, at, expect.stringMatching(/^(?:[&!]\S*\s+)*$/)]);
      continue;
    }
    expect([text, at, range.start.offset]).toEqual([text, at, offset(start)]);
    const shown = Buffer.from(text).subarray(range.start.offset, range.end.offset).toString();
    expect([text, at, shown.trimEnd()]).toEqual([text, at, text.slice(start, end).trimEnd()]);
  }
}

const runs = Number(process.env["RUNS"] ?? 1000);

describe("readYaml", { timeout: 120_000 }, () => {
  it("reads generated lines as the other library does", async () => {
    await fc.assert(fc.asyncProperty(lines, compare), { numRuns: runs });
  });

  it("reads a damaged example as the other library does", async () => {
    await fc.assert(fc.asyncProperty(damaged, compare), { numRuns: runs });
  });

  it("reads output of programs as the other library does", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(name, tree),
        fc.constantFrom<"any" | "flow">("any", "flow"),
        async (document, style) => {
          await compare(
            stringify(document, { aliasDuplicateObjects: false, collectionStyle: style, lineWidth: 40 }),
          );
          await compare(JSON.stringify(document, null, 2));
          await compare(JSON.stringify(document, null, "\t"));
        },
      ),
      { numRuns: runs / 5 },
    );
  });

  it("reads the invalid configs as the other library does", async () => {
    const folder = join(import.meta.dirname, "../config-errors");
    const files = readdirSync(folder).filter(
      (file) => /\.(?:yaml|json)$/.test(file) && statSync(join(folder, file)).isFile(),
    );
    expect(files.length).toBeGreaterThan(100);
    for (const file of files) await compare(readFileSync(join(folder, file), "utf8"));
  });
});
