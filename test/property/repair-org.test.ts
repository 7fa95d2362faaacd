/** Repairs random orgs beside random edits of their configs: only what was reviewed is made, and nothing else is left. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonObject } from "../../src/core/json/json.js";
import { isArray } from "../../src/core/json/json.js";
import { valueAt } from "../../src/core/json/pointer.js";
import type { Plan } from "../../src/core/plan/plan.js";
import type { FaultAction, FaultRule, OrgChange, Variants } from "../../src/emulator/index.js";
import { SeedError } from "../../src/emulator/index.js";
import { audit } from "../../src/engine/audit.js";
import { kinds } from "../../src/resources/index.js";
import type { Config } from "../helpers/world.js";
import { loadConfig, statuses, World } from "../helpers/world.js";

const runs = { numRuns: Number(process.env["RUNS"] ?? 40) };

const names = ["ana", "bo", "kim", "lee", "max"] as const;
const email = (name: string): string => `${name}@example.com`;
const person = fc.constantFrom(...names.map(email));
const source = fc.constantFrom(
  { group: "Support" },
  { team: "Night" },
  { group: "Support", except: [email("bo")] },
);
const people = fc
  .tuple(fc.uniqueArray(person, { maxLength: 3 }), fc.option(source, { nil: undefined }))
  .map(([users, from]) => ["jane.doe@example.com", ...users, ...(from === undefined ? [] : [from])]);
const settings = fc
  .constantFrom("Always", "OnlyWhenInactive")
  .map((when) => ({ mobile: { notifications: { when } } }));

const room = fc.record({
  subject: fc.constantFrom("A", "B", "C"),
  participants: people,
  participantsMode: fc.constantFrom("exact", "exact", "additive"),
  owners: fc.uniqueArray(person, { maxLength: 2 }),
  protect: fc.constantFrom(false, false, true),
});

const entry = fc.record({
  members: fc
    .tuple(source, fc.uniqueArray(person, { maxLength: 1 }))
    .map(([from, users]) => [from, ...users]),
  except: fc.constantFrom([], [], [email("ana")], [{ team: "Night" }]),
  settings,
});

const config = fc
  .record({
    lobby: room,
    mentions: fc.uniqueArray(person, { maxLength: 2 }),
    entries: fc.uniqueArray(fc.tuple(fc.constantFrom("agents", "leads"), entry), {
      selector: ([name]) => name,
      minLength: 1,
      maxLength: 2,
    }),
    own: fc.option(fc.record({ user: person, settings }), { nil: undefined }),
  })
  .map(({ lobby, mentions, entries, own }): JsonObject => ({
    rooms: {
      lobby: {
        ...lobby,
        // An owner has to be a participant.
        participants: [...new Set([...lobby.participants, ...lobby.owners])],
        messages: { rules: { body: "Rules", mentions } },
      },
    },
    userSettings: Object.fromEntries(entries),
    ...(own === undefined ? {} : { users: { [own.user]: { settings: own.settings } } }),
  }));

/** A change of the org, given the jid of its room. */
const orgEdit = fc.oneof(
  fc
    .tuple(fc.constantFrom("join", "leave"), person)
    .map(([change, user]) => (jid: string) => ({ change, user, room: jid })),
  fc
    .tuple(fc.constantFrom(["group", "Support"], ["team", "Night"]), fc.constantFrom("add", "remove"), person)
    .map(([[of, name], way, user]) => () => ({ change: "members", of, name, [way]: [user] })),
  fc
    .tuple(person, fc.constantFrom("inactive", "deleted", "active"))
    .map(([user, state]) => () => ({ change: "user", user, set: { state } })),
  person.map((user) => () => ({ change: "recreate-user", user })),
  fc.tuple(person, settings).map(([user, set]) => () => ({ change: "user-settings", user, set })),
  fc
    .constantFrom("A", "B", "C", "D")
    .map((subject) => (jid: string) => ({ change: "room", room: jid, set: { subject } })),
);

const variants: fc.Arbitrary<Partial<Variants>> = fc.record({
  inactiveInChat: fc.constantFrom("active", "departed"),
  removeDepartedParticipant: fc.constantFrom(204, 404, 403),
  departedInRoster: fc.constantFrom("removed", "kept"),
  departedSettings: fc.constantFrom(404, 200),
  inactiveMembers: fc.constantFrom("list", "omit"),
  emptyResults: fc.constantFrom("empty", "404"),
});

/** A request that the service refuses, or fails to carry out, during an audit; undefined: none. */
const fault: fc.Arbitrary<FaultRule | undefined> = fc.option(
  fc.record({
    match: fc.record({
      operation: fc.constantFrom(
        "getChatsRoom",
        "getChatsRoomParticipants",
        "getChatsRoomMessage",
        "getChatsUserSettings",
        "getGroupMembers",
        "getTeamMembers",
        "getTeams",
      ),
    }),
    times: fc.constant("always" as const),
    action: fc.constantFrom<FaultAction>(
      { type: "status", status: 403, code: "missing.any.permissions" },
      { type: "status", status: 500 },
      { type: "garbage" },
    ),
  }),
  { nil: undefined },
);

