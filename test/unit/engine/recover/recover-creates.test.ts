import { expect, test } from "vitest";
import { isObject } from "../../../../src/core/json/json.js";
import type { Json } from "../../../../src/core/json/json.js";
import type { Kind } from "../../../../src/core/kind/kind.js";
import type { Intent, State } from "../../../../src/core/state/state.js";
import { emptyState, withEntries } from "../../../../src/core/state/state.js";
import { recoverCreates } from "../../../../src/engine/recover/recover-creates.js";
import { JumpingClock } from "../../../helpers/world.js";
import { refusal, ScriptedApi } from "../../../helpers/scripted-api.js";

const clock = (): JumpingClock => new JumpingClock();
const started = clock().now();
/** The default, below which nothing counts as absent while no lag is known. */
const patienceMs = 30_000;
const sentAt = started - 60_000;
const jid = "adhoc-1@conference.Example-Org.orgspan.com";

function intent(name: string, rest: Partial<Intent> = {}): Intent {
  return {
    ...{ address: `rooms/${name}`, kind: "rooms/*", operation: "postChatsRooms", body: { subject: "Lobby" } },
    ...{ at: new Date(sentAt).toISOString(), sent: { from: new Date(sentAt).toISOString() } },
    ...{ record: { applied: {} }, effects: [{ path: "/subject", set: "Lobby" }] },
    ...rest,
  };
}

function uncertainState(...uncertain: readonly Intent[]): State {
  return { ...emptyState("L"), uncertain };
}

/** A listed thing: its id, how long after the request it was created, and what contradicts. */
type Thing = readonly [id: string, secondsAfter?: number, contradiction?: string];

/** A kind that finds its objects in a list. */
function kindThat(conclusive: boolean): ReadonlyMap<string, Kind> {
  const recover: Kind["recover"] = {
    similarityKey: ({ body }) => JSON.stringify(body["subject"]),
    reads: ({ address }) => [{ operation: "getChatsRoom", params: { roomJid: address } }],
    candidates: (_intent, [read]) => {
      const body = read?.found === true && isObject(read.body) ? read.body : {};
      const list = (body["things"] ?? []) as Thing[];
      return {
        list: list.map(([id, after = 1, contradiction]) => ({
          ...{ id, created: sentAt + after * 1000, sameText: true },
          listed: contradiction === undefined ? {} : { contradiction },
        })),
        conclusive,
      };
    },
    details: () => [],
    compare: (_intent, { listed }) => {
      const contradictions = typeof listed["contradiction"] === "string" ? [listed["contradiction"]] : [];
      return { alike: true, exact: contradictions.length === 0, contradictions };
    },
  };
  return new Map([["rooms/*", { name: "rooms/*", recover } as unknown as Kind]]);
}

interface Looks {
  /** The objects that each read shows; the last entry is repeated. */
  readonly shows: readonly (readonly Thing[])[];
  readonly conclusive?: boolean;
  readonly userStatus?: number;
  readonly time?: JumpingClock;
  /** The service's time at the start of the test, in milliseconds since 1970. Missing: the service does not tell. */
  readonly serviceTime?: number;
}

async function recovered(
  state: State,
  { shows, conclusive = true, userStatus = 200, time = clock(), serviceTime }: Looks,
) {
  const seen = new Map<string, number>();
  const api = new ScriptedApi(({ operation, params = {} }) => {
    if (operation === "getUsersMe") {
      if (userStatus !== 200) throw refusal(userStatus, "x");
      return { id: "me" };
    }
    const address = params["roomJid"] ?? "";
    const look = seen.get(address) ?? 0;
    seen.set(address, look + 1);
    return { things: shows[Math.min(look, shows.length - 1)] as unknown as Json };
  });
  const kinds = kindThat(conclusive);
  const start = time.monotonic();
  if (serviceTime !== undefined) {
    const now = (): number => serviceTime + time.monotonic() - start;
    api.serviceTime = () => ({ from: now(), to: now() });
  }
  const result = await recoverCreates({ api, kinds, parallelism: 2, clock: time, patienceMs }, state);
  return { ...result, looks: Math.max(0, ...seen.values()), waited: time.monotonic() - start, api };
}

