import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FileEdit } from "../../../../../src/cli/commands/fix/replace-files.js";
import { findTarget, replaceFiles } from "../../../../../src/cli/commands/fix/replace-files.js";

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-replace-"));
});
afterEach(() => rm(cwd, { recursive: true }));

async function edit(file: string, before: string, after: string): Promise<FileEdit> {
  return { ...(await findTarget(file, cwd)), before: Buffer.from(before), after: Buffer.from(after) };
}

describe("replaceFiles", () => {
  it("replaces files, and keeps their modes and symbolic links", async () => {
    await mkdir(join(cwd, "in"));
    await writeFile(join(cwd, "in/a.yaml"), "a");
    await writeFile(join(cwd, "b.yaml"), "b");
    await chmod(join(cwd, "in/a.yaml"), 0o640);
    await chmod(join(cwd, "b.yaml"), 0o777);
    await symlink("in/a.yaml", join(cwd, "a.yaml"));

    await replaceFiles([await edit("a.yaml", "a", "A"), await edit("b.yaml", "b", "B")]);

    expect((await lstat(join(cwd, "a.yaml"))).isSymbolicLink()).toBe(true);
    expect([
      await readFile(join(cwd, "in/a.yaml"), "utf8"),
      await readFile(join(cwd, "b.yaml"), "utf8"),
    ]).toEqual(["A", "B"]);
    expect((await stat(join(cwd, "in/a.yaml"))).mode & 0o777).toBe(0o640);
    expect((await stat(join(cwd, "b.yaml"))).mode & 0o777).toBe(0o777);
    expect([await readdir(join(cwd, "in")), await readdir(cwd)]).toEqual([
      ["a.yaml"],
      ["a.yaml", "b.yaml", "in"],
    ]);
  });

  it("replaces no file if one was changed meanwhile", async () => {
    await writeFile(join(cwd, "a.yaml"), "a");
    await writeFile(join(cwd, "b.yaml"), "changed");

    const edits = [await edit("a.yaml", "a", "A"), await edit("b.yaml", "b", "B")];
    await expect(replaceFiles(edits)).rejects.toThrow("b.yaml cannot be replaced: it was changed meanwhile.");

    expect(await readFile(join(cwd, "a.yaml"), "utf8")).toBe("a");
    expect(await readFile(join(cwd, "b.yaml"), "utf8")).toBe("changed");
    expect(await readdir(cwd)).toEqual(["a.yaml", "b.yaml"]);
  });

  it("replaces no file if one can't be written", async () => {
    await writeFile(join(cwd, "a.yaml"), "a");
    await writeFile(join(cwd, "b.yaml"), "b");
    await mkdir(join(cwd, ".b.yaml.chatform-fix.tmp"));

    const edits = [await edit("a.yaml", "a", "A"), await edit("b.yaml", "b", "B")];
    await expect(replaceFiles(edits)).rejects.toThrow("b.yaml cannot be replaced: ");

    expect(await readFile(join(cwd, "a.yaml"), "utf8")).toBe("a");
    expect(await readdir(cwd)).toEqual([".b.yaml.chatform-fix.tmp", "a.yaml", "b.yaml"]);
  });

  it("refuses what is not a regular file", async () => {
    await expect(findTarget("/dev/null", cwd)).rejects.toThrow(
      "/dev/null cannot be replaced: it is not a regular file.",
    );
  });

  it("writes through no link that stands in for its draft", async () => {
    await writeFile(join(cwd, "a.yaml"), "a");
    await writeFile(join(cwd, "victim"), "kept");
    await symlink("victim", join(cwd, ".a.yaml.chatform-fix.tmp"));

    await replaceFiles([await edit("a.yaml", "a", "A")]);

    expect(await readFile(join(cwd, "victim"), "utf8")).toBe("kept");
    expect(await readFile(join(cwd, "a.yaml"), "utf8")).toBe("A");
  });
});
