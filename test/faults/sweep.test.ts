/**
 * Every fault at every request of an apply, which is the real program where it is killed; then it is run again. The end has to be as
 * if nothing had happened. `npm run test:all` runs a sample; FAULTS=all (npm run test:faults) runs every schedule, some at a time.
 */
import { availableParallelism } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { forEachBounded } from "../../src/core/for-each-bounded.js";
import type { FaultAction } from "../../src/emulator/index.js";
import { World } from "./world.js";

interface Fault {
  readonly name: string;
  readonly action: FaultAction;
  /** The process is killed while the request hangs. */
  readonly kills?: boolean;
  /** The number of times; default 1. */
  readonly times?: number | "always";
}

const faults: readonly Fault[] = [
  { name: "killed before the request", action: { type: "hang" }, kills: true },
  { name: "killed after it was applied", action: { type: "hang", applied: true }, kills: true },
  { name: "connection lost before", action: { type: "drop-before" } },
  { name: "connection lost after it was applied", action: { type: "drop-after" } },
  { name: "429", action: { type: "status", status: 429, retryAfter: 0 } },
  { name: "500", action: { type: "status", status: 500 } },
  { name: "500 though it was applied", action: { type: "status", status: 500, applied: true } },
  { name: "502", action: { type: "status", status: 502 } },
  { name: "503", action: { type: "status", status: 503 } },
  { name: "503 though it was applied", action: { type: "status", status: 503, applied: true } },
  // As often as a call is tried at all.
  { name: "503 until it gives up", action: { type: "status", status: 503 }, times: 6 },
  { name: "500 from then on", action: { type: "status", status: 500 }, times: "always" },
  {
    name: "403 from then on",
    action: { type: "status", status: 403, code: "missing.any.permissions" },
    times: "always",
  },
  { name: "garbage", action: { type: "garbage" } },
  { name: "garbage though it was applied", action: { type: "garbage", applied: true } },
  { name: "no response", action: { type: "hang" } },
  { name: "no response although it was applied", action: { type: "hang", applied: true } },
  { name: "token expired", action: { type: "expire-token" } },
];

const whole = process.env["FAULTS"] === "all";
/** Most schedules wait: for a response, or to try again. */
const parallelism = 2 * availableParallelism();

/** Of each fault, this many requests are hit in a sample; spread over the run, and other ones for each fault. */
const sampleSize = 2;

describe("faults at every request", { timeout: 120_000 }, () => {
  /** True for each request that changes something. */
  let requests: readonly boolean[] = [];
  let schedules = 0;

  beforeAll(async () => {
    const world = await World.make();
    try {
      const { code, stderr } = await world.apply();
      expect(`${code}${stderr}`).toBe("0");
      requests = world.emulator.requests.map(
        ({ method, operation }) => method !== "GET" && operation !== "postUsersSearch",
      );
      await world.recovers();
    } finally {
      await world.close();
    }
  }, 60_000);

  afterAll(() => {
    process.stdout.write(`faults: ${schedules} schedules over ${requests.length} requests\n`);
  });

  it.each(faults.map((fault, at) => ({ ...fault, at })))(
    "$name",
    { timeout: whole ? 3_600_000 : 120_000 },
    async (fault) => {
      await forEachBounded(hits(requests, fault), parallelism, undefined, async (nth) => {
        schedules++;
        await schedule(fault, nth).catch((error: unknown) => {
          throw new Error(
            `${fault.name} at request ${nth}: ${error instanceof Error ? error.message : String(error)}`,
          );
        });
      });
    },
  );
});

/** Returns the numbers of the requests to hit. A read that was carried out is like one that was not. */
function hits(
  requests: readonly boolean[],
  { action, at: seed }: Fault & { readonly at: number },
): readonly number[] {
  const isApplied = action.type === "drop-after" || ("applied" in action && action.applied);
  const all = requests.flatMap((isWrite, at) => (isWrite || !isApplied ? [at + 1] : []));
  const step = Math.max(1, Math.floor(all.length / sampleSize));
  // 7 has no divisor in common with most lengths: the faults hit different requests.
  return whole ? all : all.filter((_nth, at) => (at + seed * 7) % step === 0).slice(0, sampleSize);
}

async function schedule({ action, kills = false, times }: Fault, nth: number): Promise<void> {
  const world = await World.make();
  try {
    world.emulator.addFaults({ match: { nth }, action, ...(times === undefined ? {} : { times }) });
    let kill: (signal: NodeJS.Signals) => void = () => undefined;
    const running = kills ? world.applyInProcess((killer) => (kill = killer)) : world.apply();
    if (kills) {
      await world.hung();
      kill("SIGKILL");
    }
    const { stderr, stdout } = await running;
    expect(stderr + stdout).not.toMatch(/^\s+at .*:\d+:\d+|bug in chatform/m);
    await world.recovers();
  } finally {
    await world.close();
  }
}
