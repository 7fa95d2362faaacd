/** Removes departed users from config files, with the built program, git and the emulator. */
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { BinResult } from "../helpers/bin.js";
import { runBin } from "../helpers/bin.js";
import { writesIn } from "../helpers/writes.js";

const offId = "00000000-0000-4000-8000-0000000000ff";
const seed = {
  users: [
    { email: "jane@example.com" },
    { email: "gone@example.com", state: "deleted" as const },
    { email: "off@example.com", state: "inactive" as const, id: offId },
  ],
  groups: [{ name: "Support", members: ["jane@example.com"] }],
};

const config = `# The config of the chat
version: 1
users:
  jane@example.com: { messages: { hi: { body: Hi } } }

  # Deputy of gone@example.com's successor
  gone@example.com:
    messages: { hi: { body: Hi } } # until May
userSettings:
  all:
    members: [{ group: Support, except: [off@example.com] }, "\${var:lead}"]
    settings: { mobile: { notifications: { when: Always } } }
rooms:
  lobby:
    subject: Lobby # the first
    owners: &owners [ jane@example.com, ${offId} ]
    participants:
      # Night shift
      - *owners
      - "Gone@example.com"   # lead
      - group: Support
`;
const fixed = `# The config of the chat
version: 1
users:
  jane@example.com: { messages: { hi: { body: Hi } } }

userSettings:
  all:
    members: [{ group: Support, except: [] }, "\${var:lead}"]
    settings: { mobile: { notifications: { when: Always } } }
rooms:
  lobby:
    subject: Lobby # the first
    owners: &owners [ jane@example.com ]
    participants:
      # Night shift
      - *owners
      - group: Support
`;

let emulator: Emulator;
let cwd = "";
beforeAll(async () => {
  emulator = await startEmulator({ actingUser: "jane@example.com", seed });
});
afterAll(() => emulator.close());
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-fix-"));
  await writeFile(join(cwd, "chatform.yaml"), config);
});
afterEach(async () => {
  expect(writesIn(emulator.requests)).toEqual([]);
  await rm(cwd, { recursive: true });
});

const variables = ["--var", "lead=jane@example.com"];
const fix = (...args: readonly string[]): Promise<BinResult> =>
  runBin(["fix", "--departed", ...variables, ...args], { cwd, env: emulator.env });
const read = (file = "chatform.yaml"): Promise<string> => readFile(join(cwd, file), "utf8");
const git = (...args: readonly string[]): string =>
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
    cwd,
    env: { PATH: process.env["PATH"], HOME: cwd },
    encoding: "utf8",
  });
function commit(): void {
  git("init", "-q");
  git("add", "-A");
  git("commit", "-qm", "Config");
}

