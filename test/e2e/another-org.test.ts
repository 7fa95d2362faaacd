/** Tests that nothing is written to an org other than that of the state or the saved plan, with any content and any credentials. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/core/json/json.js";
import { parseState } from "../../src/state/codec.js";
import type { State } from "../../src/core/state/state.js";
import type { Emulator, EmulatorOptions } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { RunResult } from "../helpers/run.js";
import { Relay } from "../helpers/relay.js";
import { runCli } from "../helpers/run.js";
import { writesIn } from "../helpers/writes.js";

const jane = "jane.doe@example.com";
const asJane: EmulatorOptions = { actingUser: jane };
const stateFile = "chatform.state.json";

let cwd = "";
let emulator: Emulator;
let relay: Relay;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-org-"));
  relay = await Relay.start();
  await start({ ...asJane, seed: { name: "Org-A", users: [{ email: jane }] } });
});
afterEach(async () => {
  await emulator.close();
  await relay.close();
  await rm(cwd, { recursive: true });
});

async function start(options: EmulatorOptions): Promise<void> {
  emulator = await startEmulator(options);
  relay.target = emulator.port;
}

/** Starts another org at the same address, so that the host does not identify the org. */
async function moveTo(
  name: string,
  options: EmulatorOptions,
  seed: { readonly id?: string } = {},
): Promise<void> {
  await emulator.close();
  await start({ seed: { name, users: [{ email: jane }], ...seed }, ...options });
}

async function declare(document: JsonObject): Promise<void> {
  await writeFile(join(cwd, "chatform.yaml"), JSON.stringify({ version: 1, ...document }));
}

const run = (...args: readonly string[]): Promise<RunResult> =>
  runCli(args, { cwd, env: relay.through(emulator.env) });

async function succeed(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(...args);
  expect(code, stdout + stderr).toBe(0);
  return stdout + stderr;
}

const stateText = (): Promise<string> => readFile(join(cwd, stateFile), "utf8");
const readState = async (): Promise<State> => parseState(await stateText(), stateFile, "");

/** Returns a state without its org, as older versions wrote it. */
async function forgetOrg(): Promise<void> {
  const { org: _org, ...old } = await readState();
  await writeFile(join(cwd, stateFile), JSON.stringify(old));
}

async function expectRefusal(args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await run(...args);
  expect([code, stderr.includes("another-org")], stdout + stderr).toEqual([1, true]);
  expect(writesIn(emulator.requests)).toEqual([]);
  expect(stdout).not.toMatch(/will be|to create/);
}

/** The evidence for the org of the credentials, from the strongest to the weakest. */
const credentials: readonly (readonly [string, EmulatorOptions])[] = [
  ["a user", asJane],
  [
    "a user who is told only by their own jid",
    { ...asJane, variants: { refused: ["getOrganizationsMe", "getTokensMe"] } },
  ],
  ["a client", {}],
  [
    "a client whose org only tokens/me tells (404)",
    { variants: { refused: ["getOrganizationsMe"], refusedError: "404 not.found" } },
  ],
  [
    "a client whose org only tokens/me tells (401)",
    { variants: { refused: ["getOrganizationsMe"], refusedError: "401 not.authorized" } },
  ],
  [
    "a client whose org only the jids of users tell",
    { variants: { refused: ["getOrganizationsMe", "getTokensMe"] } },
  ],
];

const settings = { settings: { reactionsEnabled: false } };
const me = { me: { settings: { muted: true, mobile: { notifications: { when: "Always" } } } } };
const room = { rooms: { lobby: { subject: "Lobby" } } };
const messages = { rooms: { lobby: { subject: "Lobby", messages: { hello: { body: "Hello" } } } } };
const documents: readonly (readonly [string, JsonObject, JsonObject])[] = [
  ["settings", settings, settings],
  ["settings that leave", settings, {}],
  ["me", me, me],
  ["a room", room, room],
  ["messages", messages, messages],
  ["a room that is forgotten and another that is created", room, { rooms: { hall: { subject: "Hall" } } }],
];

