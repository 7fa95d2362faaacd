/** A probe that is killed at any write loses nothing: the next one makes no second room, and leaves nothing in the first. */
import { afterEach, describe, expect, it } from "vitest";
import type { Api } from "../../src/api/api.js";
import { operation } from "../../src/api/operations/operations.js";
import type { ProbeWorld } from "../unit/engine/probe/probe-world.js";
import { probeWorld } from "../unit/engine/probe/probe-world.js";

const jane = "jane.doe@example.com";

let world: ProbeWorld;
afterEach(() => world.close());

const rooms = () => world.emulator.dump().rooms.filter(({ subject }) => subject === "chatform probe");

function expectOneEmptyRoom(): void {
  expect(rooms().map(({ messages = [], pins = [] }) => [messages, pins])).toEqual([[[], []]]);
  expect(rooms()[0]?.participants).toEqual([world.emulator.userId(jane)]);
  expect(world.state?.probeRooms).toMatchObject([{ jid: rooms()[0]?.jid }]);
}

class Killed extends Error {}

/** Returns an API that ends the process at the nth write: before it, or after it was carried out. */
function killing(number: number, when: "before" | "after"): (api: Api) => Api {
  let writes = 0;
  return (api) => ({
    ...api,
    budget: () => api.budget(),
    serviceTime: () => api.serviceTime(),
    close: () => api.close(),
    async call(request, signal) {
      const isWrite = operation(request.operation).safety !== "read";
      if (writes >= number) throw new Killed();
      if (isWrite) writes += 1;
      if (writes < number) return api.call(request, signal);
      if (when === "after") await api.call(request, signal);
      // The intent of a create is written before the request.
      else await request.beforeSend?.();
      throw new Killed();
    },
  });
}

describe.each(["before", "after"] as const)("killed %s a write", (when) => {
  it.each([
    { variants: { lagMs: 0 }, step: 2 },
    { variants: { lagMs: 3_000 }, step: 6 },
    { variants: { creatorJoins: false }, step: 1, last: 6 },
  ])("goes on: %j", async ({ variants, step, last = Infinity }) => {
    let lost = 0;
    for (let number = 1; number <= last; number += number < 4 ? 1 : step) {
      world = await probeWorld({ actingUser: jane, variants });
      const killed = await world.probe({ wrapApi: killing(number, when) }).catch((error: unknown) => error);
      if (!(killed instanceof Killed)) break;
      const { left, failure, lostRoomAt } = await world.probe();
      expect([number, left, failure]).toEqual([number, [], undefined]);
      if (lostRoomAt !== undefined) {
        // The service shows nobody a room whose creator did not join: no read tells whether the create happened.
        expect(rooms()).toHaveLength(when === "after" ? 1 : 0);
        expect(when === "before" || "creatorJoins" in variants).toBe(true);
        if (when === "before") expect(await world.probe({ allowsNewRoom: true })).toMatchObject({ left: [] });
      }
      if (lostRoomAt === undefined || when === "before") expectOneEmptyRoom();
      lost += lostRoomAt === undefined ? 0 : 1;
      await world.close();
    }
    expect(lost).toBe(when === "before" || "creatorJoins" in variants ? 1 : 0);
  });
});
