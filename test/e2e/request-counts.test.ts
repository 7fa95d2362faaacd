/** Tests that plan and apply of each change make the fewest possible requests. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { OperationName } from "../../src/api/operations/operations.js";
import { operation } from "../../src/api/operations/operations.js";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import { markdownTable, part, readDoc } from "../helpers/readme.js";
import { runCli } from "../helpers/run.js";
import type { Counts, Document, Row } from "./request-rows.js";
import { findJid, rows } from "./request-rows.js";

let emulator: Emulator;
let cwd: string;

beforeEach(async () => {
  emulator = await startEmulator({ actingUser: "jane.doe@example.com" });
  cwd = await mkdtemp(join(tmpdir(), "chatform-counts-"));
});
afterEach(async () => {
  await emulator.close();
  await rm(cwd, { recursive: true });
});

async function run(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(args, { cwd, env: emulator.env });
  expect(code, stdout + stderr).toBe(0);
  return stdout;
}

async function declare(document: Document): Promise<void> {
  await writeFile(join(cwd, "chatform.yaml"), JSON.stringify({ version: 1, ...document }));
}

/** The requests since the last time, by operation; tokens apart. */
function taken(): Counts {
  const counts: Record<string, number> = {};
  for (const { operation: name, status } of emulator.requests) {
    expect(status).not.toBe(429);
    if (name !== "token") counts[name ?? "unknown"] = (counts[name ?? "unknown"] ?? 0) + 1;
  }
  emulator.clearRequests();
  return counts;
}

function sum(...all: readonly Counts[]): Counts {
  const total: Record<string, number> = {};
  for (const counts of all)
    for (const [name, count] of Object.entries(counts)) total[name] = (total[name] ?? 0) + count;
  return total;
}

/** Which org the credentials belong to: one request of every run that plans, applies, audits or records. */
const org: Counts = { getOrganizationsMe: 1 };

/** The first write of a state also records the org's domain: that of the token's user, unless it was read before. */
function firstWrite({ given, plan, verify }: Row): Counts {
  const isKnown = given !== undefined || plan.getUsersMe !== undefined || verify.getUsersMe !== undefined;
  return isKnown ? {} : { getUsersMe: 1 };
}

/** A plan with calls that need permissions also reads those of the token, with the token's user; without a refresh it does not. */
function permissions({ plan, writes, args = [] }: Row): Counts {
  if (args.includes("--no-refresh")) return {};
  const needsSome = Object.keys(writes).some(
    (name) => operation(name as OperationName).permissions.length > 0,
  );
  return needsSome && plan.getUsersMe === undefined ? { getUsersMe: 1 } : {};
}

async function prepare({ given, meanwhile, wanted }: Row): Promise<void> {
  if (given !== undefined) {
    await declare(given);
    await run("apply", "--auto-approve");
  }
  meanwhile?.(emulator);
  await declare(wanted);
  emulator.clearRequests();
}

describe.each(rows.map((row) => [row.what, row] as const))("%s", (_what, row) => {
  const { plan, writes, verify, args = [] } = row;

  test(`a plan, and an apply: ${row.why}`, async () => {
    await prepare(row);
    await run("plan", ...args);
    expect(taken()).toEqual(sum(org, plan, permissions(row)));
    await run("apply", "--auto-approve", ...args);
    expect(taken()).toEqual(sum(org, plan, writes, verify, firstWrite(row)));
  });
});

describe.each(rows.filter(({ change }) => change !== undefined).map((row) => [row.what, row] as const))(
  "%s, by a saved plan",
  (_what, row) => {
    test("reads again only what it changes or relies on", async () => {
      await prepare(row);
      await run("plan", "--out", "saved.json");
      emulator.clearRequests();
      await run("apply", "saved.json", "--allow-data-loss");
      expect(taken()).toEqual(sum(org, row.saved ?? {}, row.writes, row.verify, firstWrite(row)));
    });
  },
);