const commands: readonly (readonly string[])[] = [
  ["plan"],
  ["plan", "--no-refresh"],
  ["plan", "--out", "other.json"],
  ["apply", "--auto-approve"],
  ["apply", "--auto-approve", "--no-refresh"],
  ["apply", "--auto-approve", "--refresh-only"],
  ["drift"],
  ["destroy", "--auto-approve"],
  ["export", "--settings", "--out", "other.yaml", "--adopt"],
  ["export", "--all-known", "--out", "other.yaml"],
];

describe.each(documents)("a state of another org: %s", (_what, given, wanted) => {
  test.each(credentials)("is refused to %s, by every command", async (_who, options) => {
    await declare(given);
    await succeed("apply", "--auto-approve");
    const before = await stateText();
    await declare(wanted);
    await moveTo("Org-B", options);
    for (const args of commands) await expectRefusal(args);
    expect(await stateText()).toBe(before);
  });
});

describe("a state of another org", () => {
  test.each(credentials)("refuses an import from %s", async (_who, options) => {
    await declare({ ...room, rooms: { ...room.rooms, hall: { subject: "Hall" } } });
    await succeed("apply", "--auto-approve", "--target", "rooms/lobby");
    await moveTo("Org-B", options);
    const jid = emulator.change({ change: "add-room", room: { subject: "Hall" } }) as string;
    await expectRefusal(["import", "rooms/hall", jid]);
  });

  test.each(credentials)("is recognized by its jids when it records no org: %s", async (_who, options) => {
    await declare(messages);
    await succeed("apply", "--auto-approve");
    await forgetOrg();
    await moveTo("Org-B", options);
    for (const args of commands) await expectRefusal(args);
  });

  test("is refused when nothing identifies the org and its only room does not exist", async () => {
    await declare(room);
    await succeed("apply", "--auto-approve");
    await moveTo("Org-B", {
      variants: { refused: ["getOrganizationsMe", "getTokensMe", "getUsersMe", "getUsers"] },
    });
    for (const args of [["plan"], ["apply", "--auto-approve"], ["drift"]]) await expectRefusal(args);
  });

  test("is used with a warning when it has only settings and nothing identifies the org", async () => {
    await declare(settings);
    await succeed("apply", "--auto-approve");
    await moveTo("Org-B", {
      variants: { refused: ["getOrganizationsMe", "getTokensMe", "getUsersMe", "getUsers"] },
    });
    const { code, stderr } = await run("plan");
    expect(code).toBe(0);
    expect(stderr).toMatch(/Note: The org could not be verified: the state belongs to Org-A \(.*\)/);
    // Reading is allowed, writing is not.
    await declare({ settings: { reactionsEnabled: true }, ...room });
    emulator.clearRequests();
    for (const args of [
      ["apply", "--auto-approve"],
      ["destroy", "--auto-approve"],
      [
        "import",
        Object.keys(room.rooms).map((name) => `rooms/${name}`)[0] ?? "",
        "adhoc-x@conference.org.orgspan.com",
      ],
    ]) {
      const refused = await run(...args);
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("org-unverified")]);
    }
    expect(writesIn(emulator.requests)).toEqual([]);
    await succeed("apply", "--auto-approve", "--allow-unverified-org");
    expect(writesIn(emulator.requests)).not.toEqual([]);
  });

  test("is refused at another host when nothing else identifies the org", async () => {
    await declare(settings);
    await succeed("apply", "--auto-approve");
    await emulator.close();
    emulator = await startEmulator({
      variants: { refused: ["getOrganizationsMe", "getTokensMe", "getUsersMe", "getUsers"] },
    });
    await expectRefusal(["apply", "--auto-approve"]);
  });
});

