/** export, import and show: what is live as files, in the state, and for people. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { RunResult } from "../helpers/run.js";
import { runCli } from "../helpers/run.js";

const text = (value: unknown): string => (typeof value === "string" ? value : "");

describe("export, import and show", () => {
  let emulator: Emulator;
  let cwd: string;
  let jid: string;

  const run = (...args: readonly string[]): Promise<RunResult> => runCli(args, { cwd, env: emulator.env });
  const ok = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(...args);
    expect(code, stdout + stderr).toBe(0);
    return stdout;
  };

  beforeEach(async () => {
    emulator = await startEmulator({ actingUser: "jane.doe@example.com" });
    cwd = await mkdtemp(join(tmpdir(), "chatform-export-"));
    jid = emulator
      .dump()
      .rooms.map((room) => room.jid ?? "")
      .find((one) => one.startsWith("adhoc-"))!;
    emulator.change({ change: "room", room: jid, set: { description: "Two\nlines, and ${env:HOME}" } });
    emulator.change({
      change: "add-room",
      room: { subject: "Café № 1", participants: ["jane.doe@example.com"], owners: [], messages: [] },
    });
  });
  afterEach(async () => {
    await emulator.close();
    await rm(cwd, { recursive: true });
  });

  const everything = ["--settings", "--me", "--user", "sam@example.com", "--mine"];

  it("writes the same valid bytes every time, with e-mails for ids and a comment for each room", async () => {
    const first = await ok("export", ...everything);
    expect(await ok("export", ...everything)).toBe(first);
    await writeFile(join(cwd, "chatform.yaml"), first);
    expect(await ok("validate")).toContain("Valid");
    expect(first).toContain("jane.doe@example.com");
    expect(first).toMatch(/# Front desk, 3 participants\n {2}front-desk:/);
    expect(first).toMatch(/\n {2}cafe-no-1:/);
    expect(first).toContain("$${env:HOME}");
    expect(first).not.toContain(emulator.userId("jane.doe@example.com"));
  });

  it.each([
    ["one file", ["--out", "chatform.yaml"], ["-f", "chatform.yaml"], "chatform.state.json"],
    ["several files", ["--split", "chat"], ["-f", "chat"], "chat/chatform.state.json"],
  ])("with --adopt the plan is empty: %s", async (_form, out, files, place) => {
    await ok("export", ...everything, ...out, "--adopt");
    emulator.clearRequests();
    const plan = await run("plan", ...files, "--detailed-exitcode");
    expect(`${plan.code}${plan.stderr}`, plan.stdout).toBe("0");
    const state = JSON.parse(await readFile(join(cwd, place), "utf8")) as {
      resources: object;
    };
    expect(Object.keys(state.resources)).toEqual([
      "me/settings",
      "rooms/cafe-no-1",
      "rooms/front-desk",
      "settings",
      "users/sam@example.com/settings",
    ]);
    expect(
      emulator.requests.every(({ method, operation }) => method === "GET" || operation === "postUsersSearch"),
    ).toBe(true);
    // Everything in the state is what was adopted.
    expect(await ok("export", "--all-known", ...files)).toBe(await ok("export", ...everything));
  });

  it("splits into files by area and room", async () => {
    await ok("export", ...everything, "--split", "chat");
    expect((await readdir(join(cwd, "chat"))).sort()).toEqual([
      "room-cafe-no-1.yaml",
      "room-front-desk.yaml",
      "settings.yaml",
      "users.yaml",
    ]);
  });

  it.each([
    ["--out", "chatform.yaml", "chatform.yaml"],
    ["--split", "chat", "chat/users.yaml"],
  ])("overwrites no existing file: %s", async (option, path, file) => {
    await ok("export", ...everything, option, path);
    await writeFile(join(cwd, file), "# mine\n");
    const { code, stderr } = await run("export", ...everything, option, path);
    expect(code).toBe(1);
    expect(stderr).toContain(file);
    expect(await readFile(join(cwd, file), "utf8")).toBe("# mine\n");
    await ok("export", ...everything, option, path, "--force");
    expect(await readFile(join(cwd, file), "utf8")).not.toContain("# mine");
  });

  it("omits what may not be read, reports it, and fails", async () => {
    const permissions = ["chat:room:view", "directory:user:view", "user:chats:view"];
    const token = emulator.token({ user: "jane.doe@example.com", permissions });
    const env = { ...emulator.env, GENESYSCLOUD_ACCESS_TOKEN: token };
    const { code, stdout, stderr } = await runCli(["export", "--settings", "--room", jid], { cwd, env });
    expect(code).toBe(1);
    expect(stderr).toContain("missing.any.permissions");
    expect(stdout).toContain("front-desk:");
    expect(stdout).not.toContain("settings:");
  });

  it("makes no request twice", async () => {
    emulator.clearRequests();
    await ok("export", ...everything, "--out", "chatform.yaml", "--adopt");
    const reads = emulator.requests
      .filter(({ method }) => method === "GET")
      .map(({ path, query }) => JSON.stringify([path, query]));
    expect(reads).toHaveLength(new Set(reads).size);
  });

  it("imports a room and a message under their addresses, and the next plan shows the differences", async () => {
    const id = emulator.change({
      change: "add-message",
      room: jid,
      message: { body: "Hello", from: "jane.doe@example.com" },
    });
    await writeFile(
      join(cwd, "chatform.yaml"),
      "version: 1\nrooms:\n  desk:\n    subject: Front desk\n    messages: { hello: { body: Hello, pinned: true } }\n",
    );
    expect((await run("import", "rooms/desk", `${jid}x`)).code).toBe(1);
    expect((await run("import", "rooms/dusk", jid)).code).toBe(1);
    expect((await run("import", "rooms/desk/messages/hello", text(id))).code).toBe(1);
    await ok("import", "rooms/desk", jid);
    await ok("import", "rooms/desk/messages/hello", text(id));
    expect((await run("import", "rooms/desk/messages/hello", jid)).code).toBe(1);
    emulator.clearRequests();
    await ok("apply", "--auto-approve");
    expect(
      emulator.requests.filter(({ method }) => method === "POST").map(({ operation }) => operation),
    ).toEqual(["postChatsRoomMessagesPins"]);
  });

  it("shows a room, a user, a thread and settings without control characters", async () => {
    const message = { body: "\u001b[31mred\u202e", from: "sam@example.com" };
    const id = emulator.change({ change: "add-message", room: jid, message });
    const room = await ok("show", jid, "--messages", "5");
    for (const part of ["Front desk", "sam@example.com", "\\u{1b}[31mred\\u{202e}"])
      expect(room).toContain(part);
    for (const acting of ["\u001b", "\u202e"]) expect(room).not.toContain(acting);
    expect(await ok("show", "users/sam@example.com")).toContain("mobile.notifications.when");
    expect(await ok("show", "settings")).toContain("messageRetentionPeriodDays");
    expect(await ok("show", "me")).toContain("muted");
    const live = JSON.parse(await ok("api", "getChatsMessage", "--param", `messageId=${text(id)}`)) as {
      thread: { id: string };
    };
    expect(await ok("show", `threads/${live.thread.id}`)).toContain("red");
    expect((await run("show", "rooms/unknown")).code).toBe(1);
  });
});
