import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../../src/core/json/json.js";
import type { Variants } from "../../../src/emulator/index.js";
import { getIds, member, start } from "./desk.js";
import type { Desk } from "./desk.js";

/** A desk where sam is deleted and zoe is inactive; both are in the room. */
async function begin(variants: Partial<Variants> = {}): Promise<Desk & { readonly zoe: string }> {
  const desk = await start({ variants });
  desk.emulator.change({ change: "user", user: "sam@example.com", set: { state: "deleted" } });
  desk.emulator.change({ change: "user", user: "zoe@example.com", set: { state: "inactive" } });
  return Object.assign(desk, { zoe: desk.emulator.userId("zoe@example.com") });
}

const refusals = [
  [404, "404 not.found"],
  [400, "400 invalid.value"],
  [409, "409 request.conflict"],
] as const;

describe("a departed participant", () => {
  it("stays in the roster", async () => {
    const desk = await begin();
    expect(await desk.participants()).toEqual([desk.jane, desk.sam, desk.zoe]);
  });

  it.each([...refusals, [403, "403 forbidden"], [204, "204"]] as const)(
    "is removed: %s",
    async (removeDepartedParticipant, brief) => {
      const desk = await begin({ removeDepartedParticipant });
      const reply = await desk.call("deleteChatsRoomParticipant", { params: { userId: desk.sam } });
      expect(reply.brief).toBe(brief);
      expect((await desk.participants()).includes(desk.sam)).toBe(brief !== "204");
      const inactive = await desk.call("deleteChatsRoomParticipant", { params: { userId: desk.zoe } });
      expect(inactive.brief).toBe("204");
    },
  );

  it("is removed, and stays in the roster", async () => {
    const desk = await begin({ departedInRoster: "kept" });
    const remove = async (userId: string) =>
      (await desk.call("deleteChatsRoomParticipant", { params: { userId } })).brief;
    expect([await remove(desk.sam), await remove(desk.zoe)]).toEqual(["204", "204"]);
    expect(await desk.participants()).toEqual([desk.jane, desk.sam]);
  });

  it("may be one who is inactive", async () => {
    const desk = await begin({ inactiveInChat: "departed", removeDepartedParticipant: 403 });
    const params = { userId: desk.zoe };
    expect((await desk.call("deleteChatsRoomParticipant", { params })).brief).toBe("403 forbidden");
    expect((await desk.call("postChatsRoomParticipant", { params })).brief).toBe("404 not.found");
  });

  it.each([...refusals, [403, "403 forbidden"], [204, "204"]] as const)(
    "stays an owner, or not: %s",
    async (removeDepartedOwner, brief) => {
      const desk = await begin({ removeDepartedOwner });
      const remove = async (owner: string) => {
        const set = { owners: [desk.jane, owner] };
        desk.emulator.change({ change: "room", room: desk.room, set });
        return (await desk.call("patchChatsRoom", { body: { ownerIds: [desk.jane] } })).brief;
      };
      expect([await remove(desk.sam), await remove(desk.zoe)]).toEqual([brief, "204"]);
    },
  );

  it.each(refusals)("is not added: %s", async (addDepartedParticipant, brief) => {
    const desk = await begin({ addDepartedParticipant });
    const add = async (userId: string) =>
      (await desk.call("postChatsRoomParticipant", { params: { userId } })).brief;
    expect([await add(desk.sam), await add(desk.zoe)]).toEqual([brief, "204"]);
  });

  it.each(refusals)("is refused in a body: %s", async (departedInBody, brief) => {
    const desk = await begin({ departedInBody });
    const count = desk.emulator.dump().rooms.length;
    const create = { subject: "New", userIds: [desk.kim, desk.sam] };
    expect((await desk.call("postChatsRooms", { body: create })).brief).toBe(brief);
    expect((await desk.call("patchChatsRoom", { body: { ownerIds: [desk.sam] } })).brief).toBe(brief);
    const send = { message: "Hi", mentions: [desk.sam] };
    expect((await desk.call("postChatsRoomMessages", { body: send })).brief).toBe(brief);
    expect(desk.emulator.dump().rooms).toHaveLength(count);
  });
});

it.each([
  [404, "404 not.found"],
  [200, "200"],
] as const)("the settings of a departed user: %s", async (departedSettings, brief) => {
  const desk = await begin({ departedSettings });
  const params = { userId: desk.sam };
  const body = { mobile: { notifications: { when: "Always" } } };
  expect((await desk.call("getChatsUserSettings", { params })).brief).toBe(brief);
  expect((await desk.call("patchChatsUserSettings", { params, body })).brief).toBe(brief);
  const unknown = { userId: "00000000-0000-4000-8000-00000000dead" };
  expect((await desk.call("getChatsUserSettings", { params: unknown })).brief).toBe("404 not.found");
});

it("refuses the 1on1 with a departed user", async () => {
  const desk = await begin();
  const params = { userId: desk.sam };
  expect((await desk.call("getChatsUser", { params })).brief).toBe("404 not.found");
  expect((await desk.call("postChatsUserMessages", { params, body: { message: "Hi" } })).brief).toBe(
    "404 not.found",
  );
});