test("docs/performance.md lists the requests of each kind of change (UPDATE_DOCS=1 writes them)", () => {
  const number = (counts: Counts = {}): string =>
    String(Object.values(counts).reduce((total, count) => total + count, 0));
  const table = markdownTable([
    ["Change", "Refresh", "Write", "Read back", "More for a saved plan"],
    ...rows.flatMap(({ change, plan, writes, verify, saved }) =>
      change === undefined ? [] : [[change, number(plan), number(writes), number(verify), number(saved)]],
    ),
  ]);
  expect(part("docs/performance.md", "request counts", table)).toBe(table);
});

test("2,000 settings of users and 100 new rooms take at most 4,250 requests", async () => {
  const emails = Array.from({ length: 2000 }, (_, at) => `p${at}@example.com`);
  for (const email of emails) emulator.change({ change: "user", set: { email } });
  const settings = { mobile: { notifications: { when: "Always" } } };
  await declare({
    userSettings: { all: { members: emails, settings } },
    rooms: Object.fromEntries(emails.slice(0, 100).map((_, at) => [`r${at}`, { subject: `Room ${at}` }])),
  });
  const shown = await run("apply", "--auto-approve");
  const counts = taken();
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  expect(total).toBeLessThanOrEqual(4250);
  expect(readDoc("docs/performance.md")).toContain(
    `100 new rooms take ${total.toLocaleString("en")} requests`,
  );
  expect(counts).toMatchObject({
    patchChatsUserSettings: 2000,
    postChatsRooms: 100,
    getChatsUserSettings: 2002,
  });
  expect(shown).toContain("Apply complete");
});

describe("a saved plan", () => {
  const wanted = {
    settings: { reactionsEnabled: false },
    users: { "sam@example.com": { settings: { mobile: { notifications: { when: "OnlyWhenInactive" } } } } },
    rooms: { lobby: { subject: "Lobby", participants: ["sam@example.com"] } },
  };

  test("reads only existing objects that it changes again, looks up no people, and reads each change back", async () => {
    await declare(wanted);
    await run("plan", "--out", "saved.json");
    emulator.clearRequests();
    await run("apply", "saved.json");
    expect(taken()).toEqual({
      ...org,
      getChatsSettings: 2,
      patchChatsSettings: 1,
      postChatsRooms: 1,
      getChatsRoom: 1,
      getChatsRoomParticipants: 1,
      // The token's user was added to the room, and the state is new.
      getUsersMe: 1,
    });
  });

  test("reads only the org and the domain for the new state when nothing changes", async () => {
    await declare({ settings: { reactionsEnabled: true } });
    await run("plan", "--out", "saved.json");
    emulator.clearRequests();
    await run("apply", "saved.json");
    expect(taken()).toEqual({ ...org, getUsersMe: 1 });
  });

  test("makes one read, one write and the read of the domain when nothing is read back", async () => {
    await declare({ settings: { reactionsEnabled: false } });
    await run("plan", "--out", "saved.json");
    emulator.clearRequests();
    await run("apply", "saved.json", "--no-verify");
    expect(taken()).toEqual({ ...org, getChatsSettings: 1, patchChatsSettings: 1, getUsersMe: 1 });
  });
});