test("makes no request when no create is uncertain", async () => {
  const { findings, uncertain, api } = await recovered(emptyState("L"), { shows: [] });
  expect([findings, uncertain.size, api.requests]).toEqual([[], 0, []]);
});

test("recovers the only matching object, with the effects of its create", async () => {
  const state = uncertainState(
    intent("a", { container: "C", record: { applied: { owners: [] }, protect: true } }),
  );
  const { findings, uncertain } = await recovered(state, { shows: [[["J1"]]] });
  expect(uncertain.size).toBe(0);
  expect(withEntries(state, findings)).toMatchObject({
    uncertain: [],
    resources: {
      "rooms/a": {
        ...{ kind: "rooms/*", id: "J1", container: "C", protect: true },
        applied: { owners: [], subject: "Lobby" },
      },
    },
  });
});

test("does not match a forgotten room", async () => {
  const room = {
    address: "rooms/old",
    jid: jid.toLowerCase(),
    kind: "rooms/*",
    forgotten: new Date(started).toISOString(),
  };
  const state = { ...uncertainState(intent("a")), forgotten: [room] };
  const { findings } = await recovered(state, { shows: [[[jid]]] });
  expect(findings).toEqual([{ type: "not-created", address: "rooms/a" }]);
});

test("reports a create as not happened when its object certainly does not exist", async () => {
  const { findings, looks, waited } = await recovered(uncertainState(intent("a")), { shows: [[]] });
  expect(findings).toEqual([{ type: "not-created", address: "rooms/a" }]);
  // It was sent a minute ago: by now it would show. Once more, as pages may shift while they are read.
  expect(looks).toBe(2);
  expect(waited).toBeLessThan(1000);
});

test("finds an object in a second read", async () => {
  const { findings } = await recovered(uncertainState(intent("a")), { shows: [[], [["J1"]]] });
  expect(findings).toMatchObject([{ type: "record", resource: { id: "J1" } }]);
});

test("reads again for a recent create until the patience ends", async () => {
  const young = uncertainState(intent("a", { at: new Date(started - 1000).toISOString() }));
  const never = await recovered(young, { shows: [[]] });
  expect(never.findings).toEqual([{ type: "not-created", address: "rooms/a" }]);
  expect(never.waited).toBe(patienceMs - 1000);
  const late = await recovered(young, { shows: [[], [], [["J1"]]] });
  expect(late.findings).toMatchObject([{ type: "record", resource: { id: "J1" } }]);
  expect(late.waited).toBeLessThan(patienceMs);
});

test.each<readonly [string, readonly Thing[], boolean, readonly string[]]>([
  ["not seeing it proves nothing", [], false, ["Nothing that these credentials can see"]],
  ["several could be it", [["J1"], ["J2"]], true, ["The resource could be J1 or J2."]],
  [
    "one that was there before the request",
    [["J1", -290]],
    true,
    ["J1 is similar, but it was created 5 minutes before the request."],
  ],
  ["one that came long after", [["J1", 600]], true, ["it was created 10 minutes after the request"]],
  ["one that is another", [["J1", 1, "its description differs"]], true, ["but its description differs."]],
])(
  "keeps a create uncertain, with the evidence and the next step: %s",
  async (_why, things, conclusive, texts) => {
    const { findings, uncertain } = await recovered(uncertainState(intent("a")), {
      shows: [things],
      conclusive,
    });
    expect(findings).toEqual([]);
    const text = uncertain.get("rooms/a") ?? "";
    for (const part of ["chatform import rooms/a", "chatform state forget rooms/a", ...texts])
      expect(text).toContain(part);
  },
);

test("keeps a create uncertain when the service's time is unknown, however similar an object is", async () => {
  const { sent: _sent, ...unknown } = intent("a");
  const { uncertain } = await recovered(uncertainState(unknown), { shows: [[["J1"]]] });
  expect(uncertain.get("rooms/a")).toContain("the times cannot be compared");
});

test("does not mention an object that is older than a day", async () => {
  const { findings } = await recovered(uncertainState(intent("a")), { shows: [[["J1", -100_000]]] });
  expect(findings).toEqual([{ type: "not-created", address: "rooms/a" }]);
});

test("compares a long request by its end", async () => {
  const sent = { from: new Date(sentAt).toISOString(), to: new Date(sentAt + 300_000).toISOString() };
  const slow = await recovered(uncertainState(intent("a", { sent })), { shows: [[["J1", 290]]] });
  expect(slow.recovered).toEqual(["rooms/a"]);
});

