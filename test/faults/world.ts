import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import { printState } from "../../src/state/codec.js";
import { stateWithoutLag } from "../helpers/known-lag.js";
import type { Ended, OnStart } from "./kill.js";
import { run } from "./kill.js";

/** A room of the emulator's own, with jane, sam and zoe in it. */
const frontDesk = "adhoc-fe5f4785-f43a-4f62-b07f-eb22ba0713b1@conference.Example-Org.orgspan.com";

/** A plan with everything in it: settings, a room with owners and participants, a thread, reactions, pins, a 1on1. */
const desired = `version: 1
settings: { messageRetentionPeriodDays: 3000 }
users:
  kim@example.com:
    settings: { mobile: { notifications: { when: Always } } }
    messages: { hello: { body: "Welcome", pinned: true } }
rooms:
  bridge:
    subject: Incident bridge
    description: Where incidents are run
    owners: [jane.doe@example.com]
    participants: [jane.doe@example.com, sam@example.com]
    messages:
      rules: { body: "Read the runbook first", pinned: true, reactions: ["👍"] }
      more: { body: "It is in the wiki", replyTo: rules }
  desk:
    subject: Service desk
    participants: [jane.doe@example.com, bo@example.com]
  front:
    jid: ${frontDesk}
    participants: [jane.doe@example.com, kim@example.com, bo@example.com]
`;

const applyArgs = [
  "apply",
  "--auto-approve",
  "--allow-data-loss",
  "--parallelism",
  "1",
  "--patience",
  "300ms",
  "--timeout",
  "1s",
];

/** One org and one working folder. */
export class World {
  readonly emulator: Emulator;
  readonly cwd: string;
  #token: string;

  private constructor(emulator: Emulator, cwd: string) {
    this.emulator = emulator;
    this.cwd = cwd;
    this.#token = emulator.token({ user: "jane.doe@example.com" });
  }

  static async make(): Promise<World> {
    const emulator = await startEmulator({ actingUser: "jane.doe@example.com", logLimit: 2000 });
    const cwd = await mkdtemp(join(tmpdir(), "chatform-faults-"));
    await writeFile(join(cwd, "chatform.yaml"), desired);
    await writeFile(join(cwd, "chatform.state.json"), printState(stateWithoutLag()));
    return new World(emulator, cwd);
  }

  async close(): Promise<void> {
    await this.emulator.close();
    await rm(this.cwd, { recursive: true, force: true });
  }

  run(args: readonly string[], onStart?: OnStart): Promise<Ended> {
    const env = { ...this.emulator.env, GENESYSCLOUD_ACCESS_TOKEN: this.#token };
    return run(args, { cwd: this.cwd, env, ...(onStart === undefined ? {} : { onStart }) });
  }

  apply(...args: readonly string[]): Promise<Ended> {
    return this.run([...applyArgs, ...args]);
  }

  /** Applies in a process of its own, and says how to kill it. */
  applyInProcess(onStart: OnStart, ...args: readonly string[]): Promise<Ended> {
    return this.run([...applyArgs, ...args], onStart);
  }

  /** Resolves when a request hangs. */
  async hung(): Promise<void> {
    for (let waited = 0; waited < 20_000; waited += 10) {
      if (this.emulator.requests.some(({ fault }) => fault !== undefined)) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error("no request ever hung");
  }

  /** Applies again, as often as a person would, and checks that everything in the config exists exactly once. */
  async recovers(): Promise<void> {
    this.emulator.clearFaults();
    // The old token may have expired: a person then gets a new one.
    this.#token = this.emulator.token({ user: "jane.doe@example.com" });
    let last = await this.apply();
    if (last.code !== 0) last = await this.apply();
    expect(`${last.code}\n${last.stderr}\n${last.stdout}`).toMatch(/^0\n/);
    this.expectDesired();
    await this.expectState();
    const plan = await this.run(["plan", "--detailed-exitcode"]);
    expect(`${plan.code}\n${plan.stdout}${plan.stderr}`).toMatch(/^0\n/);
  }

  /** Nothing is missing, nothing is there twice. */
  expectDesired(): void {
    const { settings, users, rooms, oneOnOnes } = this.emulator.dump();
    expect(settings).toMatchObject({ messageRetentionPeriodDays: 3000 });
    const kim = users.find(({ email }) => email === "kim@example.com");
    expect(kim).toMatchObject({ settings: { mobile: { notifications: { when: "Always" } } } });
    const front = rooms.find(({ jid }) => jid === frontDesk);
    const ids = ["jane.doe", "kim", "bo"].map((name) => this.emulator.userId(`${name}@example.com`));
    expect(front?.participants?.map((one) => this.emulator.userId(one)).sort()).toEqual(ids.sort());
    const named = (subject: string): unknown[] => rooms.filter((room) => room.subject === subject);
    expect(named("Service desk")).toHaveLength(1);
    const bridges = rooms.filter((room) => room.subject === "Incident bridge");
    expect(bridges).toHaveLength(1);
    const [bridge] = bridges;
    expect(bridge?.description).toBe("Where incidents are run");
    expect(bridge?.messages?.map(({ body }) => body).sort()).toEqual([
      "It is in the wiki",
      "Read the runbook first",
    ]);
    const hellos = oneOnOnes
      .flatMap(({ messages }) => messages ?? [])
      .filter(({ body }) => body === "Welcome");
    expect(hellos).toHaveLength(1);
  }

  private async expectState(): Promise<void> {
    const state = JSON.parse(await readFile(join(this.cwd, "chatform.state.json"), "utf8")) as {
      readonly resources: Record<string, unknown>;
      readonly uncertain: readonly unknown[];
    };
    expect(Object.keys(state.resources)).toEqual([
      "rooms/bridge",
      "rooms/bridge/messages/more",
      "rooms/bridge/messages/rules",
      "rooms/bridge/pins",
      "rooms/desk",
      "rooms/front",
      "settings",
      "users/kim@example.com/messages/hello",
      "users/kim@example.com/pins",
      "users/kim@example.com/settings",
    ]);
    expect(state.uncertain).toEqual([]);
  }
}
