/** `chatform init`: what it writes, what it keeps, and that none of it changes an org by surprise. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Emulator } from "../../src/emulator/index.js";
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

/** Runs a command with a local state, wherever the written files keep it. */
function runLocally(command: string, { env }: Emulator): Promise<RunResult> {
  const approved = command === "apply" ? ["--auto-approve"] : [];
  return runCli([command, ...approved, "--state", "chatform.state.json"], { cwd, env: { ...env } });
}

/** Returns a file with its commented examples as its content; of several ways to write a state, the last. */
function uncommented(text: string): string {
  const [head = "", body = ""] = text.split(/^(?=version: 1$)/m);
  return (
    head +
    body
      .replaceAll(/^( *)# (?=[a-z-]+:(?: \{|$| #)| {2})/gm, "$1")
      .replace(/^state:.*\n(?=[^]*^state:)/gm, "")
  );
}

describe.each([[], ["--ci", "github"], ["--ci", "gitlab"]])("init %s %s", (...args) => {
  it("writes valid files that show how rooms are declared, in the emulated org", async () => {
    const emulator = await startEmulator();
    try {
      expect(await chatform("init", ...args)).toMatchObject({ code: 0, stderr: "" });
      expect(await chatform("validate")).toMatchObject({ code: 0, stderr: "" });
      expect((await runLocally("plan", emulator)).stdout).toContain("Plan: 2 to create.");
      expect(await runLocally("apply", emulator)).toMatchObject({ code: 0, stderr: "" });
      expect((await runLocally("plan", emulator)).stdout).toContain("No changes.");
    } finally {
      await emulator.close();
    }
  });

  it("writes files that change nothing in an org of other people", async () => {
    const emulator = await startEmulator({ seed: { users: [{ email: "jane.doe@example.org" }] } });
    try {
      await chatform("init", ...args);
      const { code, stderr } = await runLocally("apply", emulator);
      expect({ code, stderr }).toMatchObject({ code: 1 });
      expect(stderr).toContain("unknown-user");
      expect(stderr).toContain("rooms.csv");
      expect(emulator.dump().rooms).toEqual([]);
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
    for (const path of ["chatform.yaml", "rooms.yaml"]) await write(path, uncommented(await read(path)));
    expect(await chatform("validate", "--env", "test")).toMatchObject({ code: 0, stderr: "" });
    const shown = await chatform("show", "--config", "--env", "test");
    expect(parse(shown.stdout)).toMatchObject({
      settings: { messageRetentionPeriodDays: 3650 },
      rooms: {
        lobby: { owners: ["jane.doe@test.example.com"], description: "This room is managed in git." },
        "incident-bridge": { description: "Where incidents are run.", messages: { rules: { pinned: true } } },
      },
    });
    const examples = parse(await read("chatform.yaml")) as object;
    expect(Object.keys(examples)).toEqual([
      ...["version", "include", "variables", "defaults", "settings", "environments", "state"],
    ]);
  });

  it("writes files of which parts can be deleted", async () => {
    await chatform("init", ...args);
    const whole = await read("chatform.yaml");
    for (const part of ["include", "defaults"]) {
      await write("chatform.yaml", whole.replace(new RegExp(`^${part}:.*\n(?:  .*\n)*`, "m"), ""));
      expect(await read("chatform.yaml")).not.toBe(whole);
      expect(await chatform("validate")).toMatchObject({ code: 0 });
    }
  });

  it("keeps an existing file and reports it, and replaces it with --force", async () => {
    await chatform("init", ...args);
    const written = await read("chatform.yaml");
    await write("chatform.yaml", "version: 1 # mine\n");
    const again = await chatform("init", ...args);
    expect(again.code).toBe(0);
    expect(again.stdout).toMatch(/^Kept chatform\.yaml:/);
    expect(again.stdout).not.toMatch(/^(?:Wrote|Added|Replaced)/m);
    // Nothing names them.
    await rm(join(cwd, "rooms.yaml"));
    await rm(join(cwd, "rooms.csv"));
    expect((await chatform("init", ...args)).stdout).not.toContain("rooms.");
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
    await chatform("init", "--ci", "github", "--package", "npm:@acme/chatform@0.1.0");
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
      "?? package.json",
      "?? rooms.csv",
      "?? rooms.yaml",
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
  const commit = "5cb1a86d2c0c0cf1d4a5c2a0f8a3ac7b8f6b7f10";
  const url = `git+https://git.example.com/acme/chatform.git#${commit}`;
  const paths = { github: ".github/workflows/chatform.yml", gitlab: ".gitlab-ci.yml" };

  it.each(["github", "gitlab"] as const)(
    "of %s installs exactly what package-lock.json locks",
    async (ci) => {
      const { code, stdout } = await chatform("init", "--ci", ci, "--package", url);
      expect(code, stdout).toBe(0);
      expect(JSON.parse(await read("package.json"))).toEqual({
        private: true,
        dependencies: { chatform: url },
      });
      expect(stdout).toContain(`Wrote package.json: chatform comes from ${url}.`);
      expect(stdout.replaceAll(/\s+/g, " ")).toContain(
        "Lock chatform with npm install, and commit package.json, package-lock.json with the other files.",
      );
      expect(await read(".gitignore")).toMatch(/^node_modules\/$/m);
      const workflow = await read(paths[ci]);
      // npm builds what it gets from git: that needs the scripts of the package.
      expect(workflow).toMatch(/npm ci(?! --ignore-scripts)/);
      expect(workflow).not.toMatch(/__[A-Z]+__|npm install|npx|chatform@/);
    },
  );

  it.each([
    ["github", "pnpm-lock.yaml", 'cd .chatform && npm ci --ignore-scripts && echo "$PWD/node_modules/.bin"'],
    ["gitlab", "yarn.lock", "cd .chatform && npm ci --ignore-scripts\n"],
  ] as const)("of %s gives chatform a folder of its own beside %s", async (ci, lock, install) => {
    await write(lock, "");
    await write("package.json", "{}\n");
    await write("vendor/chatform-0.1.0.tgz", "");
    await write(".gitignore", "/node_modules\n");
    const { stdout } = await chatform("init", "--ci", ci, "--package", "./vendor/chatform-0.1.0.tgz");
    expect(stdout).toContain("Wrote .chatform/package.json: chatform comes from file:vendor/");
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      "Lock chatform with npm install --prefix .chatform, and commit .chatform/package.json, .chatform/package-lock.json, vendor/chatform-0.1.0.tgz with",
    );
    const written = await read(".chatform/package.json");
    expect(JSON.parse(written)).toMatchObject({
      dependencies: { chatform: "file:../vendor/chatform-0.1.0.tgz" },
    });
    expect([await read("package.json"), await read(".gitignore")]).toEqual([
      "{}\n",
      expect.stringMatching(/^node_modules\/$/m),
    ]);
    expect(await read(paths[ci])).toContain(install);
    if (ci === "gitlab") {
      expect(await read(paths[ci])).toContain("paths: [.chatform/node_modules]");
      expect(await read(paths[ci])).toContain('PATH="$PWD/.chatform/node_modules/.bin:$PATH"');
    }
    // The source in it stays.
    await chatform("init", "--ci", ci);
    expect(await read(".chatform/package.json")).toBe(written);
    await write("package-lock.json", "{}");
    expect((await chatform("init", "--ci", ci, "--package", url)).stdout).toContain("Changed package.json:");
  });

  it.each([
    ["github", "", "declared in chatform.yaml, and its secrets. Then remove .github/workflows/chatform.yml"],
    [
      "github",
      "state: { backend: pg }",
      "For the state (pg): set what the backend needs of the secrets PG_CONN_STR,",
    ],
    ["github", "state: { backend: local }", "The state stays on the runner's disk"],
    ["gitlab", "", "let GitLab keep the state: state: { backend: http } in chatform.yaml"],
    ["gitlab", "state: { backend: http }", "GitLab keeps the state: to plan on this machine"],
    ["gitlab", "state: { backend: s3, bucket: b, key: k }", "the variables AWS_ACCESS_KEY_ID,"],
  ])("says what %s needs for the state of a config: %s", async (ci, state, step) => {
    await write("chatform.yaml", `version: 1\nsettings: { reactionsEnabled: true }\n${state}\n`);
    const { stdout } = await chatform("init", "--ci", ci, "--package", "npm:@acme/chatform@0.1.0");
    const steps = stdout.replaceAll(/\s+/g, " ");
    expect(steps).toContain(step);
    expect(steps.includes("GitLab keeps the state")).toBe(step.startsWith("GitLab keeps"));
  });

  it("names the danger of a dependency on the unclaimed name, and takes no such version", async () => {
    await write("package.json", '{ "dependencies": { "chatform": "^0.1.0" } }\n');
    const { stdout } = await chatform("init", "--ci", "github");
    expect(stdout.replaceAll(/\s+/g, " ")).toContain("The public npm registry does not have chatform");
    expect(await chatform("init", "--ci", "github", "--package", "0.1.0")).toMatchObject({
      code: 1,
      stdout: "",
    });
  });

  it("writes the workflow again once the source is known, unless somebody changed it", async () => {
    const args = ["init", "--ci", "gitlab", "--package", "npm:@acme/chatform@0.1.0"];
    await chatform("init", "--ci", "gitlab");
    expect(await read(paths.gitlab)).toContain("- npm ci\n");
    expect((await chatform(...args)).stdout).toContain("Replaced .gitlab-ci.yml.");
    expect(await read(paths.gitlab)).toContain("- npm ci --ignore-scripts\n");
    await write(paths.gitlab, "# mine\n");
    expect((await chatform(...args)).stdout).toContain("Kept .gitlab-ci.yml");
  });

  it("runs no scripts of packages where nothing has to be built", async () => {
    await write("vendor/chatform-0.1.0.tgz", "");
    const { stdout } = await chatform("init", "--ci", "gitlab", "--package", "./vendor/chatform-0.1.0.tgz");
    expect(stdout.replaceAll(/\s+/g, " ")).toContain("package-lock.json, vendor/chatform-0.1.0.tgz with");
    expect(await read(paths.gitlab)).toContain("npm ci --ignore-scripts");
  });

  it("keeps the rest of a package.json, and the source that it names, unless told another", async () => {
    const before = `{\r\n\t"name": "chat",\r\n\t"files": ["a"],\r\n\t"devDependencies": { "chatform": "${url}" }\r\n}\r\n`;
    await write("package.json", before);
    await chatform("init", "--ci", "github");
    expect(await read("package.json")).toBe(before);
    expect(await read(paths.github)).toMatch(/npm ci(?! --ignore-scripts)/);
    const { stdout } = await chatform("init", "--ci", "github", "--package", "npm:@acme/chatform@0.1.0");
    expect(stdout).toContain("Changed package.json");
    expect(await read("package.json")).toBe(before.replace(url, "npm:@acme/chatform@0.1.0"));
    await write("package.json", "[]");
    expect(await chatform("init", "--ci", "github")).toMatchObject({
      ...{ code: 1, stderr: expect.stringContaining("package.json is not a JSON object") as string },
    });
  });

  it("asks to pin a source of package.json that may move", async () => {
    await write("package.json", `{ "dependencies": { "chatform": "${url.replace(commit, "main")}" } }\n`);
    const { stdout } = await chatform("init", "--ci", "github");
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      "Pin chatform to a commit in package.json. main is not the full hash of a commit: a branch or tag may move. The last line of git ls-remote https://git.example.com/acme/chatform.git main 'main^{}' has its commit.",
    );
  });

  it("adds the driver of the state's backend", async () => {
    await write("chatform.yaml", "version: 1\nstate: { backend: pg }\n");
    await chatform("init", "--ci", "github", "--package", url);
    expect(JSON.parse(await read("package.json"))).toMatchObject({
      dependencies: { chatform: url, pg: expect.stringMatching(/^\^8\./) as string },
    });
  });

  it("writes no credentials of a URL, and says so", async () => {
    const secret = url.replace("https://", "https://jane:hunter22@");
    const { stdout } = await chatform("init", "--ci", "github", "--package", secret);
    expect(stdout).toContain("credentials were left out");
    expect(stdout + (await read("package.json"))).not.toMatch(/hunter22|jane/);
  });

  it("refuses --package without a workflow, and writes nothing for a source that CI cannot install", async () => {
    expect((await chatform("init", "--package", url)).stderr).toContain("--package needs --ci");
    const { code, stdout, stderr } = await chatform("init", "--ci", "github", "--package", "chatform");
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("git+https://HOST/OWNER/chatform.git#COMMIT");
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
