import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadDesired } from "../../../../src/config/load.js";
import { kinds } from "../../../../src/resources/index.js";

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-include-"));
});
afterEach(() => rm(cwd, { recursive: true }));

/** Writes files that declare a room of their own, and include these entries. */
async function write(files: Readonly<Record<string, readonly string[]>>): Promise<void> {
  for (const [file, include] of Object.entries(files)) {
    await mkdir(dirname(join(cwd, file)), { recursive: true });
    const name = file.replace(/\W/g, "-");
    const entries = include.length === 0 ? "" : `include: [${include.map((one) => `"${one}"`).join(", ")}]\n`;
    await writeFile(join(cwd, file), `version: 1\n${entries}rooms: { ${name}: { subject: ${name} } }\n`);
  }
}

interface Read {
  readonly files: readonly string[];
  readonly problems: readonly string[];
}

async function read(
  paths: readonly string[] = [],
  more: {
    readonly vars?: readonly string[];
    readonly env?: Record<string, string>;
    readonly stdin?: Readable;
    readonly cwd?: string;
  } = {},
): Promise<Read> {
  const loaded = await loadDesired({ paths, vars: [], varFiles: [], env: {}, cwd, kinds, ...more });
  expect(loaded.resources).toHaveLength(loaded.files.length);
  return {
    files: loaded.files,
    problems: loaded.diagnostics.map(({ severity, code, detail = "", help = "", range }) =>
      [
        range === undefined ? "" : `${range.file}:${range.start.line}:${range.start.column}`,
        severity,
        code,
        detail,
        help,
      ].join(" "),
    ),
  };
}

describe("include", () => {
  it("takes paths, folders and globs, relative to the file and recursively", async () => {
    await write({
      "chatform.yaml": ["settings.yaml", "rooms", "teams/*/*.yaml"],
      "settings.yaml": [],
      "rooms/b.yaml": ["deeper/c.json.yaml"],
      "rooms/a.yml": [],
      "rooms/deeper/c.json.yaml": ["../../shared/d.yaml"],
      "shared/d.yaml": [],
      "teams/emea/e.yaml": [],
      "teams/apac/f.yaml": [],
      "teams/apac/.g.yaml": [],
    });
    await writeFile(join(cwd, "teams/apac/plan.json"), '{ "format_version": "1.2" }');

    expect(await read()).toEqual({
      files: [
        "chatform.yaml",
        "rooms/a.yml",
        "rooms/b.yaml",
        "rooms/deeper/c.json.yaml",
        "settings.yaml",
        "shared/d.yaml",
        "teams/apac/f.yaml",
        "teams/emea/e.yaml",
      ],
      problems: [],
    });
  });

  it("gives the same files in the same order from any working directory", async () => {
    await write({ "chat/chatform.yaml": ["../b.yaml", "a.yaml"], "b.yaml": [], "chat/a.yaml": [] });
    const here = await read(["chat/chatform.yaml"]);

    expect(here.files).toEqual(["b.yaml", "chat/a.yaml", "chat/chatform.yaml"]);
    expect(await read(["chatform.yaml"], { cwd: join(cwd, "chat") })).toEqual({
      files: ["../b.yaml", "a.yaml", "chatform.yaml"],
      problems: [],
    });
  });

  it("reads a file once, also if a folder or glob holds the file itself, or links lead in a circle", async () => {
    await write({ "chatform.yaml": [".", "*.yaml", "**/*.yaml"], "rooms/a.yaml": ["../*.yaml", "."] });
    await symlink("..", join(cwd, "rooms", "up"));
    await symlink("a.yaml", join(cwd, "rooms", "again.yaml"));

    expect(await read()).toEqual({ files: ["chatform.yaml", "rooms/a.yaml"], problems: [] });
  });

  it("takes the values of variables", async () => {
    await write({ "chatform.yaml": ["rooms/${var:region}.yaml", "${env:ORG}/*"], "rooms/emea.yaml": [] });
    await write({ "test/x.yaml": [] });

    expect(await read([], { vars: ["region=emea"], env: { ORG: "test" } })).toEqual({
      files: ["chatform.yaml", "rooms/emea.yaml", "test/x.yaml"],
      problems: [],
    });
    expect((await read([], { vars: ["regoin=emea"], env: { ORG: "test" } })).problems).toEqual([
      "chatform.yaml:2:18 error undefined-variable The variable region is not set. Set the variable: --var region=VALUE. Or did you mean regoin?",
    ]);
  });

  it("in standard input is relative to the working directory", async () => {
    await write({ "rooms.yaml": [] });
    const stdin = Readable.from(["version: 1\ninclude: [rooms.yaml]\nrooms: { a: { subject: A } }\n"]);

    expect(await read(["-"], { stdin })).toEqual({ files: ["<stdin>", "rooms.yaml"], problems: [] });
  });

  it("takes a name with special characters as it is, if there is such a file", async () => {
    await write({ "chatform.yaml": ["a[1].yaml"], "a[1].yaml": [], "a1.yaml": [] });

    expect((await read()).files).toEqual(["a[1].yaml", "chatform.yaml"]);
  });
});

