/** Tests that errors name the problem, its location and the next step, without raw system errors. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import { runCli } from "../helpers/run.js";

let cwd = "";
let emulator: Emulator;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-refusals-"));
  emulator = await startEmulator();
  await writeFile(join(cwd, "chatform.yaml"), "version: 1\nsettings: { reactionsEnabled: false }\n");
});
afterEach(async () => {
  await emulator.close();
  await rm(cwd, { recursive: true });
});

async function refusal(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { code, stderr } = await runCli(args, { cwd, env: { ...emulator.env, ...env } });
  expect(code).toBe(1);
  expect(stderr).not.toMatch(/ENOENT|EISDIR|\.tmp|\.:/);
  return stderr.replaceAll(/\s+/g, " ");
}

it.each([
  [["plan", "--out", "nowhere/plan.json"], "nowhere/plan.json"],
  [["plan", "--report", "text=nowhere/plan.txt"], "nowhere/plan.txt"],
  [["export", "--settings", "--split", "chatform.yaml/chat"], "chatform.yaml/chat"],
  [["export", "--room", "front-desk"], '"front-desk"'],
  [["emulate", "--seed", "nowhere.yaml"], "nowhere.yaml"],
  [["plan", "--profile", "prod"], "config.toml"],
])("%j names the wrong value", async (args, name) => {
  expect(await refusal(args)).toContain(name);
  expect(emulator.requests.filter(({ method }) => !["GET", "POST"].includes(method))).toEqual([]);
});

it("suggests what to check when the host does not respond", async () => {
  const unreachable = "http://127.0.0.1:1";
  const login = { CHATFORM_API_URL: unreachable, CHATFORM_LOGIN_URL: unreachable };
  expect(await refusal(["plan", "--timeout", "1s"], login)).toMatch(/connection\.failed.*help: /);
});

it("names the user of a refused token", async () => {
  expect(await refusal(["plan"], { GENESYSCLOUD_ACCESS_TOKEN: "of another org" })).toContain(
    "GENESYSCLOUD_ACCESS_TOKEN",
  );
});
