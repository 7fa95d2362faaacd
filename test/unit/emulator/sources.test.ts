import { describe, expect, it } from "vitest";
import type { OperationName } from "../../../src/api/operations/operations.js";
import type { Json, JsonObject } from "../../../src/core/json/json.js";
import { isObject } from "../../../src/core/json/json.js";
import type { OrgSeed, Variants } from "../../../src/emulator/index.js";
import { getIds, member, start } from "./desk.js";
import type { Desk } from "./desk.js";

const people = Array.from({ length: 7 }, (_, at) => `p${at}@x.com`);
/** p5 is inactive, p6 is deleted. */
const seed: OrgSeed = {
  users: [
    { email: "jane.doe@example.com" },
    { email: "sam@example.com" },
    { email: "kim@example.com" },
    ...people.map((email, at) => ({
      email,
      manager: "sam@example.com",
      ...(at === 5 && { state: "inactive" as const }),
      ...(at === 6 && { state: "deleted" as const }),
    })),
  ],
  groups: [{ name: "Support", members: people }],
  teams: [{ name: "Night", members: people }, { name: "Night shift 2" }, { name: "night owls" }],
  queues: [
    { name: "Sales", members: people },
    { name: "Sales EMEA" },
    { name: "sales" },
    { name: "Old Sales" },
  ],
  skillGroups: [{ name: "Spanish", members: people }, { name: "Spanish B2" }],
  rooms: [{ group: "Support" }, { subject: "Lobby" }],
};

const kinds = [
  ["groups", "getGroupMembers", "groupId"],
  ["teams", "getTeamMembers", "teamId"],
  ["queues", "getRoutingQueueMembers", "queueId"],
  ["skillGroups", "getRoutingSkillgroupMembers", "skillGroupId"],
] as const;

async function begin(variants: Partial<Variants> = {}): Promise<Desk> {
  return start({ seed, variants });
}

function entities(body: Json | undefined): readonly JsonObject[] {
  return (member(body, "entities") ?? []) as readonly JsonObject[];
}

/** The pages of a listing, by its links to the next page. */
async function pages(
  desk: Desk,
  name: OperationName,
  params: Record<string, string>,
  query: string,
): Promise<Json[]> {
  const first = await desk.call(name, { params, query });
  const all = [first.body ?? null];
  for (;;) {
    const next = member(all.at(-1), "nextUri");
    if (typeof next !== "string") return all;
    all.push((await desk.send("GET", next)).body ?? null);
  }
}

describe.each(kinds)("members of %s", (kind, name, param) => {
  const params = (desk: Desk): Record<string, string> => ({
    [param]: desk.emulator.dump()[kind][0]?.id ?? "",
  });

  it("are read page by page, without deleted ones", async () => {
    const desk = await begin();
    const all = await pages(desk, name, params(desk), "pageSize=2");
    expect(all.map((page) => getIds(page))).toEqual([
      [desk.emulator.userId("p0@x.com"), desk.emulator.userId("p1@x.com")],
      [desk.emulator.userId("p2@x.com"), desk.emulator.userId("p3@x.com")],
      [desk.emulator.userId("p4@x.com"), desk.emulator.userId("p5@x.com")],
    ]);
  });

  it.each([
    [{ deletedMembers: "list" } as const, 7],
    [{ inactiveMembers: "omit" } as const, 5],
    [{ inactiveMembers: "list" } as const, 6],
  ])("with %j", async (variants, count) => {
    const desk = await begin(variants);
    const { body } = await desk.call(name, { params: params(desk) });
    expect(entities(body)).toHaveLength(count);
  });

  it("may be fewer than the pages count", async () => {
    const desk = await begin({ totals: "all", inactiveMembers: "omit" });
    const all = await pages(desk, name, params(desk), "pageSize=5");
    expect(all.map((page) => entities(page).length)).toEqual([5, 0]);
    if (kind === "groups") expect(all[0]).toMatchObject({ total: 7, pageCount: 2 });
  });

  it("of an unknown one are a documented error", async () => {
    const desk = await begin();
    expect((await desk.call(name, { params: { [param]: desk.sam } })).brief).toBe("404 not.found");
  });
});

describe("the members' form", () => {
  const show = async (variants: Partial<Variants>, name: OperationName, kind: (typeof kinds)[number][0]) => {
    const desk = await begin(variants);
    const param = kinds.find(([one]) => one === kind)?.[2] ?? "";
    const id = desk.emulator.dump()[kind][0]?.id ?? "";
    const { body } = await desk.call(name, { params: { [param]: id }, query: "pageSize=2" });
    return {
      body: isObject(body) ? body : {},
      first: entities(body)[0],
      id: desk.emulator.userId("p0@x.com"),
    };
  };

  it("of teams and skill groups is a reference without a state, and no total", async () => {
    for (const [name, kind] of [
      ["getTeamMembers", "teams"],
      ["getRoutingSkillgroupMembers", "skillGroups"],
    ] as const) {
      const { body, first, id } = await show({}, name, kind);
      expect(first).toEqual({ id, selfUri: `/api/v2/users/${id}` });
      expect(Object.keys(body).sort()).toEqual(["entities", "nextUri", "selfUri"]);
    }
  });

  it("of queues nests the user, without a total", async () => {
    const { body, first, id } = await show({}, "getRoutingQueueMembers", "queues");
    expect(first).toMatchObject({ id, joined: true, user: { id, email: "p0@x.com", state: "active" } });
    expect(Object.keys(body).sort()).toEqual(["entities", "nextUri", "pageNumber", "pageSize", "selfUri"]);
    const reference = await show({ queueMembers: "references" }, "getRoutingQueueMembers", "queues");
    expect(reference.first?.["user"]).toEqual({ id, name: "p0", selfUri: `/api/v2/users/${id}` });
  });

  it("has no link to the next page with nextUris=false, where pages have numbers", async () => {
    for (const [name, kind] of [
      ["getRoutingQueueMembers", "queues"],
      ["getGroupMembers", "groups"],
    ] as const) {
      expect((await show({ nextUris: false }, name, kind)).body["nextUri"]).toBeUndefined();
    }
    expect((await show({ nextUris: false }, "getTeamMembers", "teams")).body["nextUri"]).toBeDefined();
  });
});

