/** An apply whose state can't be stored shows and reports what it did, and then the error. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Emulator } from "../../../../../src/emulator/index.js";
import { startEmulator } from "../../../../../src/emulator/index.js";
import type { StateServer } from "../../../../conformance/state-server.js";
import { startStateServer } from "../../../../conformance/state-server.js";
import type { RunResult } from "../../../../helpers/run.js";
import { runCli } from "../../../../helpers/run.js";

let emulator: Emulator;
let server: StateServer;
let cwd: string;

beforeEach(async () => {
  emulator = await startEmulator({ actingUser: "jane.doe@example.com" });
  server = await startStateServer({ manner: "terraform" });
  cwd = await mkdtemp(join(tmpdir(), "chatform-unstored-"));
  // Of all writes: a slow run may write before its end.
  server.faults.push(...Array.from({ length: 9 }, () => ({ method: "POST", with: 403 }) as const));
});
afterEach(async () => {
  await emulator.close();
  await server.close();
  await rm(cwd, { recursive: true });
});

const settings = "settings: { reactionsEnabled: false }\n";

async function apply(config: string, ...more: readonly string[]): Promise<RunResult> {
  await writeFile(join(cwd, "chatform.yaml"), `version: 1\nstate: { backend: http }\n${config}`);
  const env = { ...emulator.env, TF_HTTP_ADDRESS: server.url, TF_HTTP_LOCK_ADDRESS: server.url };
  return runCli(["apply", "--auto-approve", ...more], { cwd, env });
}

it("shows the result without saying that the changes are recorded, and then the file of the state", async () => {
  const { code, stdout, stderr } = await apply(settings);
  expect(code).toBe(1);
  expect(stdout).toMatch(/Apply incomplete: 1 updated\. 1 call\.\n$/);
  expect(stdout).not.toContain("recorded");
  expect(stderr.replaceAll("\n", " ")).toMatch(
    /responded with 403\. The state of this run was written to errored\.chatform\.state\.json instead\. Check .* Before the next run, push that file: chatform state push errored\.chatform\.state\.json/,
  );
  expect(server.lock).toBeUndefined();
});

it("has both in the reports", async () => {
  const reports = ["text=a.txt", "json=a.json", "markdown=a.md"].flatMap((one) => ["--report", one]);
  expect((await apply(settings, ...reports)).code).toBe(1);
  const [text = "", json = "", markdown = ""] = await Promise.all(
    ["a.txt", "a.json", "a.md"].map((file) => readFile(join(cwd, file), "utf8")),
  );
  expect(text).toContain("Apply incomplete: 1 updated. 1 call.");
  expect(text).toContain("chatform state push errored.chatform.state.json");
  expect(text).not.toContain("recorded");
  expect(JSON.parse(json)).toMatchObject({
    errored: true,
    diagnostics: [{ code: "backend-refused" }],
    chatform: { results: [{ address: "settings", status: "done" }] },
  });
  expect(markdown).toContain("Apply incomplete: 1 of 1 change done.");
  expect(markdown).toContain("chatform state push errored.chatform.state.json");
});

it("has both in the JSON events", async () => {
  const { stdout } = await apply(settings, "--json");
  const events = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { type: string });
  expect(events.map(({ type }) => type)).toEqual([
    "version",
    "planned_change",
    "change_summary",
    "apply_start",
    "apply_complete",
    "change_summary",
    "diagnostic",
  ]);
  expect(events.at(-1)).toMatchObject({ diagnostic: { code: "backend-refused" } });
});

it("says that nothing was changed, if the intent of the first create cannot be stored", async () => {
  const { code, stdout, stderr } = await apply(
    "rooms: { a: { subject: A, participants: [jane.doe@example.com] } }\n",
  );
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /Not started:\n {2}rooms\/a\n\nApply incomplete: nothing was changed, 1 not started\. 0 calls\.\n/,
  );
  expect(stderr).toContain("403");
  expect(emulator.requests.filter(({ operation }) => operation === "postChatsRooms")).toEqual([]);
});
