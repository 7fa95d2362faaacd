import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import type { ApiClient } from "../../src/api/client.js";
import { createApi } from "../../src/api/client.js";
import type { Clock } from "../../src/core/time/clock.js";
import { systemClock } from "../../src/core/time/clock.js";
import { connectionFromEnv } from "../../src/api/auth/connection.js";
import type { Loaded } from "../../src/config/load.js";
import { loadDesired } from "../../src/config/load.js";
import type { JsonObject } from "../../src/core/json/json.js";
import type { Resource } from "../../src/core/kind/resource.js";
import type { Plan, PlanOptions } from "../../src/core/plan/plan.js";
import type { PlannerOutput } from "../../src/core/plan/planner.js";
import type { State } from "../../src/core/state/state.js";
import { emptyState, StateDraft } from "../../src/core/state/state.js";
import type { Emulator, EmulatorOptions, LoggedRequest } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import { apply } from "../../src/engine/apply/apply.js";
import type { ApplyResult, OnEvent } from "../../src/engine/events.js";
import { plan } from "../../src/engine/plan/plan.js";
import type { PlannedRepair } from "../../src/engine/repair.js";
import { planRepair } from "../../src/engine/repair.js";
import { kinds } from "../../src/resources/index.js";
import type { StateWriter } from "../../src/state/store.js";
import { unplannedWrites } from "./writes.js";

/** A clock that jumps: sleeping takes no time. The emulator's lag goes by it too. */
export class JumpingClock implements Clock {
  #now = Date.parse("2026-07-01T08:00:00Z");

  now(): number {
    return this.#now;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.#now += ms;
    await new Promise((resolve) => setImmediate(resolve));
  }

  monotonic(): number {
    return this.now();
  }

  random(): number {
    return 0.5;
  }
}

/** The client's clock: real time, but waits before retries are short. */
const hastyClock: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 1), signal),
};

/** A state in memory, written as a real one is: journal entries in order, the serial at the end. */
export class MemoryWriter implements StateWriter {
  readonly #draft: StateDraft;

  constructor(base: State | undefined) {
    this.#draft = new StateDraft(base ?? emptyState("00000000-0000-4000-8000-00000000aaaa"));
  }

  append(entry: Parameters<StateWriter["append"]>[0]): Promise<void> {
    // A state goes through JSON sooner or later; what doesn't survive that must not survive this.
    this.#draft.apply(JSON.parse(JSON.stringify(entry)) as typeof entry);
    return Promise.resolve();
  }

  hasten(): void {
    // Every entry is durable at once.
  }

  /** The number of calls that were noted. */
  calls = 0;

  noteCall(): void {
    this.calls += 1;
  }

  current(): State {
    return this.#draft.snapshot();
  }

  close(): Promise<State> {
    const state = this.#draft.snapshot();
    return Promise.resolve({ ...state, serial: state.serial + 1 });
  }
}

export const planOptions: PlanOptions = { mode: "normal", refresh: true, targets: [], excludes: [] };

/** The resources that a document declares. @throws Error for a document with problems */
export async function loadResources(...documents: readonly JsonObject[]): Promise<readonly Resource[]> {
  return (await loadConfig(...documents)).resources;
}

/** What the engine plans of a config. */
export type Config = Pick<Loaded, "resources" | "shared" | "moved">;

/** The resources that a document declares, also those for many users. @throws Error for a document with problems */
export async function loadConfig(...documents: readonly JsonObject[]): Promise<Config> {
  const cwd = await mkdtemp(join(tmpdir(), "chatform-test-"));
  try {
    await mkdir(join(cwd, "desired"));
    for (const [at, document] of documents.entries()) {
      await writeFile(join(cwd, "desired", `${at}.json`), JSON.stringify({ version: 1, ...document }));
    }
    const loaded = await loadDesired({ paths: ["desired"], vars: [], varFiles: [], env: {}, cwd, kinds });
    if (loaded.diagnostics.length > 0) throw new Error(JSON.stringify(loaded.diagnostics, null, 1));
    return loaded;
  } finally {
    await rm(cwd, { recursive: true });
  }
}

