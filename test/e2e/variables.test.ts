/** Declared variables and secrets, with the real program: nothing that it shows or writes for people holds a secret. */
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { BinResult } from "../helpers/bin.js";
import { runBin } from "../helpers/bin.js";

/** Is escaped in JSON, HTML and URLs. */
const secret = 'door "code" <4711> & more';

const config = `version: 1
variables:
  code: { description: The code of the door., sensitive: true }
  domain: { default: example.com }
users:
  "sam@\${var:domain}":
    messages: { hello: { body: "The code is \${var:code}" } }
rooms:
  lobby:
    subject: Lobby
    description: "Password \${var:plain}"
    participants: ["sam@\${var:domain}"]
    messages: { door: { body: "Code: \${var:code}." } }
`;

let emulator: Emulator;
let cwd: string;

beforeEach(async () => {
  emulator = await startEmulator({ actingUser: "jane.doe@example.com" });
  cwd = await mkdtemp(join(tmpdir(), "chatform-secrets-"));
  await writeFile(join(cwd, "chatform.yaml"), config);
});
afterEach(async () => {
  await emulator.close();
  await rm(cwd, { recursive: true });
});

const vars = ["--var", `code=${secret}`, "--var", "plain=pg-password-1"];

function run(...args: readonly string[]): Promise<BinResult> {
  return runBin([...args], { cwd, env: { ...emulator.env, PGPASSWORD: "pg-password-1" } });
}

const spellings = [
  secret,
  "pg-password-1",
  "4711",
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
];

function expectMasked(text: string): void {
  for (const spelling of spellings) expect(text).not.toContain(spelling);
  expect(text).toContain("***");
}

describe("secrets", () => {
  it("are masked in plans, reports and results, and sent as they are", async () => {
    const formats = ["text", "json", "markdown", "junit", "html"];
    const reports = formats.flatMap((format) => ["--report", `${format}=report.${format}`]);
    const plan = await run("plan", ...vars, ...reports, "--calls", "--full", "--out", "plan.json");
    expect([plan.code, plan.stderr]).toEqual([0, ""]);
    expectMasked(plan.stdout);
    for (const format of formats.filter((one) => one !== "junit"))
      expectMasked(await readFile(join(cwd, `report.${format}`), "utf8"));
    expectMasked((await run("plan", ...vars, "--json")).stdout);

    const apply = await run("apply", "plan.json", ...vars, "--debug");
    expect(apply.code, apply.stderr).toBe(0);
    const room = emulator.dump().rooms.find(({ subject }) => subject === "Lobby");
    expect(room?.description).toBe("Password pg-password-1");
    expect(JSON.stringify(emulator.dump())).toContain(JSON.stringify(`Code: ${secret}.`));
    expectMasked((await run("show", "rooms/lobby", ...vars)).stdout);
  });

  it("stay in a saved plan, which only its owner may read; shown without the variable, they are masked", async () => {
    expect((await run("plan", ...vars, "--out", "plan.json")).code).toBe(0);
    expect(await readFile(join(cwd, "plan.json"), "utf8")).toContain(JSON.stringify(secret));
    expect(((await stat(join(cwd, "plan.json"))).mode & 0o777).toString(8)).toBe("600");
    expectMasked((await run("show", "plan.json")).stdout);
    expectMasked((await run("show", "plan.json", "--json")).stdout);
  });
});

describe("validate", () => {
  it("lists variables that nobody uses, and says what a missing one is for", async () => {
    const idle = await run("validate", ...vars, "--var", "idle=x");
    expect([idle.code, idle.stdout]).toEqual([0, expect.stringContaining("Valid")]);
    expect(idle.stderr).toContain("--var gives the variable idle a value, but no config file refers to it.");
    expect(idle.stderr).toContain("The variable plain is not declared, but other variables are.");
    const missing = await run("validate", "--var", "plain=x");
    expect(missing.code).toBe(1);
    expect(missing.stderr).toMatch(/Its description: The code of the\s+door\./);
  });

  it("refuses credentials of the environment at their line", async () => {
    const text = "version: 1\nrooms:\n  lobby:\n    subject: ${env:GENESYSCLOUD_OAUTHCLIENT_SECRET}\n";
    await writeFile(join(cwd, "chatform.yaml"), text);
    const { code, stderr } = await run("plan");
    expect([code, stderr]).toEqual([1, expect.stringContaining("credential-in-config")]);
    expect(stderr).toContain("chatform.yaml:4:14");
  });
});
