/** Tests `chatform drift --every`, its metrics and its notifications. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import { runBin } from "../helpers/bin.js";
import { runCli } from "../helpers/run.js";
import type { Watching } from "../helpers/watching.js";
import { receiver, startWatching, until } from "../helpers/watching.js";

const desired = `
version: 1
settings: { reactionsEnabled: true }
rooms:
  ops: { subject: Ops, participants: [jane.doe@example.com] }
`;

let emulator: Emulator;
let cwd = "";
beforeEach(async () => {
  emulator = await startEmulator({ actingUser: "jane.doe@example.com" });
  cwd = await mkdtemp(join(tmpdir(), "chatform-watch-"));
  await writeFile(join(cwd, "chatform.yaml"), desired);
  const { code, stderr } = await runCli(["apply", "--auto-approve"], { cwd, env: emulator.env });
  expect(`${code}${stderr}`).toBe("0");
});
afterEach(async () => {
  await emulator.close();
  await rm(cwd, { recursive: true });
});

const moveSettings = (reactionsEnabled: boolean): void => {
  emulator.change({ change: "settings", set: { reactionsEnabled } });
};

const watching = (...args: readonly string[]): Promise<Watching> =>
  startWatching(["drift", ...args], { cwd, env: emulator.env });

describe("drift --every", () => {
  it("repeats, reports its findings, and ends at a signal", async () => {
    const watch = await watching();
    await watch.reaches("chatform_drift_in_sync", "1");
    expect(await watch.get("/healthz")).toEqual({
      status: 200,
      text: "ok: No drift. 2 resources match the applied values.\n",
    });
    moveSettings(false);
    await watch.reaches("chatform_drift_in_sync", "0");
    expect(await watch.sample('chatform_drift_resources{kind="settings"}')).toBe("1");
    expect(await watch.sample('chatform_drift_resources{kind="rooms/*"}')).toBe("0");
    expect(await watch.sample('chatform_drift_audited_resources{kind="rooms/*"}')).toBe("1");
    expect(await watch.get("/healthz")).toMatchObject({ status: 200 });
    expect(await watch.get("/other")).toMatchObject({ status: 404 });
    expect(await watch.end()).toBe(0);
    expect(watch.out.stdout).toContain("~ settings");
    expect(watch.out.stderr.split("\n")).toHaveLength(2);
  });

  it("does not count a failed run as drift, and continues", async () => {
    const watch = await watching();
    await watch.reaches("chatform_drift_last_run_success", "1");
    emulator.addFaults({
      match: { method: "GET", path: "/api/v2/chats/*" },
      times: "always",
      action: { type: "status", status: 403, code: "not.authorized" },
    });
    await watch.reaches("chatform_drift_last_run_success", "0");
    expect(await watch.get("/healthz")).toMatchObject({ status: 503 });
    expect(await watch.sample("chatform_drift_in_sync")).toBe("1");
    emulator.clearFaults();
    await watch.reaches("chatform_drift_last_run_success", "1");
    expect(await watch.get("/healthz")).toMatchObject({ status: 200 });
    // What is wrong in the files is found at the next run too.
    await writeFile(join(cwd, "chatform.yaml"), "version: 1\nsetings: {}\n");
    await watch.reaches("chatform_drift_last_run_success", "0");
    expect(await watch.end()).toBe(0);
    expect(watch.out.stderr).toContain("read-failed");
    expect(watch.out.stderr).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z The run failed:$/m);
    expect(watch.out.stderr).toContain("setings");
  });

  it("counts an object that cannot be read as left to a person, and shows it once", async () => {
    const watch = await watching();
    const unread = 'chatform_drift_left{reason="unread"}';
    await watch.reaches(unread, "0");
    emulator.addFaults({
      match: { operation: "getChatsSettings" },
      times: "always",
      action: { type: "status", status: 403, code: "not.authorized" },
    });
    await watch.reaches(unread, "1");
    await watch.reaches('chatform_drift_runs_total{result="drift"}', "3");
    expect(await watch.get("/healthz")).toMatchObject({ status: 200 });
    expect(await watch.sample("chatform_drift_in_sync")).toBe("0");
    expect(await watch.end()).toBe(0);
    expect(watch.out.stdout.split("Left to you:")).toHaveLength(2);
  });

  it("exports metrics that parsers accept", async () => {
    const watch = await watching();
    await watch.reaches("chatform_drift_in_sync", "1");
    const { text: metrics } = await watch.get("/metrics");
    expect(await watch.end()).toBe(0);
    const described = new Set<string>();
    for (const line of metrics.trimEnd().split("\n")) {
      const [, about] = /^# (?:HELP|TYPE) (\w+) .+$/.exec(line) ?? [];
      if (about !== undefined) described.add(about);
      const [, name] = /^([a-z_]+)(?:\{\w+="[^"\\]*"(?:,\w+="[^"\\]*")*\})? -?[\d.e+]+$/.exec(line) ?? [];
      expect(about ?? name, line).toBeDefined();
      if (name !== undefined) expect(described).toContain(name);
    }
    expect(metrics.endsWith("\n")).toBe(true);
  });

  it("notifies of a changed result once, and again when the notification failed", async () => {
    const hook = await receiver([404]);
    moveSettings(false);
    const watch = await watching("--notify", `webhook=${hook.url}`, "--notify", "room=rooms/ops");
    await watch.reaches("chatform_drift_notification_failures_total", "1");
    await until(() => (hook.bodies.length >= 2 ? true : undefined));
    await watch.reaches('chatform_drift_runs_total{result="drift"}', "3");
    moveSettings(true);
    await until(() => (hook.bodies.length >= 3 ? true : undefined));
    await watch.reaches('chatform_drift_runs_total{result="in-sync"}', "2");
    expect(await watch.end()).toBe(0);
    expect(hook.bodies.map(({ body }) => [body["verdict"], body["previous"]])).toEqual([
      ["drift", "in-sync"],
      ["drift", "in-sync"],
      ["in-sync", "drift"],
    ]);
    const room = emulator.dump().rooms.find(({ subject }) => subject === "Ops");
    expect(room?.messages?.map(({ body }) => body.split("\n")[0])).toEqual([
      "Drift: 1 of 2 resources changed outside chatform.",
      "No drift. 2 resources match the applied values.",
    ]);
    expect(watch.out.stderr).not.toContain("secret-path");
    expect(watch.out.stderr).toContain("the receiver responded with 404");
  });

  it("ends with SIGTERM", async () => {
    const ended = runBin(["drift", "--every", "1h", "--listen", "0"], {
      cwd,
      env: emulator.env,
      onStart: (kill) => {
        emulator.clearRequests();
        void until(() => (emulator.requestCount > 0 ? true : undefined)).then(() => {
          kill("SIGTERM");
        });
      },
    });
    expect(await ended).toMatchObject({ code: 0, signal: null });
  });
});

describe("drift --notify", () => {
  it("notifies of drift after a single run", async () => {
    const hook = await receiver([503]);
    const once = () => runCli(["drift", "--notify", `webhook=${hook.url}`], { cwd, env: emulator.env });
    expect(await once()).toMatchObject({ code: 0 });
    expect(hook.bodies).toEqual([]);
    moveSettings(false);
    const told = await once();
    expect([told.code, told.stderr]).toEqual([2, expect.not.stringContaining("Warning")]);
    expect(hook.bodies).toHaveLength(2);
    expect(hook.bodies[1]).toMatchObject({
      url: "/hooks/secret-path",
      body: {
        text: "Drift: 1 of 2 resources changed outside chatform.\n- settings: reactionsEnabled",
        drift: [{ address: "settings", kind: "settings", gone: false, attributes: ["/reactionsEnabled"] }],
      },
    });
    await hook.close();
    const unheard = await once();
    expect(unheard.code).toBe(2);
    // A line about the wait may stand before.
    expect(unheard.stderr).toMatch(/^Warning: Could not notify the webhook at 127\.0\.0\.1/m);
    expect(unheard.stderr).not.toContain("secret-path");
  });

  it.each([
    "webhook=http://example.com/x",
    "webhook=nowhere",
    "slack=http://example.com/x",
    "teams=",
    "github-issue",
    "webhook=ftp://example.com/x",
    "mail=jane@example.com",
    "room=",
  ])("refuses %s before the first request", async (spec) => {
    emulator.clearRequests();
    const { code, stdout } = await runCli(["drift", "--notify", spec], { cwd, env: emulator.env });
    expect([code, stdout, emulator.requestCount]).toEqual([1, "", 0]);
  });

  it.each([
    ["rooms/none", true],
    ["rooms/none", false],
    ["settings", true],
  ])("refuses the unknown room %s before the first request, with or without drift", async (room, inSync) => {
    if (!inSync) moveSettings(false);
    emulator.clearRequests();
    const spec = `room=${room}`;
    const { code, stdout, stderr } = await runCli(["drift", "--notify", spec], { cwd, env: emulator.env });
    expect([code, stdout, emulator.requestCount]).toEqual([1, "", 0]);
    expect(stderr).toContain(spec);
  });

  it.each([
    ["--listen", "9464"],
    ["--every", "often"],
    ["--every", "0s"],
    ["--every", "5m", "--listen", "x"],
  ])("refuses %s %s", async (...args) => {
    expect(await runCli(["drift", ...args], { cwd, env: emulator.env })).toMatchObject({
      code: 1,
      stdout: "",
    });
  });
});