describe.each([
  ["settings", settings],
  ["me", me],
  ["a room", room],
  ["messages", messages],
])("a saved plan of another org: %s", (_what, document) => {
  test.each(credentials)(
    "is refused to %s, without a state and with that of another org",
    async (_who, options) => {
      await declare(document);
      await succeed("plan", "--out", "plan.json");
      await moveTo("Org-B", options);
      await expectRefusal(["apply", "plan.json"]);
      await expectRefusal(["apply", "plan.json", "--state", "other.json"]);
    },
  );

  test("is refused when nothing identifies the org", async () => {
    await declare(document);
    await succeed("plan", "--out", "plan.json");
    await moveTo("Org-B", {
      ...asJane,
      variants: { refused: ["getOrganizationsMe", "getTokensMe", "getUsersMe", "getUsers"] },
    });
    await expectRefusal(["apply", "plan.json"]);
  });

  test("is refused with the state that it was made with", async () => {
    await declare(settings);
    await succeed("apply", "--auto-approve");
    await declare({ ...settings, ...document, settings: { reactionsEnabled: true } });
    await succeed("plan", "--out", "plan.json");
    await moveTo("Org-B", asJane);
    await expectRefusal(["apply", "plan.json"]);
  });
});

test("refuses a client's plan to another client when only the client identifies the org", async () => {
  const variants = { refused: ["getOrganizationsMe", "getTokensMe", "getUsersMe", "getUsers"] } as const;
  await declare(settings);
  await moveTo("Org-A", { variants, clients: [{ id: "one", secret: "secret" }] });
  await succeed("plan", "--out", "plan.json");
  await moveTo("Org-B", { variants, clients: [{ id: "two", secret: "secret" }] });
  await expectRefusal(["apply", "plan.json"]);
  await moveTo("Org-A", { variants, clients: [{ id: "one", secret: "secret" }] });
  await succeed("apply", "plan.json");
});

describe("with credentials that identify nothing that the state or the plan knows", () => {
  const nothing = { refused: ["getOrganizationsMe", "getTokensMe", "getUsersMe", "getUsers"] } as const;
  const client = (id: string) => ({ variants: nothing, clients: [{ id, secret: "secret" }] });
  const off = { settings: { reactionsEnabled: true } };
  const allow = "--allow-unverified-org";

  async function expectUnverified(...args: readonly string[]): Promise<void> {
    const { code, stderr } = await run(...args);
    expect([code, stderr]).toEqual([1, expect.stringContaining("org-unverified")]);
    expect(writesIn(emulator.requests)).toEqual([]);
  }

  test("another client, or a user of some org, writes a client's state only with the option that allows it", async () => {
    await declare(settings);
    await moveTo("Org-A", client("one"));
    await succeed("apply", "--auto-approve");
    for (const other of [client("two"), asJane]) {
      await moveTo("Org-B", other);
      for (const args of [
        ["apply", "--auto-approve"],
        ["destroy", "--auto-approve"],
        ["export", "--settings", "--adopt", "--out", "live.yaml"],
      ])
        await expectUnverified(...args);
    }
    await moveTo("Org-A", client("two"));
    await succeed("apply", "--auto-approve", allow);
    expect(writesIn(emulator.requests)).not.toEqual([]);
    // The state records the client now: the option is not needed again.
    await declare(off);
    await succeed("apply", "--auto-approve");
  });

  test("a run that cannot verify the org keeps the org that the state records", async () => {
    await declare(settings);
    await succeed("apply", "--auto-approve");
    const known = (await readState()).org;
    await moveTo("Org-A", client("one"));
    await expectUnverified("apply", "--auto-approve");
    await succeed("apply", "--auto-approve", allow);
    expect(writesIn(emulator.requests)).not.toEqual([]);
    expect((await readState()).org).toEqual(known);
  });

  test("a saved plan is applied only with the option that allows it", async () => {
    await declare(settings);
    await succeed("plan", "--out", "plan.json");
    await moveTo("Org-A", client("one"));
    await expectRefusal(["apply", "plan.json"]);
    expect((await run("apply", "plan.json")).stderr).toContain(allow);
    await succeed("apply", "plan.json", allow);
    expect(writesIn(emulator.requests)).not.toEqual([]);
  });
});