describe("without a change in Genesys Cloud", () => {
  const messages = { a: { body: "A", reactions: ["👍"] }, b: { body: "B" } };
  const jid = (): string => findJid(emulator, "Front desk");

  test("adopts a room with two reads for texts and people, and one for the domain of the new state", async () => {
    await declare({
      rooms: { desk: { jid: jid(), subject: "Front desk", owners: ["jane.doe@example.com"] } },
    });
    await run("apply", "--auto-approve");
    expect(taken()).toEqual({ ...org, postUsersSearch: 1, getChatsRoom: 1, getUsersMe: 1 });
  });

  test("imports a room with only its own reads and those of its people", async () => {
    await declare({ rooms: { desk: { subject: "Front desk", participants: ["sam@example.com"] } } });
    await run("import", "rooms/desk", jid());
    // An undeclared user is in the room: the next plan checks if that is the token's user.
    expect(taken()).toEqual({
      ...org,
      ...{ postUsersSearch: 1, getChatsRoom: 1, getChatsRoomParticipants: 1 },
      // The states of the undeclared participants.
      getUsers: 1,
    });
  });

  test("imports a message with one read and those of its reactions", async () => {
    await declare({ rooms: { desk: { jid: jid(), messages: { hi: { body: "Good morning!" } } } } });
    const id = emulator.dump().rooms.find((one) => one.subject === "Front desk")?.messages?.[0]?.id ?? "";
    await run("import", "rooms/desk/messages/hi", id);
    expect(taken()).toEqual({ ...org, getChatsRoomMessage: 1 });
  });

  test("exports settings and a room with one read each, and names in one batch", async () => {
    await run("export", "--settings", "--room", jid());
    expect(taken()).toEqual({
      getChatsSettings: 1,
      getChatsRoom: 1,
      getChatsRoomParticipants: 1,
      getUsers: 1,
    });
  });

  test("exports all rooms of the token's user, found in one list", async () => {
    await run("export", "--mine");
    expect(taken()).toMatchObject({ getUsersChatsMe: 1, getUsers: 1 });
  });

  test("accepts drift with one read of each object, and none afterwards", async () => {
    await declare({ settings: { reactionsEnabled: true }, rooms: { lobby: { subject: "Lobby", messages } } });
    await run("apply", "--auto-approve");
    emulator.change({ change: "settings", set: { reactionsEnabled: false } });
    emulator.clearRequests();
    await run("plan", "--refresh-only", "--out", "saved.json");
    expect(taken()).toEqual({
      ...org,
      getChatsSettings: 1,
      getChatsRoom: 1,
      getChatsRoomMessage: 1,
      getUsersMe: 1,
    });
    await run("apply", "saved.json");
    expect(taken()).toEqual(org);
  });

  test("audits with one read of each object", async () => {
    await declare({ settings: { reactionsEnabled: true }, rooms: { lobby: { subject: "Lobby", messages } } });
    await run("apply", "--auto-approve");
    emulator.clearRequests();
    await run("drift");
    expect(taken()).toEqual({
      ...org,
      getChatsSettings: 1,
      getChatsRoom: 1,
      getChatsRoomMessage: 1,
      getUsersMe: 1,
    });
  });

  test("destroys with two reads and a write of the settings, and without requests for what is only forgotten", async () => {
    const settings = { reactionsEnabled: false };
    await declare({ settings, rooms: { lobby: { subject: "Lobby", messages } } });
    await run("apply", "--auto-approve");
    emulator.clearRequests();
    await run("destroy", "--auto-approve");
    expect(taken()).toEqual({ ...org, getChatsSettings: 2, patchChatsSettings: 1 });
  });

  test.each([
    ["validate"],
    ["state", "list"],
    ["state", "forget", "settings"],
    ["state", "mv", "rooms/lobby", "rooms/hall"],
  ])("%s %s makes no request", async (...args) => {
    await declare({ settings: { reactionsEnabled: true }, rooms: { lobby: { subject: "Lobby", messages } } });
    await run("apply", "--auto-approve");
    emulator.clearRequests();
    await run(...args);
    expect(taken()).toEqual({});
    expect(emulator.requests).toEqual([]);
  });

  test("plan --no-refresh reads only the org", async () => {
    await declare({ settings: { reactionsEnabled: true }, rooms: { lobby: { subject: "Lobby", messages } } });
    await run("apply", "--auto-approve");
    emulator.clearRequests();
    await run("plan", "--no-refresh");
    expect(taken()).toEqual(org);
  });
});

describe("a token", () => {
  test("is requested once for any number of requests", async () => {
    const client = { id: "client", secret: "secret" };
    const other = await startEmulator({ clients: [client] });
    try {
      const env = { ...other.env, GENESYSCLOUD_ACCESS_TOKEN: "" };
      await declare({ settings: { reactionsEnabled: false } });
      const { code } = await runCli(["apply", "--auto-approve"], { cwd, env });
      expect(code).toBe(0);
      expect(other.requests.filter(({ operation: name }) => name === "token")).toHaveLength(1);
    } finally {
      await other.close();
    }
  });
});

test("writes write", () => {
  for (const { writes } of rows)
    for (const name of Object.keys(writes) as (keyof Counts)[])
      expect(operation(name).safety === "read" ? name : "").toBe(name === "getChatsMessage" ? name : "");
});
