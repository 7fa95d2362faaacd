/** Tests that commands show the e-mails of users whom the config, the command line or the state names by id. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Emulator } from "../../../src/emulator/index.js";
import { startEmulator } from "../../../src/emulator/index.js";
import type { RunResult } from "../../helpers/run.js";
import { runCli } from "../../helpers/run.js";

const email = "sam@example.com";
const id = "aaaaaaaa-0000-4000-8000-000000000001";

let cwd: string;
let emulator: Emulator;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-named-"));
  const jane = "jane.doe@example.com";
  const message = { id: "00000000-0000-4000-8000-000000000002", from: jane, body: "Hi" };
  emulator = await startEmulator({
    seed: {
      users: [{ email: jane }, { email, id }],
      oneOnOnes: [{ users: [jane, email], messages: [message] }],
    },
    actingUser: jane,
  });
});
afterEach(async () => {
  await emulator.close();
  await rm(cwd, { recursive: true });
});

/** Runs a command. Lines are joined: where they break does not matter. */
async function chatform(...argv: string[]): Promise<RunResult> {
  const result = await runCli(argv, { cwd, env: emulator.env });
  return { ...result, stderr: result.stderr.replaceAll(/\s+/g, " ") };
}

const declare = (users: object): Promise<void> =>
  writeFile(join(cwd, "chatform.yaml"), JSON.stringify({ version: 1, users: { [id]: users } }));

const settings = { mobile: { notifications: { when: "Always" } } };

it("import names the user of a message, also where the message is recorded already", async () => {
  const address = `users/${id}/messages/hi`;
  const message = "00000000-0000-4000-8000-000000000002";
  await declare({ messages: { hi: { body: "Hi" } } });
  expect((await chatform("import", address, message)).stdout).toBe(
    `Imported ${address} (${email}) as ${message}. To see the differences: chatform plan\n`,
  );
  const path = join(cwd, "chatform.state.json");
  const state = JSON.parse(await readFile(path, "utf8")) as object;
  await writeFile(path, JSON.stringify({ ...state, users: { [email]: id } }));
  expect((await chatform("import", address, message)).stdout).toBe(
    `${address} (${email}) is recorded as ${message} already. Nothing to do.\n`,
  );
});

it("export names a user in the file, and where the user's settings are left out", async () => {
  const exported = await chatform("export", "--user", id);
  expect(exported.stdout).toContain(`users:\n  # ${email}\n  ${id}:\n`);
  emulator.addFaults({
    match: { operation: "getChatsUserSettings" },
    times: "always",
    action: { type: "status", status: 403, code: "not.authorized" },
  });
  const { code, stderr } = await chatform("export", "--user", id);
  expect(code).toBe(1);
  expect(stderr).toContain(`Error: users/${id}/settings (${email}) is left out: `);
});

it("plan names a user whom a missing permission is needed for", async () => {
  await declare({ settings });
  const token = emulator.token({
    user: "jane.doe@example.com",
    permissions: ["directory:user:view", "chat:setting:view"],
  });
  const env = { ...emulator.env, GENESYSCLOUD_ACCESS_TOKEN: token };
  const { stdout, stderr } = await runCli(["plan"], { cwd, env });
  expect((stdout + stderr).replaceAll(/\s+/g, " ")).toContain(`users/${id}/settings (${email}).`);
});

it("plan names a user whose settings cannot be read, though no state knows the user", async () => {
  await declare({ settings });
  emulator.addFaults({
    match: { operation: "getChatsUserSettings" },
    times: "always",
    action: { type: "status", status: 403, code: "not.authorized" },
  });
  const { code, stderr } = await chatform("plan");
  expect(code).toBe(1);
  expect(stderr).toContain(`The user is ${email}.`);
});

it("a stale plan names the people who are in a room now, and no longer", async () => {
  const room = {
    jid: "adhoc-00000000-0000-4000-8000-000000000009@conference.Org.orgspan.com",
    subject: "Desk",
  };
  emulator.change({ change: "add-room", room: { ...room, participants: [email, "jane.doe@example.com"] } });
  await writeFile(
    join(cwd, "chatform.yaml"),
    JSON.stringify({ version: 1, rooms: { desk: { ...room, participants: ["jane.doe@example.com"] } } }),
  );
  expect(await chatform("plan", "--out", "plan.json")).toMatchObject({ code: 0 });
  emulator.change({ change: "leave", room: room.jid, user: email });
  const { code, stderr } = await chatform("apply", "plan.json", "--auto-approve");
  expect(code).toBe(1);
  expect(stderr).toContain(
    `participants was ["jane.doe@example.com","${email}"] and is ["jane.doe@example.com"].`,
  );
});
