import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Loaded } from "../../../../src/config/load.js";
import { loadDesired } from "../../../../src/config/load.js";
import { isObject } from "../../../../src/core/json/json.js";
import { kinds } from "../../../../src/resources/index.js";

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-rows-"));
});
afterEach(() => rm(cwd, { recursive: true }));

/** Loads `chatform.yaml`; other files lie beside it. */
async function load(config: string, files: Readonly<Record<string, string>> = {}): Promise<Loaded> {
  await writeFile(join(cwd, "chatform.yaml"), `version: 1\n${config}`);
  for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text);
  const vars = ["domain=example.com"];
  return loadDesired({ paths: ["chatform.yaml"], vars, varFiles: [], env: {}, cwd, kinds });
}

async function getRooms(config: string, files?: Readonly<Record<string, string>>): Promise<unknown> {
  const { document, diagnostics } = await load(config, files);
  expect(diagnostics).toEqual([]);
  return document["rooms"];
}

/** `code line (line of the row)` of each problem. */
async function getProblems(config: string, files?: Readonly<Record<string, string>>): Promise<unknown> {
  const { diagnostics } = await load(config, files);
  return diagnostics.map(({ code, range, related = [] }) => [
    code,
    range?.start.line,
    ...related.map((one) => `${one.range.file}:${one.range.start.line}`),
  ]);
}

describe("the rows of a block", () => {
  it("are texts in a list: the key and the value are the text", async () => {
    expect(
      await getRooms('rooms:\n  "team-${each.key}":\n    forEach: [a, b]\n    subject: Team ${each.value}\n'),
    ).toEqual({ "team-a": { subject: "Team a" }, "team-b": { subject: "Team b" } });
  });

  it("are members of a mapping", async () => {
    const config = `rooms:
  "\${each.key}":
    forEach:
      lobby: { title: Lobby, people: [a@example.com, { group: Support }] }
      "2": { title: Two, people: [] }
    subject: "\${each.title}"
    participants: \${each.people}
`;
    expect(await getRooms(config)).toEqual({
      lobby: { subject: "Lobby", participants: ["a@example.com", { group: "Support" }] },
      "2": { subject: "Two", participants: [] },
    });
  });

  it.each([
    [
      "commas, quotes and empty rows",
      'name,title,protect\nlobby,"The ""big"" hall, first floor",true\n,,\n\n',
    ],
    [
      "semicolons, a byte order mark and CRLF",
      '\uFEFFname;title;protect\r\nlobby;"The ""big"" hall, first floor";true\r\n',
    ],
    ["tabs and no line end", 'name\ttitle\tprotect\nlobby\t"The ""big"" hall, first floor"\ttrue'],
  ])("come from a CSV file with %s", async (_name, csv) => {
    const config =
      'rooms:\n  "${each.name}": { forEach: rooms.csv, subject: "${each.title}", protect: "${each.protect}" }\n';
    expect(await getRooms(config, { "rooms.csv": csv })).toEqual({
      lobby: { subject: 'The "big" hall, first floor', protect: true },
    });
  });

  it.each([
    ["rooms.yaml", "- { name: lobby, title: Lobby }\n"],
    ["rooms.json", '[{"name":"lobby","title":"Lobby"}]'],
  ])("come from %s", async (file, text) => {
    const config = `rooms:\n  "\${each.name}": { forEach: ${file}, subject: "\${each.title}" }\n`;
    expect(await getRooms(config, { [file]: text })).toEqual({ lobby: { subject: "Lobby" } });
  });

  it("leave a key out where the cell is empty, and text without it", async () => {
    const config =
      'rooms:\n  "${each.name}": { forEach: r.csv, subject: "Room ${each.title}", description: "${each.about}" }\n';
    expect(await getRooms(config, { "r.csv": "name,title,about\na,,\nb,B,all\n" })).toEqual({
      a: { subject: "Room " },
      b: { subject: "Room B", description: "all" },
    });
  });

  it("give users and settings for many", async () => {
    const settings = "settings: { mobile: { notifications: { when: Always } } }";
    const { resources, shared, diagnostics } = await load(
      `users:\n  "\${each.key}@\${var:domain}": { forEach: [Jane, sam], ${settings} }\n` +
        `userSettings:\n  "\${each.key}": { forEach: [night, day], members: [{ team: "\${each.key}" }], ${settings} }\n`,
    );

    expect(diagnostics).toEqual([]);
    expect(resources.map(({ address }) => address)).toEqual([
      "users/jane@example.com/settings",
      "users/sam@example.com/settings",
    ]);
    expect(shared.map(({ entry }) => entry)).toEqual(["userSettings/night", "userSettings/day"]);
  });

  it("are places of the blocks: the template's line, and the row", async () => {
    const { places } = await load(
      'rooms:\n  "${each.name}":\n    forEach: r.csv\n    subject: "${each.title}"\n',
      { "r.csv": "name,title\na,A\nb,B\n" },
    );
    expect(places.locate("/rooms/b/subject")).toMatchObject({
      range: { file: "chatform.yaml", start: { line: 5 } },
      related: [{ range: { file: "r.csv", start: { line: 3 } }, sourceLine: "b,B" }],
    });
  });

  it("are 100,000 in linear time", async () => {
    const csv = (count: number): string =>
      `name,title\n${Array.from({ length: count }, (_, index) => `room-${index},Room ${index}`).join("\n")}\n`;
    const config = 'rooms:\n  "${each.name}": { forEach: r.csv, subject: "${each.title}" }\n';
    const time = async (count: number): Promise<number> => {
      const start = process.cpuUsage();
      const { document } = await load(config, { "r.csv": csv(count) });
      const rooms = document["rooms"];
      expect(Object.keys(isObject(rooms) ? rooms : {})).toHaveLength(count);
      return process.cpuUsage(start).user;
    };
    await time(1000);

    expect((await time(100_000)) / (await time(10_000))).toBeLessThan(30);
  }, 60_000);
});

