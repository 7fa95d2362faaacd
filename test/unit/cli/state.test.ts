import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { state } from "../../../src/cli/commands/state/state.js";
import type { Context } from "../../../src/cli/context.js";
import { Secrets } from "../../../src/cli/masking/secrets.js";
import { run } from "../../../src/cli/run.js";
import type { ForgottenRoom } from "../../../src/core/state/forgotten.js";
import type { State } from "../../../src/core/state/state.js";
import { parseState, printState } from "../../../src/state/codec.js";
import { localStore } from "../../../src/state/local/local-store.js";
import { intent, intentEntry, resource } from "../state/samples.js";

let folder: string;
let path: string;

const before: State = {
  version: 1,
  lineage: "lineage-1",
  serial: 4,
  resources: {
    "rooms/a": resource("jid-a"),
    "rooms/a/messages/x": {
      kind: "rooms/*/messages/*",
      id: "m1",
      container: "jid-a",
      applied: { body: "\u001b[31mhi" },
    },
    "rooms/ab": resource("jid-ab"),
    settings: { kind: "settings", id: "settings", applied: { reactionsEnabled: true } },
  },
  uncertain: [intent("rooms/c")],
  users: {},
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "chatform-state-command-"));
  path = join(folder, "chatform.state.json");
  await writeFile(path, printState(before));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function forgotten(address: string, jid: string): ForgottenRoom {
  const subject = `Subject of ${jid}`;
  return { address, jid, kind: "rooms/*", subject, forgotten: "1970-01-01T00:00:00.000Z" };
}

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
}

async function call(
  line: string,
  options: {
    readonly state?: string;
    readonly json?: boolean;
    readonly force?: boolean;
    readonly forgotten?: boolean;
    readonly purge?: boolean;
    readonly behavior?: boolean;
    readonly stdin?: string;
    readonly isTTY?: boolean;
  } = {},
): Promise<Outcome> {
  const [action = "", ...args] = line.split(" ");
  const stdin = Readable.from([options.stdin ?? ""]);
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const context: Context = {
    cwd: folder,
    env: {},
    stdin: () => stdin,
    stdout: Object.assign(stdout, { isTTY: options.isTTY ?? false }),
    stderr,
    secrets: new Secrets(),
    repeatOptions: (text) => text,
    now: () => new Date(0),
    stop: new AbortController().signal,
    abort: new AbortController().signal,
  };
  const code = await state.run(
    {
      // Other words are refused by the parser.
      action: action as Parameters<typeof state.run>[0]["action"],
      args,
      file: ["chatform.yaml"],
      var: [],
      "var-file": [],
      timeout: "60s",
      "lock-timeout": "0s",
      json: options.json ?? false,
      force: options.force ?? false,
      forgotten: options.forgotten ?? false,
      purge: options.purge ?? false,
      behavior: options.behavior ?? false,
      color: false,
      debug: false,
      input: false,
      ...(options.state !== undefined && { state: options.state }),
    },
    context,
  );
  expect(code).toBe(0);
  stdout.end();
  stderr.end();
  const text = async (stream: PassThrough): Promise<string> => (await stream.toArray()).join("");
  return { stdout: await text(stdout), stderr: await text(stderr) };
}

async function now(): Promise<State> {
  return parseState(await readFile(path), "", "");
}

describe("a user whom an address names by id", () => {
  const [id, email] = ["11111111-1111-4111-8111-111111111111", "jane.doe@example.com"];
  const messages = `users/${id}/messages`;
  const recorded = { kind: "users/*/messages/*", id: "m1", container: id, applied: { body: "Hi" } };

  beforeEach(async () => {
    const resources = { [`${messages}/a`]: recorded };
    await writeFile(path, printState({ ...before, resources, users: { [email]: id } }));
  });

  it("is shown with the e-mail that the state has, but not in a list that a program reads", async () => {
    expect((await call("list")).stdout).toBe(`rooms/c (uncertain)\n${messages}/a\n`);
    const shown = await call("list", { isTTY: true });
    expect(shown.stdout).toBe(`rooms/c (uncertain)\n${messages}/a (${email})\n`);
    expect((await call(`show ${messages}/a`)).stdout).toContain(`container: ${id} # ${email}\n`);
  });

  it("is named where the address moves or is forgotten", async () => {
    const moved = await call(`mv ${messages}/a ${messages}/b`);
    expect(moved.stdout).toBe(`Moved 1 address: ${messages}/a (${email}) is now ${messages}/b.\n`);
    expect((await call(`forget ${messages}/b`)).stdout).toBe(`Forgotten: ${messages}/b (${email})\n`);
  });
});

