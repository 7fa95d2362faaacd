/** Reads JUnit reports of every command with a public parser: each case gives the source location of its resource. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { JunitCase } from "../helpers/junit.js";
import { getFailure, readJunit } from "../helpers/junit.js";
import { runCli } from "../helpers/run.js";

const settings = `version: 1

settings:
  reactionsEnabled: false
`;
const rooms = `version: 1
rooms:
  # where incidents are run
  incident-bridge:
    subject: Incident bridge
    messages:
      rules:
        body: Read the runbook first
        pinned: true
  lobby: { subject: Lobby }
`;

let emulator: Emulator;
let repository = "";
beforeEach(async () => {
  emulator = await startEmulator({ actingUser: "jane.doe@example.com" });
  repository = await mkdtemp(join(tmpdir(), "chatform-junit-"));
  await mkdir(join(repository, ".git"));
  await mkdir(join(repository, "chat", "files"), { recursive: true });
  await writeFile(join(repository, "chat", "files", "settings.yaml"), settings);
  await writeFile(join(repository, "chat", "files", "rooms.yaml"), rooms);
});
afterEach(async () => {
  await emulator.close();
  await rm(repository, { recursive: true });
});

/** Runs a command in a folder of the repository. */
async function chatform(...args: readonly string[]) {
  return runCli([...args, "-f", "files"], { cwd: join(repository, "chat"), env: emulator.env });
}

/** The same with a JUnit report, as the parser reads it. */
async function cases(...args: readonly string[]): Promise<readonly JunitCase[]> {
  await chatform(...args, "--report", "junit=out.xml");
  return (await readJunit(await readFile(join(repository, "chat", "out.xml"), "utf8"))).cases;
}

const getPlaces = (list: readonly JunitCase[]): readonly string[] =>
  list.map(({ name = "", file, line }) => `${name} ${file ?? "-"}:${line ?? "-"}`).sort();

const declared = [
  "rooms/incident-bridge chat/files/rooms.yaml:4",
  "rooms/incident-bridge/messages/rules chat/files/rooms.yaml:7",
  "rooms/incident-bridge/pins chat/files/rooms.yaml:4",
  "rooms/lobby chat/files/rooms.yaml:10",
  "settings chat/files/settings.yaml:3",
];

describe("--report junit", () => {
  it.each([["validate"], ["plan"], ["apply", "--auto-approve"]])(
    "of %s shows the source location of each resource, relative to the repository",
    async (...args) => {
      expect(getPlaces(await cases(...args))).toEqual(declared);
    },
  );

  it("shows the current source locations for a saved plan", async () => {
    await chatform("plan", "--out", "plan.json");
    await writeFile(join(repository, "chat", "files", "settings.yaml"), settings.replace("\n\n", "\n"));
    expect(getPlaces(await cases("apply", "plan.json"))).toContain("settings chat/files/settings.yaml:2");
  });

  it("fails drift at its source location", async () => {
    await chatform("apply", "--auto-approve");
    emulator.change({ change: "settings", set: { reactionsEnabled: true } });
    const audited = await cases("drift");
    expect(getPlaces(audited)).toEqual(declared);
    const failed = audited.filter((one) => getFailure(one) !== undefined);
    expect(failed.map(({ name }) => name)).toEqual(["settings"]);
    expect(getFailure(failed[0] ?? {})).toContain("chat/files/settings.yaml:3\n");
  });

  it("fails changes of an apply that failed, at their source locations", async () => {
    const action = { type: "status", status: 403, code: "not.authorized" } as const;
    emulator.addFaults({ match: { operation: "patchChatsSettings" }, times: "always", action });
    const [failed, ...others] = (await cases("apply", "--auto-approve")).filter(
      (one) => getFailure(one) !== undefined,
    );
    expect(others).toEqual([]);
    expect(failed).toMatchObject({ name: "settings", file: "chat/files/settings.yaml", line: 3 });
    expect(getFailure(failed ?? {})).toContain("chat/files/settings.yaml:3\n");
  });

  it("gives no source location for orphans", async () => {
    await chatform("apply", "--auto-approve");
    await writeFile(join(repository, "chat", "files", "rooms.yaml"), "version: 1\n");
    expect(getPlaces(await cases("plan"))).toContain("rooms/lobby -:-");
  });

  it("fails each problem of an invalid config at its source location", async () => {
    const wrong = "version: 1\nsettings: { reactionsEnabled: 1 }\nrooms: { a: {} }\n";
    await writeFile(join(repository, "chat", "files", "settings.yaml"), wrong);
    const problems = await cases("validate");
    expect(problems.map(({ classname, file, line }) => [classname, file, line])).toEqual([
      ["wrong-type", "chat/files/settings.yaml", 2],
      ["missing-key", "chat/files/settings.yaml", 3],
    ]);
    expect(new Set(problems.map(({ name }) => name)).size).toBe(2);
  });
});
