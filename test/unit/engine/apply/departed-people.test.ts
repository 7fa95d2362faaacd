/** Refusals about departed users: a refused removal counts as done, other refusals say who departed. */
import { describe, expect, test } from "vitest";
import type { ApiRequest } from "../../../../src/api/api.js";
import { ApiError } from "../../../../src/api/errors.js";
import type { Call } from "../../../../src/core/calls/call.js";
import type { Json, JsonObject } from "../../../../src/core/json/json.js";
import type { Change } from "../../../../src/core/plan/change.js";
import type { Plan } from "../../../../src/core/plan/plan.js";
import type { State } from "../../../../src/core/state/state.js";
import { emptyState } from "../../../../src/core/state/state.js";
import { apply } from "../../../../src/engine/apply/apply.js";
import type { ApplyResult, ChangeResult } from "../../../../src/engine/events.js";
import { isComplete } from "../../../../src/engine/events.js";
import { kinds } from "../../../../src/resources/index.js";
import { JumpingClock, MemoryWriter, planOptions } from "../../../helpers/world.js";
import { ScriptedApi } from "../../../helpers/scripted-api.js";

const jid = "adhoc-1@conference.org.orgspan.com";
const [jane, ana, sam] = ["j", "a", "s"];

/** The service's room, and its response to each write: a status and code, or undefined for success. */
interface Service {
  readonly participants: string[];
  readonly owners?: string[];
  readonly refuse?: (request: ApiRequest) => readonly [number, string] | undefined;
  readonly states?: Readonly<Record<string, string>>;
}

function serve({ participants, owners = [jane], refuse, states = {} }: Service): ScriptedApi {
  return new ScriptedApi((request): Json => {
    const refused = refuse?.(request);
    if (refused !== undefined) {
      const [status, code] = refused;
      throw new ApiError({
        ...{ operation: request.operation, method: "X", path: "/", outcome: "refused" },
        ...{ status, code, reason: "no" },
      });
    }
    const references = (ids: readonly string[]): Json => ids.map((id) => ({ id }));
    if (request.operation === "getUsers") {
      const asked = [request.query?.["id"] ?? []].flat();
      return { entities: asked.map((id) => ({ id, state: states[id] ?? "active", email: `${id}@x.com` })) };
    }
    if (request.operation === "getChatsRoomParticipants")
      return { participants: participants.map((id) => ({ jid: id, user: { id } })) };
    if (request.operation === "getChatsRoom") return { jid, owners: references(owners), subject: "A" };
    return {};
  });
}

function removal(id: string, at = 1): Call {
  return {
    ...{ id: `rooms/a#${at}`, operation: "deleteChatsRoomParticipant", dependsOn: [] },
    params: { roomJid: jid, userId: id },
    effects: [{ path: "/participants", remove: [id] }],
  };
}

function planWith(
  calls: readonly Call[],
  departed: Plan["departed"],
  rest: Partial<Change> & { readonly wanted?: JsonObject } = {},
): Plan {
  const { wanted = { participants: [jane] }, ...others } = rest;
  const change: Change = {
    ...{ address: "rooms/a", kind: "rooms/*", action: "update", id: jid, calls, patch: [], because: [] },
    before: { participants: [ana, jane], owners: [ana, jane] },
    ...{ after: wanted, attributes: [], remarks: [], deletions: 1, existing: 2 },
    record: { applied: { participants: [ana, jane], owners: [ana, jane] } },
    ...others,
  };
  return {
    ...{ options: planOptions, state: null, changes: [change], drift: [], uncertain: [], findings: [] },
    ...{ people: { a: "ana@x.com" }, departed, org: {}, checksum: "" },
    cost: { calls: calls.length, callsPerMinute: 300, seconds: 0 },
  };
}

interface Applied {
  readonly result: ChangeResult;
  readonly complete: boolean;
  readonly state: State;
  readonly api: ScriptedApi;
}

async function applied(plan: Plan, service: Service, verify = true): Promise<Applied> {
  const api = serve(service);
  const writer = new MemoryWriter(emptyState("L"));
  const all: ApplyResult = await apply({
    ...{ plan, api, kinds, writer, verify, parallelism: 1, patienceMs: 1000 },
    state: undefined,
    stop: new AbortController().signal,
    abort: new AbortController().signal,
    clock: new JumpingClock(),
    onEvent: () => undefined,
  });
  const result = all.results.get("rooms/a")?.result;
  if (result === undefined) throw new Error("no result");
  return { result, complete: isComplete(all), state: writer.current(), api };
}

const refusing =
  (status: number, code: string): NonNullable<Service["refuse"]> =>
  ({ operation }) =>
    operation.startsWith("get") ? undefined : [status, code];

const deleted = { a: "deleted" } as const;