describe("show --behavior", () => {
  const observation = { value: true, date: "1970-01-01T00:00:00Z", evidence: "Seen by a probe." };

  it("shows the observed behavior, which other edits keep", async () => {
    await writeFile(path, printState({ ...before, behavior: { creatorJoins: observation } }));
    await call("forget rooms/ab");
    const { stdout } = await call("show", { behavior: true });
    expect(stdout).toContain("creatorJoins: true\n");
    expect(stdout).toContain("1970-01-01: Seen by a probe.");
    const json = JSON.parse((await call("show", { behavior: true, json: true })).stdout) as object;
    expect(json).toMatchObject({ behavior: { creatorJoins: observation }, probeRooms: [] });
  });

  it("shows that nothing is known in an older state, and without one", async () => {
    const text = "Nothing is known yet";
    expect((await call("show", { behavior: true })).stdout).toContain(text);
    await rm(path);
    expect((await call("show", { behavior: true })).stdout).toContain(text);
  });

  it("takes no address", async () => {
    await expect(call("show rooms/a", { behavior: true })).rejects.toThrow("no address with --behavior");
  });
});

describe("list", () => {
  it("shows addresses, and which are uncertain", async () => {
    expect((await call("list")).stdout).toBe(
      "rooms/a\nrooms/a/messages/x\nrooms/ab\nrooms/c (uncertain)\nsettings\n",
    );
    expect((await call("list rooms/*")).stdout).toBe("rooms/a\nrooms/ab\nrooms/c (uncertain)\n");
    expect((await call("list rooms/c settings")).stdout).toBe("rooms/c (uncertain)\nsettings\n");
  });

  it("prints JSON", async () => {
    expect(JSON.parse((await call("list rooms/{a,c}")).stdout || "[]")).toEqual([]);
    expect(JSON.parse((await call("list rooms/c", { json: true })).stdout)).toEqual([
      { address: "rooms/c", kind: "rooms/*", id: null, uncertain: true },
    ]);
  });

  it("is empty without a state", async () => {
    const { stdout, stderr } = await call("list", { state: "other.json" });
    expect([stdout, stderr.includes("other.json")]).toEqual(["", true]);
  });

  it("shows what a killed run left in the journal", async () => {
    const store = localStore({ path });
    const writer = await store.open(await store.read());
    await writer.append(intentEntry("rooms/new"));
    expect((await call("list rooms/new")).stdout).toBe("rooms/new (uncertain)\n");
    await writer.close();
  });
});

describe("show", () => {
  it("shows what was applied, and nothing that acts on a terminal", async () => {
    const { stdout } = await call("show rooms/a/messages/x");
    expect(stdout).toContain("id: m1");
    expect(stdout).not.toContain("\u001b");
    expect(JSON.parse((await call("show rooms/c", { json: true })).stdout)).toMatchObject({
      address: "rooms/c",
      uncertain: { operation: "postChatsRooms" },
    });
  });

  it("names the closest address for an unknown one", async () => {
    await expect(call("show rooms/abb")).rejects.toMatchObject({
      code: "address-unknown",
      help: "Did you mean rooms/ab?",
    });
  });
});

describe("--json", () => {
  it.each([
    ["mv rooms/ab rooms/z", { moved: [{ from: "rooms/ab", to: "rooms/z" }] }],
    ["forget rooms/ab", { forgotten: ["rooms/ab"], purged: [] }],
  ])("prints JSON: %s", async (line, document) => {
    const { stdout } = await call(line, { json: true });
    expect(JSON.parse(stdout)).toMatchObject(document);
  });
});