/** Returns what a plan changes: each element of a list and each value, with the live and the new value. */
function changedValues({ changes }: Plan): ReadonlyMap<string, readonly [before: unknown, after: unknown]> {
  const found = new Map<string, readonly [unknown, unknown]>();
  for (const { address, attributes } of changes)
    for (const { path, before, after } of attributes) {
      if (!isArray(before) && !isArray(after)) found.set(`${address} ${path}`, [before, after]);
      const [old, now] = [isArray(before) ? before : [], isArray(after) ? after : []];
      for (const one of new Set([...old, ...now]))
        if (old.includes(one) !== now.includes(one))
          found.set(`${address} ${path} ${JSON.stringify(one)}`, [old.includes(one), now.includes(one)]);
    }
  return found;
}

function listCalls({ changes }: Plan): readonly string[] {
  return changes.flatMap(({ calls }) => calls.map(({ operation }) => operation));
}

/** Returns whether the last apply left a value as a repair makes it. */
function wasApplied({ state }: World, key: string, after: unknown): boolean {
  const [address = "", path = "", element] = key.split(" ");
  const value = valueAt(state?.resources[address]?.applied ?? {}, path);
  return element === undefined
    ? value === after
    : (isArray(value) && value.includes(JSON.parse(element) as string)) === after;
}

async function repairs(
  reviewed: JsonObject,
  edited: JsonObject | undefined,
  edits: readonly ((jid: string) => unknown)[],
  some: Partial<Variants>,
  refused: FaultRule | undefined,
): Promise<void> {
  const users = ["jane.doe", ...names].map((name) => ({ email: email(name) }));
  const seed = {
    users,
    groups: [{ name: "Support", members: [email("ana"), email("bo")] }],
    teams: [{ name: "Night", members: [email("kim")] }],
  };
  const org = await World.start({ seed, variants: some });
  try {
    const before = await loadConfig(reviewed);
    await org.apply((await org.plan(before)).plan);
    const [{ jid }] = org.emulator.dump().rooms as [{ readonly jid: string }];
    for (const edit of edits) change(org, edit(jid) as OrgChange);
    const after = edited === undefined ? before : await loadConfig(edited);
    await checkRepair(org, before, after, refused);
    expect(org.emulator.dump().rooms).toHaveLength(1);
  } finally {
    await org.close();
  }
}

async function checkRepair(
  org: World,
  before: Config,
  after: Config,
  refused: FaultRule | undefined,
): Promise<void> {
  const { audit: found, plan } = await during(org, refused, () => org.planRepair(after));
  expect(await during(org, refused, () => auditAgain(org, after))).toEqual(found);
  expect(
    listCalls(plan).filter((name) => ["postChatsRooms", "postChatsRoomMessages"].includes(name)),
  ).toEqual([]);
  const repaired = changedValues(plan);
  const planned = changedValues((await org.plan(after)).plan);
  const review = await org.planRepair(before);
  const byReview = changedValues(review.plan);
  const prevented = new Set(
    review.audit.left.flatMap(({ address, reason }) => (reason === "prevented" ? address : [])),
  );
  for (const [key, values] of repaired) {
    expect([key, planned.get(key)]).toEqual([key, values]);
    // Not by an edit of the config: the reviewed one makes it too, or the last apply has made it.
    if (!wasApplied(org, key, values[1]) && !prevented.has(key.split(" ")[0] ?? ""))
      expect([key, byReview.get(key)]).toEqual([key, values]);
  }
  for (const { address, reason, paths } of found.left.filter((one) => one.reason === "conflict"))
    for (const path of paths)
      expect([address, reason, repaired.has(`${address} ${path}`)]).toEqual([address, reason, false]);
  expect(
    [...new Set(Object.values(statuses(await org.apply(plan))))].filter((status) => status !== "done"),
  ).toEqual([]);
  const rest = await during(org, refused, () => org.planRepair(after));
  expect(listCalls(rest.plan)).toEqual([]);
  expect(rest.audit.left).toEqual(found.left);
  for (const { address } of rest.audit.drift) expect(found.left.map((one) => one.address)).toContain(address);
}

/** Does work while requests fail. Removes the ids of failed requests, which are new each time. */
async function during<T>(
  { emulator }: World,
  refused: FaultRule | undefined,
  work: () => Promise<T>,
): Promise<T> {
  if (refused !== undefined) emulator.addFaults(refused);
  try {
    return JSON.parse(JSON.stringify(await work()).replaceAll(/correlation id [\w-]+/g, "")) as T;
  } finally {
    emulator.clearFaults();
  }
}

async function auditAgain(
  { api, clock, state }: World,
  { resources, shared }: Config,
): ReturnType<typeof audit> {
  return audit({
    ...{ api, clock, state, kinds, resources, shared, targets: [], excludes: [], ignores: [] },
    ...{ patienceMs: 30_000, parallelism: 10, onEvent: () => undefined },
  });
}

/** Skips a change of a user who is gone. */
function change({ emulator }: World, one: OrgChange): void {
  try {
    emulator.change(one);
  } catch (error) {
    if (!(error instanceof SeedError)) throw error;
  }
}

const orgEdits = fc.array(orgEdit, { minLength: 1, maxLength: 5 });

test("repairs what was reviewed, whatever else is edited in the config", { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(config, fc.option(config, { nil: undefined }), orgEdits, variants, fault, repairs),
    runs,
  );
});