/** An emulated org, with chatform's engine and a state in memory in front of it. */
export class World {
  readonly clock: JumpingClock;
  readonly emulator: Emulator;
  readonly api: ApiClient;
  state: State | undefined;
  /** The value of --patience, in milliseconds. */
  patienceMs = 30_000;

  private constructor(emulator: Emulator, clock: JumpingClock, api: ApiClient) {
    this.emulator = emulator;
    this.clock = clock;
    this.api = api;
  }

  static async start(options: EmulatorOptions = {}): Promise<World> {
    const clock = new JumpingClock();
    const emulator = await startEmulator({
      actingUser: "jane.doe@example.com",
      now: () => clock.now(),
      ...options,
    });
    const connection = connectionFromEnv({ ...emulator.env });
    const api = createApi({ connection, parallelism: 10, clock: hastyClock });
    return new World(emulator, clock, api);
  }

  /** The requests that were made since the last time. */
  takeRequests(): readonly LoggedRequest[] {
    const requests = [...this.emulator.requests];
    this.emulator.clearRequests();
    return requests;
  }

  async plan(
    declared: readonly Resource[] | Config,
    options: Partial<PlanOptions> = {},
  ): Promise<PlannerOutput> {
    const { api, clock, state } = this;
    const { resources, shared, moved } =
      "shared" in declared ? declared : { resources: declared, shared: [], moved: [] };
    // Each plan begins a run, as a process of its own does.
    api.tryCredentialsAgain();
    return plan({
      ...{
        api,
        clock,
        state,
        kinds,
        resources,
        shared,
        moved,
        patienceMs: this.patienceMs,
        parallelism: 10,
        onEvent: () => undefined,
      },
      options: { ...planOptions, ...options },
    });
  }

  /** Audits the org, and plans to repair what drifted. */
  async planRepair({ resources, shared }: Config): Promise<PlannedRepair> {
    const { api, clock, state } = this;
    api.tryCredentialsAgain();
    return planRepair({
      ...{ api, clock, state, kinds, resources, shared, targets: [], excludes: [], ignores: [] },
      ...{ patienceMs: 30_000, parallelism: 10, onEvent: () => undefined },
    });
  }

  async apply(
    made: Plan,
    {
      verify = true,
      onEvent = () => undefined,
    }: { readonly verify?: boolean; readonly onEvent?: OnEvent } = {},
  ): Promise<ApplyResult> {
    const { api, clock, state } = this;
    const writer = new MemoryWriter(state);
    const earlier = new Set(this.emulator.requests);
    try {
      return await apply({
        // A plan survives JSON: what is applied is what was saved.
        plan: JSON.parse(JSON.stringify(made)) as Plan,
        ...{
          api,
          clock,
          state,
          kinds,
          writer,
          verify,
          patienceMs: this.patienceMs,
          parallelism: 10,
          onEvent,
        },
        stop: new AbortController().signal,
        abort: new AbortController().signal,
      });
    } finally {
      this.state = await writer.close();
      // In every test: an apply writes nothing that the plan did not show.
      const requests = this.emulator.requests.filter((one) => !earlier.has(one));
      expect(unplannedWrites(made, requests)).toEqual([]);
    }
  }

  async close(): Promise<void> {
    await this.api.close();
    await this.emulator.close();
  }
}

/** The statuses of an apply's changes, by address. */
export function statuses({ results }: ApplyResult): Readonly<Record<string, string>> {
  return Object.fromEntries([...results].map(([address, { result }]) => [address, result.status]));
}

/** The addresses and actions of a plan's changes, apart from those that do nothing. */
export function actions(made: Plan): Readonly<Record<string, string>> {
  return Object.fromEntries(
    made.changes
      .filter(({ action, calls }) => action !== "no-op" || calls.length > 0)
      .map(({ address, action }) => [address, action]),
  );
}
