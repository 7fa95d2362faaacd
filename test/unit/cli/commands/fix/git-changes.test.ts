import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { GitStatus } from "../../../../../src/cli/commands/fix/git-changes.js";
import { readGitStatus } from "../../../../../src/cli/commands/fix/git-changes.js";
import { findTarget } from "../../../../../src/cli/commands/fix/replace-files.js";
import type { Context } from "../../../../../src/cli/context.js";

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-git-"));
});
afterEach(() => rm(cwd, { recursive: true }));

const git = (...args: readonly string[]): void => {
  const names = ["-c", "user.name=a", "-c", "user.email=a@x.com", "-c", "init.defaultBranch=main"];
  execFileSync("git", [...names, ...args], {
    cwd,
    env: { PATH: process.env["PATH"], HOME: cwd },
    stdio: "pipe",
  });
};
const commit = (): void => {
  git("add", "-A");
  git("commit", "-qm", "a");
};

async function check(
  file: string,
  env: Context["env"] = { PATH: process.env["PATH"], HOME: cwd },
): Promise<GitStatus> {
  const context = { env, stop: new AbortController().signal } as Context;
  return readGitStatus([await findTarget(file, cwd)], context);
}

const details = ({ problems }: GitStatus): readonly string[] =>
  problems.map(({ code, detail }) => `${code}: ${detail ?? ""}`);
const clean = { problems: [], notices: [] };

describe("readGitStatus", () => {
  it("finds no changes in committed files, whatever their names", async () => {
    git("init", "-q");
    await mkdir(join(cwd, "in"));
    const names = ["a.yaml", "in/b [1].yaml", "in/*.yaml", "in/:(top)é.yaml"];
    for (const name of names) await writeFile(join(cwd, name), "a");
    commit();
    await writeFile(join(cwd, "in/other.yaml"), "a");
    for (const name of names) expect([name, await check(name)]).toEqual([name, clean]);
  });

  it("finds modified, staged and untracked files", async () => {
    git("init", "-q");
    await writeFile(join(cwd, "a.yaml"), "a");
    commit();
    await writeFile(join(cwd, "a.yaml"), "b");
    expect(details(await check("a.yaml"))).toEqual([
      "uncommitted-changes: git shows a.yaml as modified. No file was written.",
    ]);
    git("add", "a.yaml");
    expect(details(await check("a.yaml"))).toEqual([
      "uncommitted-changes: git shows a.yaml as staged. No file was written.",
    ]);
    await mkdir(join(cwd, "new"));
    await writeFile(join(cwd, "new/b.yaml"), "b");
    expect(details(await check("new/b.yaml"))).toEqual([
      "uncommitted-changes: git shows new/b.yaml as untracked. No file was written.",
    ]);
  });

  it("finds a file in conflict", async () => {
    git("init", "-q");
    await writeFile(join(cwd, "a.yaml"), "a");
    commit();
    git("checkout", "-qb", "side");
    await writeFile(join(cwd, "a.yaml"), "side");
    commit();
    git("checkout", "-q", "main");
    await writeFile(join(cwd, "a.yaml"), "main");
    commit();
    expect(() => {
      git("merge", "-q", "side");
    }).toThrow();
    expect(details(await check("a.yaml"))).toEqual([
      "uncommitted-changes: git shows a.yaml as in conflict. No file was written.",
    ]);
  });

  it("looks at a symbolic link and at the file behind it", async () => {
    git("init", "-q");
    await writeFile(join(cwd, "a.yaml"), "a");
    commit();
    await symlink("a.yaml", join(cwd, "link.yaml"));
    expect(details(await check("link.yaml"))).toHaveLength(1);
    commit();
    expect(await check("link.yaml")).toEqual(clean);
    await writeFile(join(cwd, "a.yaml"), "b");
    expect(details(await check("link.yaml"))).toHaveLength(1);
  });

  it("tells of files that git does not keep", async () => {
    await writeFile(join(cwd, "a.yaml"), "a");
    const undo = "so changes cannot be undone with git.";
    expect(await check("a.yaml")).toEqual({
      problems: [],
      notices: [`a.yaml: not in a git repository, ${undo}`],
    });
    git("init", "-q");
    await writeFile(join(cwd, ".gitignore"), "a.yaml\n");
    expect(await check("a.yaml")).toEqual({ problems: [], notices: [`a.yaml: ignored by git, ${undo}`] });
    expect(await check("a.yaml", { PATH: "/nonexistent" })).toEqual({
      problems: [],
      notices: [`a.yaml: git is not installed, ${undo}`],
    });
  });

  it("refuses where git fails", async () => {
    await mkdir(join(cwd, ".git"));
    await writeFile(join(cwd, "a.yaml"), "a");
    expect(details(await check("a.yaml"))).toEqual([
      expect.stringMatching(
        /^git-failed: git does not show whether a\.yaml has changes: fatal: not a git repository/,
      ),
    ]);
  });

  it("runs no program that the repository names, and ignores another repository in the environment", async () => {
    git("init", "-q");
    await writeFile(join(cwd, "a.yaml"), "a");
    commit();
    git("config", "core.fsmonitor", `touch ${join(cwd, "ran")}; false`);
    const env = {
      PATH: process.env["PATH"],
      HOME: cwd,
      GIT_DIR: "/nonexistent",
      GIT_INDEX_FILE: "/nonexistent",
    };
    expect(await check("a.yaml", env)).toEqual(clean);
    expect(await readdir(cwd)).not.toContain("ran");
  });
});
