/** Resolves people in random directories, in random variants of what is undocumented, and compares with the truth. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Id, SourceType } from "../../src/core/calls/reference.js";
import { sourceRef, userId } from "../../src/core/calls/reference.js";
import type { Resource } from "../../src/core/kind/resource.js";
import { emptyState } from "../../src/core/state/state.js";
import { resolvePeople } from "../../src/engine/people/resolve-people.js";
import { kinds } from "../../src/resources/index.js";
import type { DirectoryVariants, FakeOrg, FakeSource, FakeUser } from "../helpers/fake-directory.js";
import { FakeDirectory } from "../helpers/fake-directory.js";

const byName = new Map(kinds.map((kind) => [kind.name, kind]));
const states = ["active", "active", "active", "inactive", "deleted"] as const;

const variants: fc.Arbitrary<DirectoryVariants> = fc.record({
  searchCase: fc.constantFrom("any", "exact"),
  searchStates: fc.constantFrom(["active"], ["active", "inactive"], ["active", "inactive", "deleted"]),
  maxValues: fc.constantFrom(0, 1, 2, 7, 50),
  extraValues: fc.constantFrom("refused", "ignored"),
  nobody: fc.constantFrom("empty", "404"),
  nameFilter: fc.constantFrom("prefix", "exact"),
  any: fc.constantFrom(undefined, ["active"], ["active", "inactive"], ["active", "inactive", "deleted"]),
  stateFilter: fc.constantFrom("works", "ignored", "refused"),
  maxIds: fc.constantFrom(3, 100),
  unknownIds: fc.constantFrom("omitted", "404"),
  userStates: fc.constant(true),
  deletedById: fc.constantFrom("shown", "404"),
  memberStates: fc.boolean(),
  totals: fc.constantFrom("listed", "all", "none"),
  hidesDeleted: fc.boolean(),
  pageLimit: fc.constantFrom(2, 25, 100),
  emptyPages: fc.boolean(),
  repeatedPages: fc.boolean(),
  reportsAs: fc.constantFrom("array", "entities"),
});

interface World {
  readonly org: FakeOrg & { readonly users: readonly FakeUser[] };
  readonly entries: readonly Id[];
  /** The users that the state knows. */
  readonly recorded: readonly number[];
}

const arbitrarySources = (type: string, users: number): fc.Arbitrary<readonly FakeSource[]> =>
  fc.array(fc.subarray(Array.from({ length: users }, (_, at) => at)), { maxLength: 4 }).map((lists) =>
    lists.map((members, at) => ({
      id: `${type}-${at}`,
      name: `${type} ${at}`,
      members: members.map((user) => `u${user}`),
    })),
  );

const world: fc.Arbitrary<World> = fc
  .array(fc.record({ state: fc.constantFrom(...states), isUpper: fc.boolean() }), {
    minLength: 1,
    maxLength: 12,
  })
  .chain((shapes) => {
    const users = shapes.map(({ state, isUpper }, at) => ({
      id: `u${at}`,
      email: `${isUpper ? "U" : "u"}${at}@x.com`,
      state,
    }));
    const at = fc.nat({ max: users.length - 1 });
    const lists = Object.fromEntries(
      ["groups", "teams", "queues", "skillGroups"].map((type) => [
        type,
        arbitrarySources(type, users.length),
      ]),
    );
    return fc.record({
      users: fc.constant(users),
      ...(lists as Record<
        "groups" | "teams" | "queues" | "skillGroups",
        fc.Arbitrary<readonly FakeSource[]>
      >),
      reports: fc.dictionary(
        at.map((id) => `u${id}`),
        fc.subarray(users.map(({ id }) => id)),
        { maxKeys: 3 },
      ),
      people: fc.array(at, { maxLength: 8 }),
      ids: fc.array(at, { maxLength: 2 }),
      strangers: fc.array(fc.nat({ max: 99 }), { maxLength: 3 }),
      managers: fc.array(at, { maxLength: 2 }),
      except: fc.array(at, { maxLength: 3 }),
      recorded: fc.subarray(users.map((_user, index) => index)),
    });
  })
  .map(({ people, ids, strangers, managers, except, recorded, ...org }) => {
    const email = (user: number): string => org.users[user]?.email ?? "";
    const omitted = except.map((user) => userId(email(user)));
    const named: readonly (readonly [SourceType, readonly FakeSource[]])[] = [
      ["group", org.groups],
      ["team", org.teams],
      ["queue", org.queues],
      ["skillGroup", org.skillGroups],
    ];
    const entries: readonly Id[] = [
      ...people.map((user) => userId(email(user))),
      ...ids.map((user) => `u${user}`),
      ...strangers.map((stranger) => userId(`nobody${stranger}@x.com`)),
      ...managers.map((user) => sourceRef("reportsOf", email(user), omitted)),
      ...named.flatMap(([type, sources]) =>
        sources.map(({ name }, at) => sourceRef(type, name, at % 2 === 0 ? [] : omitted)),
      ),
    ];
    return { org, entries, recorded };
  });

