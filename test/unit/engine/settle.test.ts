import { expect, test } from "vitest";
import type { Kind } from "../../../src/core/kind.js";
import { isObject } from "../../../src/core/json.js";
import type { Intent, State } from "../../../src/core/state.js";
import { emptyState } from "../../../src/core/state.js";
import { settle, withFindings } from "../../../src/engine/settle.js";
import { JumpingClock } from "../../helpers/world.js";
import { refusal, Scripted } from "./scripted.js";

const clock = (): JumpingClock => new JumpingClock();
const started = clock().now();
const patienceMs = 10_000;

function intent(name: string, rest: Partial<Intent> = {}): Intent {
  return {
    ...{ address: `rooms/${name}`, kind: "rooms/*", operation: "postChatsRooms", body: { subject: "Lobby" } },
    ...{ at: new Date(started - 60_000).toISOString(), record: { applied: {} } },
    effects: [{ path: "/subject", set: "Lobby" }],
    ...rest,
  };
}

function uncertainState(...uncertain: readonly Intent[]): State {
  return { ...emptyState("L"), uncertain };
}

/** A kind that looks for its things in a list of ids. */
function kindThat(conclusive: boolean): ReadonlyMap<string, Kind> {
  const find: Kind["find"] = {
    reads: ({ address }) => [{ operation: "getChatsRoom", params: { roomJid: address } }],
    candidates: (_intent, [answer]) => {
      const body = answer?.found === true && isObject(answer.body) ? answer.body : {};
      const ids = (body["ids"] ?? []) as string[];
      const isOld = (id: string): boolean => id.startsWith("old");
      return { ids: ids.filter((id) => !isOld(id)), older: ids.filter(isOld), conclusive };
    },
  };
  return new Map([["rooms/*", { name: "rooms/*", find } as unknown as Kind]]);
}

interface Look {
  /** The ids that each look shows; the last one from then on. */
  readonly shows: readonly (readonly string[])[];
  readonly conclusive?: boolean;
  readonly actor?: number;
}

async function settled(state: State, { shows, conclusive = true, actor = 200 }: Look) {
  const time = clock();
  const seen = new Map<string, number>();
  const api = new Scripted(({ operation, params = {} }) => {
    if (operation === "getUsersMe") {
      if (actor !== 200) throw refusal(actor, "x");
      return { id: "me" };
    }
    const address = params["roomJid"] ?? "";
    const look = seen.get(address) ?? 0;
    seen.set(address, look + 1);
    return { ids: [...(shows[Math.min(look, shows.length - 1)] ?? [])] };
  });
  const kinds = kindThat(conclusive);
  const result = await settle({ api, kinds, parallelism: 2, clock: time, patienceMs }, state);
  return { ...result, looks: Math.max(0, ...seen.values()), waited: time.now() - started, api };
}

test("with nothing uncertain, nothing is asked", async () => {
  const { findings, uncertain, api } = await settled(emptyState("L"), { shows: [] });
  expect([findings, uncertain.size, api.requests]).toEqual([[], 0, []]);
});

test("the one thing that is there is the one, with what its create made true", async () => {
  const state = uncertainState(
    intent("a", { container: "C", record: { applied: { owners: [] }, protect: true } }),
  );
  const { findings, uncertain } = await settled(state, { shows: [["J1"]] });
  expect(uncertain.size).toBe(0);
  expect(withFindings(state, findings)).toMatchObject({
    uncertain: [],
    resources: {
      "rooms/a": {
        ...{ kind: "rooms/*", id: "J1", container: "C", protect: true },
        applied: { owners: [], subject: "Lobby" },
      },
    },
  });
});

test("what surely is not there was not created", async () => {
  const { findings, looks, waited } = await settled(uncertainState(intent("a")), { shows: [[]] });
  expect(findings).toEqual([{ type: "not-created", address: "rooms/a" }]);
  // It was sent a minute ago: by now it would show. Once more, as pages may shift while they are read.
  expect(looks).toBe(2);
  expect(waited).toBeLessThan(1000);
});

test("what one look missed is found by the next", async () => {
  const { findings } = await settled(uncertainState(intent("a")), { shows: [[], ["J1"]] });
  expect(findings).toMatchObject([{ type: "record", resource: { id: "J1" } }]);
});