describe("direct reports", () => {
  it("are a bare list of a manager's people", async () => {
    const desk = await begin();
    const reports = async (userId: string) =>
      (await desk.call("getUserDirectreports", { params: { userId } })).body;
    const found = (await reports(desk.sam)) as readonly JsonObject[];
    expect(found.map(({ email }) => email)).toEqual(people.slice(0, 6));
    expect(found[0]).toMatchObject({ manager: { id: desk.sam } });
    expect(await reports(desk.kim)).toEqual([]);
    desk.emulator.change({ change: "user", user: "p0@x.com", set: { manager: "kim@example.com" } });
    desk.emulator.change({ change: "user", user: "p1@x.com", set: { manager: "" } });
    expect(getIds(await reports(desk.kim))).toEqual([desk.emulator.userId("p0@x.com")]);
    expect(getIds(await reports(desk.sam))).toHaveLength(4);
  });

  it("of a deleted or unknown manager are a documented error", async () => {
    const desk = await begin();
    const brief = async (userId: string) =>
      (await desk.call("getUserDirectreports", { params: { userId } })).brief;
    expect(await brief(desk.emulator.userId("p6@x.com"))).toBe("404 not.found");
    expect(await brief("00000000-0000-4000-8000-00000000dead")).toBe("404 not.found");
  });
});

describe("the name filter", () => {
  const names = async (variants: Partial<Variants>, name: OperationName, query: string) => {
    const desk = await begin(variants);
    return (await pages(desk, name, {}, query)).flatMap((page) => entities(page).map((one) => one["name"]));
  };

  it.each([
    [{}, "getTeams", "name=night", ["Night", "night owls", "Night shift 2"]],
    [{}, "getTeams", "name=night&pageSize=1", ["Night", "night owls", "Night shift 2"]],
    [{ nameCase: "exact" }, "getTeams", "name=night", ["night owls"]],
    [{ nameFilter: "exact" }, "getTeams", "name=night", ["Night"]],
    [{ nameFilter: "exact", nameCase: "exact" }, "getTeams", "name=night", []],
    [{}, "getRoutingSkillgroups", "name=spa", ["Spanish", "Spanish B2"]],
    [{}, "getRoutingQueues", "name=Sales", ["sales", "Sales"]],
    [{ nameCase: "exact" }, "getRoutingQueues", "name=Sales", ["Sales"]],
    [{}, "getRoutingQueues", "name=sales*", ["sales", "Sales", "Sales EMEA"]],
    [{}, "getRoutingQueues", "name=*sales", ["Old Sales", "sales", "Sales"]],
    [{}, "getRoutingQueues", "name=*sales*", ["Old Sales", "sales", "Sales", "Sales EMEA"]],
    [{ nameFilter: "prefix" }, "getRoutingQueues", "name=sales", ["sales", "Sales", "Sales EMEA"]],
    [{}, "getRoutingQueues", "pageSize=1", ["Old Sales", "sales", "Sales", "Sales EMEA"]],
  ] as const)("%j: %s %s", async (variants, name, query, expected) => {
    expect(await names(variants, name, query)).toEqual(expected);
  });

  it("has no cursor of another form", async () => {
    const desk = await begin();
    expect((await desk.call("getTeams", { query: "after=x" })).brief).toBe("400 invalid.value");
  });
});

it.each([
  ["getTeams", "groups:team:view"],
  ["getTeamMembers", "groups:team:view"],
  ["getRoutingQueues", "routing:queue:view"],
  ["getRoutingQueueMembers", "routing:queue:view"],
  ["getRoutingSkillgroups", "routing:skillGroup:view"],
  ["getRoutingSkillgroupMembers", "routing:skillGroup:view"],
] as const)("%s without %s is refused, and the permission named", async (name, permission) => {
  const desk = await begin();
  const token = desk.emulator.token({ user: "jane.doe@example.com", permissions: ["chat:chat:access"] });
  const { teams, queues, skillGroups } = desk.emulator.dump();
  const params = {
    teamId: teams[0]?.id ?? "",
    queueId: queues[0]?.id ?? "",
    skillGroupId: skillGroups[0]?.id ?? "",
  };
  const reply = await desk.call(name, { params, token });
  expect(reply.brief).toBe("403 missing.any.permissions");
  expect(member(reply.body, "message")).toContain(permission);
  expect((await desk.call(name, { params })).brief).toBe("200");
});
