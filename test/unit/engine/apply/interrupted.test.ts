/** The end of a run tells which calls may have been carried out. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ApiRequest } from "../../../../src/api/api.js";
import { withCall } from "../../../../src/api/api.js";
import { ApiError } from "../../../../src/api/errors.js";
import type { JsonObject } from "../../../../src/core/json/json.js";
import type { State } from "../../../../src/core/state/state.js";
import { apply } from "../../../../src/engine/apply/apply.js";
import type { ChangeResult } from "../../../../src/engine/events.js";
import { kinds } from "../../../../src/resources/index.js";
import { actions, loadResources, MemoryWriter, World } from "../../../helpers/world.js";

let world: World;
let stop: AbortController;
let abort: AbortController;
beforeEach(async () => {
  world = await World.start();
  stop = new AbortController();
  abort = new AbortController();
});
afterEach(() => world.close());

const once = (): void => {
  stop.abort(new Error("once"));
};
const twice = (): void => {
  once();
  abort.abort(new Error("twice"));
};

interface Ended {
  readonly results: Readonly<Record<string, ChangeResult>>;
  readonly uncertain: State["uncertain"];
  readonly calls: number;
}

/** Applies a config. @param before called with each request */
async function run(
  desired: JsonObject,
  before: (request: ApiRequest) => void | Promise<void>,
): Promise<Ended> {
  const { plan } = await world.plan(await loadResources(desired));
  const writer = new MemoryWriter(undefined);
  world.takeRequests();
  const api = withCall(world.api, async (request, signal) => {
    await before(request);
    return world.api.call(request, signal);
  });
  const { results, calls, interrupted } = await apply({
    ...{ plan, api, kinds, writer, parallelism: 1, state: undefined, verify: true },
    org: Promise.resolve(plan.org),
    ...{ clock: world.clock, stop: stop.signal, abort: abort.signal, onEvent: () => undefined },
  });
  expect(interrupted).toBe(true);
  world.state = await writer.close();
  return {
    results: Object.fromEntries([...results].map(([address, { result }]) => [address, result])),
    uncertain: world.state.uncertain,
    calls,
  };
}

const sent = (method: string): number =>
  world.emulator.requests.filter((one) => one.method === method).length;
const refused = (operation: string, status: number): ApiError =>
  new ApiError({
    operation,
    method: "POST",
    path: "/",
    outcome: "refused",
    status,
    code: "no",
    reason: "no",
  });

const room = { rooms: { a: { subject: "A" } } };

test.each([once, twice])("a create that was only refused was not carried out: %o", async (interrupt) => {
  let refusals = 0;
  const { results, uncertain, calls } = await run(room, async ({ operation, beforeSend }) => {
    // The check of the refused create.
    if (refusals > 0) interrupt();
    if (operation !== "postChatsRooms") return;
    await beforeSend?.();
    refusals++;
    throw refused(operation, 429);
  });
  expect(results).toEqual({ "rooms/a": { status: "interrupted", accepted: [], cutOff: false } });
  expect([refusals, calls]).toEqual([1, 0]);
  expect(uncertain).toMatchObject([{ address: "rooms/a", refused: true }]);
  expect(actions((await world.plan(await loadResources(room))).plan)).toEqual({ "rooms/a": "create" });
});

test("a create without a clear response may have been carried out", async () => {
  const action = { type: "status", status: 503 } as const;
  world.emulator.addFaults({ match: { operation: "postChatsRooms", nth: 1 }, action });
  const { results, uncertain, calls } = await run(room, ({ operation }) => {
    if (sent("POST") > 0 && operation !== "postChatsRooms") twice();
  });
  expect(results).toEqual({ "rooms/a": { status: "interrupted", accepted: [], cutOff: true } });
  expect(calls).toBe(1);
  expect(uncertain).toMatchObject([{ address: "rooms/a" }]);
  expect(uncertain[0]).not.toHaveProperty("refused");
});

test("a create that was recorded and not sent leaves no intent", async () => {
  const { results, uncertain } = await run(room, async ({ operation, beforeSend, untilSent }) => {
    if (operation !== "postChatsRooms") return;
    await beforeSend?.();
    twice();
    throw untilSent?.reason as Error;
  });
  expect(results).toEqual({ "rooms/a": { status: "interrupted", accepted: [], cutOff: false } });
  expect(uncertain).toEqual([]);
});

test("an abort before a create is sent carries nothing out", async () => {
  const { results } = await run(room, ({ operation }) => {
    if (operation === "getUsersMe") twice();
  });
  expect(results).toEqual({ "rooms/a": { status: "interrupted", accepted: [], cutOff: false } });
  expect(sent("POST")).toBe(0);
});

test("a repeatable call in flight may have been carried out", async () => {
  const operation = "patchChatsSettings";
  world.emulator.addFaults({ match: { operation }, action: { type: "hang" } });
  const { results } = await run({ settings: { reactionsEnabled: false } }, (request) => {
    if (request.operation !== operation) return;
    const wait = (): void => {
      if (sent("PATCH") > 0) twice();
      else setImmediate(wait);
    };
    wait();
  });
  expect(results).toMatchObject({ settings: { status: "interrupted", cutOff: true } });
});

test.each([once, twice])("a repeatable call that was only refused was not: %o", async (interrupt) => {
  const desired = { rooms: { a: { subject: "A", messages: { hello: { body: "Hello", pinned: true } } } } };
  const { results } = await run(desired, ({ operation }) => {
    if (operation !== "postChatsRoomMessagesPins") return;
    interrupt();
    throw refused(operation, 404);
  });
  expect(results["rooms/a/pins"]).toMatchObject({ status: "interrupted", accepted: [], cutOff: false });
});
