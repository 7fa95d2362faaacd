/** `chatform init`: what it writes, what it keeps, and that none of it changes anything by surprise. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { VERSION } from "../../src/core/version.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { RunResult } from "../helpers/run.js";
import { runCli } from "../helpers/run.js";

const execute = promisify(execFile);

let cwd = "";
beforeEach(async () => {
  cwd = await realpath(await mkdtemp(join(tmpdir(), "chatform-init-")));
});
afterEach(async () => {
  await rm(cwd, { recursive: true });
});

const chatform = (...args: readonly string[]): Promise<RunResult> => runCli(args, { cwd });
const read = (path: string): Promise<string> => readFile(join(cwd, path), "utf8");

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(cwd, path)), { recursive: true });
  await writeFile(join(cwd, path), text);
}

describe.each([[], ["--ci", "github"], ["--ci", "gitlab"]])("init %s %s", (...args) => {
  it("writes a valid file whose plan and apply change nothing", async () => {
    const emulator = await startEmulator();
    try {
      expect(await chatform("init", ...args)).toMatchObject({ code: 0, stderr: "" });
      expect(await chatform("validate")).toMatchObject({ code: 0, stderr: "" });
      // The file names a remote state; the plan does not depend on it.
      const text = (await read("chatform.yaml")).replace(/^state:.*$/m, "");
      await write("chatform.yaml", text);
      const options = { cwd, env: { ...emulator.env } };
      expect(await runCli(["plan", "--detailed-exitcode"], options)).toMatchObject({ code: 0, stderr: "" });
      expect(await runCli(["apply", "--auto-approve"], options)).toMatchObject({ code: 0, stderr: "" });
      // The org is read, which needs a token with client credentials.
      const others = emulator.requests.filter(
        ({ method, operation }) => method !== "GET" && operation !== "token",
      );
      expect(others).toEqual([]);
    } finally {
      await emulator.close();
    }
  });

  it("asks to edit the file only when it has written the file", async () => {
    const steps = (text: string): number => text.match(/^ {2}\d+\. /gm)?.length ?? 0;
    const first = await chatform("init", ...args);
    const again = await chatform("init", ...args);
    expect(steps(first.stdout)).toBeGreaterThan(2);
    expect(steps(again.stdout)).toBe(steps(first.stdout) - 1);
  });

  it("shows only valid examples in its comments", async () => {
    await chatform("init", ...args);
    const lines = (await read("chatform.yaml")).split("\n");
    const begin = lines.indexOf("version: 1");
    // Of several ways to say the same thing, the last.
    const examples = lines
      .slice(begin)
      .map((line) => line.replace(/^# (?=[a-z]+:| {2})/, ""))
      .filter(
        (line, at, all) =>
          !line.startsWith("state:") || !all.slice(at + 1).some((one) => one.startsWith("state:")),
      );
    await write("chatform.yaml", examples.join("\n"));
    expect(await chatform("validate")).toMatchObject({ code: 0, stderr: "" });
    expect(Object.keys(parse(examples.join("\n")) as object)).toEqual(
      expect.arrayContaining(["settings", "users", "rooms", "safety", "state"]),
    );
  });

  it("keeps an existing file and reports it, and replaces it with --force", async () => {
    await chatform("init", ...args);
    const written = await read("chatform.yaml");
    await write("chatform.yaml", "version: 1 # mine\n");
    const again = await chatform("init", ...args);
    expect(again.code).toBe(0);
    expect(again.stdout).toMatch(/^Kept chatform\.yaml:/);
    expect(again.stdout).not.toMatch(/^(?:Wrote|Added|Replaced)/m);
    expect(await read("chatform.yaml")).toBe("version: 1 # mine\n");
    expect((await chatform("init", "--force", ...args)).stdout).toMatch(/^Replaced chatform\.yaml\./);
    expect(await read("chatform.yaml")).toBe(written);
  });
});

describe("the editor's schema line", () => {
  const schemaLine = async (): Promise<string> => (await read("chatform.yaml")).split("\n")[0] ?? "";
  const schema = "node_modules/chatform/schemas/desired-state.schema.json";

  it("names a schema that is written beside the file", async () => {
    await chatform("init");
    expect(await schemaLine()).toBe("# yaml-language-server: $schema=./chatform.schema.json");
    expect(await read("chatform.schema.json")).toBe((await chatform("schema")).stdout);
  });

  it("names the schema of the project's package", async () => {
    await write(schema, "{}");
    const { stdout } = await chatform("init", "--ci", "github");
    expect(stdout).not.toContain("chatform.schema.json");
    expect(await schemaLine()).toBe(`# yaml-language-server: $schema=./${schema}`);
    expect(await read(".github/workflows/chatform.yml")).toContain("run: npm ci && ");
  });

  it("finds the package in a parent folder, but never outside the repository", async () => {
    await write(`repository/${schema}`, "{}");
    await mkdir(join(cwd, "repository/.git"));
    await mkdir(join(cwd, "repository/a/b"), { recursive: true });
    await mkdir(join(cwd, "repository/c/.git"), { recursive: true });
    for (const [folder, line] of [
      ["repository/a/b", `../../${schema}`],
      ["repository/c", "./chatform.schema.json"],
    ] as const) {
      await runCli(["init"], { cwd: join(cwd, folder) });
      const [first] = (await read(`${folder}/chatform.yaml`)).split("\n");
      expect(first).toBe(`# yaml-language-server: $schema=${line}`);
    }
  });
});

describe(".gitignore", () => {
  const lines = async (): Promise<readonly string[]> => (await read(".gitignore")).split("\n");

  it("makes git ignore all files that the state and plans create", async () => {
    await execute("git", ["init", "--quiet"], { cwd });
    await chatform("init", "--ci", "github");
    const id = "3f0c8e5a-7c7e-4e0e-9a53-1c2a3b4c5d6e";
    const state = "chatform.state.json";
    const secret = [
      state,
      ...[".journal", ".lock", ".backup", ".tmp", ".backup.tmp", `.lock.${id}`, `.lock.${id}.new`].map(
        (end) => state + end,
      ),
      "errored.chatform.state.json",
      "prod.state.json",
      "plan.json",
      "repair.plan.json",
    ];
    const { stdout } = await execute("git", ["check-ignore", ...secret], { cwd });
    expect(stdout.trimEnd().split("\n")).toEqual(secret);
    const { stdout: status } = await execute("git", ["status", "--porcelain", "--untracked-files=all"], {
      cwd,
    });
    expect(status.trimEnd().split("\n").sort()).toEqual([
      "?? .github/workflows/chatform.yml",
      "?? .gitignore",
      "?? chatform.schema.json",
      "?? chatform.yaml",
    ]);
  });

  it.each(["node_modules/\n", "node_modules/", "node_modules/\r\n*.state.json\r\n"])(
    "gets only missing lines appended: %j",
    async (before) => {
      await write(".gitignore", before);
      expect((await chatform("init", "--force")).stdout).toMatch(/^Added \d lines to \.gitignore\.$/m);
      const after = await read(".gitignore");
      expect(after.startsWith(before)).toBe(true);
      expect(after.match(/^\*\.state\.json\r?$/gm)).toHaveLength(1);
      expect(await lines()).toContain("*.plan.json");
      await chatform("init", "--force");
      expect(await read(".gitignore")).toBe(after);
    },
  );
});

describe("--ci", () => {
  it("installs this version when the project does not install chatform", async () => {
    await chatform("init", "--ci", "gitlab");
    expect(await read(".gitlab-ci.yml")).toContain(`npm install --global chatform@${VERSION}`);
    expect(await read(".gitlab-ci.yml")).not.toMatch(/__[A-Z]+__/);
  });

  it("requires the root of the repository, where workflows are read", async () => {
    await mkdir(join(cwd, ".git"));
    await mkdir(join(cwd, "chat"));
    const { code, stdout, stderr } = await runCli(["init", "--ci", "github"], { cwd: join(cwd, "chat") });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(cwd);
    expect((await runCli(["init"], { cwd: join(cwd, "chat") })).code).toBe(0);
  });

  it("accepts github and gitlab", async () => {
    const { code, stderr } = await chatform("init", "--ci", "jenkins");
    expect(code).toBe(1);
    expect(stderr).toContain("github, gitlab");
  });
});
