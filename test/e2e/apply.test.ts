/** Tests what `apply` and `plan` refuse to guess. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { RunResult } from "../helpers/run.js";
import { runCli } from "../helpers/run.js";

const desired = `
version: 1
settings: { reactionsEnabled: false }
rooms:
  lobby: { subject: Lobby, messages: { hello: { body: Hello } } }
  other: { subject: Other }
`;

let emulator: Emulator;
let cwd = "";
beforeEach(async () => {
  emulator = await startEmulator({ actingUser: "jane.doe@example.com", variants: { creatorJoins: false } });
  cwd = await mkdtemp(join(tmpdir(), "chatform-apply-"));
  await writeFile(join(cwd, "chatform.yaml"), desired);
});
afterEach(async () => {
  await emulator.close();
  await rm(cwd, { recursive: true });
});

const run = (...args: readonly string[]): Promise<RunResult> => runCli(args, { cwd, env: emulator.env });
const writes = (): number =>
  emulator.requests.filter(({ method, operation }) => method !== "GET" && operation !== "postUsersSearch")
    .length;

describe("an uncertain create", () => {
  it("is left alone, and keeps every apply incomplete until it is resolved", async () => {
    emulator.addFaults({ match: { operation: "postChatsRooms" }, action: { type: "drop-before" } });
    const first = await run("apply", "--auto-approve", "--patience", "0s");
    expect(first.code).toBe(1);
    const again = await run("apply", "--auto-approve", "--patience", "0s");
    expect(again.code).toBe(1);
    expect(again.stdout).toContain("Apply incomplete");
    expect(again.stdout).toMatch(/Error: rooms\/(lobby|other) is uncertain and left unchanged/);
    const events = await run("apply", "--auto-approve", "--json", "--patience", "0s");
    expect(events.code).toBe(1);
    expect(JSON.parse(events.stdout.trimEnd().split("\n").at(-1) ?? "")).toMatchObject({
      "@level": "error",
      changes: { left_alone: 1 },
    });
    const [, address = ""] = /(rooms\/\w+) is uncertain/.exec(again.stdout) ?? [];
    expect(await run("state", "forget", address)).toMatchObject({ code: 0 });
    expect(await run("apply", "--auto-approve")).toMatchObject({ code: 0, stderr: "" });
    expect(emulator.dump().rooms.filter(({ subject }) => /Lobby|Other/.test(subject ?? ""))).toHaveLength(2);
  });
});

describe("an address that matches nothing", () => {
  it.each([
    ["plan", "--target", "rooms/loby"],
    ["plan", "--exclude", "room/*"],
    ["plan", "--target", ""],
    ["apply", "--auto-approve", "--exclude", "rooms/lobbby/**"],
    ["drift", "--target", "users/**"],
  ])("is an error for %s %s %s", async (...args) => {
    const { code, stderr } = await run(...args);
    expect([code, writes()]).toEqual([1, 0]);
    expect(stderr).toContain("unmatched-address");
  });

  it.each([["plan"], ["plan", "--refresh-only"], ["apply", "--auto-approve"], ["destroy", "--auto-approve"]])(
    "is an error for %s, also as a source that may be empty",
    async (...args) => {
      const { code, stderr } = await run(...args, "--allow-empty-source", "Suport");
      expect([code, writes()]).toEqual([1, 0]);
      expect(stderr).toContain("unmatched-source");
    },
  );

  it("suggests the closest one", async () => {
    expect((await run("plan", "--target", "rooms/loby")).stderr).toContain("Did you mean rooms/lobby?");
  });
});

describe("a saved plan", () => {
  it.each([["--target", "rooms/lobby"], ["--exclude", "settings"], ["--no-refresh"], ["--refresh-only"]])(
    "is applied as a whole: %s is refused",
    async (...options) => {
      expect(await run("plan", "--out", "plan.json")).toMatchObject({ code: 0 });
      const { code, stderr } = await run("apply", "plan.json", ...options);
      expect([code, writes()]).toEqual([1, 0]);
      expect(stderr).toContain(`A saved plan is applied as a whole: give ${options[0]} to chatform plan`);
    },
  );

  it("is also shown as JSON", async () => {
    expect(await run("plan", "--out", "plan.json")).toMatchObject({ code: 0 });
    const { stdout } = await run("show", "plan.json", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ format_version: "1.2", chatform: { format: 1 } });
  });
});

describe("a report that cannot be written", () => {
  it.each(["no/such/folder.html", "."])("%s is refused before any change", async (file) => {
    const { code, stderr } = await run("apply", "--auto-approve", "--report", `html=${file}`);
    expect([code, emulator.requestCount]).toEqual([1, 0]);
    expect(stderr).toContain("Report can't be written");
  });
});

describe("numbers", () => {
  it.each(["-1", "x", "Infinity"])("--allow-deletions refuses %s", async (number) => {
    expect(await run("plan", `--allow-deletions=${number}`)).toMatchObject({ code: 1, stdout: "" });
  });
});

describe("show --json", () => {
  it("names the kind of document", async () => {
    expect(JSON.parse((await run("show", "settings", "--json")).stdout)).toEqual({
      messageRetentionPeriodDays: 3650,
      reactionsEnabled: true,
    });
  });
});
