/** Tests that created objects are shown when they can no longer be recorded. */
import { afterEach, expect, test } from "vitest";
import type { JournalEntry } from "../../../src/core/state/state.js";
import { apply } from "../../../src/engine/apply/apply.js";
import type { EngineEvent } from "../../../src/engine/events.js";
import { kinds } from "../../../src/resources/index.js";
import { MemoryWriter, loadResources, World } from "../../helpers/world.js";

let world: World;

afterEach(async () => {
  await world.close();
});

/** Takes intents and the org before them, and nothing else. */
class FullWriter extends MemoryWriter {
  override append(entry: JournalEntry): Promise<void> {
    return entry.type === "intent" || entry.type === "org"
      ? super.append(entry)
      : Promise.reject(new Error("disk full"));
  }
}

test("with its id, and nothing new is started", async () => {
  world = await World.start();
  const { api, clock } = world;
  const resources = await loadResources({
    rooms: { lobby: { subject: "Lobby", messages: { a: { body: "A", pinned: true } } } },
  });
  const { plan } = await world.plan(resources);
  const events: EngineEvent[] = [];
  const applying = apply({
    ...{ plan, api, kinds, clock, state: undefined, writer: new FullWriter(undefined) },
    ...{ parallelism: 10, verify: true },
    stop: new AbortController().signal,
    abort: new AbortController().signal,
    onEvent: (event) => events.push(event),
  });
  expect((await applying).stateError).toEqual(new Error("disk full"));
  const [room, ...others] = world.emulator.dump().rooms.filter(({ subject }) => subject === "Lobby");
  expect([others, room?.messages ?? []]).toEqual([[], []]);
  const told = events.filter(({ type }) => type === "created");
  expect(told).toEqual([{ type: "created", address: "rooms/lobby", id: room?.jid }]);
});