function isFoundByEmail(
  { state = "active" }: FakeUser,
  isRecorded: boolean,
  how: DirectoryVariants,
): boolean {
  return isRecorded || how.searchStates.includes(state) || how.stateFilter === "works";
}

const room = (participants: readonly Id[]): Resource => ({
  ...{
    address: "rooms/a",
    kind: "rooms/*",
    attributes: { participants: participants },
    pointer: "",
  },
});

function truth({ org, entries, recorded }: World, how: DirectoryVariants) {
  const user = new Map(org.users.map((one) => [one.id, one]));
  const byEmail = new Map(
    org.users.map((one, at) => [one.email.toLowerCase(), { one, isRecorded: recorded.includes(at) }]),
  );
  const unknown = new Set<string>();
  const findPerson = (email: string, reference: string): string | undefined => {
    const found = byEmail.get(email);
    if (found !== undefined && isFoundByEmail(found.one, found.isRecorded, how)) return found.one.id;
    unknown.add(reference);
    return undefined;
  };
  const getMembers = (reference: string): readonly string[] => {
    const [type = "", name = ""] = reference.split(":");
    if (type === "reportsOf") return org.reports?.[findPerson(name, reference) ?? ""] ?? [];
    const lists: Readonly<Record<string, readonly FakeSource[]>> = {
      ...{
        group: org.groups ?? [],
        team: org.teams ?? [],
        queue: org.queues ?? [],
        skillGroup: org.skillGroups ?? [],
      },
    };
    return lists[type]?.find((one) => one.name === name)?.members ?? [];
  };
  const getIds = (entry: Id): readonly string[] => {
    if (typeof entry === "string") return [entry];
    if (entry.$ref.startsWith("user:"))
      return [findPerson(entry.$ref.slice(5), entry.$ref)].flatMap((id) => id ?? []);
    const omitted = (entry.except ?? []).flatMap(getIds);
    const isActive = (id: string): boolean => (user.get(id)?.state ?? "active") === "active";
    return [...new Set(getMembers(entry.$ref))].filter((id) => isActive(id) && !omitted.includes(id));
  };
  return { participants: entries.flatMap(getIds), unknown };
}

/** Returns the most requests that the resolution may need. */
function bound({ org, entries }: World, how: DirectoryVariants): number {
  const values = 2 * entries.length + 6;
  const people = org.users.length + 4;
  const search = how.maxValues === 50 ? Math.min(values, 12) : values + 6;
  const pages = (count: number): number => 2 * Math.ceil(Math.max(1, count) / how.pageLimit) + 1;
  const lists = [org.groups, org.teams, org.queues, org.skillGroups].flatMap((list = []) => [
    list.length + pages(list.length) * (list.length > 0 ? 2 : 0),
    ...list.map(({ members }) => pages(members.length)),
  ]);
  const reports = entries.filter(
    (entry) => typeof entry !== "string" && entry.$ref.startsWith("reportsOf:"),
  ).length;
  const byId = 3 * (pages(people) * Math.ceil(people / Math.min(how.maxIds, 100)) + 6) + 2 * people;
  return (
    search +
    pages(values) +
    lists.reduce((sum, count) => sum + count, 0) +
    reports +
    2 * byId +
    2 * pages(people)
  );
}

describe("people in a random directory", () => {
  it("are resolved to the truth, with few requests, none of them twice", async () => {
    await fc.assert(
      fc.asyncProperty(world, variants, async (given, how) => {
        const api = new FakeDirectory(given.org, how);
        const recorded = given.recorded.map(
          (at) => [given.org.users[at]?.email.toLowerCase() ?? "", `u${at}`] as const,
        );
        const state = { ...emptyState("L"), users: Object.fromEntries(recorded) };
        const people = await resolvePeople({
          ...{
            api,
            kinds: byName,
            resources: [room(given.entries)],
            state,
            refresh: true,
            onEvent: () => undefined,
          },
        });
        const expected = truth(given, how);
        expect(new Set(people.problems.map(({ reference }) => reference))).toEqual(expected.unknown);
        if (expected.unknown.size === 0)
          expect(people.resources[0]?.attributes["participants"]).toEqual(expected.participants);
        for (const [id, { state: shown }] of people.users) {
          const actual = given.org.users.find((user) => user.id === id)?.state;
          if (shown !== "unknown") expect(shown).toBe(actual);
        }
        const requests = api.requests.map((request) => JSON.stringify(request));
        // A list is read again where a page is empty though its total counts more.
        if (!(how.hidesDeleted && how.totals === "all")) expect(new Set(requests).size).toBe(requests.length);
        expect(requests.length).toBeLessThanOrEqual(bound(given, how));
      }),
      { numRuns: Number(process.env["RUNS"] ?? 400) },
    );
  });
});
