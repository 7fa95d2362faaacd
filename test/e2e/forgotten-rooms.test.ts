/** Tests that no known jid is lost: a forgotten room is adopted again, and an import replaces no address. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { RunResult } from "../helpers/run.js";
import { runCli } from "../helpers/run.js";

const rooms = "rooms:\n  wfm: { subject: Workforce management, participants: [jane.doe@example.com] }\n";

let emulator: Emulator;
let cwd: string;

beforeEach(async () => {
  emulator = await startEmulator({ actingUser: "jane.doe@example.com" });
  cwd = await mkdtemp(join(tmpdir(), "chatform-forgotten-"));
  await declare(rooms);
  await ok("apply", "--auto-approve");
});
afterEach(async () => {
  await emulator.close();
  await rm(cwd, { recursive: true });
});

async function declare(text: string): Promise<void> {
  await writeFile(join(cwd, "chatform.yaml"), `version: 1\n${text}`);
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

function jids(): readonly string[] {
  return emulator
    .dump()
    .rooms.filter(({ subject }) => subject === "Workforce management")
    .map(({ jid = "" }) => jid);
}

function writes(): readonly unknown[] {
  return emulator.requests
    .filter(({ method, path }) => method !== "GET" && !path.endsWith("/search") && !path.startsWith("/oauth"))
    .map(({ operation }) => operation);
}

describe("a forgotten room", () => {
  const ways: readonly (readonly [string, () => Promise<string>])[] = [
    [
      "removed from the config",
      async () => {
        await declare("settings: { reactionsEnabled: true }\n");
        return ok("apply", "--auto-approve");
      },
    ],
    ["by destroy", () => ok("destroy", "--auto-approve")],
    ["by state forget", () => ok("state", "forget", "rooms/wfm")],
  ];

  test.each(ways)("%s shows its jid, and is adopted when it is declared again", async (_how, forget) => {
    const [jid = ""] = jids();
    expect(await forget()).toContain(jid);
    expect(await ok("state", "list", "--forgotten")).toContain(`rooms/wfm ${jid} ("Workforce management")`);
    await declare(rooms);
    emulator.clearRequests();
    const text = await ok("apply", "--auto-approve");
    expect(text).toContain("> rooms/wfm will be adopted");
    expect(text).toContain(jid);
    expect(writes()).toEqual([]);
    expect(jids()).toEqual([jid]);
    expect(await ok("state", "list", "--forgotten")).toBe("");
    expect(await ok("plan")).toContain("No changes.");
  });

  test("is named with its jid in every format of a plan", async () => {
    const [jid = ""] = jids();
    await declare("settings: { reactionsEnabled: true }\n");
    const formats = ["text", "json", "markdown", "html", "junit"];
    await run("plan", ...formats.flatMap((format) => ["--report", `${format}=plan.${format}`]));
    for (const format of formats)
      expect(await readFile(join(cwd, `plan.${format}`), "utf8"), format).toContain(jid);
    expect(JSON.parse(await readFile(join(cwd, "plan.json"), "utf8"))).toMatchObject({
      resource_changes: [{ address: "rooms/wfm", change: { forgetting: { id: jid } } }, {}],
    });
  });

  test("is not adopted after a purge: a new room is created", async () => {
    const [jid = ""] = jids();
    await ok("state", "forget", "rooms/wfm");
    expect(await ok("state", "forget", "--purge", "rooms/wfm")).toContain(jid);
    await ok("apply", "--auto-approve");
    expect(jids()).toHaveLength(2);
  });
});

test("names a missing room in every format of the plan that replaces it", async () => {
  const [jid = ""] = jids();
  emulator.change({ change: "remove-room", room: jid });
  const formats = ["text", "json", "markdown", "html", "junit"];
  await run("plan", ...formats.flatMap((format) => ["--report", `${format}=plan.${format}`]));
  for (const format of formats)
    expect(await readFile(join(cwd, `plan.${format}`), "utf8"), format).toContain(jid);
  const { resource_changes: changes } = JSON.parse(await readFile(join(cwd, "plan.json"), "utf8")) as {
    resource_changes: unknown;
  };
  expect(changes).toMatchObject([
    { action_reason: "replaces_missing", change: { actions: ["create"], replacing: { id: jid } } },
  ]);
});

describe("import", () => {
  test("has nothing to do for a recorded address and jid", async () => {
    const [jid = ""] = jids();
    emulator.clearRequests();
    expect(await ok("import", "rooms/wfm", jid.toUpperCase())).toContain("Nothing to do");
    expect(emulator.requests).toEqual([]);
  });

  test("refuses a recorded address, and names what is recorded", async () => {
    const [jid = ""] = jids();
    const stranger = emulator.dump().rooms.find(({ subject }) => subject === "Front desk")?.jid ?? "";
    const before = await readFile(join(cwd, "chatform.state.json"), "utf8");
    const { code, stderr } = await run("import", "rooms/wfm", stranger);
    expect(code).toBe(1);
    expect(stderr).toContain(`rooms/wfm is recorded as ${jid} ("Workforce management")`);
    expect(stderr).toContain("chatform state forget rooms/wfm");
    expect(await readFile(join(cwd, "chatform.state.json"), "utf8")).toBe(before);
    await ok("state", "forget", "rooms/wfm");
    await ok("import", "rooms/wfm", stranger);
    expect(await ok("state", "list", "--forgotten")).toContain(jid);
  });

  test("refuses a room that another address records, in any letter case", async () => {
    const [jid = ""] = jids();
    await declare(`${rooms}  other: { subject: Other }\n`);
    for (const id of [jid, jid.toUpperCase()]) {
      const { code, stderr } = await run("import", "rooms/other", id);
      expect([code, stderr]).toEqual([1, expect.stringContaining("is recorded as rooms/wfm") as string]);
    }
  });

  test("export --adopt keeps the address of a recorded room, and restores that of a forgotten room", async () => {
    const [jid = ""] = jids();
    await ok("state", "forget", "rooms/wfm");
    for (const id of [jid, jid.toLowerCase()]) {
      const { code, stderr } = await run("export", "--room", id, "--out", "x.yaml", "--force", "--adopt");
      expect([code, stderr]).toEqual([0, expect.not.stringContaining("Error") as string]);
      expect(await readFile(join(cwd, "x.yaml"), "utf8")).toContain("  wfm:");
      expect(await ok("state", "list", "rooms/*")).toBe("rooms/wfm\n");
    }
  });

  test("export --adopt of nothing forgets nothing", async () => {
    const stranger = "adhoc-00000000-0000-4000-8000-00000000dead@conference.example-org.orgspan.com";
    const { code, stderr } = await run("export", "--room", stranger, "--out", "x.yaml", "--adopt");
    expect([code, stderr]).toEqual([1, expect.stringContaining("is left out") as string]);
    expect(await ok("state", "list")).toBe("rooms/wfm\n");
  });
});