test("what was sent just now is looked for until patience ends", async () => {
  const young = uncertainState(intent("a", { at: new Date(started - 1000).toISOString() }));
  const never = await settled(young, { shows: [[]] });
  expect(never.findings).toEqual([{ type: "not-created", address: "rooms/a" }]);
  expect(never.waited).toBe(patienceMs - 1000);
  const late = await settled(young, { shows: [[], [], ["J1"]] });
  expect(late.findings).toMatchObject([{ type: "record", resource: { id: "J1" } }]);
  expect(late.waited).toBeLessThan(patienceMs);
});

test.each<readonly [string, readonly string[], boolean]>([
  ["not seeing it proves nothing", [], false],
  ["several could be it", ["J1", "J2"], true],
  ["one that looks older could be it: the clocks may differ", ["old-1"], true],
])("it stays uncertain, with the way on: %s", async (_why, ids, conclusive) => {
  const state = uncertainState(intent("a"));
  const { findings, uncertain } = await settled(state, { shows: [ids], conclusive });
  expect(findings).toEqual([]);
  const text = uncertain.get("rooms/a") ?? "";
  for (const part of ["chatform import rooms/a", "chatform state forget rooms/a", ...ids])
    expect(text).toContain(part);
});

test("older things that the state knows, and those beside a young one, are not it", async () => {
  const resources = { "rooms/b": { kind: "rooms/*", id: "old-1", applied: {} } };
  const known = await settled({ ...uncertainState(intent("a")), resources }, { shows: [["old-1"]] });
  expect(known.findings).toEqual([{ type: "not-created", address: "rooms/a" }]);
  const young = await settled(uncertainState(intent("a")), { shows: [["J1", "old-1"]] });
  expect(young.findings).toMatchObject([{ type: "record", resource: { id: "J1" } }]);
});

test("a look that fails proves nothing, nor does a service that does not say who is acting", async () => {
  const api = new Scripted(() => {
    throw refusal(403, "not.authorized");
  });
  const input = { api, kinds: kindThat(true), parallelism: 2, clock: clock(), patienceMs };
  const { findings, uncertain } = await settle(input, uncertainState(intent("a")));
  expect([findings, [...uncertain.keys()]]).toEqual([[], ["rooms/a"]]);
  expect((await settled(uncertainState(intent("a")), { shows: [["J1"]], actor: 503 })).findings).toHaveLength(
    1,
  );
});

test("twins share what is there: each takes one, the older intent the older thing", async () => {
  const older = intent("b", { at: new Date(started - 90_000).toISOString() });
  const { findings } = await settled(uncertainState(intent("a"), older), { shows: [["J1", "J2"]] });
  expect(findings).toMatchObject([
    { address: "rooms/b", resource: { id: "J1" } },
    { address: "rooms/a", resource: { id: "J2" } },
  ]);
});

test("of twins of which one is there, the other one was not created", async () => {
  const { findings } = await settled(uncertainState(intent("a"), intent("b")), { shows: [["J1"]] });
  expect(findings).toMatchObject([
    { type: "record", resource: { id: "J1" } },
    { type: "not-created", address: "rooms/b" },
  ]);
});

test("what the state knows under another address is not taken for it", async () => {
  const other = { kind: "rooms/*", id: "J1", applied: {} };
  const state = { ...uncertainState(intent("a")), resources: { "rooms/other": other } };
  expect((await settled(state, { shows: [["J1"]] })).findings).toEqual([
    { type: "not-created", address: "rooms/a" },
  ]);
  const both = await settled(state, { shows: [["J1", "J2"]] });
  expect(both.findings).toMatchObject([{ address: "rooms/a", resource: { id: "J2" } }]);
});

test("a wait that is interrupted ends", async () => {
  const stop = new AbortController();
  const api = new Scripted(() => {
    stop.abort(new Error("stopped"));
    return { ids: [] };
  });
  const young = uncertainState(intent("a", { at: new Date(started).toISOString() }));
  const input = {
    api,
    kinds: kindThat(true),
    parallelism: 2,
    clock: clock(),
    patienceMs,
    signal: stop.signal,
  };
  await expect(settle(input, young)).rejects.toThrow("stopped");
});
