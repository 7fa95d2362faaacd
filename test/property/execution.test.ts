import fc from "fast-check";
import { expect, test } from "vitest";
import type { Api } from "../../src/api/api.js";
import type { Call } from "../../src/core/calls/call.js";
import { callsInOrder } from "../../src/core/calls/topological-order.js";
import type { Change } from "../../src/core/plan/change.js";
import type { Plan } from "../../src/core/plan/plan.js";
import { DepartedPeople } from "../../src/engine/apply/departed-people.js";
import { execute } from "../../src/engine/apply/execute.js";
import { Recorder } from "../../src/engine/apply/recorder.js";
import { toChangeResult } from "../../src/engine/apply/change-run.js";
import { refusal, ScriptedApi } from "../helpers/scripted-api.js";
import { JumpingClock, MemoryWriter, planOptions } from "../helpers/world.js";

interface Node {
  readonly change: number;
  /** Positions of earlier nodes that it depends on. */
  readonly needs: readonly number[];
  /** Positions of earlier nodes that it comes after, however they end. */
  readonly waits: readonly number[];
  readonly fails: boolean;
  readonly ticks: number;
}

const nodes = fc
  .array(
    fc.record({
      change: fc.nat({ max: 6 }),
      needs: fc.array(fc.nat({ max: 30 }), { maxLength: 3 }),
      waits: fc.array(fc.nat({ max: 30 }), { maxLength: 2 }),
      fails: fc.boolean(),
      ticks: fc.nat({ max: 4 }),
    }),
    { maxLength: 25 },
  )
  .map((list): readonly Node[] =>
    list.map((node, at) => ({
      ...node,
      needs: at === 0 ? [] : [...new Set(node.needs.map((one) => one % at))],
      waits: at === 0 ? [] : [...new Set(node.waits.map((one) => one % at))],
      fails: node.fails && at % 4 === 3,
    })),
  );

function toPlan(list: readonly Node[]): Plan {
  const calls = list.map(({ change, needs, waits }, at): readonly [number, Call] => [
    change,
    {
      id: `call${at}`,
      operation: "patchChatsRoom",
      params: { roomJid: `call${at}` },
      body: {},
      effects: [],
      dependsOn: needs.map((one) => `call${one}`),
      waitsFor: waits.map((one) => `call${one}`),
    },
  ]);
  const changes = [...new Set(list.map(({ change }) => change))].sort().map((number): Change => ({
    address: `rooms/r${number}`,
    kind: "rooms/*",
    action: "update",
    id: `r${number}`,
    ...{
      before: {},
      after: {},
      attributes: [],
      patch: [],
      remarks: [],
      because: [],
      deletions: 0,
      existing: 0,
    },
    record: { applied: {} },
    calls: calls.filter(([change]) => change === number).map(([, call]) => call),
  }));
  return {
    ...{ options: planOptions, state: null, changes, drift: [], uncertain: [], people: {}, departed: {} },
    findings: [],
    cost: { calls: calls.length, callsPerMinute: 300, seconds: 0 },
    org: {},
    checksum: "",
  };
}

/** A service that responds after a number of turns, and logs when each call began and ended. */
class Service extends ScriptedApi {
  readonly log: { readonly what: "begin" | "done" | "failed"; readonly id: string }[] = [];
  readonly #list: readonly Node[];
  inFlight = 0;
  most = 0;

  constructor(list: readonly Node[]) {
    super(async ({ params }) => this.#turn(params?.["roomJid"] ?? ""));
    this.#list = list;
  }

  async #turn(id: string): Promise<undefined> {
    const node = this.#list[Number(id.slice("call".length))]!;
    this.log.push({ what: "begin", id });
    this.most = Math.max(this.most, ++this.inFlight);
    for (let turn = 0; turn < node.ticks; turn++) await new Promise((resolve) => setImmediate(resolve));
    this.inFlight--;
    this.log.push({ what: node.fails ? "failed" : "done", id });
    if (node.fails) throw refusal(403, "forbidden");
    return undefined;
  }
}

function carriedOut(plan: Plan, api: Api, parallelism: number): ReturnType<typeof execute> {
  return execute({
    ...{ plan, parallelism, api, clock: new JumpingClock(), onEvent: () => undefined },
    recorder: new Recorder(new MemoryWriter(undefined), undefined),
    stop: new AbortController().signal,
    abort: new AbortController().signal,
    kinds: new Map(),
    departed: new DepartedPeople(new Map(), new Map()),
    patienceMs: 0,
    readTokenUser: () => Promise.resolve(null),
    showsEffects: () => Promise.resolve(false),
    verify: false,
  });
}

test("makes each call once, after its dependencies; a failure skips only its dependents", async () => {
  await fc.assert(
    fc.asyncProperty(nodes, fc.integer({ min: 1, max: 5 }), async (list, parallelism) => {
      const plan = toPlan(list);
      const service = new Service(list);
      const runs = await carriedOut(plan, service, parallelism);
      expect(service.most).toBeLessThanOrEqual(parallelism);
      const at = new Map(service.log.map(({ what, id }, position) => [`${what} ${id}`, position]));
      expect(at.size).toBe(service.log.length);
      const made = list.map((_node, position) => at.get(`begin call${position}`));
      for (const [position, { needs, waits }] of list.entries()) {
        for (const one of waits) {
          const ended = at.get(`done call${one}`) ?? at.get(`failed call${one}`);
          if (made[position] !== undefined && ended !== undefined)
            expect(made[position]).toBeGreaterThan(ended);
        }
        const done = needs.map((one) => at.get(`done call${one}`));
        const ready = done.every((one) => one !== undefined);
        expect(made[position] !== undefined).toBe(ready);
        if (ready) for (const one of done) expect(made[position]).toBeGreaterThan(one);
      }
      for (const run of runs.runs.values()) {
        const own = run.change.calls.map(({ id }) => list[Number(id.slice("call".length))]!);
        const failed = run.change.calls.filter(({ id }) => at.has(`failed ${id}`)).length;
        const allDone = run.change.calls.every(({ id }) => at.has(`done ${id}`));
        const status = toChangeResult(run).status;
        expect(own.length).toBeGreaterThan(0);
        expect(status).toBe(failed > 0 ? "failed" : allDone ? "done" : "skipped");
      }
    }),
    { numRuns: 300 },
  );
});

test("makes sequential calls in the order that the plan lists", async () => {
  await fc.assert(
    fc.asyncProperty(nodes, async (list) => {
      const well = list.map((node) => ({ ...node, fails: false }));
      const service = new Service(well);
      await carriedOut(toPlan(well), service, 1);
      const begun = service.log.filter(({ what }) => what === "begin").map(({ id }) => id);
      expect(begun).toEqual(callsInOrder(toPlan(well).changes).map(({ id }) => id));
    }),
    { numRuns: 200 },
  );
});
