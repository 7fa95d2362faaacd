import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pathFromRoot, rootUri, sourceRoot, uriFromRoot } from "../../../../src/cli/output/source-root.js";

let top: string;
beforeEach(async () => {
  top = await realpath(await mkdtemp(join(tmpdir(), "chatform-root-")));
  await mkdir(join(top, "work/repo/chat"), { recursive: true });
});
afterEach(() => rm(top, { recursive: true }));

const repository = (): Promise<unknown> => mkdir(join(top, "work/repo/.git"));

describe("sourceRoot", () => {
  it("is the folder of the repository", async () => {
    await repository();
    const cwd = join(top, "work/repo/chat");
    expect(sourceRoot({ cwd, env: {} })).toBe(join(top, "work/repo"));
    expect(sourceRoot({ cwd, env: { GITHUB_WORKSPACE: join(top, "work") } })).toBe(join(top, "work/repo"));
  });

  it("is the CI system's folder without a repository", () => {
    const cwd = join(top, "work/repo/chat");
    expect(sourceRoot({ cwd, env: { GITHUB_WORKSPACE: join(top, "work") } })).toBe(join(top, "work"));
    expect(sourceRoot({ cwd, env: { CI_PROJECT_DIR: join(top, "work") } })).toBe(join(top, "work"));
  });

  it("does not search above the CI system's folder", async () => {
    await mkdir(join(top, ".git"));
    const env = { GITHUB_WORKSPACE: join(top, "work") };
    expect(sourceRoot({ cwd: join(top, "work/repo"), env })).toBe(join(top, "work"));
  });

  it("is the current folder without a repository or a CI system", () => {
    expect(sourceRoot({ cwd: join(top, "work"), env: { GITHUB_WORKSPACE: "" } })).toBe(join(top, "work"));
  });
});

describe("paths from the root", () => {
  it("begin at the root in every working directory", async () => {
    await repository();
    const where = { cwd: join(top, "work/repo/chat"), env: {} };
    expect(pathFromRoot("rooms.yaml", where)).toBe("chat/rooms.yaml");
    expect(pathFromRoot("../other/a b,ü.yaml", where)).toBe("other/a b,ü.yaml");
    expect(pathFromRoot(join(top, "work/repo/x.yaml"), where)).toBe("x.yaml");
    expect(uriFromRoot("../other/a b:#?%ü.yaml", where)).toBe("other/a%20b%3A%23%3F%25%C3%BC.yaml");
    expect(rootUri(where)).toBe(`${pathToFileURL(join(top, "work/repo")).href}/`);
  });

  it("are absolute outside the root", async () => {
    await repository();
    const where = { cwd: join(top, "work/repo"), env: {} };
    expect(pathFromRoot("../x.yaml", where)).toBe(join(top, "work/x.yaml"));
    expect(uriFromRoot("../x.yaml", where)).toBe(pathToFileURL(join(top, "work/x.yaml")).href);
    expect(pathFromRoot("..x.yaml", where)).toBe("..x.yaml");
  });

  it("hold no lone surrogates", () => {
    expect(uriFromRoot("a\ud800.yaml", { cwd: top, env: {} })).toBe("a%EF%BF%BD.yaml");
  });
});
