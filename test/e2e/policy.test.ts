/** examples/policy: conftest checks plans with it. */
import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startEmulator } from "../../src/emulator/index.js";
import type { Emulator } from "../../src/emulator/index.js";
import { docsBlocks } from "../helpers/docs.js";
import { runCli } from "../helpers/run.js";
import { skips } from "../helpers/skip.js";

const policy = fileURLToPath(new URL("../../examples/policy", import.meta.url));
const { PATH = "", GOBIN, GOPATH = join(homedir(), "go") } = process.env;
/** `go install` puts programs into the last folder, also where that is not in the path. */
const env = { HOME: homedir(), PATH: [PATH, GOBIN ?? join(GOPATH, "bin")].join(delimiter) };

function missingConftest(): string | undefined {
  try {
    execFileSync("conftest", ["--version"], { env, stdio: "ignore" });
    return undefined;
  } catch {
    return "conftest is not installed; go install github.com/open-policy-agent/conftest@v0.71.1 builds it, in four minutes of CPU time";
  }
}

describe.skipIf(skips("policies for plans", missingConftest()))("examples/policy", () => {
  let emulator: Emulator;
  let cwd: string;
  beforeAll(async () => {
    const emails = ["jane.doe@example.com", "sam@example.com", "guest@example.org"];
    emulator = await startEmulator({ seed: { users: emails.map((email) => ({ email })) } });
    cwd = await mkdtemp(join(tmpdir(), "chatform-policy-"));
  });
  afterAll(async () => {
    await emulator.close();
    await rm(cwd, { recursive: true });
  });

  /** Plans a config, and checks the plan. @returns what is denied; undefined if the plan passes */
  async function check(config: string): Promise<string | undefined> {
    await writeFile(join(cwd, "chatform.yaml"), `version: 1\n${config}`);
    const { stdout } = await runCli(["plan", "--json"], { cwd, env: { ...emulator.env } });
    await writeFile(join(cwd, "plan.json"), stdout);
    return conftest("test", "--policy", policy, "--no-color", "plan.json");
  }

  /** @returns its output if it fails; undefined if it succeeds */
  function conftest(...words: readonly string[]): Promise<string | undefined> {
    return new Promise((resolve) => {
      execFile("conftest", words, { cwd, env }, (error, stdout, stderr) => {
        resolve(error === null ? undefined : stdout + stderr);
      });
    });
  }

  const room = (owners: string, participants = owners, name = "help"): string =>
    `rooms: { ${name}: { subject: A, owners: [${owners}], participants: [${participants}] } }\n`;
  const two = "jane.doe@example.com, sam@example.com";

  it.each([
    ["two owners", room(two), room("sam@example.com"), "rooms/help declares 1 of at least 2 owners"],
    [
      "no external domain in rooms named hr-*",
      room(two, two, "hr-team"),
      room(two, `${two}, guest@example.org`, "hr-team"),
      "rooms/hr-team must not have guest@example.org",
    ],
    [
      "a retention of a year",
      "settings: { messageRetentionPeriodDays: 365 }\n",
      "settings: { messageRetentionPeriodDays: 364 }\n",
      "messageRetentionPeriodDays must not be below 365: 364",
    ],
  ])("demands %s", async (_rule, passing, failing, reason) => {
    expect(await check(passing)).toBeUndefined();
    expect(await check(failing)).toContain(reason);
    expect(await check(failing)).toContain("1 failure");
  });

  it("lets others into other rooms, and checks what a plan does not change", async () => {
    expect(await check(room(two, `${two}, guest@example.org`))).toBeUndefined();
    await check(room("sam@example.com"));
    expect(await runCli(["apply", "--auto-approve"], { cwd, env: { ...emulator.env } })).toMatchObject({
      code: 0,
    });
    expect(await check(room("sam@example.com"))).toContain("rooms/help declares 1 of");
  });

  it("denies what is not a plan", async () => {
    await writeFile(join(cwd, "other.json"), "{}");
    expect(await conftest("test", "--policy", policy, "other.json")).toContain("This is not a plan");
    expect(await check("rooms: { help: { subjct: A } }\n")).toBeDefined();
  });

  it("is what docs/policy.md shows", async () => {
    const [commands = ""] = await docsBlocks("policy.md", "sh");
    expect(commands).toContain("chatform plan --json > plan.json\n");
    expect(commands).toContain("conftest test --policy policy plan.json\n");
  });
});