describe("a search for users", () => {
  const search = (desk: Desk, ...criteria: readonly JsonObject[]) =>
    desk.call("postUsersSearch", { body: { query: criteria.map((one) => ({ type: "EXACT", ...one })) } });
  const find = async (desk: Desk, ...criteria: readonly JsonObject[]): Promise<Json[]> =>
    ((member((await search(desk, ...criteria)).body, "results") ?? []) as readonly JsonObject[]).map(
      ({ email }) => email ?? null,
    );
  const emails = {
    fields: ["email"],
    values: ["jane.doe@example.com", "sam@example.com", "zoe@example.com"],
  };

  it.each([
    ["empty", "200", []],
    ["omit", "200", undefined],
    ["404", "404 resource.not.found", undefined],
  ] as const)("for nobody: %s", async (emptyResults, brief, results) => {
    const desk = await begin({ emptyResults });
    const reply = await search(desk, { fields: ["email"], value: "nobody@x.com" });
    expect(reply.brief).toBe(brief);
    expect(member(reply.body, "results")).toEqual(results);
  });

  it.each([
    ["not-deleted", ["jane.doe@example.com", "zoe@example.com"]],
    ["active", ["jane.doe@example.com"]],
    ["any", ["jane.doe@example.com", "sam@example.com", "zoe@example.com"]],
  ] as const)("finds states: %s", async (searchStates, expected) => {
    const desk = await begin({ searchStates });
    expect(await find(desk, emails)).toEqual(expected);
    expect(await find(desk, emails, { fields: ["state"], value: "deleted" })).toEqual(["sam@example.com"]);
  });

  it.each([
    ["any", ["jane.doe@example.com"]],
    ["exact", []],
  ] as const)("in the case of letters: %s", async (searchCase, expected) => {
    const desk = await begin({ searchCase });
    expect(await find(desk, { fields: ["email"], value: "Jane.Doe@Example.com" })).toEqual(expected);
    expect(await find(desk, { fields: ["email"], value: "jane.doe@example.com" })).toHaveLength(1);
  });
});

describe("users by id", () => {
  const get = (desk: Desk, query: string) => desk.call("getUsers", { query });

  it.each([
    ["", ["jane"]],
    ["&state=active", ["jane"]],
    ["&state=inactive", ["zoe"]],
    ["&state=deleted", ["sam"]],
    ["&state=any", ["jane", "sam", "zoe"]],
  ] as const)("%s", async (state, expected) => {
    const desk = await begin();
    const { body } = await get(desk, `id=${desk.jane}&id=${desk.sam}&id=${desk.zoe}${state}`);
    expect(getIds(body)).toEqual(expected.map((name) => desk[name]));
  });

  it("of every state are omitted where state=any means active", async () => {
    const desk = await begin({ stateAny: "active" });
    const query = `id=${desk.jane},${desk.sam},${desk.zoe}&state=any`;
    expect(getIds((await get(desk, query)).body)).toEqual([desk.jane]);
  });

  it.each([
    ["omit", "200"],
    ["404", "404 general.resource.not.found"],
  ] as const)("who are unknown: %s", async (unknownIds, brief) => {
    const desk = await begin({ unknownIds });
    const unknown = "00000000-0000-4000-8000-00000000dead";
    expect((await get(desk, `id=${desk.jane}&id=${unknown}`)).brief).toBe(brief);
    expect((await get(desk, `id=${desk.jane}&id=${desk.sam}`)).brief).toBe(brief);
    expect((await get(desk, `id=${desk.jane}&id=${desk.sam}&state=any`)).brief).toBe("200");
  });

  it("are at most maxIds", async () => {
    const desk = await begin({ maxIds: 2 });
    expect((await get(desk, `id=${desk.jane},${desk.kim}`)).brief).toBe("200");
    expect((await get(desk, `id=${desk.jane},${desk.kim},${desk.zoe}`)).brief).toBe("400 max.user.ids");
  });

  it.each([
    ["jane", "", "200"],
    ["sam", "", "404 not.found"],
    ["sam", "state=deleted", "200"],
    ["jane", "state=deleted", "404 not.found"],
    ["zoe", "", "200"],
    ["zoe", "state=inactive", "400 invalid.value"],
  ] as const)("one by one: %s %s", async (name, query, brief) => {
    const desk = await begin();
    expect((await desk.call("getUser", { params: { userId: desk[name] }, query })).brief).toBe(brief);
  });

  it("may not show inactive ones", async () => {
    const desk = await begin({ readInactive: 404 });
    expect((await desk.call("getUser", { params: { userId: desk.zoe } })).brief).toBe("404 not.found");
  });

  it("are listed by state, too", async () => {
    const desk = await begin();
    const total = async (query: string) => member((await get(desk, query)).body, "total");
    expect([await total("pageSize=1"), await total("state=deleted"), await total("state=inactive")]).toEqual([
      6, 1, 1,
    ]);
    expect(await total("state=any")).toBe(8);
    expect((await get(desk, "state=gone")).brief).toBe("400 invalid.value");
  });
});