describe("a problem of a row", () => {
  const subject = (name: string, rest = ""): string =>
    `rooms:\n  "${name}":\n    forEach: r.csv\n    subject: "\${each.title}"\n${rest}`;

  it.each([
    [
      "a name that is not valid",
      subject("${each.name}"),
      "name,title\nLobby,A\n",
      [["bad-name", 3, "r.csv:2"]],
    ],
    [
      "one name for two rows",
      subject("lobby-${each.name}"),
      "name,title\na,A\n\na,B\n",
      [["duplicate-declaration", 3, "r.csv:4"]],
    ],
    [
      "a name without a value of the row",
      subject("lobby"),
      "name,title\na,A\nb,B\n",
      [["duplicate-declaration", 3, "r.csv:3"]],
    ],
    ["an empty name", subject("${each.name}"), "name,title\n,A\n", [["empty-cell", 3, "r.csv:2"]]],
    [
      "an unknown column",
      subject("${each.nam}"),
      "name,title\na,A\nb,B\n",
      [["undefined-column", 3, "r.csv:2"]],
    ],
    ["no column key", subject("${each.key}"), "name,title\na,A\n", [["undefined-column", 3, "r.csv:2"]]],
    [
      "a bad value",
      subject("${each.name}", "    participantsMode: ${each.title}\n"),
      "name,title\na,A\n",
      [["not-allowed-value", 6, "r.csv:2"]],
    ],
    [
      "an empty cell in a list",
      subject("${each.title}", "    owners: ['${each.name}']\n"),
      "name,title\n,a\n",
      [["empty-cell", 6, "r.csv:2"]],
    ],
    ["too many cells", subject("${each.name}"), "name,title\na,A,x\nb,B\n", [["bad-csv", 2]]],
    ["a column twice", subject("${each.name}"), "name,name\na,A\n", [["bad-csv", 1]]],
    [
      "a quote that is never closed",
      subject("${each.name}"),
      'name,title\na,A\nb,"B\nc,C\n',
      [["bad-csv", 3]],
    ],
    ["a quote within a cell", subject("${each.name}"), 'name,title\na,6" pipe\n', [["bad-csv", 2]]],
    ["an empty file", subject("${each.name}"), "", [["bad-csv", 1]]],
    [
      "a name with a meaning in JavaScript",
      subject("${each.name}"),
      "name,title\n__proto__,A\n",
      [["forbidden-key", 3, "r.csv:2"]],
    ],
  ])("is at the line of the template and of the row: %s", async (_name, config, csv, expected) => {
    expect(await getProblems(config, { "r.csv": csv })).toEqual(expected);
  });

  it.each([
    ["forEach: 3", [["bad-for-each", 3]]],
    ["forEach: rooms.txt", [["bad-for-each", 3]]],
    ["forEach: none.csv", [["file-not-found", 3]]],
    ["forEach: [[a]]", [["bad-for-each", 3]]],
    ["forEach: [{ name: a }]", [["undefined-column", 3, "chatform.yaml:3"]]],
    ['forEach: "${var:rows}"', [["undefined-variable", 3]]],
  ])("of %s", async (forEach, expected) => {
    expect(await getProblems(`rooms:\n  "\${each.key}": { ${forEach}, subject: A }\n`)).toEqual(expected);
  });

  it("is found in linear time, also behind characters of several bytes", async () => {
    const config = 'rooms:\n  "${each.name}": { forEach: r.csv, subject: "${each.title}" }\n';
    const csv = (rows: number): string => `name,title\nä,Ä\n${"é,x,y\n".repeat(rows)}`;
    const time = async (rows: number): Promise<number> => {
      const start = process.cpuUsage();
      const { diagnostics } = await load(config, { "r.csv": csv(rows) });
      const found = diagnostics.filter(({ code }) => code === "bad-csv");
      expect(found).toHaveLength(rows);
      expect(found.at(-1)).toMatchObject({
        range: { start: { line: rows + 2, column: 1 } },
        sourceLine: "é,x,y",
      });
      return process.cpuUsage(start).user;
    };
    await time(500);

    expect((await time(20_000)) / (await time(2000))).toBeLessThan(30);
  }, 60_000);

  it("is told at its place in a YAML file of rows", async () => {
    const config = 'rooms:\n  "${each.name}": { forEach: rooms.yaml, subject: "${each.title}" }\n';
    expect(await getProblems(config, { "rooms.yaml": "- name: lobby\n  title: no\n" })).toEqual([
      ["needs-quotes", 2],
    ]);
  });

  it("is told for references to rows outside of a block with rows", async () => {
    expect(await getProblems('rooms:\n  lobby: { subject: "${each.title}" }\n')).toEqual([
      ["bad-interpolation", 3],
    ]);
  });

  it("is told for rows in a block that has none", async () => {
    expect(
      await getProblems("rooms:\n  a: { subject: A, messages: { m: { forEach: [a], body: B } } }\n"),
    ).toEqual([["unknown-key", 3]]);
  });
});
