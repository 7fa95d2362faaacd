/** A token that ends while an apply runs: it stops at once, says so first, and the next run goes on. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import { runCli } from "../helpers/run.js";

const names = Array.from({ length: 8 }, (_none, at) => `room-${at}`);
const desired = `version: 1
settings: { reactionsEnabled: false }
rooms:
${names.map((name) => `  ${name}: { subject: ${name}, participants: [jane.doe@example.com] }`).join("\n")}
`;

let emulator: Emulator;
let cwd: string;

beforeEach(async () => {
  const match = { operation: "postChatsRooms", nth: 3 } as const;
  emulator = await startEmulator({
    actingUser: "jane.doe@example.com",
    faults: [{ match, action: { type: "expire-token" } }],
  });
  cwd = await mkdtemp(join(tmpdir(), "chatform-credentials-"));
  await writeFile(join(cwd, "chatform.yaml"), desired);
});
afterEach(async () => {
  await emulator.close();
  await rm(cwd, { recursive: true });
});

it("stops the run, and reports the reason first, then what exists, what failed and what was not tried", async () => {
  const apply = ["apply", "--auto-approve", "--parallelism", "1"];
  const { code, stdout } = await runCli(apply, { cwd, env: emulator.env });
  expect(code).toBe(1);
  const expired = emulator.requests.findIndex(({ fault }) => fault === "expire-token");
  expect(emulator.requests.slice(expired + 1)).toEqual([]);
  const [, summary = ""] = stdout.split("\n\n").slice(-3);
  const made = emulator.dump().rooms.filter(({ subject = "" }) => names.includes(subject));
  expect(made).toHaveLength(2);
  const places = [
    "Error: The credentials stopped working during the apply",
    ...made.map(({ subject, jid }) => `rooms/${subject} ${jid}`),
    "Failed because the credentials stopped working:\n  rooms/room-2",
    "Not started:\n  rooms/room-3",
  ].map((text) => stdout.indexOf(text));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(summary).not.toContain("nothing was changed");

  const env = {
    ...emulator.env,
    GENESYSCLOUD_ACCESS_TOKEN: emulator.token({ user: "jane.doe@example.com" }),
  };
  expect(await runCli(apply, { cwd, env })).toMatchObject({ code: 0 });
  const rooms = emulator.dump().rooms.map(({ subject }) => subject ?? "");
  expect(rooms.filter((subject) => names.includes(subject)).toSorted()).toEqual(names);
});
