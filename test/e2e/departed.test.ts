/** Users who left the org stop no apply: each variant of what the service responds, by the real program. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Emulator, Variants } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { RunResult } from "../helpers/run.js";
import { runCli } from "../helpers/run.js";
import { writesIn } from "../helpers/writes.js";

const everybody = ["jane.doe@example.com", "sam@example.com", "zoe@example.com"];
const othersThanSam = everybody.filter((email) => !email.startsWith("sam"));

let emulator: Emulator;
let cwd: string;

afterEach(async () => {
  await emulator.close();
  await rm(cwd, { recursive: true, force: true });
});

function run(...args: readonly string[]): Promise<RunResult> {
  return runCli(args, { cwd, env: emulator.env });
}

async function ok(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(...args);
  expect(`${code}\n${stdout}${stderr}`).toMatch(/^0\n/);
  return stdout + stderr;
}

function apply(...args: readonly string[]): Promise<string> {
  return ok("apply", "--auto-approve", "--patience", "300ms", ...args);
}

async function declare(
  participants: readonly string[],
  owners = ["jane.doe@example.com"],
  description?: string,
): Promise<void> {
  const room = { subject: "Desk", owners, participants, description };
  await writeFile(join(cwd, "chatform.yaml"), JSON.stringify({ version: 1, rooms: { desk: room } }));
}

/** An org with an applied room of jane, sam and zoe. */
async function begin(variants: Partial<Variants> = {}): Promise<void> {
  emulator = await startEmulator({ actingUser: "jane.doe@example.com", variants });
  cwd = await mkdtemp(join(tmpdir(), "chatform-departed-"));
  await declare(everybody);
  await apply();
}

function depart(user: string, state: "inactive" | "deleted" = "deleted"): void {
  emulator.change({ change: "user", user, set: { state } });
}

/** The writes since the last time, without the room's jid. */
function writes(): readonly string[] {
  const found = writesIn(emulator.requests).map(({ method, path }) => {
    const user = everybody.find((email) => path.endsWith(emulator.userId(email)));
    return `${method} ${user ?? path.split("/")[4] ?? ""}`;
  });
  emulator.clearRequests();
  return found;
}

async function appliedPeople(): Promise<unknown> {
  const text = await readFile(join(cwd, "chatform.state.json"), "utf8");
  const { resources } = JSON.parse(text) as {
    readonly resources: Record<string, { readonly applied: { readonly participants: unknown } }>;
  };
  return resources["rooms/desk"]?.applied.participants;
}

async function isEmptyPlan(): Promise<void> {
  const { code, stdout, stderr } = await run("plan", "--detailed-exitcode");
  expect(`${code}\n${stdout}${stderr}`).toMatch(/^0\n/);
}

const responses: readonly (readonly [string, Partial<Variants>])[] = [
  ["204", { removeDepartedParticipant: 204 }],
  ["204, still in the roster", { removeDepartedParticipant: 204, departedInRoster: "kept" }],
  ["404", { removeDepartedParticipant: 404 }],
  ["403 forbidden", { removeDepartedParticipant: 403 }],
  ["400", { removeDepartedParticipant: 400 }],
  ["409", { removeDepartedParticipant: 409 }],
  [
    "404, and GET /users?state=any lists active users only",
    { removeDepartedParticipant: 404, stateAny: "active" },
  ],
];

describe.each(responses)(
  "the removal of a departed participant, which the service returns %s for",
  (name, variants) => {
    const note = name.startsWith("204")
      ? ""
      : "sam@example.com is deleted in the directory; the service refused";

    it("is done by an apply, and the next plan is empty", async () => {
      await begin(variants);
      depart("sam@example.com");
      await declare(othersThanSam);
      writes();
      expect((await apply()).replaceAll(/\s+/g, " ")).toContain(note);
      expect(writes()).toEqual(["DELETE sam@example.com"]);
      expect(await appliedPeople()).not.toContain(emulator.userId("sam@example.com"));
      await isEmptyPlan();
    });
  },
);

it.each([
  ["a single difference", undefined, ["PATCH"]],
  ["one of several", "A desk", ["PATCH", "PATCH"]],
] as const)(
  "the removal of a departed owner, which the service refuses, is done: %s",
  async (_what, description, calls) => {
    await begin({ removeDepartedOwner: 403 });
    await declare(everybody, ["jane.doe@example.com", "zoe@example.com"]);
    await apply();
    depart("zoe@example.com");
    await declare(everybody, ["jane.doe@example.com"], description);
    writes();
    expect((await apply()).replaceAll(/\s+/g, " ")).toContain(
      "zoe@example.com is deleted in the directory; the service refused the removal with 403",
    );
    expect(writes().map((write) => write.split(" ")[0])).toEqual(calls);
    expect(emulator.dump().rooms.find(({ subject }) => subject === "Desk")?.description ?? "").toBe(
      description ?? "",
    );
    await isEmptyPlan();
  },
);