describe("the same org", () => {
  test("is recognized at another address", async () => {
    await declare(room);
    await succeed("apply", "--auto-approve");
    const seed = emulator.dump();
    await emulator.close();
    await relay.close();
    relay = await Relay.start();
    await start({ ...asJane, seed });
    expect(await succeed("plan")).toContain("No changes.");
  });

  test("is recognized by its id when its jids differ", async () => {
    await declare(settings);
    await succeed("apply", "--auto-approve");
    const { id } = emulator.dump();
    await moveTo("Org-Renamed", asJane, { id: id.toUpperCase() });
    expect(await succeed("plan")).toContain("1 to update");
    await succeed("apply", "--auto-approve");
    expect((await readState()).org).toMatchObject({ id, name: "Org-Renamed" });
  });

  test.each(credentials)("is the same for %s, and applies a user's saved plan", async (_who, options) => {
    await declare(room);
    await succeed("apply", "--auto-approve");
    await declare({ ...room, ...settings });
    const seed = emulator.dump();
    await emulator.close();
    await start({ seed, ...options });
    await succeed("plan", "--out", "plan.json");
    await emulator.close();
    await start({ seed, ...options });
    await succeed("apply", "plan.json");
  });

  test("is recorded by the first write, and in an older state by a run that changes nothing", async () => {
    await declare(settings);
    await succeed("plan");
    await expect(stateText()).rejects.toThrow();
    await succeed("apply", "--auto-approve");
    const { id } = emulator.dump();
    const org = { id, name: "Org-A", host: `127.0.0.1:${relay.port}`, domain: "org-a.orgspan.com" };
    const { serial, ...first } = await readState();
    expect(first.org).toEqual(org);
    await forgetOrg();
    await succeed("apply", "--auto-approve");
    expect(await readState()).toMatchObject({ serial: serial + 1, org: { id } });
    await succeed("apply", "--auto-approve");
    expect(await readState()).toMatchObject({ serial: serial + 1 });
  });

  test("is recorded by an import, and pulled and pushed with the state", async () => {
    await declare(room);
    const jid = emulator.change({ change: "add-room", room: { subject: "Lobby" } }) as string;
    await succeed("import", "rooms/lobby", jid);
    expect((await readState()).org).toMatchObject({ id: emulator.dump().id });
    await writeFile(join(cwd, "copy.json"), (await run("state", "pull")).stdout);
    await succeed("state", "push", "copy.json");
    await succeed("state", "mv", "rooms/lobby", "rooms/hall");
    expect((await readState()).org).toMatchObject({ id: emulator.dump().id });
  });

  test("is an error like any other failed read when its read fails", async () => {
    await declare(settings);
    emulator.addFaults({
      match: { operation: "getOrganizationsMe" },
      times: "always",
      action: { type: "status", status: 501 },
    });
    const { code, stderr } = await run("plan");
    expect([code, stderr.includes("read-failed")], stderr).toEqual([1, true]);
  });
});

describe("the org", () => {
  test("appears in the plan, the apply, the drift and their reports, and in the checksum", async () => {
    await declare(settings);
    const name = `Org-A (${emulator.dump().id})`;
    const shown = `Org: ${name}\nHost: 127.0.0.1:${relay.port}\n`;
    const formats = ["text", "json", "markdown", "junit", "html"];
    const reports = (what: string): readonly string[] =>
      formats.flatMap((format) => ["--report", `${format}=${what}.${format}`]);
    const expectReports = async (what: string): Promise<void> => {
      for (const format of formats) {
        const text = (await readFile(join(cwd, `${what}.${format}`), "utf8")).replaceAll("`", "");
        expect(text.includes(format === "json" ? `"${emulator.dump().id}"` : name), `${what}.${format}`).toBe(
          true,
        );
      }
    };
    expect(await succeed("plan", "--out", "plan.json", ...reports("plan"))).toContain(shown);
    await expectReports("plan");
    const checksum = (text: string): string => /Checksum: (\w+)/.exec(text)?.[1] ?? "";
    const first = checksum(await succeed("plan"));
    expect(await succeed("apply", "plan.json", ...reports("apply"))).toContain(shown);
    await expectReports("apply");
    expect(await succeed("drift", ...reports("drift"))).toContain(shown);
    await expectReports("drift");
    await rm(join(cwd, stateFile));
    await moveTo("Org-B", asJane);
    const second = checksum(await succeed("plan"));
    expect([first.length, second.length, first === second]).toEqual([64, 64, false]);
  });
});
