/** Faults of every kind, anywhere: nothing is made twice, nothing goes to the wrong people, every write is of the plan. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { OperationName } from "../../src/api/operations/operations.js";
import type { JsonObject } from "../../src/core/json/json.js";
import type { FaultAction, FaultRule } from "../../src/emulator/index.js";
import { actions, loadResources, World } from "../helpers/world.js";

const runs = { numRuns: Number(process.env["RUNS"] ?? 60) };
const jane = "jane.doe@example.com";
const others = ["ana@example.com", "bo@example.com", "kim@example.com", "sam@example.com"];

/** Rooms of few subjects and people, so that many are alike; each with messages of its own. */
const rooms = fc
  .array(
    fc.record({
      subject: fc.constantFrom("Standup", "Lobby"),
      people: fc.subarray(others, { maxLength: 2 }),
      messages: fc.integer({ min: 0, max: 2 }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((list): JsonObject => {
    const entries = list.map(({ subject, people, messages }, at) => [
      `r${at}`,
      {
        subject,
        participants: [jane, ...people],
        messages: Object.fromEntries(
          Array.from({ length: messages }, (_none, number) => [
            `m${number}`,
            { body: `Message ${number} of r${at}` },
          ]),
        ),
      },
    ]);
    return { rooms: Object.fromEntries(entries) as JsonObject };
  });

const action: fc.Arbitrary<FaultAction> = fc.oneof(
  fc.constant<FaultAction>({ type: "drop-before" }),
  fc.constant<FaultAction>({ type: "drop-after" }),
  fc.boolean().map((applied): FaultAction => ({ type: "garbage", applied })),
  fc
    .tuple(fc.constantFrom(401, 409, 429, 500, 502, 503, 504), fc.boolean())
    .map(([status, applied]): FaultAction => ({ type: "status", status, retryAfter: 1, applied })),
);
const operations: readonly OperationName[] = ["postChatsRooms", "postChatsRoomMessages"];
const fault: fc.Arbitrary<FaultRule> = fc.record({
  match: fc.record({ operation: fc.constantFrom(...operations), nth: fc.integer({ min: 1, max: 4 }) }),
  action,
});

test(
  "records each object once at its address after lost responses and false refusals",
  { timeout: 600_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(rooms, fc.array(fault, { minLength: 1, maxLength: 4 }), async (document, faults) => {
        const world = await World.start({ faults });
        try {
          const before = new Set(world.emulator.dump().rooms.map(({ jid }) => jid));
          const resources = await loadResources(document);
          let left: unknown;
          // Each fault may end one run, and what it hid may wait for one more.
          for (let run = 0; run < 2 * faults.length + 2; run++) {
            const { plan } = await world.plan(resources);
            left = [actions(plan), plan.uncertain];
            // World checks that each write is a call of this plan.
            await world.apply(plan);
          }
          expect(left).toEqual([{}, []]);
          const made = world.emulator.dump().rooms.filter(({ jid }) => !before.has(jid));
          const declared = document["rooms"] as Readonly<Record<string, JsonObject>>;
          expect(made.map(getContent(world)).toSorted()).toEqual(
            Object.values(declared).map(getDeclared).toSorted(),
          );
        } finally {
          await world.close();
        }
      }),
      runs,
    );
  },
);

function getContent(world: World) {
  return ({
    subject,
    participants = [],
    messages = [],
  }: ReturnType<World["emulator"]["dump"]>["rooms"][number]) => {
    const people = participants.map(
      (id) => world.emulator.dump().users.find((one) => one.id === id || one.email === id)?.email ?? id,
    );
    return JSON.stringify([subject, people.toSorted(), messages.map(({ body }) => body).toSorted()]);
  };
}

function getDeclared({ subject, participants, messages }: JsonObject): string {
  const bodies = Object.values(messages as Readonly<Record<string, JsonObject>>).map(({ body }) => body);
  return JSON.stringify([subject, (participants as readonly string[]).toSorted(), bodies.toSorted()]);
}
