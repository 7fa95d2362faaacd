import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { InstalledSource } from "../../../../../../src/cli/commands/init/package/installed-source.js";
import { findInstalledSource } from "../../../../../../src/cli/commands/init/package/installed-source.js";
import type { Context } from "../../../../../../src/cli/context.js";

let base: string;
beforeEach(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), "chatform-source-")));
});
afterEach(() => rm(base, { recursive: true }));

function find(folder: string, cwd = base): Promise<InstalledSource> {
  const env = { PATH: process.env["PATH"] ?? "", HOME: base };
  const context = { cwd, env, stop: new AbortController().signal };
  return findInstalledSource(context as unknown as Context, join(base, folder));
}

describe("a package that npm installed", () => {
  const commit = "0123456789abcdef0123456789abcdef01234567";
  const folder = "node_modules/chatform";

  async function installed(entry: object): Promise<InstalledSource> {
    const lock = join(base, "node_modules/.package-lock.json");
    await mkdir(dirname(lock), { recursive: true });
    await writeFile(lock, JSON.stringify({ packages: { [folder]: { version: "0.1.0", ...entry } } }));
    return find(folder);
  }

  it.each([
    [{ resolved: `git+ssh://git@h.example/o/c.git#${commit}` }, `git+ssh://git@h.example/o/c.git#${commit}`],
    [{ resolved: "https://h.example/files/c.tgz" }, "https://h.example/files/c.tgz"],
  ])("comes from %j", async (entry, spec) => {
    expect(await installed(entry)).toEqual({ spec, notes: [] });
  });

  it.each([
    [{ resolved: "https://npm.example/r/chatform/-/chatform-0.1.0.tgz" }, "0.1.0"],
    [
      { name: "@acme/chatform", resolved: "https://npm.example/@acme/chatform/-/chatform-0.1.0.tgz" },
      "npm:@acme/chatform@0.1.0",
    ],
  ])("comes from a registry, which .npmrc has to name: %j", async (entry, spec) => {
    await writeFile(join(base, ".npmrc"), "registry=https://npm.example/r/\n");
    expect(await installed(entry)).toEqual({
      ...{ spec, notes: [expect.stringMatching(/npm\.example\b.*\.npmrc/)] },
    });
  });

  it("comes from a tarball, which CI has only in the repository", async () => {
    await writeFile(join(base, "c.tgz"), "");
    expect(await installed({ resolved: "file:c.tgz" })).toEqual({ spec: "file:c.tgz", notes: [] });
    expect(await installed({ resolved: "file:../c.tgz" })).toEqual({
      unknown: expect.stringContaining("--package ./c.tgz") as string,
    });
  });

  it.each([
    [{ resolved: "git+file:///srv/chatform.git#abc" }, "on this machine"],
    [{}, "has not recorded"],
    [{ resolved: "https://npm.example/r/chatform/-/chatform-0.1.0.tgz" }, "public npm registry"],
  ])("has no source for CI: %j", async (entry, reason) => {
    expect(await installed(entry)).toEqual({ unknown: expect.stringContaining(reason) as string });
  });

  it("has no known source if it is installed globally", async () => {
    await mkdir(join(base, folder), { recursive: true });
    expect(await find(folder)).toEqual({ unknown: expect.stringContaining("global") as string });
  });
});

describe("a checkout", () => {
  const git = (...words: readonly string[]): string =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...words], {
      ...{ cwd: join(base, "checkout"), encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
    }).trim();

  async function checkout(origin: string): Promise<string> {
    await mkdir(join(base, "checkout"));
    git("init", "--quiet");
    git("remote", "add", "origin", origin);
    git("commit", "--quiet", "--allow-empty", "--message", "First");
    return git("rev-parse", "HEAD");
  }

  it.each([
    ["https://jane:secret@h.example/o/c.git", "git+https://h.example/o/c.git"],
    ["https://h.example/o/c", "git+https://h.example/o/c"],
    ["git@h.example:o/c.git", "git+ssh://git@h.example/o/c.git"],
  ])("of %s is its origin and commit", async (origin, url) => {
    const commit = await checkout(origin);
    git("update-ref", "refs/remotes/origin/main", commit);
    const source = await find("checkout");
    expect(source).toMatchObject({ spec: `${url}#${commit}` });
    expect(JSON.stringify(source)).not.toContain("secret");
  });

  it("says what its commit lacks, and that it is not pushed", async () => {
    await checkout("https://h.example/o/c.git");
    await writeFile(join(base, "checkout/new.txt"), "");
    expect(await find("checkout")).toMatchObject({
      notes: [
        expect.stringMatching(/has changes that commit \w{7} lacks/),
        expect.stringMatching(/is on no branch of its origin/),
      ],
    });
  });

  it("has no source for CI with an origin on this machine, or without one", async () => {
    await checkout("/srv/chatform.git");
    expect(await find("checkout")).toEqual({ unknown: expect.stringContaining("on this machine") as string });
    git("remote", "remove", "origin");
    expect(await find("checkout")).toEqual({ unknown: expect.stringContaining("origin") as string });
    expect(await find("elsewhere")).toEqual({ unknown: expect.stringContaining("neither") as string });
  });
});
