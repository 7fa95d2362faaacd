/** `chatform drift` against the emulator: what people change by hand is found, and nothing else. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Emulator, OrgChange } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { RunResult } from "../helpers/run.js";
import { runCli } from "../helpers/run.js";

const desired = `
version: 1
settings: { messageRetentionPeriodDays: 3650, reactionsEnabled: true }
me: { settings: { muted: false } }
users:
  sam@example.com:
    settings: { mobile: { notifications: { when: Always } } }
    messages: { hello: { body: Hello } }
rooms:
  bridge:
    subject: Bridge
    description: Where incidents are run.
    owners: [jane.doe@example.com]
    participants: [jane.doe@example.com, sam@example.com, kim@example.com]
    messages:
      rules: { body: Read the runbook first, pinned: true, reactions: ["👍"] }
      news: { body: None }
    pinnedMessageIds: []
  open: { subject: Open, participants: [sam@example.com], participantsMode: additive }
  quiet: { subject: Quiet, description: Hush, ignore: [description] }
`;

let emulator: Emulator;
let cwd = "";
beforeEach(async () => {
  emulator = await startEmulator({ actingUser: "jane.doe@example.com" });
  cwd = await mkdtemp(join(tmpdir(), "chatform-drift-"));
  await write(desired);
});
afterEach(async () => {
  await emulator.close();
  await rm(cwd, { recursive: true });
});

const write = (text: string): Promise<void> => writeFile(join(cwd, "chatform.yaml"), text);
const run = (...args: readonly string[]): Promise<RunResult> => runCli(args, { cwd, env: emulator.env });

async function apply(): Promise<void> {
  const { code, stdout, stderr } = await run("apply", "--auto-approve", "--allow-data-loss");
  expect(`${code}${stderr}`, stdout).toBe("0");
}

interface Found {
  readonly verdict: string;
  readonly audited: number;
  readonly ignored: number;
  readonly pending: readonly string[];
  readonly drift: readonly {
    readonly address: string;
    readonly gone: boolean;
    readonly attributes: readonly {
      readonly path: string;
      readonly before: unknown;
      readonly after: unknown;
    }[];
  }[];
}

async function audit(...args: readonly string[]): Promise<Found & { readonly code: number }> {
  const { code, stdout, stderr } = await run("drift", "--json", ...args);
  expect(stderr).toBe("");
  return { code, ...(JSON.parse(stdout) as { chatform: Found }).chatform };
}

/** Address and attributes of what drifted. */
async function drifted(...args: readonly string[]): Promise<readonly string[]> {
  const { code, drift } = await audit(...args);
  expect(code).toBe(drift.length === 0 ? 0 : 2);
  return drift.map(({ address, gone, attributes }) =>
    gone ? `${address} gone` : `${address} ${attributes.map(({ path }) => path).join(" ")}`,
  );
}

function room(subject: string) {
  const found = emulator.dump().rooms.find((one) => one.subject === subject);
  const messages = new Map((found?.messages ?? []).map((one) => [one.body, one.id ?? ""]));
  return { jid: found?.jid ?? "", message: (body: string) => messages.get(body) ?? "" };
}

function userId(email: string): string {
  return emulator.dump().users.find((user) => user.email === email)?.id ?? "";
}

