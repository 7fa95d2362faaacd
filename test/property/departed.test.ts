import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonObject } from "../../src/core/json/json.js";
import type { Plan } from "../../src/core/plan/plan.js";
import type { Variants } from "../../src/emulator/index.js";
import { actions, loadConfig, statuses, World } from "../helpers/world.js";

const runs = { numRuns: Number(process.env["RUNS"] ?? 25) };

const names = ["ana", "bo", "kim", "lee", "max", "sam"] as const;
const email = (name: string): string => `${name}@example.com`;
const person = fc.constantFrom(...names);

/** The variants that say what the service does about departed users. */
const variants: fc.Arbitrary<Partial<Variants>> = fc.record({
  inactiveInChat: fc.constantFrom("active", "departed"),
  addDepartedParticipant: fc.constantFrom(404, 400, 409),
  removeDepartedParticipant: fc.constantFrom(204, 404, 403, 400, 409),
  removeDepartedOwner: fc.constantFrom(204, 404, 403, 400, 409),
  departedInRoster: fc.constantFrom("removed", "kept"),
  departedInBody: fc.constantFrom(404, 400, 409),
  departedSettings: fc.constantFrom(404, 200),
  inactiveMembers: fc.constantFrom("list", "omit"),
  deletedMembers: fc.constantFrom("list", "omit"),
  emptyResults: fc.constantFrom("empty", "omit", "404"),
});

const world = fc.record({
  participants: fc.uniqueArray(person, { maxLength: 6 }),
  owners: fc.uniqueArray(person, { maxLength: 2 }),
  mode: fc.constantFrom("exact", "additive"),
  group: fc.uniqueArray(person, { minLength: 1, maxLength: 4 }),
  settings: fc.uniqueArray(person, { maxLength: 3 }),
  /** The people who depart after the first apply. */
  departing: fc.uniqueArray(fc.tuple(person, fc.constantFrom("inactive", "deleted")), {
    minLength: 1,
    maxLength: 3,
    selector: ([name]) => name,
  }),
  /** The people whom the config no longer names then. */
  dropped: fc.uniqueArray(person, { maxLength: 3 }),
});

type Given = typeof world extends fc.Arbitrary<infer T> ? T : never;

function config(given: Given, isDropped: (name: string) => boolean): JsonObject {
  const listed = (list: readonly string[]): readonly string[] =>
    list.filter((one) => !isDropped(one)).map(email);
  const owners = listed(given.owners);
  const blocks = given.settings.filter((name) => !given.group.includes(name as never));
  const settings = { mobile: { notifications: { when: "Always" } } };
  return {
    rooms: {
      lobby: {
        subject: "Lobby",
        owners: [...owners],
        participants: [...new Set([...owners, ...listed(given.participants)]), { group: "Support" }],
        participantsMode: given.mode,
        messages: { rules: { body: "Rules", mentions: [...listed(given.participants)] } },
      },
    },
    users: Object.fromEntries(blocks.map((name) => [email(name), { settings }])),
    userSettings: { support: { members: [{ group: "Support" }], settings } },
  };
}

/** Returns the users that the calls of a plan add, mention or put in. */
function addedUsers({ changes }: Plan): readonly string[] {
  return changes.flatMap(({ calls }) =>
    calls.flatMap(({ operation, params, body }) => [
      ...(operation === "postChatsRoomParticipant" || operation === "patchChatsUserSettings"
        ? [params["userId"] as string]
        : []),
      ...["userIds", "ownerIds", "mentions"].flatMap((name) => (body?.[name] ?? []) as readonly string[]),
    ]),
  );
}

async function converges(given: Given, some: Partial<Variants>): Promise<void> {
  const users = ["jane.doe", ...names].map((name) => ({ id: toId(name), email: email(name) }));
  const org = await World.start({
    seed: { users, groups: [{ name: "Support", members: given.group.map(email) }] },
    variants: some,
  });
  try {
    await org.apply((await org.plan(await loadConfig(config(given, () => false)))).plan);
    for (const [name, state] of given.departing)
      org.emulator.change({ change: "user", user: email(name), set: { state } });
    const later = await loadConfig(config(given, (name) => given.dropped.includes(name as never)));
    const options = { allowedEmptySources: ["Support"] };
    const { plan, diagnostics } = await org.plan(later, options);
    expect(diagnostics).toEqual([]);
    const departed = new Set(given.departing.map(([name]) => toId(name)));
    expect(addedUsers(plan).filter((id) => departed.has(id))).toEqual([]);
    expect(Object.values(statuses(await org.apply(plan))).filter((status) => status !== "done")).toEqual([]);
    const again = await org.plan(later, options);
    expect([again.diagnostics, actions(again.plan)]).toEqual([[], {}]);
  } finally {
    await org.close();
  }
}

function toId(name: string): string {
  const digits = Array.from(name)
    .map((letter) => letter.charCodeAt(0).toString(16))
    .join("")
    .padStart(12, "0")
    .slice(-12);
  return `00000000-0000-4000-8000-${digits}`;
}

test(
  "plans nothing after an apply, whoever departed, and adds nobody who departed",
  { timeout: 600_000 },
  async () => {
    await fc.assert(fc.asyncProperty(world, variants, converges), runs);
  },
);