describe("mv", () => {
  it("moves a resource with everything in it", async () => {
    await call("mv rooms/a rooms/z");
    const { resources, serial } = await now();
    expect(resources).toEqual({
      "rooms/ab": before.resources["rooms/ab"],
      "rooms/z": before.resources["rooms/a"],
      "rooms/z/messages/x": before.resources["rooms/a/messages/x"],
      settings: before.resources["settings"],
    });
    expect(serial).toBe(5);
    expect(await readdir(folder)).toEqual(["chatform.state.json", "chatform.state.json.backup"]);
  });

  it("moves an uncertain create", async () => {
    await call("mv rooms/c rooms/d");
    expect((await now()).uncertain).toEqual([intent("rooms/d")]);
  });

  it.each([
    ["mv rooms/a rooms/ab", "address-taken"],
    ["mv rooms/a rooms/c", "address-taken"],
    ["mv rooms/a users/z", "address-taken"],
    ["mv rooms/a rooms/a/messages/y", "address-taken"],
    ["mv rooms/none rooms/z", "address-unknown"],
    ["mv rooms rooms/z", "address-taken"],
  ])("refuses %s", async (line, code) => {
    await expect(call(line)).rejects.toMatchObject({ code });
    expect(await now()).toEqual(before);
    expect(await readdir(folder)).toEqual(["chatform.state.json"]);
  });
});

describe("forget", () => {
  it("forgets a resource, everything in it, and uncertain creates", async () => {
    const { stdout } = await call("forget rooms/a rooms/c");
    expect(stdout).toBe(
      'Forgotten: rooms/a: jid-a ("Subject of jid-a")\nForgotten: rooms/a/messages/x\nForgotten: rooms/c\n',
    );
    const { resources, uncertain } = await now();
    expect([Object.keys(resources), uncertain]).toEqual([["rooms/ab", "settings"], []]);
  });

  it("accepts patterns", async () => {
    await call("forget rooms/a*");
    expect(Object.keys((await now()).resources)).toEqual(["settings"]);
  });

  it("forgets thousands of addresses at once", async () => {
    const addresses = Array.from({ length: 5000 }, (_one, at) => `rooms/r${at}`);
    const resources = Object.fromEntries(addresses.map((address) => [address, resource(address)]));
    await writeFile(path, printState({ ...before, resources }));
    const { stdout } = await call(`forget ${addresses.join(" ")}`);
    expect(stdout.trim().split("\n")).toHaveLength(addresses.length);
    expect(await now()).toMatchObject({ resources: {} });
  });

  it("forgets nothing when one address is unknown", async () => {
    await expect(call("forget rooms/a rooms/none")).rejects.toMatchObject({ code: "address-unknown" });
    expect(await now()).toEqual(before);
  });

  it("keeps the jids of rooms", async () => {
    await call("forget rooms/a rooms/ab");
    expect((await now()).forgotten).toEqual([forgotten("rooms/a", "jid-a"), forgotten("rooms/ab", "jid-ab")]);
  });

  it("keeps nothing with --purge, and drops earlier tombstones too", async () => {
    await call("forget rooms/a");
    await expect(call("forget rooms/a")).rejects.toMatchObject({
      code: "address-unknown",
      detail: expect.stringContaining("jid-a") as string,
      help: "To drop that record too: chatform state forget --purge rooms/a",
    });
    const { stdout } = await call("forget rooms/a*", { purge: true });
    expect(stdout).toBe(
      'Forgotten: rooms/ab: jid-ab ("Subject of jid-ab")\nPurged: rooms/a: jid-a ("Subject of jid-a")\n',
    );
    expect((await now()).forgotten).toBeUndefined();
    await expect(call("forget rooms/a", { purge: true })).rejects.toMatchObject({ code: "address-unknown" });
  });

  it("leaves tombstones that list and show print, and mv moves", async () => {
    await call("forget rooms/a rooms/c");
    expect((await call("list rooms/*")).stdout).toBe("rooms/ab\n");
    expect((await call("list", { forgotten: true })).stdout).toBe(
      'rooms/a jid-a ("Subject of jid-a"), forgotten 1970-01-01T00:00:00.000Z\n',
    );
    expect((await call("list rooms/ab", { forgotten: true })).stdout).toBe("");
    expect(JSON.parse((await call("list", { forgotten: true, json: true })).stdout)).toEqual([
      forgotten("rooms/a", "jid-a"),
    ]);
    expect(JSON.parse((await call("show rooms/a", { json: true })).stdout)).toEqual({
      address: "rooms/a",
      forgotten: [forgotten("rooms/a", "jid-a")],
    });
    expect((await call("mv rooms/a rooms/z")).stdout).toBe("Moved 1 address: rooms/a is now rooms/z.\n");
    expect((await now()).forgotten).toEqual([forgotten("rooms/z", "jid-a")]);
  });

  it("waits for a lock only with --lock-timeout", async () => {
    const lock = await localStore({ path }).lock("apply", { timeoutMs: 0 });
    await expect(call("forget rooms/a")).rejects.toMatchObject({ code: "state-locked" });
    const { stdout } = await call(`unlock ${lock.info.ID}`);
    expect(stdout).toContain(lock.info.Who);
    await call("forget rooms/a");
    await lock.release();
  });
});

