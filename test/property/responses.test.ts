/** Tests that any responses of a server lead to a plan or diagnostics, never to a crash or a write. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Api, ApiRequest } from "../../src/api/api.js";
import { ApiError } from "../../src/api/errors.js";
import { operation } from "../../src/api/operations/operations.js";
import { systemClock } from "../../src/core/time/clock.js";
import { DiagnosticsError } from "../../src/core/diagnostic.js";
import type { Json } from "../../src/core/json/json.js";
import { isObject } from "../../src/core/json/json.js";
import type { Resource } from "../../src/core/kind/resource.js";
import type { State } from "../../src/core/state/state.js";
import { plan } from "../../src/engine/plan/plan.js";
import { kinds } from "../../src/resources/index.js";

const room = "adhoc-00000000-0000-4000-8000-000000000001@conference.example.orgspan.com";
const user = "00000000-0000-4000-8000-000000000002";
const message = "00000000-0000-4000-8000-000000000003";

const resources: readonly Resource[] = [
  {
    address: "settings",
    kind: "settings",
    id: "settings",
    attributes: { reactionsEnabled: true },
    pointer: "",
  },
  { address: "me/settings", kind: "me/settings", id: "me", attributes: { muted: true }, pointer: "" },
  {
    address: `users/${user}/settings`,
    kind: "users/*/settings",
    id: user,
    attributes: { mobile: { notifications: { when: "Always" } } },
    pointer: "",
  },
  {
    address: "rooms/a",
    kind: "rooms/*",
    id: room,
    attributes: {
      subject: "A",
      description: "",
      owners: [user],
      participants: [user],
    },
    pointer: "",
  },
  {
    address: "rooms/a/messages/b",
    kind: "rooms/*/messages/*",
    container: { $ref: "rooms/a", field: "jid" },
    attributes: { body: "B", mentions: [user], reactions: ["👍"] },
    pointer: "",
  },
  {
    address: "rooms/a/pins",
    kind: "rooms/*/pins",
    id: { $ref: "rooms/a", field: "jid" },
    attributes: { pinnedMessageIds: [{ $ref: "rooms/a/messages/b", field: "id" }] },
    options: { exact: true },
    pointer: "",
  },
];

const intent = {
  operation: "postChatsRoomMessages",
  container: room,
  body: { message: "C" },
  at: "2026-01-01T00:00:00.000Z",
};
const state: State = {
  version: 1,
  lineage: "l",
  serial: 1,
  resources: {
    "rooms/a/messages/b": {
      kind: "rooms/*/messages/*",
      id: message,
      container: room,
      applied: { body: "B", reactions: ["👍"] },
    },
  },
  uncertain: [
    {
      ...intent,
      address: "rooms/a/messages/c",
      kind: "rooms/*/messages/*",
      record: { applied: {} },
      effects: [],
    },
    {
      ...intent,
      operation: "postChatsRooms",
      body: { subject: "D" },
      address: "rooms/d",
      kind: "rooms/*",
      record: { applied: {} },
      effects: [],
    },
  ],
  users: {},
};

/** Members that real responses have, with values of any form: these get further than random JSON. */
const names = [
  ...[
    "id",
    "jid",
    "subject",
    "name",
    "description",
    "owners",
    "participants",
    "user",
    "pinnedMessages",
    "roomType",
    "mobile",
  ],
  ...[
    "entities",
    "results",
    "pageCount",
    "nextUri",
    "room",
    "dateCreated",
    "body",
    "mentions",
    "reactions",
    "emoji",
    "users",
  ],
  ...[
    "thread",
    "parentThread",
    "email",
    "state",
    "messageRetentionPeriodDays",
    "reactionsEnabled",
    "muted",
    "notifications",
  ],
];
const { response } = fc.letrec<{ response: Json; scalar: Json }>((tie) => ({
  response: fc.oneof(
    { maxDepth: 5, depthSize: "small" },
    tie("scalar"),
    fc.array(tie("response"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...names), tie("response"), { maxKeys: 6 }),
  ),
  scalar: fc.oneof(
    fc.constantFrom(
      null,
      true,
      0,
      1,
      2,
      "",
      "x",
      room,
      user,
      message,
      "2026-01-01T00:00:00.000Z",
      "B",
      "👍",
      "adhoc",
      "?a=b",
    ),
    fc.string(),
  ),
}));

const runs = Number(process.env["RUNS"] ?? 150);

it("plans or reports a problem, and writes nothing", { timeout: 120_000 }, async () => {
  let plans = 0;
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(response), async (responses) => {
      const written: ApiRequest[] = [];
      let requests = 0;
      const api: Api = {
        async call(request) {
          requests++;
          if (operation(request.operation).safety !== "read") written.push(request);
          await Promise.resolve();
          if (requests > 200)
            throw new ApiError({
              operation: "x",
              method: "GET",
              path: "/",
              outcome: "refused",
              code: "enough",
              reason: "",
            });
          const value = responses.next().value as Json;
          // The client lets only objects and arrays through.
          const body = typeof value === "object" && value !== null ? value : {};
          // A message is identified by its id: its other members may be anything.
          if (request.operation === "getUsersMe") return { status: 200, body: { id: user } };
          const isMessage = request.operation === "getChatsRoomMessage" && isObject(body);
          return { status: 200, body: isMessage ? { entities: [{ ...body, id: message }] } : body };
        },
        budget: () => undefined,
        serviceTime: () => undefined,
        close: () => Promise.resolve(),
      };
      const options = { mode: "normal", refresh: true, targets: [], excludes: [] } as const;
      const request = { api, kinds, resources, state, options, parallelism: 4, onEvent: () => undefined };
      try {
        const { plan: made } = await plan({ ...request, clock: systemClock, patienceMs: 0 });
        plans++;
        expect(JSON.parse(JSON.stringify(made))).toEqual(made);
      } catch (error) {
        expect(error).toBeInstanceOf(DiagnosticsError);
      }
      expect(written).toEqual([]);
    }),
    { numRuns: runs },
  );
  // Most responses are refused.
  expect(plans).toBeGreaterThan(runs / 10);
});