describe("drift", () => {
  it("is empty after an apply, and reads each object once", async () => {
    await apply();
    emulator.clearRequests();
    expect(await audit()).toMatchObject({ code: 0, verdict: "in-sync", audited: 10, drift: [], pending: [] });
    const asked = emulator.requests.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(asked).size).toBe(asked.length);
    const writes = emulator.requests.filter(
      ({ method, operation }) => method !== "GET" && operation !== "postUsersSearch",
    );
    expect(writes).toEqual([]);
  });

  const byHand: readonly (readonly [string, () => OrgChange, readonly string[]])[] = [
    [
      "the org's settings",
      () => ({ change: "settings", set: { messageRetentionPeriodDays: 30 } }),
      ["settings /messageRetentionPeriodDays"],
    ],
    [
      "a user's settings",
      () => ({
        change: "user-settings",
        user: "sam@example.com",
        set: { mobile: { notifications: { when: "Never" } } } as never,
      }),
      ["users/sam@example.com/settings /mobile/notifications/when"],
    ],
    [
      "one's own settings",
      () => ({ change: "user-settings", user: "jane.doe@example.com", set: { muted: true } }),
      ["me/settings /muted"],
    ],
    [
      "a subject",
      () => ({ change: "room", room: room("Bridge").jid, set: { subject: "Other" } }),
      ["rooms/bridge /subject"],
    ],
    [
      "a description that was emptied",
      () => ({ change: "room", room: room("Bridge").jid, set: { description: "" } }),
      ["rooms/bridge /description"],
    ],
    [
      "owners",
      () => ({ change: "room", room: room("Bridge").jid, set: { owners: ["sam@example.com"] } }),
      ["rooms/bridge /owners"],
    ],
    [
      "somebody who joined an exact room",
      () => ({ change: "join", room: room("Bridge").jid, user: "lee@example.com" }),
      ["rooms/bridge /participants"],
    ],
    [
      "somebody who left",
      () => ({ change: "leave", room: room("Bridge").jid, user: "kim@example.com" }),
      ["rooms/bridge /participants"],
    ],
    [
      "an edited message",
      () => ({ change: "edit-message", message: room("Bridge").message("None"), body: "Some" }),
      ["rooms/bridge/messages/news /body"],
    ],
    [
      "a deleted message",
      () => ({ change: "delete-message", message: room("Bridge").message("None") }),
      ["rooms/bridge/messages/news gone"],
    ],
    [
      "a removed reaction",
      () => ({
        change: "react",
        message: room("Bridge").message("Read the runbook first"),
        user: "jane.doe@example.com",
        reactions: [],
      }),
      ["rooms/bridge/messages/rules /reactions"],
    ],
    [
      "an unknown pin",
      () => ({
        change: "room",
        room: room("Bridge").jid,
        set: { pins: [room("Bridge").message("Read the runbook first"), room("Bridge").message("None")] },
      }),
      ["rooms/bridge/pins /pinnedMessageIds"],
    ],
    [
      "a message that was unpinned",
      () => ({ change: "room", room: room("Bridge").jid, set: { pins: [] } }),
      ["rooms/bridge/pins /pinnedMessageIds"],
    ],
    ["a room that is gone", () => ({ change: "remove-room", room: room("Open").jid }), ["rooms/open gone"]],
  ];

  it.each(byHand)("includes %s", async (_name, change, expected) => {
    await apply();
    emulator.change(change());
    expect(await drifted()).toEqual(expected);
  });

  const noDrift: readonly (readonly [string, () => OrgChange])[] = [
    [
      "somebody who joined an additive room",
      () => ({ change: "join", room: room("Open").jid, user: "lee@example.com" }),
    ],
    ["an ignored field", () => ({ change: "room", room: room("Quiet").jid, set: { description: "Loud" } })],
    [
      "a field that is not declared",
      () => ({ change: "room", room: room("Open").jid, set: { description: "New" } }),
    ],
    ["a room that is not declared", () => ({ change: "add-room", room: { subject: "Theirs" } })],
    [
      "a message that is not declared",
      () => ({
        change: "add-message",
        room: room("Bridge").jid,
        message: { from: "sam@example.com", body: "Hi" },
      }),
    ],
  ];

  it.each(noDrift)("excludes %s", async (_name, change) => {
    await apply();
    emulator.change(change());
    expect(await drifted()).toEqual([]);
  });

  it("excludes changes that are only pending in the config", async () => {
    await apply();
    await write(
      desired
        .replace("subject: Bridge", "subject: Brücke")
        .replace("kim@example.com]", "lee@example.com]")
        .replace("body: None", "body: Many")
        .replace("3650", "365")
        .replace("  quiet: {", "  later: { subject: Later }\n  quiet: {")
        .replace(/ {2}open: .*\n/, ""),
    );
    const found = await audit();
    expect(found).toMatchObject({ code: 0, drift: [], pending: ["rooms/later"] });
    // A value changed on both sides is still found, and compared with the applied value.
    emulator.change({ change: "room", room: room("Bridge").jid, set: { subject: "Theirs" } });
    expect((await audit()).drift).toMatchObject([
      {
        address: "rooms/bridge",
        kind: "rooms/*",
        class: "drift",
        because: [{ path: "/subject", reason: "both-changed" }],
        gone: false,
        attributes: [{ path: "/subject", before: "Bridge", after: "Theirs" }],
      },
    ]);
  });

  it("excludes later edits of the config", async () => {
    await apply();
    const { jid } = room("Bridge");
    const [kim, ana] = ["kim", "ana"].map((name) => userId(`${name}@example.com`));
    emulator.change({ change: "room", room: jid, set: { subject: "Theirs", description: "Theirs, too" } });
    emulator.change({ change: "leave", room: jid, user: kim ?? "" });
    emulator.change({ change: "join", room: jid, user: ana ?? "" });
    expect(await drifted()).toEqual(["rooms/bridge /description /participants /subject"]);
    const followed = desired.replace("subject: Bridge", "subject: Theirs");
    await write(followed);
    expect(await drifted()).toEqual(["rooms/bridge /description /participants"]);
    await write(followed.replace("kim@example.com]", "ANA@example.com]"));
    expect(await drifted()).toEqual(["rooms/bridge /description"]);
    // An audit ignores unknown users in the config.
    await write(followed.replace("kim@example.com]", "nobody@example.com]"));
    expect(await drifted()).toEqual(["rooms/bridge /description /participants"]);
    await write(followed.replace("kim@example.com]", "ana@example.com]").replace("Where inc", "Theirs, inc"));
    expect(await drifted()).toEqual(["rooms/bridge /description"]);
  });

  it("compares with the config when nothing was ever applied", async () => {
    emulator.change({ change: "add-room", room: { subject: "Theirs" } });
    await write(`
version: 1
settings: { messageRetentionPeriodDays: 365, reactionsEnabled: true }
rooms:
  theirs: { jid: "${room("Theirs").jid}", subject: Ours }
  new: { subject: New }
`);
    emulator.change({ change: "settings", set: { messageRetentionPeriodDays: 30, reactionsEnabled: true } });
    expect(await drifted()).toEqual(["rooms/theirs /subject", "settings /messageRetentionPeriodDays"]);
    expect((await audit()).pending).toEqual(["rooms/new"]);
  });

  it("excludes what --ignore names", async () => {
    await apply();
    const { jid, message } = room("Bridge");
    emulator.change({ change: "room", room: jid, set: { subject: "Other", description: "Other" } });
    emulator.change({ change: "delete-message", message: message("None") });
    expect(await drifted("--ignore", "rooms/*/subject")).toEqual([
      "rooms/bridge /description",
      "rooms/bridge/messages/news gone",
    ]);
    expect(await audit("--ignore", "rooms/bridge", "--ignore", "rooms/**/news")).toMatchObject({
      code: 0,
      drift: [],
      ignored: 3,
    });
    expect(await run("drift", "--ignore", "rooms/brigde/subject")).toMatchObject({ code: 1, stdout: "" });
  });

  it("reads only targets", async () => {
    await apply();
    emulator.change({ change: "settings", set: { reactionsEnabled: false } });
    emulator.clearRequests();
    expect(await drifted("--target", "rooms/**", "--exclude", "rooms/open")).toEqual([]);
    expect(emulator.requests.some(({ operation }) => operation === "getChatsSettings")).toBe(false);
  });

  it("is unknown where an object cannot be read, and everything else is audited", async () => {
    await apply();
    emulator.change({ change: "join", room: room("Bridge").jid, user: "lee@example.com" });
    const action = { type: "status", status: 403, code: "not.authorized" } as const;
    emulator.addFaults({ match: { operation: "getChatsSettings" }, times: "always", action });
    const { code, stdout } = await run("drift");
    expect(code).toBe(2);
    expect(stdout).toContain(
      "  ? settings: could not be read. getChatsSettings (GET /api/v2/chats/settings)",
    );
    expect(stdout).toContain(
      "Drift: 1 of 9 resources changed outside chatform (1 person added). 1 resource\ncould not be compared.",
    );
  });

  it("fails when nothing can be read", async () => {
    await apply();
    emulator.addFaults({
      match: { method: "GET", path: "/api/v2/chats/*" },
      times: "always",
      action: { type: "status", status: 403, code: "not.authorized" },
    });
    const { code, stdout, stderr } = await run("drift");
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("read-failed");
  });

  it("is shown as text, and in every report", async () => {
    await apply();
    emulator.change({ change: "join", room: room("Bridge").jid, user: "lee@example.com" });
    const files = ["text=d.txt", "json=d.json", "markdown=d.md", "junit=d.xml", "html=d.html"];
    const { code, stdout } = await run("drift", ...files.flatMap((spec) => ["--report", spec]));
    expect(code).toBe(2);
    expect(stdout).toContain("lee@example.com");
    expect(stdout).toContain("Drift: 1 of 10 resources changed outside chatform (1 person added).");
    const report = (name: string): Promise<string> => readFile(join(cwd, name), "utf8");
    const text = await report("d.txt");
    expect(text.slice(0, stdout.length)).toBe(stdout);
    expect(text.slice(stdout.length)).toMatch(/^\nConfig: chatform.yaml\nMade: .* by chatform /);
    const json = JSON.parse(await report("d.json")) as { resource_drift: readonly { address: string }[] };
    expect(json.resource_drift.map(({ address }) => address)).toEqual(["rooms/bridge"]);
    expect(await report("d.md")).toContain("## 📝 chatform");
    expect(await report("d.xml")).toContain('tests="10" failures="1"');
    expect(await report("d.html")).toContain("lee@example.com");
  });

  it("waits for no lock, and leaves no files behind", async () => {
    await apply();
    const held = JSON.stringify({
      ID: "x",
      Operation: "apply",
      Who: "other@elsewhere",
      Created: new Date().toISOString(),
    });
    await writeFile(join(cwd, "chatform.state.json.lock"), held);
    const before = await readFile(join(cwd, "chatform.state.json"), "utf8");
    expect(await drifted()).toEqual([]);
    expect(await readFile(join(cwd, "chatform.state.json"), "utf8")).toBe(before);
  });
});