describe("the removal of a departed participant", () => {
  describe.each([true, false])("read back: %s", (verify) => {
    test.each([
      [404, "not.found"],
      [403, "forbidden"],
      [400, "bad.request"],
      [409, "request.conflict"],
    ])(
      "counts as done when the service refuses it with %d %s and shows the user for good",
      async (...refused) => {
        const service = { participants: [ana, jane], refuse: refusing(...refused) };
        const { result, complete, state, api } = await applied(
          planWith([removal(ana)], deleted),
          service,
          verify,
        );
        expect(result).toMatchObject({
          status: "done",
          departed: [{ user: ana, state: "deleted", status: refused[0], done: true }],
        });
        expect(complete).toBe(true);
        expect(state.resources["rooms/a"]?.applied["participants"]).toEqual([jane]);
        expect(api.counts()).toEqual({
          deleteChatsRoomParticipant: 1,
          ...(verify ? { getChatsRoomParticipants: 1 } : {}),
        });
      },
    );

    test("is done without a note when the service accepts it and shows the user for good", async () => {
      const plan = planWith([removal(ana)], deleted);
      const { result, state } = await applied(plan, { participants: [ana, jane] }, verify);
      expect(result).toEqual({ status: "done", id: jid, changedDuringRun: [] });
      expect(state.resources["rooms/a"]?.applied["participants"]).toEqual([jane]);
    });

    test("ends a room that is emptied and forgotten", async () => {
      const plan = planWith([removal(ana)], deleted, { record: null, after: null, action: "forget" });
      const service = { participants: [ana], refuse: refusing(404, "not.found") };
      const { result, state } = await applied(plan, service, verify);
      expect([result.status, state.resources]).toEqual(["done", {}]);
    });
  });

  test.each([
    [401, "bad.credentials"],
    [429, "too.many.requests"],
    [408, "client.timeout"],
    [403, "missing.any.permissions"],
    [403, "not.authorized"],
    [403, "http.403"],
    [500, "internal.server.error"],
  ])("fails with %d %s, which is not about the user", async (...refused) => {
    const service = { participants: [ana, jane], refuse: refusing(...refused) };
    const { result } = await applied(planWith([removal(ana)], deleted), service);
    expect(result.status).toBe("failed");
    expect(result.departed).toBeUndefined();
  });
});

test("an active participant who is refused with 404 and still shown is a failure", async () => {
  const service = { participants: [ana, jane], refuse: refusing(404, "not.found") };
  const { result, state } = await applied(planWith([removal(ana)], {}), service);
  expect([result.status, result.departed]).toEqual(["failed", undefined]);
  expect(state.resources["rooms/a"]?.applied["participants"]).toEqual([ana, jane]);
});

test("an active participant who is refused with 404 and no longer shown is done, without a look at the directory", async () => {
  const service = { participants: [jane], refuse: refusing(404, "not.found") };
  const { result, api } = await applied(planWith([removal(ana)], {}), service);
  expect([result.status, api.counts()["getUsers"]]).toEqual(["done", undefined]);
});

describe("a user who departed after the plan was made", () => {
  test.each([
    [404, "not.found"],
    [403, "forbidden"],
  ])("is removed all the same where the service refuses with %d %s", async (...refused) => {
    const service = { participants: [ana, jane], refuse: refusing(...refused), states: { a: "inactive" } };
    const { result, complete, state, api } = await applied(planWith([removal(ana)], {}), service);
    expect(result).toMatchObject({
      status: "done",
      departed: [{ user: ana, email: "a@x.com", state: "inactive", done: true }],
    });
    expect(complete).toBe(true);
    expect(state.resources["rooms/a"]?.applied["participants"]).toEqual([jane]);
    expect(api.counts()["getUsers"]).toBe(1);
  });

  const addition: Call = {
    ...{ id: "rooms/a#1", operation: "postChatsRoomParticipant", dependsOn: [] },
    params: { roomJid: jid, userId: sam },
    effects: [{ path: "/participants", add: [sam] }],
  };
  const wanted = { participants: [ana, jane, sam] };

  test.each([
    [400, "bad.request"],
    [404, "not.found"],
  ])("is named where the service refuses to add them with %d %s", async (...refused) => {
    const service = { participants: [ana, jane], refuse: refusing(...refused), states: { s: "inactive" } };
    const { result, complete, api } = await applied(planWith([addition], {}, { wanted }), service);
    expect(result).toMatchObject({
      status: "failed",
      departed: [{ user: sam, state: "inactive", done: false }],
    });
    expect([complete, api.counts()["getUsers"]]).toEqual([false, 1]);
  });

  test("does not make an addition unconfirmed that the service accepted", async () => {
    const service = { participants: [ana, jane], states: { s: "deleted" } };
    const { result } = await applied(planWith([addition], {}, { wanted }), service);
    expect(result.status).toBe("done");
  });

  test("is named among the owners that are sent", async () => {
    const patch: Call = {
      ...{ id: "rooms/a#1", operation: "patchChatsRoom", dependsOn: [], params: { roomJid: jid } },
      body: { ownerIds: [jane, sam] },
      effects: [{ path: "/owners", set: [jane, sam] }],
    };
    const service = { participants: [], refuse: refusing(400, "bad.request"), states: { s: "deleted" } };
    const { result } = await applied(planWith([patch], {}, { wanted: { owners: [jane, sam] } }), service);
    expect(result.departed).toMatchObject([{ user: sam, state: "deleted", done: false }]);
  });
});

describe("a call that sets the owners", () => {
  const patch = (owners: readonly string[], more: Call["effects"] = []): Call => ({
    ...{ id: "rooms/a#1", operation: "patchChatsRoom", dependsOn: [], params: { roomJid: jid } },
    body: { ownerIds: owners },
    effects: [{ path: "/owners", set: owners }, ...more],
  });
  const service = { participants: [], owners: [ana, jane], refuse: refusing(400, "bad.request") };

  test("counts as done if it only takes departed owners out", async () => {
    const { result, state } = await applied(
      planWith([patch([jane])], deleted, { wanted: { owners: [jane] } }),
      service,
    );
    expect(result).toMatchObject({ status: "done", departed: [{ user: ana, done: true }] });
    expect(state.resources["rooms/a"]?.applied["owners"]).toEqual([jane]);
  });

  test.each([
    ["adds somebody", patch([jane, sam])],
    ["sets the subject too", patch([jane], [{ path: "/subject", set: "B" }])],
    ["takes an active owner out too", patch([])],
  ])("fails if it %s", async (_what, call) => {
    const { result } = await applied(planWith([call], deleted), service);
    expect(result.status).toBe("failed");
  });
});