describe("pull and push", () => {
  it("pull and push the same state", async () => {
    const { stdout } = await call("pull");
    expect(stdout).toBe(printState(before));
    await call("push -", { stdin: stdout });
    expect(await now()).toEqual({ ...before, serial: 5 });
  });

  it("refuse an older or unrelated state, unless forced", async () => {
    const older = { ...before, serial: 3, resources: {} };
    await writeFile(join(folder, "older.json"), printState(older));
    await expect(call("push older.json")).rejects.toMatchObject({ code: "push-refused" });
    const stranger = printState({ ...before, lineage: "other", serial: 9 });
    await expect(call("push -", { stdin: stranger })).rejects.toMatchObject({ code: "push-refused" });
    expect(await now()).toEqual(before);
    await call("push older.json", { force: true });
    expect(await now()).toEqual({ ...older, serial: 5 });
    await call("push -", { stdin: stranger, force: true });
    expect(await now()).toMatchObject({ lineage: "other", serial: 9 });
  });

  it("repair a damaged state only with --force", async () => {
    await writeFile(path, "{");
    const good = printState(before);
    await expect(call("push -", { stdin: good })).rejects.toMatchObject({ code: "state-damaged" });
    await call("push -", { stdin: good, force: true });
    expect(await now()).toEqual(before);
  });

  it("refuse a file that is not a state, and a missing file", async () => {
    await expect(call("push -", { stdin: "{}", force: true })).rejects.toMatchObject({
      code: "state-damaged",
    });
    await expect(call("push none.json")).rejects.toThrow("none.json");
    expect(await now()).toEqual(before);
  });
});

describe("the command line", () => {
  it.each(["show", "mv rooms/a", "forget", "push", "unlock", "pull x"])("refuses state %s", async (line) => {
    await expect(call(line)).rejects.toMatchObject({ name: "UsageError" });
  });

  it("finds the state at the location in the config", async () => {
    await writeFile(join(folder, "elsewhere.json"), printState({ ...before, resources: {} }));
    await writeFile(join(folder, "chatform.yaml"), "version: 1\nstate: { path: elsewhere.json }\n");
    expect((await call("list")).stdout).toBe("rooms/c (uncertain)\n");
    expect((await call("list settings", { state: "chatform.state.json" })).stdout).toBe("settings\n");
  });

  it("reaches the command through the program", async () => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const signal = new AbortController().signal;
    const code = await run(["state", "mv", "rooms/a", "rooms/b", "--state", "chatform.state.json"], {
      ...{ cwd: folder, env: {}, stdin: () => Readable.from([]), stdout, stderr, now: () => new Date(0) },
      ...{ stop: signal, abort: signal },
    });
    expect([code, String(stderr.read() ?? "")]).toEqual([0, ""]);
    expect(Object.keys((await now()).resources)).toContain("rooms/b/messages/x");
  });
});