describe("chatform fix --departed", () => {
  it("lists departed users with --check, and writes nothing", async () => {
    expect(await fix("--check")).toEqual({
      code: 2,
      signal: null,
      stderr: "",
      stdout: `- chatform.yaml:7:3 users/gone@example.com (deleted)
- chatform.yaml:11:42 off@example.com (inactive) from userSettings/all/members
- chatform.yaml:16:41 ${offId} (inactive, off@example.com) from rooms/lobby/owners
- chatform.yaml:20:9 Gone@example.com (deleted) from rooms/lobby/participants
4 entries to remove from 1 file.
`,
    });
    expect(await read()).toBe(config);
  });

  it("removes exactly the departed users, and then has nothing to do", async () => {
    commit();
    const { code, stdout, stderr } = await fix();
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(
      "4 entries removed from 1 file.\nTo see the effect: chatform plan --var lead=VALUE\n",
    );
    expect(await read()).toBe(fixed);

    expect(await fix()).toMatchObject({ code: 0, stdout: "No departed users in the config.\n" });
    expect(await fix("--check")).toMatchObject({ code: 0, stdout: "No departed users in the config.\n" });
    const { code: valid } = await runBin(["validate", ...variables], { cwd });
    expect(valid).toBe(0);
  });

  it("removes only users in the state of --only", async () => {
    const { code, stderr } = await fix("--only", "inactive");
    expect([code, stderr]).toEqual([
      0,
      "Note: chatform.yaml: not in a git repository, so changes cannot be undone with git.\n",
    ]);
    expect(await read()).toBe(
      config.replace("except: [off@example.com]", "except: []").replace(`, ${offId}`, ""),
    );
  });

  it("shows a patch that git applies", async () => {
    commit();
    const { stdout } = await fix("--check", "--diff");
    const patch = stdout.slice(0, stdout.indexOf("- chatform.yaml:"));
    await writeFile(join(cwd, "a.patch"), patch);
    git("apply", "a.patch");
    expect(await read()).toBe(fixed);
  });

  it("writes no file if git shows one of them as changed, unless forced", async () => {
    await mkdir(join(cwd, "more"));
    const room = { subject: "Ops", owners: ["gone@example.com"] };
    const more = `${JSON.stringify({ version: 1, rooms: { ops: room } }, null, 4)}\n`;
    await writeFile(join(cwd, "more/ops.json"), more);
    commit();
    await writeFile(join(cwd, "more/ops.json"), `${more}\n`);

    const files = ["-f", "chatform.yaml", "-f", "more"];
    const { code, stdout, stderr } = await fix(...files);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("(uncommitted-changes)");
    expect(stderr).toContain("git shows more/ops.json as modified. No file was written.");
    expect([await read(), await read("more/ops.json")]).toEqual([config, `${more}\n`]);

    expect(await fix(...files, "--force")).toMatchObject({ code: 0, stderr: "" });
    expect(await read()).toBe(fixed);
    expect(await read("more/ops.json")).toBe(`${more.replace(/\[[^]*\]/, "[]")}\n`);
  });

  it("leaves to a person what comes from a variable, and who is unknown", async () => {
    await writeFile(
      join(cwd, "chatform.yaml"),
      "version: 1\nrooms:\n  a:\n    subject: A\n    owners: ['${var:lead}', never@example.com]\n    participants: [{ reportsOf: off@example.com }]\n",
    );
    const { code, stdout } = await fix("--var", "lead=gone@example.com", "--json");
    expect(code).toBe(2);
    const { removed, left } = JSON.parse(stdout) as Record<
      "removed" | "left",
      readonly Record<string, unknown>[]
    >;
    expect(removed).toEqual([]);
    expect(left.map(({ user, state, path, start, reason }) => [user, state, path, start, reason])).toEqual([
      [
        "gone@example.com",
        "deleted",
        "rooms/a/owners",
        { line: 5, column: 14, byte: 51 },
        "A variable gives this value: ${var:lead}. Change the variable.",
      ],
      [
        "never@example.com",
        "unknown",
        "rooms/a/owners",
        { line: 5, column: 29, byte: 66 },
        "Genesys Cloud has no such user, neither active nor departed. Check the spelling.",
      ],
      [
        "off@example.com",
        "inactive",
        "rooms/a/participants",
        { line: 6, column: 33, byte: 117 },
        "reportsOf needs an active user. Write the new manager of these people.",
      ],
    ]);
  });

  it("needs --departed, a valid config and a file that can be replaced", async () => {
    const env = emulator.env;
    expect((await runBin(["fix"], { cwd, env })).stderr).toContain("chatform fix needs --departed");
    expect((await runBin(["fix", "--departed", "-f", "none.yaml"], { cwd, env })).stderr).toContain(
      "(file-not-found)",
    );
    execFileSync("mkfifo", [join(cwd, "pipe")]);
    const [pipe] = await Promise.all([fix("-f", "pipe"), writeFile(join(cwd, "pipe"), config)]);
    expect([pipe.code, pipe.stderr]).toEqual([1, expect.stringContaining("(file-not-replaced)")]);
  });
});
