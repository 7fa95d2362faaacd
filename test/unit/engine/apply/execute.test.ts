/** While the intents of creates become durable, other calls are sent. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { JsonObject } from "../../../../src/core/json/json.js";
import type { JournalEntry } from "../../../../src/core/state/state.js";
import { withCall } from "../../../../src/api/api.js";
import { apply } from "../../../../src/engine/apply/apply.js";
import { kinds } from "../../../../src/resources/index.js";
import { loadResources, MemoryWriter, World } from "../../../helpers/world.js";

let world: World;
beforeEach(async () => {
  world = await World.start();
});
afterEach(() => world.close());

/** A writer that makes an intent durable only once `isEnough` says so. */
class SlowWriter extends MemoryWriter {
  /** Intents that are not durable yet, the most at a time. */
  mostWaiting = 0;
  readonly #isEnough: () => boolean;
  #waiting = 0;

  constructor(isEnough: () => boolean) {
    super(undefined);
    this.#isEnough = isEnough;
  }

  override async append(entry: JournalEntry): Promise<void> {
    await super.append(entry);
    if (entry.type !== "intent") return;
    this.mostWaiting = Math.max(this.mostWaiting, ++this.#waiting);
    for (let turns = 0; !this.#isEnough() && turns < 10_000; turns++)
      await new Promise((resolve) => setImmediate(resolve));
    this.#waiting--;
  }
}

const desired: JsonObject = {
  settings: { reactionsEnabled: false },
  rooms: Object.fromEntries(["a", "b", "c", "d", "e"].map((name) => [name, { subject: name }])),
};

test.each([1, 2])("with a parallelism of %i", async (parallelism) => {
  const { plan } = await world.plan(await loadResources(desired));
  const sent = (method: string): number =>
    world.emulator.requests.filter((one) => one.method === method).length;
  // Without the other call, no intent would ever be durable.
  const writer = new SlowWriter(() => sent("PATCH") > 0);
  world.takeRequests();
  const { api, clock } = world;
  const never = new AbortController().signal;
  const result = await apply({
    ...{ plan, api, clock, kinds, writer, parallelism, state: undefined, verify: true },
    ...{ stop: never, abort: never, onEvent: () => undefined },
  });
  expect([...result.results.values()].map((one) => one.result.status)).toEqual(Array(6).fill("done"));
  const writes = world.emulator.requests.filter(({ method }) => method !== "GET");
  expect(writes[0]?.method).toBe("PATCH");
  expect(sent("POST")).toBe(5);
  // No more creates are uncertain after a crash than requests may be in flight.
  expect(writer.mostWaiting).toBe(parallelism);
});

test("sends no call after a stop that waited for the rate limit until then", async () => {
  const { plan } = await world.plan(await loadResources(desired));
  const stop = new AbortController();
  const writer = new MemoryWriter(undefined);
  world.takeRequests();
  // The first write is sent; all others wait.
  const api = withCall(world.api, async (request, signal) => {
    const { untilSent } = request;
    if (untilSent === undefined || request.operation === "patchChatsSettings")
      return world.api.call(request, signal);
    stop.abort(new Error("stopped"));
    throw untilSent.reason as Error;
  });
  const result = await apply({
    ...{ plan, api, clock: world.clock, kinds, writer, parallelism: 6, state: undefined, verify: true },
    ...{ stop: stop.signal, abort: new AbortController().signal, onEvent: () => undefined },
  });
  expect(result.interrupted).toBe(true);
  const statuses = [...result.results].map(([address, one]) => [address, one.result] as const);
  expect(Object.fromEntries(statuses)).toMatchObject({
    settings: { status: "done" },
    "rooms/a": { status: "interrupted", accepted: [], cutOff: false },
    "rooms/e": { status: "interrupted", accepted: [], cutOff: false },
  });
  expect(world.emulator.requests.filter(({ method }) => method === "POST")).toEqual([]);
});