describe("a problem of include is shown at its line", () => {
  it.each([
    [
      "rooms.yml",
      "rooms.yml does not exist. Paths are relative to the folder of this file. Did you mean rooms.yaml?",
    ],
    [
      "team/emea.yaml",
      "team/emea.yaml does not exist. Paths are relative to the folder of this file. Did you mean teams?",
    ],
    [
      "other",
      "other does not exist. Paths are relative to the folder of this file. Name a file, a folder or a glob: include: [rooms/*.yaml]",
    ],
    [
      "teams/*.yml",
      "teams/*.yml matches no *.yaml, *.yml or *.json. Paths are relative to the folder of this file. teams has emea.yaml. Correct the glob. * matches within a folder, ** in all folders below: include: [rooms/**/*.yaml]",
    ],
    [
      "team/*.yaml",
      "team does not exist. Paths are relative to the folder of this file. Did you mean teams?",
    ],
  ])("%s", async (entry, text) => {
    await write({ "chat/chatform.yaml": [entry], "chat/rooms.yaml": [], "chat/teams/emea.yaml": [] });

    expect((await read(["chat/chatform.yaml"])).problems).toEqual([
      `chat/chatform.yaml:2:11 error file-not-found ${text}`,
    ]);
  });

  it("an empty folder, a link that leads nowhere", async () => {
    await write({ "chatform.yaml": ["empty", "links"] });
    await mkdir(join(cwd, "empty"));
    await mkdir(join(cwd, "links"));
    await symlink("gone.yaml", join(cwd, "links", "a.yaml"));

    expect((await read()).problems.map((text) => text.split(" ", 3).join(" "))).toEqual([
      "chatform.yaml:2:11 error file-not-found",
      "chatform.yaml:2:20 error file-unreadable",
    ]);
  });

  it("a cycle, with its chain", async () => {
    await write({
      "chatform.yaml": ["x/a.yaml"],
      "x/a.yaml": ["b.yaml"],
      "x/b.yaml": ["a.yaml", "../chatform.yaml"],
    });

    expect((await read()).problems).toEqual([
      "x/b.yaml:2:11 error include-cycle x/b.yaml includes x/a.yaml, which includes x/b.yaml. Remove a.yaml from this include.",
      "x/b.yaml:2:21 error include-cycle x/b.yaml includes chatform.yaml, which includes x/a.yaml, which includes x/b.yaml. Remove ../chatform.yaml from this include.",
    ]);
    await write({ "chatform.yaml": ["./chatform.yaml"] });
    expect((await read()).problems).toEqual([
      "chatform.yaml:2:11 error include-cycle chatform.yaml includes chatform.yaml. Remove ./chatform.yaml from this include.",
    ]);
  });

  it("a cycle beside the main file's entries", async () => {
    await write({ "chatform.yaml": ["a.yaml", "b.yaml"], "a.yaml": ["b.yaml"], "b.yaml": ["a.yaml"] });

    expect((await read()).problems.filter((text) => text.includes("include-cycle"))).toHaveLength(1);
  });

  it("a repetition, as a finding", async () => {
    await write({ "chatform.yaml": ["a.yaml", "b.yaml"], "a.yaml": [], "b.yaml": ["./a.yaml"] });

    expect(await read()).toEqual({
      files: ["a.yaml", "b.yaml", "chatform.yaml"],
      problems: [
        "b.yaml:2:11 warning included-twice ./a.yaml is already included. It is read once. Remove one of the two entries.",
      ],
    });
  });

  it("a path out of the repository, in CI", async () => {
    await write({
      "repo/chatform.yaml": ["../outside.yaml", "rooms.yaml"],
      "outside.yaml": [],
      "repo/rooms.yaml": [],
    });
    await mkdir(join(cwd, "repo", ".git"));

    expect((await read(["repo/chatform.yaml"], { env: { CI: "true" } })).problems).toEqual([
      expect.stringMatching(/^repo\/chatform\.yaml:2:11 error outside-project outside\.yaml /) as string,
    ]);
    expect((await read(["repo/chatform.yaml"])).problems).toEqual([]);
  });

  it.each([
    ["include: rooms.yaml", "wrong-type"],
    ["include: [1]", "wrong-type"],
    ['include: [""]', "empty-text"],
  ])("%s is %s", async (line, code) => {
    await write({ "a.yaml": [], "rooms.yaml": [] });
    await writeFile(join(cwd, "chatform.yaml"), `version: 1\n${line}\n`);
    const loaded = await loadDesired({ paths: [], vars: [], varFiles: [], env: {}, cwd, kinds });

    expect(loaded.diagnostics.filter(({ severity }) => severity === "error")).toMatchObject([
      { code, range: { start: { line: 2 } } },
    ]);
  });
});
