/** The built program with inputs that are made to hang it, and with chats that want care. */
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Emulator, EmulatorOptions } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { BinResult } from "../helpers/bin.js";
import { runBin } from "../helpers/bin.js";
import { writesIn } from "../helpers/writes.js";

const jid = "adhoc-3b241101-e2bb-4255-8caf-4136c566a962@conference.Example-Org.orgspan.com";
const users = ["ana", "bo", "sam", "lee", "jane.doe"].map((name) => ({ email: `${name}@example.com` }));
const room = {
  jid,
  subject: "Full",
  participants: ["ana@example.com", "bo@example.com", "sam@example.com"],
  participantLimit: 3,
  messages: [{ from: "ana@example.com", body: "First\n\u00a0 ::set-output name=a::b" }],
};

let cwd = "";
let emulator: Emulator | undefined;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-hard-"));
});
afterEach(async () => {
  await emulator?.close();
  emulator = undefined;
  await rm(cwd, { recursive: true });
});

async function start(options: EmulatorOptions = {}): Promise<Emulator> {
  emulator = await startEmulator({
    actingUser: "jane.doe@example.com",
    seed: { users, rooms: [room] },
    ...options,
  });
  return emulator;
}

const chatform = (...args: readonly string[]): Promise<BinResult> =>
  runBin(args, { cwd, env: { ...emulator?.env } });

async function config(text: string): Promise<void> {
  await writeFile(join(cwd, "chatform.yaml"), `version: 1\n${text}`);
}

describe.skipIf(process.platform === "win32")("a device without an end", () => {
  it.each([
    ["a config file", ["validate", "-f", "/dev/zero"], "(too-large)"],
    ["a file of variables", ["validate", "--var-file", "/dev/zero"], "(too-large)"],
    ["a body", ["api", "patchChatsSettings", "--body", "@/dev/zero"], "more than 512000 bytes"],
  ])("as %s is refused at the bound", async (_what, args, message) => {
    await config("settings: { reactionsEnabled: true }\n");
    const { code, stderr } = await chatform(...args);
    expect(stderr).toContain(message);
    expect(code).toBe(1);
  });
});

it("matches a pattern with many stars at once", async () => {
  await start();
  await config("settings: { reactionsEnabled: true }\n");
  const { code, stderr } = await chatform("plan", "--target", `rooms/${"a*".repeat(30)}b`);
  expect(stderr).toContain("(unmatched-address)");
  expect(code).toBe(1);
});

it("refuses one room under two spellings of its jid", async () => {
  await config(
    `rooms:\n  a: { jid: ${jid}, subject: One }\n  b: { jid: ${jid.replace("Example-Org", "example-org")}, subject: Two }\n`,
  );
  const { code, stderr } = await chatform("validate");
  expect(stderr).toContain("(same-thing-twice)");
  expect(code).toBe(1);
});

it("removes a participant of a full room before it adds another; reports are readable by their owner only", async () => {
  const server = await start();
  await config(
    `rooms:\n  full:\n    jid: ${jid}\n    participants: [ana@example.com, bo@example.com, lee@example.com]\n`,
  );
  const { code, stderr } = await chatform("apply", "--auto-approve", "--report", "markdown=apply.md");
  expect(stderr).not.toContain("Error");
  expect(code).toBe(0);
  expect(writesIn(server.requests).map(({ method }) => method)).toEqual(["DELETE", "POST"]);
  expect(await readFile(join(cwd, "apply.md"), "utf8")).toContain("lee@example.com");
  if (process.platform !== "win32") expect((await stat(join(cwd, "apply.md"))).mode & 0o777).toBe(0o600);
});

it("sends the first message to a user, then pins it", async () => {
  await start({ variants: { absentOneOnOne: 404 } });
  await config("users:\n  sam@example.com:\n    messages: { hello: { body: Welcome!, pinned: true } }\n");
  const { code, stderr } = await chatform("apply", "--auto-approve");
  expect(stderr).not.toContain("Error");
  expect(code).toBe(0);
  expect(emulator?.dump().oneOnOnes.map(({ pins }) => pins?.length)).toEqual([1]);
  const shown = await chatform("show", "users/sam@example.com");
  expect(shown.stdout).toContain("Welcome!");
});

it("prints no command of a CI system from a message, in show or in a plan", async () => {
  await start();
  await config(`rooms:\n  full: { jid: ${jid}, description: "A\\n  ::error::x ##[command]y ##vso[z]" }\n`);
  for (const args of [["show", jid], ["plan", "--full"], ["validate"]]) {
    const { stdout, stderr } = await chatform(...args);
    expect(stdout + stderr).not.toMatch(/^\s*::|##\[|##vso\[/imu);
  }
});
