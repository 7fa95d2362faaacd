import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findUnread, readConfigFiles } from "../../../../src/config/files/config-files.js";
import type { ConfigPaths } from "../../../../src/config/files/config-files.js";

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-config-files-"));
});
afterEach(() => rm(cwd, { recursive: true }));

async function write(...files: readonly string[]): Promise<void> {
  for (const file of files) {
    await mkdir(dirname(join(cwd, file)), { recursive: true });
    await writeFile(join(cwd, file), "# rooms\n\nversion: 1 # of the format\n");
  }
}

async function read(
  paths: readonly string[],
  more: Partial<ConfigPaths> = {},
): Promise<{
  readonly files: readonly string[];
  readonly folder: string;
  readonly problems: readonly string[];
}> {
  const { set, folder } = await readConfigFiles({ paths, cwd, env: {}, ...more });
  const problems = [...set.diagnostics, ...(await findUnread(set, cwd))];
  return {
    files: set.files.map(({ file }) => file),
    folder,
    problems: problems.map(({ code, detail = "", help = "" }) => [code, detail, help].join(" ")),
  };
}

describe("the main config", () => {
  it.each([
    [[], "."],
    [["chat/chatform.yaml", "other/x.yaml"], "chat"],
    [["chat/", "other"], "chat/"],
    [["../x.yaml"], ".."],
    [["-", "chat"], "."],
  ])("of %j is in %j", async (paths, folder) => {
    await write("chatform.yaml", "chat/chatform.yaml", "other/x.yaml");

    expect((await read(paths, { stdin: Readable.from([]) })).folder).toBe(folder);
  });

  it("is chatform.yaml, without which the others are named", async () => {
    await write("rooms.yaml", "b c.yml");
    await writeFile(join(cwd, "package.json"), '{ "version": "1.0.0" }');

    expect((await read([])).problems).toEqual([
      "file-not-found chatform.yaml does not exist. The folder has other config files: b c.yml, rooms.yaml. Name the config: -f 'b c.yml' -f rooms.yaml",
    ]);
    await write("chatform.yaml");
    expect(await read([])).toMatchObject({ files: ["chatform.yaml"], problems: [] });
  });
});

describe("standard input", () => {
  it("is read once, however often it is named and the config is read", async () => {
    const stdin = Readable.from(["version: ", "1\n"]);
    for (const paths of [["-", "-"], ["-"]]) {
      const { set } = await readConfigFiles({ paths, cwd, env: {}, stdin });
      expect(set.files.map(({ file, bytes }) => [file, Buffer.from(bytes).toString()])).toEqual([
        ["<stdin>", "version: 1\n"],
      ]);
    }
  });

  it("is bounded", async () => {
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(1024 * 1024);
      })(),
    );

    expect((await read(["-"], { stdin: endless })).problems).toEqual([
      expect.stringContaining("too-large <stdin> is larger than 20971520 bytes") as string,
    ]);
  });
});

describe("config files that are not read", () => {
  it("are mentioned once for each subfolder, with how to read them", async () => {
    await write("chat/a.yaml", "chat/deeper/b.yaml", "chat/deeper/c.yml", "chat/x/y/z.json", ".git/d.yaml");
    await write("chat/node_modules/pkg/e.yaml", "chat/.hidden.yaml");
    await mkdir(join(cwd, "chat", "data"));
    await writeFile(join(cwd, "chat", "data", "sites.yaml"), "- name: Berlin\n");
    await symlink(".", join(cwd, "chat", "loop"));

    expect((await read(["chat", "chat"])).problems).toEqual([
      "config-not-read chat/.hidden.yaml holds a config, but the hidden files of a folder are not read. Rename it, or name it too: -f chat/.hidden.yaml",
      "config-not-read chat/deeper has config files, but the subfolders of a folder are not read. Name it too: -f chat/deeper. Or write in a config file of chat: include: [deeper]",
      "config-not-read chat/x/y has config files, but the subfolders of a folder are not read. Name it too: -f chat/x/y. Or write in a config file of chat: include: [x/y]",
    ]);
  });

  it("are not those that another path names, and none beside a single file", async () => {
    await write("chat/a.yaml", "chat/deeper/b.yaml");

    expect((await read(["chat", "chat/deeper"])).problems).toEqual([]);
    expect((await read(["chat/a.yaml"])).problems).toEqual([]);
  });
});

describe("links out of the project", () => {
  beforeEach(async () => {
    await write("outside.yaml", "other.yaml", "repo/chat/a.yaml", "repo/shared/b.yaml");
    await mkdir(join(cwd, "repo", ".git"));
    await symlink("../../outside.yaml", join(cwd, "repo", "chat", "out.yaml"));
    await symlink("../shared/b.yaml", join(cwd, "repo", "chat", "in.yaml"));
    await symlink("..", join(cwd, "repo", "up"));
  });

  it("are refused in CI", async () => {
    const { files, problems } = await read(["repo/chat", "repo/up/other.yaml"], { env: { CI: "true" } });

    expect(files).toEqual(["repo/chat/a.yaml", "repo/chat/in.yaml"]);
    expect(problems).toEqual([
      expect.stringContaining("outside-project repo/chat/out.yaml ") as string,
      expect.stringContaining("outside-project repo/up/other.yaml ") as string,
    ]);
  });

  it("are those out of the main file's folder, outside of a repository", async () => {
    await rm(join(cwd, "repo", ".git"), { recursive: true });
    const { problems } = await read(["repo/chat"], { env: { CI: "1" } });

    expect(problems.map((text) => text.split(" ", 2).join(" "))).toEqual([
      "outside-project repo/chat/in.yaml",
      "outside-project repo/chat/out.yaml",
    ]);
  });

  it("are followed elsewhere, and a file outside may be named in CI", async () => {
    expect((await read(["repo/chat"])).files).toContain("repo/chat/out.yaml");
    expect((await read(["repo/chat/a.yaml", "outside.yaml"], { env: { CI: "true" } })).problems).toEqual([]);
  });
});