test("recovers a refused create that was carried out, and otherwise reports it as not created without a wait", async () => {
  const now = new Date(started).toISOString();
  const refused = intent("a", { refused: true, at: now, sent: { from: now } });
  const lied = await recovered(uncertainState(refused), { shows: [[["J1", 61]]] });
  expect(lied.recovered).toEqual(["rooms/a"]);
  for (const conclusive of [true, false]) {
    const honest = await recovered(uncertainState(refused), { shows: [[]], conclusive });
    expect(honest.findings).toEqual([{ type: "not-created", address: "rooms/a" }]);
    expect(honest.waited).toBeLessThan(1000);
  }
});

test("waits no longer than the patience when the time of sending lies in the future", async () => {
  const ahead = intent("a", { at: new Date(started + 3_600_000).toISOString() });
  expect((await recovered(uncertainState(ahead), { shows: [[]] })).waited).toBe(patienceMs);
});

test("measures the age of a create by the service's clock: the machine that sent it may have had another", async () => {
  const recent = new Date(started - 1_000).toISOString();
  const state = uncertainState(intent("a", { sent: { from: recent } }));
  const { waited, findings } = await recovered(state, { shows: [[]], serviceTime: started });
  expect([waited, findings]).toEqual([patienceMs - 1_000, [{ type: "not-created", address: "rooms/a" }]]);
  const lost = uncertainState(intent("a", { sent: { from: recent, to: new Date(started).toISOString() } }));
  expect((await recovered(lost, { shows: [[]], serviceTime: started })).waited).toBe(patienceMs);
});

test("does not match objects that the state records", async () => {
  const resources = { "rooms/b": { kind: "rooms/*", id: jid, applied: {} } };
  const known = await recovered(
    { ...uncertainState(intent("a")), resources },
    { shows: [[[jid.toLowerCase(), -300], [jid]]] },
  );
  expect(known.findings).toEqual([{ type: "not-created", address: "rooms/a" }]);
});

test("proves nothing by a failed read, nor by an unknown token's user", async () => {
  const api = new ScriptedApi(() => {
    throw refusal(403, "not.authorized");
  });
  const input = { api, kinds: kindThat(true), parallelism: 2, clock: clock(), patienceMs };
  const { findings, uncertain } = await recoverCreates(input, uncertainState(intent("a")));
  expect([findings, [...uncertain.keys()]]).toEqual([[], ["rooms/a"]]);
  expect(
    (await recovered(uncertainState(intent("a")), { shows: [[["J1"]]], userStatus: 503 })).findings,
  ).toHaveLength(1);
});

test("assigns objects to equal creates by age", async () => {
  const older = intent("b", { at: new Date(sentAt - 1000).toISOString() });
  const { findings } = await recovered(uncertainState(intent("a"), older), { shows: [[["J1"], ["J2", 2]]] });
  expect(findings).toMatchObject([
    { address: "rooms/a", resource: { id: "J2" } },
    { address: "rooms/b", resource: { id: "J1" } },
  ]);
});

test("reports the second of two equal creates as not happened when one object exists", async () => {
  const { findings } = await recovered(uncertainState(intent("a"), intent("b")), { shows: [[["J1"]]] });
  expect(findings).toMatchObject([
    { type: "record", resource: { id: "J1" } },
    { type: "not-created", address: "rooms/b" },
  ]);
});

test("does not match an object that the state records under another address", async () => {
  const other = { kind: "rooms/*", id: "J1", applied: {} };
  const state = { ...uncertainState(intent("a")), resources: { "rooms/other": other } };
  expect((await recovered(state, { shows: [[["J1"]]] })).findings).toEqual([
    { type: "not-created", address: "rooms/a" },
  ]);
  const both = await recovered(state, { shows: [[["J1"], ["J2", 2]]] });
  expect(both.findings).toMatchObject([{ address: "rooms/a", resource: { id: "J2" } }]);
});

test("ends an interrupted wait", async () => {
  const stop = new AbortController();
  const api = new ScriptedApi(() => {
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
  await expect(recoverCreates(input, young)).rejects.toThrow("stopped");
});
