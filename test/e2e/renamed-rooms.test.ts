/** Tests what commands do while `moved` of the config is not applied yet, and that no address hides a room that exists. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { State } from "../../src/core/state/state.js";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { RunResult } from "../helpers/run.js";
import { runCli } from "../helpers/run.js";
import { writesIn } from "../helpers/writes.js";

const lobby = `rooms:
  lobby:
    subject: Lobby
    participants: [jane.doe@example.com]
    messages: { rules: { body: Read the runbook } }
`;
const foyer = lobby.replace("lobby:", "foyer:");
const moved = "moved: [{ from: rooms/lobby, to: rooms/foyer }]\n";

let emulator: Emulator;
let cwd: string;

beforeEach(async () => {
  emulator = await startEmulator({ actingUser: "jane.doe@example.com" });
  cwd = await mkdtemp(join(tmpdir(), "chatform-renamed-"));
  await declare(lobby);
  await ok("apply", "--auto-approve");
  emulator.clearRequests();
});
afterEach(async () => {
  await emulator.close();
  await rm(cwd, { recursive: true });
});

const declare = (text: string): Promise<void> => writeFile(join(cwd, "chatform.yaml"), `version: 1\n${text}`);

const run = (...args: readonly string[]): Promise<RunResult> => runCli(args, { cwd, env: emulator.env });

async function ok(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(...args);
  expect(`${code}${stderr}`).toBe("0");
  return stdout;
}

async function refused(...args: readonly string[]): Promise<string> {
  const { code, stderr } = await run(...args);
  expect(code).toBe(1);
  expect(writesIn(emulator.requests)).toEqual([]);
  return stderr.replaceAll(/\s+/g, " ");
}

const jids = (subject = "Lobby"): readonly string[] =>
  emulator.dump().rooms.flatMap((room) => (room.subject === subject ? [room.jid ?? ""] : []));

const bodies = (): readonly unknown[] =>
  (emulator.dump().rooms.find(({ jid }) => jid === jids()[0])?.messages ?? []).map(({ body }) => body);

const readState = async (): Promise<State> =>
  JSON.parse(await readFile(join(cwd, "chatform.state.json"), "utf8")) as State;

describe("before a rename is applied", () => {
  beforeEach(() => declare(foyer + moved));

  test.each([
    ["plan", "--target", "rooms/lobby"],
    ["plan", "--exclude", "rooms/lob*"],
    ["drift", "--target", "rooms/lobby/messages/*"],
    ["repair", "--target", "rooms/lobby"],
  ])("%s %s %s names the new address", async (command, option, pattern) => {
    const text = await refused(command, option, pattern);
    expect(text).toMatch(/rooms\/lobby\S* has moved to rooms\/foyer(\S*): --\w+ '?rooms\/foyer\1/);
  });

  test.each(["rooms/foyer", "rooms/lobby"])("drift notifies %s", async (room) => {
    emulator.change({ change: "room", room: jids()[0] ?? "", set: { description: "Changed" } });
    await run("drift", "--notify", `room=${room}`);
    expect(bodies()).toEqual(["Read the runbook"]);
    emulator.change({ change: "room", room: jids()[0] ?? "", set: { subject: "Hall" } });
    const { code, stderr } = await run("drift", "--notify", `room=${room}`);
    expect({ code, stderr }).toMatchObject({ code: 2 });
    const [hall] = emulator.dump().rooms.filter(({ subject }) => subject === "Hall");
    expect(hall?.messages).toHaveLength(2);
  });

  test("drift has the previous address in JSON", async () => {
    emulator.change({ change: "room", room: jids()[0] ?? "", set: { subject: "Hall" } });
    const { stdout } = await run("drift", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      resource_drift: [{ address: "rooms/foyer", previous_address: "rooms/lobby" }],
    });
  });

  test("export, show and import know both addresses", async () => {
    expect(await ok("export", "--all-known")).toMatch(/^ {2}foyer:$/m);
    for (const room of ["rooms/foyer", "rooms/lobby"]) expect(await ok("show", room)).toContain(jids()[0]);
    expect(await refused("import", "rooms/lobby", jids()[0] ?? "")).toContain(
      `It has moved: chatform import rooms/foyer ${jids()[0] ?? ""}`,
    );
  });
});

describe("a room that the state has forgotten", () => {
  beforeEach(async () => {
    await declare("rooms: {}\n");
    await ok("apply", "--auto-approve");
    emulator.clearRequests();
  });

  test("is not created again under another name, but adopted with the lines to paste", async () => {
    await declare(foyer);
    const text = await refused("plan");
    expect(text).toContain("(probable-rename)");
    expect(text).toContain(`which may still exist: ${jids()[0] ?? ""}`);
    await declare(foyer + moved);
    await ok("apply", "--auto-approve");
    expect(jids()).toHaveLength(1);
    expect((await readState()).resources["rooms/foyer"]?.id).toBe(jids()[0]);
  });

  test("is left alone where a second room is wanted, and where its jid or address is declared", async () => {
    await declare(foyer);
    await ok("plan", "--allow-second-room", "rooms/foyer");
    await declare(
      `rooms: { foyer: { jid: ${jids()[0] ?? ""}, subject: Lobby }, hall: { subject: Lobby } }\n`,
    );
    await ok("plan");
    await declare(`${lobby}  foyer: { subject: Lobby }\n`);
    await ok("plan");
  });
});

describe("one object with two addresses is found although one of them is not selected:", () => {
  test("a room by its jid and in the state", async () => {
    await declare(`${lobby}  foyer: { jid: ${jids()[0] ?? ""}, subject: Foyer }\n`);
    for (const address of ["rooms/lobby", "rooms/foyer"])
      expect(await refused("plan", "--target", address)).toContain("(same-thing-twice)");
  });

  test("a user by e-mail and by id", async () => {
    const { id = "" } = emulator.dump().users.find(({ email }) => email === "sam@example.com") ?? {};
    const settings = (when: string): string => `settings: { mobile: { notifications: { when: ${when} } } }`;
    const sam = `users:\n  sam@example.com: { ${settings("Always")} }\n`;
    await declare(lobby + sam);
    await ok("apply", "--auto-approve");
    emulator.clearRequests();
    await declare(`${lobby}${sam}  ${id}: { ${settings("OnlyWhenInactive")} }\n`);
    for (const address of ["users/sam@example.com/settings", `users/${id}/settings`])
      expect(await refused("plan", "--target", address)).toContain("(same-thing-twice)");
  });

  test("a room that is removed from the config under one of them keeps its messages", async () => {
    await declare(foyer.replace("subject:", `jid: ${jids()[0] ?? ""}\n    subject:`));
    await ok("apply", "--auto-approve", "--target", "rooms/lobby");
    await ok("apply", "--auto-approve");
    expect(writesIn(emulator.requests)).toEqual([]);
    expect(Object.keys((await readState()).resources)).toContain("rooms/foyer/messages/rules");
  });
});
