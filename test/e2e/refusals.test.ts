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

it.each([
  [401, "ip.not.authorized", "help: Run chatform from an IP address that the OAuth client allows"],
  [403, "app.not.authorized.for.scope", "help: Add the scope to the OAuth client."],
  [403, "authz.policy.denied", "help: Ask an administrator of the org which access policy"],
  [403, "missing.division.permission", "permissions in the division: chat:setting:view, chat:setting:edit."],
])("says what to do about a refusal with %i %s", async (status, code, advice) => {
  emulator.addFaults({ match: { operation: "getChatsSettings" }, action: { type: "status", status, code } });
  const shown = await refusal(["plan"]);
  expect(shown).toContain(advice);
  if (!code.startsWith("missing.")) expect(shown).not.toContain("chat:setting");
});

it("does not tell to add a permission that the service did not miss, and shows the next step of a failed change", async () => {
  const fault = { status: 403, code: "not.authorized" } as const;
  emulator.addFaults({ match: { operation: "patchChatsSettings" }, action: { type: "status", ...fault } });
  const { code, stdout, stderr } = await runCli(["apply", "--auto-approve"], { cwd, env: emulator.env });
  const shown = `${stdout}${stderr}`.replaceAll(/\s+/g, " ");
  expect(code).toBe(1);
  expect(shown).toContain("help: The service does not say why.");
  expect(shown).not.toContain("chat:setting");
});

it("names the way out of the time in which a message can be edited", async () => {
  const timed = await startEmulator({ actingUser: "jane.doe@example.com" });
  const message = (body: string): Promise<void> =>
    writeFile(
      join(cwd, "chatform.yaml"),
      `version: 1\nrooms: { desk: { subject: Desk, messages: { a: { body: ${body} } } } }\n`,
    );
  const apply = () => runCli(["apply", "--auto-approve"], { cwd, env: timed.env });
  try {
    await message("First");
    expect((await apply()).code).toBe(0);
    timed.addFaults({
      match: { operation: "patchChatsRoomMessage" },
      action: { type: "status", status: 409, code: "request.conflict" },
    });
    await message("Second");
    const { code, stdout, stderr } = await apply();
    expect(code).toBe(1);
    expect(`${stdout}${stderr}`.replaceAll(/\s+/g, " ")).toContain(
      "If that time is over, rename the message",
    );
  } finally {
    await timed.close();
  }
});
