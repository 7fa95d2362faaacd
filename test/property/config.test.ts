import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Document, Scalar, visit } from "yaml";
import type { Loaded } from "../../src/config/load.js";
import { otherReading } from "../../src/config/read/scalars.js";
import { loadDesired } from "../../src/config/load.js";
import { kinds } from "../../src/resources/index.js";
import { renderDiagnostics } from "../../src/views/diagnostics/diagnostics-text.js";
import { styles } from "../../src/views/text/terminal.js";

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-config-"));
});
afterAll(() => rm(cwd, { recursive: true }));

async function load(files: readonly (readonly [string, string | Uint8Array])[]): Promise<Loaded> {
  for (const [name, content] of files) await writeFile(join(cwd, name), content);
  const paths = files.map(([name]) => name);
  return loadDesired({ paths, vars: ["domain=example.com"], varFiles: [], env: {}, cwd, kinds });
}

const user = fc.integer({ min: 0, max: 30 }).map((at) => `u${at}@example.com`);
const name = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,8}$/).filter((one) => one !== "constructor");
// What holds ${ is a reference.
const text = fc
  .string({ minLength: 1, unit: "binary" })
  .map((one) => one.replaceAll("$", "S").replaceAll("\0", "0"));
const people = fc.uniqueArray(user, { maxLength: 5 });
const message = fc.record({ body: text, mentions: people }, { requiredKeys: ["body"] });
const room = fc.record(
  {
    subject: text,
    description: text,
    owners: people,
    participants: people,
    participantsMode: fc.constantFrom("exact", "additive"),
    protect: fc.boolean(),
    messages: fc.dictionary(name, message, { maxKeys: 3, noNullPrototype: true }),
  },
  { requiredKeys: ["subject"], noNullPrototype: true },
);
const when = fc.constantFrom("Always", "OnlyWhenInactive");
const desired = fc.record(
  {
    version: fc.constant(1),
    settings: fc.record(
      { messageRetentionPeriodDays: fc.integer({ min: 10, max: 3650 }) },
      { noNullPrototype: true },
    ),
    users: fc.dictionary(
      user,
      when.map((one) => ({ settings: { mobile: { notifications: { when: one } } } })),
      { maxKeys: 4, noNullPrototype: true },
    ),
    rooms: fc.dictionary(name, room, { maxKeys: 4, noNullPrototype: true }),
  },
  { requiredKeys: ["version"], noNullPrototype: true },
);

const example = `version: 1
settings: { messageRetentionPeriodDays: 365, reactionsEnabled: true }
users:
  jane.doe@example.com:
    settings: { mobile: { notifications: { when: Always } } }
rooms:
  lobby: &lobby
    subject: "Lobby of \${var:domain}"
    owners: [jane.doe@example.com]
    participants:
      - { group: Support }
      - sam@example.com
    messages:
      rules: { body: "Read 📖", pinned: true }
      more: { body: 'More', replyTo: rules }
`;
const pieces = [
  "\t",
  "\n",
  "  ",
  ":",
  "- ",
  "[",
  "]",
  "{",
  "}",
  '"',
  "'",
  "|",
  ">",
  "*lobby",
  "&a ",
  "!!set ",
  "<<: ",
  "${var:",
  "---\n",
  "#",
  "__proto__",
  "\r",
  "\0",
  "\\",
  "%",
  "? ",
  "1e999",
  "👍",
  "\uFEFF",
];
const edit = fc.record({
  at: fc.nat(example.length),
  cut: fc.nat(12),
  put: fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4 })),
});

describe("loading a config", () => {
  it("never throws, for any bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expect((await load([["bytes.yaml", bytes]])).diagnostics).toBeInstanceOf(Array);
      }),
      { numRuns: 150 },
    );
  });

  it("never throws for a damaged file, and shows each problem at a source location in it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
        const damaged = edits.reduce(
          (result, { at, cut, put }) => result.slice(0, at) + put + result.slice(at + cut),
          example,
        );
        const { diagnostics } = await load([["damaged.yaml", damaged]]);
        const lines = damaged.split("\n");
        for (const { range } of diagnostics) {
          expect(range?.start.line).toBeLessThanOrEqual(lines.length);
          expect(range?.start.column).toBeLessThanOrEqual(
            (lines[(range?.start.line ?? 0) - 1]?.length ?? 0) + 1,
          );
          expect(range?.end.offset).toBeGreaterThanOrEqual(range?.start.offset ?? Infinity);
        }
        expect(renderDiagnostics(diagnostics, { style: styles(false), width: 80 })).not.toMatch(/^\s+at /m);
      }),
      { numRuns: 500 },
    );
  });

  it("accepts the undamaged file", async () => {
    expect((await load([["example.yaml", example]])).diagnostics).toEqual([]);
  });

  it("accepts valid documents as YAML and as JSON, with the same result", async () => {
    await fc.assert(
      fc.asyncProperty(desired, async (document) => {
        const loaded = await load([["printed.yaml", toYaml(document)]]);
        expect(loaded.diagnostics).toEqual([]);
        const again = await load([["printed.json", JSON.stringify({ version: 1, ...loaded.document })]]);
        expect(again.diagnostics).toEqual([]);
        expect(again.resources).toEqual(loaded.resources);
      }),
      { numRuns: 100 },
    );
  });

  it("does not depend on the order of the files", async () => {
    const orders = fc
      .tuple(desired, desired, desired)
      .chain((documents) =>
        fc.tuple(fc.constant(documents), fc.shuffledSubarray([0, 1, 2], { minLength: 3 })),
      );
    await fc.assert(
      fc.asyncProperty(orders, async ([documents, order]) => {
        const files = documents.map((one, at) => [`${at}.yaml`, toYaml(one)] as const);
        const first = await load(files);
        const second = await load(order.flatMap((at) => files.slice(at, at + 1)));
        expect(second.resources).toEqual(first.resources);
        expect(second.diagnostics).toEqual(first.diagnostics);
      }),
      { numRuns: 60 },
    );
  });
});

/** Prints a document with quotes around texts that readers of YAML disagree about. */
function toYaml(document: unknown): string {
  const yaml = new Document(document);
  visit(yaml, {
    Scalar(_key, node) {
      if (typeof node.value === "string" && otherReading(node.value) !== undefined)
        node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return yaml.toString();
}
