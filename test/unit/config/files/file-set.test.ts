import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readFiles } from "../../../../src/config/files/file-set.js";
import { readVariables } from "../../../../src/config/variables/variables.js";
import { skips } from "../../../helpers/skip.js";

const mayReadAll = process.getuid?.() === 0 ? "root may read all" : undefined;

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-files-"));
  await mkdir(join(cwd, "chat", "deeper"), { recursive: true });
  for (const name of ["b.yaml", "a.YML", "c.json", "notes.txt", ".hidden.yaml", "deeper/d.yaml"])
    await writeFile(join(cwd, "chat", name), `# ${name}`);
});
afterEach(() => rm(cwd, { recursive: true }));

describe("readFiles", () => {
  it("reads a folder's YAML and JSON files, sorted, but no hidden files, and none of the folders in it", async () => {
    const { files, diagnostics } = await readFiles(["chat"], cwd);

    expect(diagnostics).toEqual([]);
    expect(files.map(({ file }) => file)).toEqual([
      join("chat", "a.YML"),
      join("chat", "b.yaml"),
      join("chat", "c.json"),
    ]);
    expect(files.map(({ bytes }) => Buffer.from(bytes).toString())).toContain("# b.yaml");
  });

  it("takes a named file whatever its name, and each file once", async () => {
    const { files } = await readFiles(["chat/notes.txt", "chat/b.yaml", "./chat/../chat/b.yaml"], cwd);

    expect(files.map(({ file }) => file)).toEqual(["chat/notes.txt", "chat/b.yaml"]);
  });

  it("reports a missing file with a similar name, and reads the others", async () => {
    const { files, diagnostics } = await readFiles(["chta", "chat/b.yaml", "elsewhere/x.yaml"], cwd);

    expect(files).toHaveLength(1);
    expect(diagnostics).toMatchObject([
      { code: "file-not-found", help: expect.stringContaining("chat?") as string },
      { code: "file-not-found" },
    ]);
  });

  it("says that a folder has no files", async () => {
    await mkdir(join(cwd, "empty"));

    expect((await readFiles(["empty"], cwd)).diagnostics).toMatchObject([{ code: "file-not-found" }]);
  });

  it("says what it can't read", async () => {
    await symlink("loop.yaml", join(cwd, "loop.yaml"));
    await symlink("gone.yaml", join(cwd, "chat", "dangling.yaml"));
    const { diagnostics } = await readFiles(["loop.yaml", "chat"], cwd);

    expect(diagnostics).toMatchObject([
      { code: "file-unreadable" },
      {
        code: "file-unreadable",
        detail: "chat/dangling.yaml is a symbolic link to a file that does not exist.",
      },
    ]);
  });

  it("reads a file once, under whatever names", async () => {
    await symlink("b.yaml", join(cwd, "chat", "again.yaml"));
    await symlink("chat", join(cwd, "link"));
    const { files } = await readFiles(["chat/b.yaml", "chat", "link"], cwd);

    expect(files.map(({ file }) => file)).toEqual(["chat/b.yaml", "chat/a.YML", "chat/c.json"]);
  });

  it.skipIf(process.platform === "win32")(
    "passes over litter, pipes, sockets, and folders that are named as a file",
    async () => {
      const chat = join(cwd, "chat");
      for (const name of ["._a.yaml", "a.yaml~", "#a.yaml#", ".a.yaml.swp"])
        await writeFile(join(chat, name), "\u0000");
      await symlink("jane@host.1234", join(chat, ".#a.yaml"));
      await mkdir(join(chat, "folder.yaml"));
      execFileSync("mkfifo", [join(chat, "pipe.yaml")]);
      const server = createServer().listen(join(chat, "socket.json"));
      await once(server, "listening");
      const { files, diagnostics } = await readFiles(["chat"], cwd).finally(() => server.close());

      expect(diagnostics).toEqual([]);
      expect(files.map(({ file }) => file)).toEqual(["chat/a.YML", "chat/b.yaml", "chat/c.json"]);
    },
  );

  it.each([
    ["a state", "chat.json", '{\n  "lineage": "1", "resources": {} }'],
    ["a state with forgotten rooms", "old.json", '{\n  "forgotten": [] }'],
    ["a damaged state", "chat.state.json", "{"],
    ["a plan or report", "plan.json", '\uFEFF{ "format_version": "1.2" }'],
    ["events of an apply", "apply.json", '{"@level":"info"}\n{"@level":"info"}\n'],
    ["a schema", "schema.json", '{ "$schema": "https://json-schema.org/draft/2020-12/schema" }'],
    ["a SARIF file", "x.json", '{ "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/schema.json" }'],
  ])("passes over %s of chatform, but reads it if it is named", async (_what, name, text) => {
    await writeFile(join(cwd, "chat", name), text);

    expect((await readFiles(["chat"], cwd)).files.map(({ file }) => file)).not.toContain(`chat/${name}`);
    expect((await readFiles([`chat/${name}`], cwd)).files).toHaveLength(1);
  });

  it("reads a JSON file whose members have these names elsewhere", async () => {
    await writeFile(join(cwd, "chat", "x.json"), '{ "version": 1, "rooms": { "lineage": {} } }');

    expect((await readFiles(["chat"], cwd)).files.map(({ file }) => file)).toContain("chat/x.json");
  });

  it.skipIf(skips("files that may not be read", mayReadAll))("says that it may not read", async () => {
    await chmod(join(cwd, "chat", "b.yaml"), 0);

    expect((await readFiles(["chat/b.yaml"], cwd)).diagnostics).toMatchObject([{ code: "file-unreadable" }]);
  });
});

