import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Loaded } from "../../../../src/config/load.js";
import { loadDesired } from "../../../../src/config/load.js";
import { kinds } from "../../../../src/resources/index.js";

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-defaults-"));
});
afterEach(() => rm(cwd, { recursive: true }));

async function load(...files: readonly string[]): Promise<Loaded> {
  const paths = files.map((_, index) => `${index}.yaml`);
  for (const [index, text] of files.entries())
    await writeFile(join(cwd, `${index}.yaml`), `version: 1\n${text}`);
  return loadDesired({ paths, vars: ["protect=true"], varFiles: [], env: {}, cwd, kinds });
}

const getCodes = ({ diagnostics }: Loaded): unknown =>
  diagnostics.map(({ code, range }) => [code, range?.file, range?.start.line]);

describe("defaults", () => {
  it("are what a block does not say itself: mappings are merged, lists replaced", async () => {
    const loaded = await load(
      `defaults:
  rooms:
    protect: \${var:protect}
    owners: [lead@example.com]
    messages: { rules: { body: Be kind, pinned: true } }
  messages: { mentions: [lead@example.com] }
`,
      `rooms:
  a: { subject: A }
  b: { subject: B, protect: false, owners: [], messages: { rules: { body: Be brief }, more: { body: More } } }
`,
    );

    expect(loaded.diagnostics).toEqual([]);
    const mentions = ["lead@example.com"];
    expect(loaded.document).toEqual({
      rooms: {
        a: {
          subject: "A",
          protect: true,
          owners: ["lead@example.com"],
          messages: { rules: { body: "Be kind", pinned: true, mentions } },
        },
        b: {
          subject: "B",
          protect: false,
          owners: [],
          messages: { rules: { body: "Be brief", pinned: true, mentions }, more: { body: "More", mentions } },
        },
      },
    });
  });

  it("give required keys, to blocks with rows too", async () => {
    const loaded = await load(
      'defaults:\n  userSettings:\n    settings: { mobile: { notifications: { when: Always } } }\nuserSettings:\n  "${each.key}": { forEach: [a, b], members: [{ team: A }] }\n',
    );

    expect(loaded.diagnostics).toEqual([]);
    expect(loaded.shared.map(({ entry }) => entry)).toEqual(["userSettings/a", "userSettings/b"]);
  });

  it("are the places of their values", async () => {
    const { places } = await load(
      "defaults:\n  rooms:\n    protect: true\n",
      "rooms:\n  a: { subject: A }\n",
    );

    expect(places.locate("/rooms/a/protect")).toMatchObject({
      range: { file: "0.yaml", start: { line: 4 } },
    });
    expect(places.locate("/rooms/a/subject")).toMatchObject({
      range: { file: "1.yaml", start: { line: 3 } },
    });
  });

  it.each([
    [
      "a bad value, once",
      ["defaults: { rooms: { protect: often } }\nrooms: { a: { subject: A }, b: { subject: B } }\n"],
      [["wrong-type", "0.yaml", 2]],
    ],
    [
      "a bad value that nothing uses",
      ["defaults:\n  messages: { body: 3 }\n"],
      [["wrong-type", "0.yaml", 3]],
    ],
    [
      "an unknown key",
      ["defaults:\n  rooms: { subjct: A }\nrooms: { a: { subject: A } }\n"],
      [["unknown-key", "0.yaml", 3]],
    ],
    [
      "an undefined variable",
      ["defaults:\n  rooms: { subject: '${var:x}' }\nrooms: { a: {} }\n"],
      [["undefined-variable", "0.yaml", 3]],
    ],
    ["a kind without defaults", ["defaults:\n  users: {}\n"], [["unknown-key", "0.yaml", 3]]],
    [
      "one value in two files",
      ["defaults:\n  rooms: { protect: true }\n", "defaults:\n  rooms: { protect: false }\n"],
      [["duplicate-declaration", "1.yaml", 3]],
    ],
  ])("are checked: %s", async (_name, files, expected) => {
    expect(getCodes(await load(...files))).toEqual(expected);
  });

  it("may stand in several files", async () => {
    const loaded = await load(
      "defaults:\n  rooms: { protect: true }\n",
      "defaults:\n  rooms: { subject: S }\nrooms: { a: {} }\n",
    );

    expect(loaded.diagnostics).toEqual([]);
    expect(loaded.document).toEqual({ rooms: { a: { protect: true, subject: "S" } } });
  });
});
