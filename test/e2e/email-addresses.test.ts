import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addressSegment } from "../../src/core/address.js";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { RunResult } from "../helpers/run.js";
import { runCli } from "../helpers/run.js";

const emails = [
  "pat.o'brien@example.com",
  "first+tag@example.com",
  '"jane doe"@example.com',
  '"a@b"@example.com',
  "ops/desk@example.com",
  "all*stars@example.com",
  "100%@example.com",
  "50%2f@example.com",
  "用户@bücher.example",
];

let folder: string;
let emulator: Emulator;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "chatform-emails-"));
  emulator = await startEmulator({
    seed: { users: ["jane.doe@example.com", ...emails].map((email) => ({ email })) },
    actingUser: "jane.doe@example.com",
  });
});
afterEach(async () => {
  await emulator.close();
  await rm(folder, { recursive: true });
});

const chatform = (...argv: string[]): Promise<RunResult> => runCli(argv, { cwd: folder, env: emulator.env });

async function declare(users: readonly string[]): Promise<void> {
  const settings = { mobile: { notifications: { when: "OnlyWhenInactive" } } };
  const config = {
    version: 1,
    users: Object.fromEntries(users.map((user) => [user, { settings, messages: { hi: { body: "Hi" } } }])),
    rooms: { desk: { subject: "Desk", participants: users } },
  };
  await writeFile(join(folder, "chatform.yaml"), JSON.stringify(config));
}

async function addresses(): Promise<readonly string[]> {
  const { resources } = JSON.parse(await readFile(join(folder, "chatform.state.json"), "utf8")) as {
    readonly resources: object;
  };
  return Object.keys(resources);
}

describe("e-mails with characters that mean something in an address", () => {
  it("are planned, applied, shown, targeted and moved", async () => {
    await declare(emails);
    expect(await chatform("apply", "--auto-approve")).toMatchObject({ code: 0 });
    expect(await chatform("plan", "--detailed-exitcode")).toMatchObject({ code: 0 });
    const settings = emails.map((email) => `users/${addressSegment(email)}/settings`);
    expect(await addresses()).toEqual(expect.arrayContaining(settings));

    for (const address of settings) {
      const { stdout } = await chatform("state", "list", address);
      expect(stdout).toBe(`${address}\n`);
      expect(await chatform("show", address)).toMatchObject({ code: 0, stderr: "" });
      expect(await chatform("state", "show", address)).toMatchObject({ code: 0 });
    }
    const one = await chatform(
      "destroy",
      "--auto-approve",
      "--target",
      "users/ops%2fdesk@example.com/**",
      "--json",
    );
    expect(one.code).toBe(0);
    expect(one.stdout).not.toContain("all%2astars");
    expect(await addresses()).not.toContain("users/ops%2fdesk@example.com/settings");
    expect(await addresses()).toContain("users/100%25@example.com/settings");

    const from = "users/all%2astars@example.com/messages/hi";
    const to = "users/all%2astars@example.com/messages/hello";
    expect(await chatform("state", "mv", from, to)).toMatchObject({ code: 0 });
    expect(await addresses()).toContain(to);
  });

  it("are read back from an export", async () => {
    await declare(emails);
    expect(await chatform("apply", "--auto-approve")).toMatchObject({ code: 0 });
    await rm(join(folder, "chatform.yaml"));
    const users = emails.flatMap((email) => ["--user", email]);
    const exported = await chatform("export", "--all-known", ...users);
    expect(exported).toMatchObject({ code: 0 });
    await writeFile(join(folder, "chatform.yaml"), exported.stdout);
    expect(await chatform("validate")).toMatchObject({ code: 0, stderr: "" });
    const plan = await chatform("plan", "--detailed-exitcode");
    expect(plan).toMatchObject({ code: 0, stderr: "" });
  });
});

it("names a user whom the config names by id, where the user's settings cannot be read", async () => {
  const email = "first+tag@example.com";
  await declare([email]);
  expect(await chatform("apply", "--auto-approve")).toMatchObject({ code: 0 });
  const id = emulator.dump().users.find((user) => user.email === email)?.id ?? "";
  const settings = { mobile: { notifications: { when: "Always" } } };
  await writeFile(
    join(folder, "chatform.yaml"),
    JSON.stringify({ version: 1, users: { [id]: { settings } } }),
  );
  emulator.addFaults({
    match: { operation: "getChatsUserSettings" },
    times: "always",
    action: { type: "status", status: 403, code: "not.authorized" },
  });
  const { code, stderr } = await chatform("plan");
  expect(code).toBe(1);
  expect(stderr).toContain("read-failed");
  expect(stderr.replaceAll(/\s+/g, " ")).toContain(`The user is ${email}.`);
});
