/** Tests that a renamed address never makes a second room, and sends no message twice. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { RunResult } from "../helpers/run.js";
import { runCli } from "../helpers/run.js";

const messages = `    messages:
      rules: { body: Read the runbook, pinned: true }
      more: { body: It is in the wiki, replyTo: rules }
`;
const lobby = `rooms:
  lobby:
    subject: Lobby
    participants: [jane.doe@example.com, sam@example.com]
${messages}`;
const foyer = lobby.replace("lobby:", "foyer:");
const moved = "moved: [{ from: rooms/lobby, to: rooms/foyer }]\n";

let emulator: Emulator;
let cwd: string;

beforeEach(async () => {
  emulator = await startEmulator({ actingUser: "jane.doe@example.com" });
  cwd = await mkdtemp(join(tmpdir(), "chatform-moved-"));
  await declare(lobby);
  await ok("apply", "--auto-approve");
  emulator.clearRequests();
});
afterEach(async () => {
  await emulator.close();
  await rm(cwd, { recursive: true });
});

async function declare(text: string, file = "chatform.yaml"): Promise<void> {
  await writeFile(join(cwd, file), `version: 1\n${text}`);
}

function run(...args: readonly string[]): Promise<RunResult> {
  return runCli(args, { cwd, env: emulator.env });
}

async function ok(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(...args);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return stdout;
}

async function refused(...args: readonly string[]): Promise<string> {
  const { code, stderr } = await run(...args);
  expect(code).toBe(1);
  expect(writes()).toEqual([]);
  return stderr.replaceAll(/\s+/g, " ");
}

interface StoredState {
  readonly resources: Readonly<Record<string, { readonly id: string; readonly container?: string }>>;
  readonly forgotten?: readonly { readonly address: string; readonly jid: string }[];
}

async function state(): Promise<StoredState> {
  return JSON.parse(await readFile(join(cwd, "chatform.state.json"), "utf8")) as StoredState;
}

const addresses = async (): Promise<readonly string[]> => Object.keys((await state()).resources);

const lobbies = (): readonly string[] =>
  emulator.dump().rooms.flatMap(({ subject, jid = "" }) => (subject === "Lobby" ? [jid] : []));

function writes(): readonly unknown[] {
  return emulator.requests
    .filter(({ method, path }) => method !== "GET" && !path.endsWith("/search") && !path.startsWith("/oauth"))
    .map(({ operation }) => operation);
}

const foyerAddresses = ["", "/messages/more", "/messages/rules", "/pins"].map((tail) => `rooms/foyer${tail}`);

describe("a moved room", () => {
  beforeEach(() => declare(foyer + moved));

  test("keeps its jid, its messages and its pins, and the move is harmless afterwards", async () => {
    const plan = await run("plan", "--detailed-exitcode");
    expect([plan.code, plan.stderr]).toEqual([2, ""]);
    expect(plan.stdout).toMatch(
      /^ {2}# rooms\/lobby has moved to rooms\/foyer\n\nPlan: 1 to move\. 0 calls\.\n/,
    );
    expect(await ok("apply", "--auto-approve")).toContain("Apply complete: 1 moved. 0 calls.");
    expect(writes()).toEqual([]);
    expect(await addresses()).toEqual(foyerAddresses);
    expect((await state()).forgotten).toBeUndefined();
    expect(await run("plan", "--detailed-exitcode")).toMatchObject({ code: 0, stderr: "" });
    await ok("apply");
    await declare(foyer);
    expect(await run("plan", "--detailed-exitcode")).toMatchObject({ code: 0, stderr: "" });
  });

  test("needs approval", async () => {
    expect(await refused("apply")).toContain("Approval needs a terminal");
  });

  test("is shown as Terraform shows it in JSON", async () => {
    const { resource_changes: changes } = JSON.parse(await ok("plan", "--json")) as {
      resource_changes: { address: string; previous_address?: string; change: { actions: string[] } }[];
    };
    expect(changes.map(({ address, previous_address: previous }) => [address, previous])).toEqual(
      foyerAddresses.map((address) => [address, address.replace("foyer", "lobby")]),
    );
    const events = (await ok("apply", "--auto-approve", "--json")).trim().split("\n");
    const planned = events.map((one) => JSON.parse(one) as { type: string; change: unknown });
    expect(planned.filter(({ type }) => type === "planned_change").map(({ change }) => change)).toMatchObject(
      [{ action: "move", resource: { addr: "rooms/foyer" }, previous_resource: { addr: "rooms/lobby" } }],
    );
  });

  test("is changed in the same apply", async () => {
    await declare(
      foyer.replace("Read the runbook", "Read it") + "      new: { body: New, replyTo: rules }\n" + moved,
    );
    await ok("apply", "--auto-approve");
    expect([...writes()].sort()).toEqual(["patchChatsRoomMessage", "postChatsRoomMessages"]);
    expect(await addresses()).toContain("rooms/foyer/messages/new");
    expect(await run("plan", "--detailed-exitcode")).toMatchObject({ code: 0 });
    expect(lobbies()).toHaveLength(1);
  });

  test("is carried by a saved plan, which is applied once", async () => {
    await ok("plan", "--out", "plan.json");
    expect(await ok("show", "plan.json")).toContain("# rooms/lobby has moved to rooms/foyer");
    await ok("apply", "plan.json");
    expect(await addresses()).toEqual(foyerAddresses);
    expect(await refused("apply", "plan.json")).toContain("stale");
  });

  test.each([
    ["--target", "rooms/foyer"],
    ["--exclude", "rooms/foyer"],
    ["--target", "settings"],
    ["--refresh-only"],
    ["--no-refresh"],
  ])("moves with %s %s", async (...options) => {
    await declare(`settings: { reactionsEnabled: true }\n${foyer}${moved}`);
    expect(await ok("plan", ...options)).toContain("# rooms/lobby has moved to rooms/foyer");
    await ok("apply", "--auto-approve", ...options);
    expect(await addresses()).toEqual(expect.arrayContaining(foyerAddresses));
    expect(lobbies()).toHaveLength(1);
  });

  test("is known to drift, repair, show, import and destroy", async () => {
    const [jid = ""] = lobbies();
    emulator.change({ change: "room", room: jid, set: { subject: "Hall" } });
    const drift = await run("drift");
    expect(drift.code).toBe(2);
    expect(drift.stdout).toContain("rooms/foyer");
    expect(drift.stderr).toContain("rooms/lobby has moved to rooms/foyer. The state takes the new address");
    expect(await ok("show", "rooms/foyer")).toContain("Hall");
    expect(await refused("import", "rooms/foyer", jid.replace(/adhoc-./, "adhoc-0"))).toContain(
      "rooms/foyer is recorded as",
    );
    await ok("repair", "--auto-approve");
    expect([lobbies(), await addresses()]).toEqual([[jid], foyerAddresses]);
    await ok("destroy", "--auto-approve");
    expect((await state()).forgotten).toMatchObject([{ address: "rooms/foyer", jid }]);
  });

  test("is forgotten under its new address by the destroy that moves it", async () => {
    await ok("destroy", "--auto-approve");
    expect((await state()).forgotten).toMatchObject([{ address: "rooms/foyer", jid: lobbies()[0] }]);
  });

  test("that was forgotten is adopted under its new address", async () => {
    const [jid] = lobbies();
    await ok("state", "forget", "rooms/lobby");
    const plan = await ok("plan");
    expect(plan).toContain("# rooms/lobby has moved to rooms/foyer");
    expect(plan).toContain("> rooms/foyer will be adopted");
    await ok("apply", "--auto-approve");
    expect([lobbies(), (await state()).resources["rooms/foyer"]?.id]).toEqual([[jid], jid]);
  });

  test("is refused where the state has another room at the new address", async () => {
    await declare(`${lobby}${foyer.replace("rooms:\n", "").replace("Lobby", "Foyer")}`);
    await ok("apply", "--auto-approve");
    emulator.clearRequests();
    await declare(foyer + moved);
    const text = await refused("plan");
    expect(text).toContain("rooms/lobby cannot move to rooms/foyer, which is already in the state.");
    expect(text).toContain("chatform state forget rooms/foyer");
  });
});

test("moves of several files are made together, through chains", async () => {
  await declare(`${foyer}moved: [{ from: rooms/hall, to: rooms/foyer }]\n`);
  await declare("moved: [{ from: rooms/lobby, to: rooms/hall }]\n", "more.yaml");
  const files = ["-f", "chatform.yaml", "-f", "more.yaml"];
  expect(await ok("plan", ...files)).toContain("# rooms/lobby has moved to rooms/foyer");
  await ok("apply", "--auto-approve", ...files);
  expect(await addresses()).toEqual(foyerAddresses);
});

test("a moved message keeps its id, and its replies", async () => {
  const { resources } = await state();
  await declare(
    lobby.replace("rules:", "runbook:").replace("replyTo: rules", "replyTo: runbook") +
      "moved: [{ from: rooms/lobby/messages/rules, to: rooms/lobby/messages/runbook }]\n",
  );
  await ok("apply", "--auto-approve");
  expect(writes()).toEqual([]);
  expect((await state()).resources["rooms/lobby/messages/runbook"]?.id).toBe(
    resources["rooms/lobby/messages/rules"]?.id,
  );
  expect(await run("plan", "--detailed-exitcode")).toMatchObject({ code: 0 });
});

test("a message stays in its room", async () => {
  const from = "rooms/lobby/messages/rules";
  const to = "rooms/foyer/messages/rules";
  await declare(`${foyer}moved: [{ from: ${from}, to: ${to} }]\n`);
  expect(await refused("plan")).toContain("a message stays in its room or 1:1 chat");
  expect(await refused("state", "mv", from, to)).toContain("a message stays in its room or 1:1 chat");
});

describe("a room that was probably renamed", () => {
  test("is refused with the lines to paste, which work", async () => {
    await declare(foyer);
    const { code, stderr } = await run("plan");
    expect(code).toBe(1);
    const block = "moved:\n    - { from: rooms/lobby, to: rooms/foyer }\n";
    expect(stderr).toContain("(probable-rename)");
    expect(stderr).toContain(block);
    expect(await refused("apply", "--auto-approve", "--target", "rooms/foyer")).toContain(
      "(probable-rename)",
    );
    await declare(foyer + block);
    await ok("apply", "--auto-approve");
    expect(lobbies()).toHaveLength(1);
  });

  test("is created beside the other with --allow-second-room", async () => {
    await declare(foyer);
    await ok("apply", "--auto-approve", "--allow-second-room", "rooms/foyer");
    expect(lobbies()).toHaveLength(2);
  });

  test("is refused while the create of the old address is uncertain", async () => {
    await declare(`${lobby}  hall: { subject: Hall }\n`);
    emulator.addFaults({ match: { operation: "postChatsRooms" }, action: { type: "drop-after" } });
    const unseen = { type: "status", status: 403, code: "missing.any.permissions" } as const;
    emulator.addFaults({ match: { operation: "getUsersChatsMe" }, action: unseen, times: "always" });
    expect((await run("apply", "--auto-approve", "--patience", "0s")).code).toBe(1);
    emulator.clearFaults();
    emulator.clearRequests();
    await declare(`${lobby}  aula: { subject: Hall }\n`);
    expect(await refused("plan", "--no-refresh")).toContain("(probable-rename)");
    await declare(`${lobby}  aula: { subject: Hall }\nmoved: [{ from: rooms/hall, to: rooms/aula }]\n`);
    await run("apply", "--auto-approve");
    await ok("apply", "--auto-approve");
    expect(emulator.dump().rooms.filter(({ subject }) => subject === "Hall")).toHaveLength(1);
    expect(await addresses()).toContain("rooms/aula");
  });
});

describe("a message with an id", () => {
  const hello = (id: unknown, name = "hello"): string =>
    `${lobby}      ${name}: { id: ${JSON.stringify(id)}, body: Hello }\n`;
  const send = (room: string): string => {
    const message = { body: "Hello", from: "jane.doe@example.com" };
    const id = emulator.change({ change: "add-message", room, message });
    return typeof id === "string" ? id : "";
  };

  test("is adopted, and exported with its id", async () => {
    const id = send(lobbies()[0] ?? "");
    await declare(hello(id));
    expect(await ok("plan")).toContain("> rooms/lobby/messages/hello will be adopted");
    await ok("apply", "--auto-approve");
    expect(writes()).toEqual([]);
    expect((await state()).resources["rooms/lobby/messages/hello"]?.id).toBe(id);
    expect(await run("plan", "--detailed-exitcode")).toMatchObject({ code: 0 });
    expect(await ok("export", "--all-known")).toContain(`id: ${id}`);
    await declare(lobby + "      greeting: { body: Hello }\n");
    expect((await run("plan")).stdout.replaceAll(/\s+/g, " ")).toContain(
      "moved: [{ from: rooms/lobby/messages/hello, to: rooms/lobby/messages/greeting }]",
    );
  });

  test("is refused if the id does not exist, belongs to another room, or is declared twice", async () => {
    const none = "00000000-0000-4000-8000-000000000000";
    await declare(hello(none));
    expect(await refused("plan")).toContain(`The service has no message with the id ${none} in rooms/lobby.`);
    const other = emulator.dump().rooms.find(({ subject }) => subject === "Front desk")?.jid ?? "";
    await declare(hello(send(other)));
    expect(await refused("plan")).toContain("(not-found)");
    await declare(`${hello("same")}      again: { id: same, body: Hello }\n`);
    expect(await refused("validate")).toContain("(same-thing-twice)");
    const recorded = (await state()).resources["rooms/lobby/messages/rules"]?.id;
    await declare(hello(recorded));
    expect(await refused("plan")).toContain("(same-thing-twice)");
  });
});

test("a message of another room is refused where a room shows the messages of others", async () => {
  await emulator.close();
  emulator = await startEmulator({
    ...{ actingUser: "jane.doe@example.com", variants: { messagesById: "any" } },
  });
  const [room] = emulator.dump().rooms;
  const message = { body: "Hello", from: "jane.doe@example.com" };
  const id = emulator.change({ change: "add-message", room: room?.jid ?? "", message }) as string;
  const [desk, hall] = emulator.dump().rooms.map(({ jid = "" }) => jid);
  await rm(join(cwd, "chatform.state.json"));
  const adopt = (jid = ""): Promise<void> =>
    declare(`rooms: { it: { jid: ${jid}, messages: { hello: { id: ${id}, body: Hello } } } }\n`);
  await adopt(hall);
  expect(await refused("plan")).toContain("(message-elsewhere)");
  expect(await refused("plan")).toContain(`belongs to the room ${desk ?? ""}`);
  await adopt(desk);
  await ok("apply", "--auto-approve");
  expect(writes()).toEqual([]);
});

describe("import", () => {
  test("is refused where the config declares another id, or the id at another address", async () => {
    const [jid = ""] = lobbies();
    const other = emulator.dump().rooms.find(({ subject }) => subject === "Front desk")?.jid ?? "";
    await declare(`${lobby}  desk: { jid: ${other} }\n  hall: { subject: Hall }\n`);
    expect(await refused("import", "rooms/desk", jid)).toContain(`declares rooms/desk as ${other}`);
    expect(await refused("import", "rooms/hall", other)).toContain(`declares ${other} as rooms/desk`);
  });

  test("and export read again after a 404", async () => {
    const other = emulator.dump().rooms.find(({ subject }) => subject === "Front desk")?.jid ?? "";
    await declare(`${lobby}  desk: { subject: Front desk }\n`);
    const once = { match: { operation: "getChatsRoom" }, times: 1 } as const;
    const action = { type: "status", status: 404, code: "not.found" } as const;
    emulator.addFaults({ ...once, action });
    expect((await run("import", "rooms/desk", other)).stderr).not.toContain("has no room");
    emulator.clearFaults();
    emulator.addFaults({ ...once, action });
    expect((await run("export", "--room", other, "--state", "none.json")).stderr).not.toContain(
      "no longer exists",
    );
  });
});