it.each(responses.filter(([name]) => /^(?:404$|403|204, still)/.test(name)))(
  "a saved plan from before the user departed removes them: %s",
  async (_name, variants) => {
    await begin(variants);
    await declare(othersThanSam);
    await ok("plan", "--out", "plan.json");
    depart("sam@example.com");
    writes();
    await ok("apply", "plan.json", "--patience", "300ms");
    expect(writes()).toEqual(["DELETE sam@example.com"]);
    await isEmptyPlan();
  },
);

it("a saved plan removes a departed user without reading back, and says so in JSON and reports", async () => {
  await begin({ removeDepartedParticipant: 404 });
  depart("sam@example.com");
  await declare(othersThanSam);
  await ok("plan", "--out", "plan.json");
  writes();
  const output = await ok("apply", "plan.json", "--no-verify", "--json", "--report", "markdown=apply.md");
  expect(writes()).toEqual(["DELETE sam@example.com"]);
  const ended = output
    .split("\n")
    .filter((line) => line.includes('"apply_complete"'))
    .map((line) => JSON.parse(line) as { readonly hook: { readonly departed?: unknown } });
  expect(ended.map(({ hook }) => hook.departed)).toEqual([
    [
      expect.objectContaining({
        user: emulator.userId("sam@example.com"),
        state: "deleted",
        status: 404,
        done: true,
      }),
    ],
  ]);
  expect(await readFile(join(cwd, "apply.md"), "utf8")).toContain("is deleted in the directory");
  await isEmptyPlan();
});

it("a user who is declared and departs makes no change, and no error", async () => {
  await begin({ removeDepartedParticipant: 404 });
  depart("sam@example.com");
  const { stdout, stderr, code } = await run("plan", "--detailed-exitcode");
  expect(`${code}\n${stdout}${stderr}`).toMatch(/^0\n/);
  expect(stdout + stderr).toContain("sam@example.com");
});

it.each([
  [
    "a participant who is added",
    "POST bo@example.com",
    [...everybody, "bo@example.com"],
    ["jane.doe@example.com"],
  ],
  ["an owner", "PATCH", everybody, ["jane.doe@example.com", "zoe@example.com"]],
] as const)("%s who departed after the plan is named in the error", async (_what, _call, people, owners) => {
  await begin({ addDepartedParticipant: 400, departedInBody: 400 });
  await declare(people, [...owners]);
  await ok("plan", "--out", "plan.json");
  const who = people.includes("bo@example.com") ? "bo@example.com" : "zoe@example.com";
  depart(who, "deleted");
  const { code, stdout, stderr } = await run("apply", "plan.json", "--patience", "300ms");
  expect(code).toBe(1);
  expect((stdout + stderr).replaceAll(/\s+/g, " ")).toContain(`${who} is deleted in the directory.`);
});

it.each([
  ["departed", { state: "deleted" }, /state: +deleted/],
  ["has another e-mail now", { email: "samuel@example.com" }, /email: +samuel@example.com/],
] as const)("show and export know by the old e-mail a user of a source who %s", async (_what, set, shown) => {
  await begin();
  emulator.change({ change: "team", set: { name: "Night", members: ["kim@example.com"] } });
  const settings = { mobile: { notifications: { when: "Always" } } };
  const agents = { members: [{ team: "Night" }], settings };
  await writeFile(join(cwd, "chatform.yaml"), JSON.stringify({ version: 1, userSettings: { agents } }));
  await apply();
  const id = emulator.userId("kim@example.com");
  emulator.change({ change: "user", user: "kim@example.com", set });
  const text = await ok("show", "users/Kim@example.com");
  expect(text).toMatch(shown);
  expect(text).toContain(id);
  expect(text).toContain("userSettings/agents (team Night)");
  await ok("export", "--user", "kim@example.com");
  const { code, stderr } = await run("show", "users/kimm@example.com");
  expect(code).toBe(1);
  expect(stderr).toContain("Genesys Cloud has no user with the e-mail kimm@example.com.");
});

it("show names the state of a departed participant, and export writes the id with a comment", async () => {
  await begin({ removeDepartedParticipant: 404 });
  depart("sam@example.com");
  expect(await ok("show", "rooms/desk")).toContain("sam@example.com (deleted)");
  expect(await ok("show", "users/sam@example.com")).toMatch(/state:\s+deleted/);
  const { stdout } = await run("export", "--all-known");
  expect(stdout).toContain(
    `- ${emulator.userId("sam@example.com")} # sam@example.com is deleted in the directory`,
  );
  await writeFile(join(cwd, "chatform.yaml"), stdout);
  await ok("validate");
  await isEmptyPlan();
  await ok("export", "--all-known", "--out", "adopted.yaml", "--adopt");
});
