/**
 * Kills an apply of renames at requests all over it: of rows whose keys changed, of a room that became a row, of a chain whose middle
 * was never applied, of messages, and of an entry of `userSettings`, with a state in a file and on a server. FAULTS=all: at every request.
 */
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { State } from "../../src/core/state/state.js";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { StateServer } from "../conformance/state-server.js";
import { startStateServer } from "../conformance/state-server.js";
import { printState } from "../../src/state/codec.js";
import { stateWithoutLag } from "../helpers/known-lag.js";
import type { Ended, OnStart } from "./kill.js";
import { killAt, run as runCommand } from "./kill.js";

const row = (indent: string): string =>
  ['"${each.name}":', "  forEach: rooms.csv", '  subject: "${each.subject}"']
    .map((one) => `${indent}${one}\n`)
    .join("");
const settings =
  "{ members: [sam@example.com], settings: { mobile: { notifications: { when: OnlyWhenInactive } } } }";

const before = {
  "rooms.csv": "name,subject\nnorth,North\nsouth,South\n",
  "chatform.yaml": (state: string): string => `version: 1
environments: { one: { state: ${state} } }
rooms:
  hall: { subject: Hall, messages: { x: { body: X, pinned: true }, r: { body: R, replyTo: x } } }
  single: { subject: Single, messages: { rules: { body: Rules of Single } } }
${row("  ")}    messages: { rules: { body: "Rules of \${each.subject}" } }
userSettings:
  agents: ${settings}
`,
};

const after = {
  "rooms.csv": "name,subject,was\nn,North wing,North\ns,South wing,South\nlone,Lone,Single\n",
  "chatform.yaml": (state: string): string => `version: 1
environments: { one: { state: ${state} } }
moved:
  - { from: rooms/hall, to: rooms/aula }
  - { from: rooms/aula, to: rooms/forum }
  - { from: rooms/forum/messages/x, to: rooms/forum/messages/z }
  - { from: rooms/hall/messages/r, to: rooms/forum/messages/s }
  - { from: rooms/single, to: rooms/lone }
  - { from: rooms/north, to: rooms/n }
  - { from: rooms/south, to: rooms/s }
  - { from: userSettings/agents, to: userSettings/staff }
rooms:
  forum: { subject: Forum, messages: { z: { body: X, pinned: true }, s: { body: R2, replyTo: z }, new: { body: New } } }
${row("  ")}    messages: { rules: { body: "Rules of \${each.was}" }, new: { body: New } }
userSettings:
  staff: ${settings}
`,
};

/** The bodies of the messages of each room, by subject. */
const ended = {
  Forum: ["New", "R2", "X"],
  Lone: ["New", "Rules of Single"],
  "North wing": ["New", "Rules of North"],
  "South wing": ["New", "Rules of South"],
};

let emulator: Emulator;
let server: StateServer;
let cwd: string;

beforeEach(async () => {
  server = await startStateServer({ manner: "terraform" });
  cwd = await mkdtemp(join(tmpdir(), "chatform-renames-"));
});
afterEach(async () => {
  await emulator.close();
  await server.close();
  await rm(cwd, { recursive: true });
});

/** Begins again, with a new org and without a state. */
async function restart(): Promise<void> {
  const users = ["jane.doe", "sam"].map((name) => ({ email: `${name}@example.com` }));
  await (emulator as Emulator | undefined)?.close();
  emulator = await startEmulator({ actingUser: "jane.doe@example.com", seed: { users }, logLimit: 20_000 });
  server.content = undefined;
  server.lock = undefined;
  for (const file of await readdir(cwd)) await rm(join(cwd, file));
  server.content = printState(stateWithoutLag());
  await writeFile(join(cwd, "chatform.one.state.json"), server.content);
}

function run(args: readonly string[], onStart?: OnStart): Promise<Ended> {
  const waits = args[0] === "apply" ? ["--auto-approve", "--patience", "300ms"] : [];
  const options = { cwd, env: emulator.env, ...(onStart === undefined ? {} : { onStart }) };
  return runCommand([...args, ...waits, "--env", "one"], options);
}

async function declare(config: typeof before, state: string): Promise<void> {
  await writeFile(join(cwd, "chatform.yaml"), config["chatform.yaml"](state));
  await writeFile(join(cwd, "rooms.csv"), config["rooms.csv"]);
}

/** Returns the ids of everything that exists before the renames. */
function ids(): readonly string[] {
  return emulator
    .dump()
    .rooms.flatMap(({ jid = "", messages = [] }) => [jid, ...messages.map(({ id = "" }) => id)]);
}

async function checkEnd(existing: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await run(["plan", "--detailed-exitcode"]);
  expect(`${code}${stderr}`, stdout).toBe("0");
  const { rooms, users } = emulator.dump();
  const found = rooms.map(({ subject = "", messages = [] }) => [
    subject,
    messages.map(({ body }) => body).sort(),
  ]);
  expect(Object.fromEntries(found)).toEqual(ended);
  expect(rooms).toHaveLength(Object.keys(ended).length);
  expect(ids()).toEqual(expect.arrayContaining([...existing]));
  const sam = users.find(({ email }) => email === "sam@example.com");
  expect(sam?.settings?.mobile?.notifications.when).toBe("OnlyWhenInactive");
  // A file may be older than its journal.
  const { stdout: text } = await run(["state", "pull"]);
  const { resources, shared, uncertain, forgotten = [] } = JSON.parse(text) as State;
  expect(Object.keys(resources).filter((address) => /^rooms\/[^/]+$/.test(address))).toEqual(
    ["forum", "lone", "n", "s"].map((name) => `rooms/${name}`),
  );
  expect([shared?.map(({ entry }) => entry), uncertain, forgotten]).toEqual([["userSettings/staff"], [], []]);
  expect(text).not.toMatch(/rooms\/(?:hall|aula|single|north|south)|userSettings\/agents/);
}

/** The share of the requests at which a sample kills. */
const every = process.env["FAULTS"] === "all" ? 1 : 11;

describe.each(["local", "http"] as const)("renames with the state backend %s", (backend) => {
  test("make no second room and lose no message, wherever the apply is killed", async () => {
    const state = backend === "local" ? "{ backend: local }" : `{ backend: http, address: "${server.url}" }`;
    let isKilled = true;
    for (let nth = 1; isKilled; nth += every) {
      // A sample has one of the two kills at each request.
      for (const applied of every === 1 ? [false, true] : [nth % 2 === 0]) {
        await restart();
        await declare(before, state);
        expect(await run(["apply"])).toMatchObject({ code: 0 });
        const existing = ids();
        await declare(after, state);
        const plans = [await run(["plan", "--json"]), await run(["plan", "--json"])];
        expect(plans[0]?.stdout).toBe(plans[1]?.stdout);
        emulator.clearRequests();
        isKilled = await killAt(emulator, { nth, action: { type: "hang", applied } }, (onStart) =>
          run(["apply"], onStart),
        );
        // The first apply may only record the creates whose responses were lost.
        for (let left = 2; left > 0; left--) await run(["apply"]);
        const last = await run(["apply"]);
        expect(last).toMatchObject({ code: 0 });
        await checkEnd(existing).catch((error: unknown) => {
          throw new Error(`killed at request ${nth}${applied ? ", which was applied" : ""}`, {
            cause: error,
          });
        });
      }
    }
  }, 3_600_000);
});
