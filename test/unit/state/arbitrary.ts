import fc from "fast-check";
import type { JournalEntry, State } from "../../../src/core/state/state.js";
import { emptyState, StateDraft } from "../../../src/core/state/state.js";
import type { JsonObject } from "../../../src/core/json/json.js";

const address = fc.oneof(
  fc.constantFrom("settings", "rooms/a", "rooms/a/messages/x", "rooms/constructor", "users/j@x.com/settings"),
  fc.string({ minLength: 1, unit: "grapheme" }).map((name) => `rooms/${name}`),
);
const attributes = fc.dictionary(
  fc.string().filter((name) => name !== "__proto__"),
  fc.oneof(
    fc.string({ unit: "binary" }),
    fc.boolean(),
    fc.integer(),
    fc.constant(null),
    fc.array(fc.string()),
  ),
  { maxKeys: 3, noNullPrototype: true },
) as fc.Arbitrary<JsonObject>;
const id = fc.string({ minLength: 1 }).filter((text) => text !== "." && text !== "..");
const resource = fc.record(
  {
    kind: fc.constant("rooms/*"),
    id: fc.oneof(fc.constantFrom("J1", "J2", "j1"), id),
    applied: attributes,
    protect: fc.boolean(),
  },
  { requiredKeys: ["kind", "id", "applied"], noNullPrototype: true },
);
const effect = fc.oneof(
  fc.record({ path: fc.constant("/subject"), set: fc.string() }, { noNullPrototype: true }),
  fc.record({ path: fc.constant("/owners"), add: fc.array(fc.string()) }, { noNullPrototype: true }),
);
const time = fc.constant("2026-01-02T03:04:06.000Z");
const intent = fc.record(
  {
    address,
    kind: fc.constant("rooms/*"),
    operation: fc.constant("postChatsRooms"),
    body: attributes,
    at: fc.constant("2026-01-02T03:04:05.000Z"),
    sent: fc.record({ from: time, to: time }, { requiredKeys: ["from"], noNullPrototype: true }),
    refused: fc.constant(true as const),
    record: fc.record({ applied: attributes }, { noNullPrototype: true }),
    effects: fc.array(effect, { maxLength: 2 }),
  },
  {
    requiredKeys: ["address", "kind", "operation", "body", "at", "record", "effects"],
    noNullPrototype: true,
  },
);

const org = fc.record(
  {
    id: fc.string({ minLength: 1 }),
    name: fc.string({ unit: "binary" }),
    domain: fc.constant("example-org.orgspan.com"),
    host: fc.string(),
    region: fc.string(),
    clientId: fc.string(),
  },
  { requiredKeys: [], noNullPrototype: true },
);

const shared = fc.record(
  { entry: id, members: fc.array(fc.string()), except: fc.array(fc.string()), attributes },
  { noNullPrototype: true },
);

const observation = fc.record(
  {
    value: fc.oneof(fc.boolean(), fc.nat(), fc.string(), fc.array(fc.string())),
    date: time,
    evidence: fc.string({ unit: "binary" }),
    reason: fc.string(),
  },
  { requiredKeys: ["value", "date", "evidence"], noNullPrototype: true },
);
const behaviorKey = fc.constantFrom("creatorJoins", "readLagMs", "constructor", "keyOfANewerVersion");

/** Entries as the engine may append them. */
export const entries: fc.Arbitrary<readonly JournalEntry[]> = fc.array(
  fc.oneof(
    fc.record({ type: fc.constant("intent" as const), intent }, { noNullPrototype: true }),
    fc.record({ type: fc.constant("not-created" as const), address }, { noNullPrototype: true }),
    fc.record({ type: fc.constant("org" as const), org }, { noNullPrototype: true }),
    fc.record({ type: fc.constant("seen" as const), address }, { noNullPrototype: true }),
    fc.record(
      {
        type: fc.constant("behavior" as const),
        observed: fc.dictionary(behaviorKey, fc.option(observation), { noNullPrototype: true }),
      },
      { noNullPrototype: true },
    ),
    fc.record(
      {
        type: fc.constant("probe-room" as const),
        user: fc.constantFrom("u1", "u2"),
        room: fc.option(
          fc.record(
            { at: time, jid: id, isNew: fc.constant(true as const) },
            { requiredKeys: ["at"], noNullPrototype: true },
          ),
        ),
      },
      { noNullPrototype: true },
    ),
    fc.record(
      { type: fc.constant("shared" as const), shared: fc.array(shared, { maxLength: 2 }) },
      { noNullPrototype: true },
    ),
    fc.record(
      { type: fc.constant("record" as const), address, resource: fc.option(resource) },
      { noNullPrototype: true },
    ),
    fc.record(
      {
        type: fc.constant("record" as const),
        address,
        resource: fc.option(resource),
        at: fc.constantFrom("2026-01-02T03:04:05.000Z", "2026-01-03T03:04:05.000Z"),
      },
      { noNullPrototype: true },
    ),
    fc.record(
      {
        type: fc.constant("moved" as const),
        moves: fc.array(fc.record({ from: address, to: address }), { maxLength: 1 }),
      },
      { noNullPrototype: true },
    ),
    fc.record({ type: fc.constant("forgotten-purged" as const), address }, { noNullPrototype: true }),
    fc.record(
      { type: fc.constant("effects" as const), address, effects: fc.array(effect, { maxLength: 2 }) },
      { noNullPrototype: true },
    ),
  ),
  { maxLength: 12 },
);

/** Any state that entries can make. */
export const states: fc.Arbitrary<State> = entries.map((list) => stateAfter(emptyState("lineage-1"), list));

function stateAfter(base: State, list: readonly JournalEntry[]): State {
  const draft = new StateDraft(base);
  for (const entry of list) draft.apply(entry);
  return draft.snapshot();
}