describe("readVariables", () => {
  const read = (
    vars: readonly string[],
    varFiles: readonly string[] = [],
  ): ReturnType<typeof readVariables> => readVariables({ vars, varFiles, cwd });

  it("takes names and values; a value may hold =", async () => {
    const { given, diagnostics } = await read(["a=1", "b=x=y", "c=", "a=2"]);

    expect(diagnostics).toEqual([]);
    expect([...given].map(([name, { value }]) => [name, value])).toEqual([
      ["a", "2"],
      ["b", "x=y"],
      ["c", ""],
    ]);
  });

  it("takes files, later ones before earlier ones, and --var before all", async () => {
    await writeFile(join(cwd, "one.yaml"), "a: 1\nb: true\nc: text\n");
    await writeFile(join(cwd, "two.json"), '{ "b": "two", "c": 2.5 }');

    const { given, diagnostics } = await read(["c=3"], ["one.yaml", "two.json"]);

    expect(diagnostics).toEqual([]);
    expect(
      [...given].map(([name, { value, source, place }]) => [name, value, source, place?.range.start.line]),
    ).toEqual([
      ["a", "1", "one.yaml", 1],
      ["b", "two", "two.json", 1],
      ["c", "3", "--var", undefined],
    ]);
  });

  it("reports an invalid variable without its value, which may be a secret", async () => {
    const { diagnostics } = await read(["novalue", "1a=s3cret", "=s3cret"]);

    expect(diagnostics.map(({ code }) => code)).toEqual(["bad-variable", "bad-variable", "bad-variable"]);
    expect(JSON.stringify(diagnostics)).not.toContain("s3cret");
  });

  it("says all that is wrong with a file, at its place", async () => {
    await writeFile(join(cwd, "vars.yaml"), "a: [1]\nb: ~\nc: fine\nd: ${var:x}\n");
    const { given, diagnostics } = await read([], ["vars.yaml"]);

    expect(given.get("c")?.value).toBe("fine");
    expect(diagnostics.map(({ code, range }) => [code, range?.start.line])).toEqual([
      ["wrong-type", 1],
      ["wrong-type", 2],
      ["undefined-variable", 4],
    ]);
  });

  it.each([
    ["- a\n", "not-a-mapping"],
    ["a: [\n", "yaml-syntax"],
    ["", "empty-file"],
  ])("refuses a file like %j", async (text, code) => {
    await writeFile(join(cwd, "vars.yaml"), text);

    expect((await read([], ["vars.yaml"])).diagnostics).toMatchObject([{ code }]);
  });
});

describe.skipIf(process.platform === "win32")("a device without an end", () => {
  it.each(["config file", "file of variables"])("as a %s is refused with the bound", async (what) => {
    const { diagnostics } =
      what === "config file"
        ? await readFiles(["/dev/zero"], cwd)
        : await readVariables({ vars: [], varFiles: ["/dev/zero"], cwd });
    expect(diagnostics.map(({ code, detail }) => [code, detail])).toEqual([
      ["too-large", "/dev/zero is larger than 20971520 bytes, the limit of a file."],
    ]);
  });
});
