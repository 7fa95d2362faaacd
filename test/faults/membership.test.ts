/** The program is killed at each request of a repair, or an apply, that follows sources; the next run converges. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Emulator, FaultAction } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import { printState } from "../../src/state/codec.js";
import { stateWithoutLag } from "../helpers/known-lag.js";
import { writesIn } from "../helpers/writes.js";
import type { Ended, OnStart } from "./kill.js";
import { killAt, run as runCommand } from "./kill.js";

const email = (name: string): string => `${name}@example.com`;
const common = ["--auto-approve", "--parallelism", "1", "--patience", "300ms", "--timeout", "1s"];
const settings = { mobile: { notifications: { when: "OnlyWhenInactive" } } };

const config = (pinned: boolean): string => {
  const participants = [email("jane.doe"), email("bo"), { group: "Agents" }];
  const messages = { rules: { body: "Read the runbook first", ...(pinned ? { pinned } : {}) } };
  return JSON.stringify({
    version: 1,
    rooms: { desk: { subject: "Desk", owners: [email("jane.doe")], participants, messages } },
    userSettings: { agents: { members: [{ group: "Agents" }], settings } },
  });
};

/** People join, leave and depart, somebody adds a stranger, and renames the room. */
function changeOrg(emulator: Emulator): void {
  const room = emulator.dump().rooms.find(({ subject }) => subject === "Desk")?.jid ?? "";
  emulator.change({
    ...{ change: "members", of: "group", name: "Agents" },
    ...{ add: [email("lee"), email("ana")], remove: [email("kim")] },
  });
  emulator.change({ change: "user", user: email("bo"), set: { state: "deleted" } });
  emulator.change({ change: "join", room, user: email("zoe") });
  emulator.change({ change: "room", room, set: { subject: "Theirs" } });
  emulator.clearRequests();
}

/** Kills the command at a request, runs it again, and checks the end. @returns false if the command ended before that request */
async function converges(command: "repair" | "apply", nth: number, action: FaultAction): Promise<boolean> {
  const emulator = await startEmulator({ actingUser: email("jane.doe"), logLimit: 2000 });
  const cwd = await mkdtemp(join(tmpdir(), "chatform-membership-"));
  const run = (args: readonly string[], onStart?: OnStart): Promise<Ended> =>
    runCommand(args, { cwd, env: emulator.env, ...(onStart === undefined ? {} : { onStart }) });
  const ok = async (...args: readonly string[]): Promise<void> => {
    const { code, stdout, stderr } = await run(args);
    expect(`${code}\n${stdout}${stderr}`).toMatch(/^0\n/);
  };
  try {
    emulator.change({ change: "group", set: { name: "Agents", members: [email("sam"), email("kim")] } });
    await writeFile(join(cwd, "chatform.yaml"), config(false));
    await writeFile(join(cwd, "chatform.state.json"), printState(stateWithoutLag()));
    await ok("apply", ...common);
    changeOrg(emulator);
    // The pin waits for an apply.
    if (command === "repair") await writeFile(join(cwd, "chatform.yaml"), config(true));
    if (!(await killAt(emulator, { nth, action }, (onStart) => run([command, ...common], onStart))))
      return false;
    await ok(command, ...common);
    const made = writesIn(emulator.requests)
      .filter(({ status, fault }) =>
        fault === undefined ? status < 400 : action.type === "hang" && action.applied === true,
      )
      .map(({ method, path }) => `${method} ${path}`);
    expect(made.filter((one, at) => made.indexOf(one) !== at)).toEqual([]);
    expect(made.filter((one) => one.includes("/pins"))).toEqual([]);
    emulator.clearRequests();
    await ok(command, ...common);
    await ok("drift");
    if (command === "apply") await ok("plan", "--detailed-exitcode");
    expect(writesIn(emulator.requests)).toEqual([]);
    await expectEnd(emulator, cwd);
    return true;
  } finally {
    await emulator.close();
    await rm(cwd, { recursive: true, force: true });
  }
}

async function expectEnd(emulator: Emulator, cwd: string): Promise<void> {
  const { rooms, users } = emulator.dump();
  const [desk, ...others] = rooms.filter(({ subject }) => subject === "Desk");
  expect([others, desk?.messages?.length]).toEqual([[], 1]);
  const names = new Map(users.map((user) => [user.id ?? "", user.email.replace(/@.*/, "")]));
  const toNames = (ids: readonly string[]): readonly string[] => ids.map((id) => names.get(id) ?? id).sort();
  const people = ["ana", "jane.doe", "lee", "sam"];
  expect(toNames(desk?.participants ?? []).filter((name) => name !== "bo")).toEqual(people);
  const { resources } = JSON.parse(await readFile(join(cwd, "chatform.state.json"), "utf8")) as {
    readonly resources: Readonly<Record<string, { readonly applied: { readonly participants?: string[] } }>>;
  };
  const recorded = toNames(resources["rooms/desk"]?.applied.participants ?? []);
  expect(recorded.filter((name) => name !== "bo")).toEqual(people);
  expect(Object.keys(resources).filter((address) => address.startsWith("users/"))).toEqual(
    ["ana", "lee", "sam"].map((name) => `users/${email(name)}/settings`),
  );
}

const all = process.env["FAULTS"] === "all";

it.each<readonly ["repair" | "apply", string, FaultAction]>([
  ["repair", "before", { type: "hang" }],
  ["repair", "after", { type: "hang", applied: true }],
  ["apply", "before", { type: "hang" }],
  ["apply", "after", { type: "hang", applied: true }],
])(
  "%s converges when the program is killed %s a request",
  { timeout: 900_000 },
  async (command, _when, action) => {
    let nth = 1;
    while (await converges(command, nth, action)) nth += all ? 1 : 5;
    expect(nth).toBeGreaterThan(12);
  },
);
