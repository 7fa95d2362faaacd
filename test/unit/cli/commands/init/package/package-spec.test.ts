import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  isBuiltByNpm,
  toPackageSource,
} from "../../../../../../src/cli/commands/init/package/package-spec.js";
import { UsageError } from "../../../../../../src/cli/parse/usage-error.js";

let base: string;
let cwd: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "chatform-spec-"));
  cwd = join(base, "repository");
  await mkdir(join(cwd, "vendor"), { recursive: true });
  await writeFile(join(cwd, "vendor/chatform.tgz"), "");
  await writeFile(join(base, "chatform.tgz"), "");
});
afterAll(() => rm(base, { recursive: true }));

const commit = "0123456789abcdef0123456789abcdef01234567";
const spec = async (text: string): Promise<string> => (await toPackageSource(text, cwd)).spec;

describe("toPackageSource", () => {
  it.each([
    [`git+https://h.example/o/chatform.git#${commit}`, `git+https://h.example/o/chatform.git#${commit}`],
    [`https://h.example/o/chatform.git#${commit}`, `git+https://h.example/o/chatform.git#${commit}`],
    [`git@h.example:o/chatform.git#${commit}`, `git+ssh://git@h.example/o/chatform.git#${commit}`],
    [`ssh://git@h.example/o/chatform.git#${commit}`, `git+ssh://git@h.example/o/chatform.git#${commit}`],
    [`github:o/chatform#${commit}`, `github:o/chatform#${commit}`],
    [`git+file:///srv/chatform.git#${commit}`, `git+file:///srv/chatform.git#${commit}`],
    ["https://h.example/chatform-0.1.0.tgz", "https://h.example/chatform-0.1.0.tgz"],
    ["./vendor/chatform.tgz", "file:vendor/chatform.tgz"],
    ["file:vendor/chatform.tgz", "file:vendor/chatform.tgz"],
    ["npm:@acme/chatform@0.1.0", "npm:@acme/chatform@0.1.0"],
  ])("writes %s as npm does", async (text, expected) => {
    expect(await spec(text)).toBe(expected);
    expect(isBuiltByNpm(expected)).toBe(expected.startsWith("git"));
  });

  it("accepts a tarball by its absolute path within the repository", async () => {
    expect(await spec(join(cwd, "vendor/chatform.tgz"))).toBe("file:vendor/chatform.tgz");
  });

  it.each([
    ["chatform", "form of the source"],
    ["latest", "form of the source"],
    ["^0.1.0", "form of the source"],
    ["../chatform", "form of the source"],
    ["npm:chatform@0.1.0", "form of the source"],
    ["0.1.0", "public npm registry"],
    ["chatform@0.1.0", "public npm registry"],
    ["a b", "spaces"],
    ["git+https://h.example/o/chatform.git", "names no commit"],
    ["git+https://h.example/o/chatform.git#", "names no commit"],
    [
      "https://me@h.example/o/chatform.git#main",
      "git ls-remote https://h.example/o/chatform.git main 'main^{}' has",
    ],
    [
      "git@h.example:o/chatform.git#v0.1.0",
      "git ls-remote ssh://git@h.example/o/chatform.git v0.1.0 'v0.1.0^{}' has",
    ],
    ["github:o/chatform#v0.1.0", "git ls-remote URL v0.1.0 'v0.1.0^{}' has"],
    ["git+https://h.example/o/chatform.git#semver:^0.1.0", "not the full hash of a commit"],
    [`git+https://h.example/o/chatform.git#${commit.slice(0, 12)}`, "not the full hash of a commit"],
    ["git://h.example/o/chatform.git#abc", "not encrypted"],
    ["git+http://h.example/o/chatform.git#abc", "not encrypted"],
    ["http://h.example/chatform.tgz", "no https URL"],
    ["https://h.example/chatform", "no URL of a tarball"],
    ["../chatform.tgz", "--package ./chatform.tgz"],
    ["./vendor/missing.tgz", "there is no file"],
  ])("refuses %s", async (text, reason) => {
    const error: unknown = await toPackageSource(text, cwd).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as Error).message).toContain(reason);
  });

  it.each([
    [`git+https://jane:secret@h.example/o/c.git#${commit}`, `git+https://h.example/o/c.git#${commit}`],
    [`git+https://secret@h.example/o/c.git#${commit}`, `git+https://h.example/o/c.git#${commit}`],
    [`git+ssh://git:secret@h.example/o/c.git#${commit}`, `git+ssh://git@h.example/o/c.git#${commit}`],
    ["https://h.example/c.tgz?private_token=secret", "https://h.example/c.tgz"],
    ["https://h.example/c.tgz?X-Amz-Signature=secret&a=1", "https://h.example/c.tgz"],
  ])("leaves the credentials of %s out, with a note", async (text, expected) => {
    const { spec: written, notes } = await toPackageSource(text, cwd);
    expect([written, notes]).toEqual([expected, [expect.stringContaining("credentials")]]);
  });

  it.each([
    ["registry=https://npm.example/r/\n", true],
    ["@acme:registry=https://npm.example/\n", false],
    ["registry = https://npm.example/\nregistry = https://packages.yarnpkg.com/\n", false],
    ["registry=https://npmjs.com/\n", false],
    ["registry=https://my-npmjs.com/\n", true],
    ["registry=${REGISTRY}\n", false],
  ])("takes a version without a scope only from a registry that .npmrc names: %j", async (npmrc, isTaken) => {
    const root = await mkdtemp(join(base, "npmrc-"));
    await writeFile(join(root, ".npmrc"), npmrc);
    const source = toPackageSource("chatform@0.1.0-rc.1", root).catch(() => undefined);
    expect(await source).toEqual(isTaken ? { spec: "0.1.0-rc.1", notes: [] } : undefined);
  });

  it("keeps a query without credentials", async () => {
    const source = await toPackageSource("https://h.example/c.tgz?v=1", cwd);
    expect(source).toEqual({ spec: "https://h.example/c.tgz?v=1", notes: [] });
  });
});
