import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/core/json/json.js";
import type { Variants } from "../../../src/emulator/index.js";
import { member, start } from "./desk.js";
import type { Desk } from "./desk.js";

/** A desk with variants; the clock stands still where `now` is not given. */
async function desk(variants: Partial<Variants>, now = () => 1_700_000_000_000): Promise<Desk> {
  return start({ variants, now });
}

const responses = [
  [204, "204"],
  [404, "404 not.found"],
  [409, "409 request.conflict"],
] as const;

describe("lists of PATCH room", () => {
  it.each([
    ["replace", 1],
    ["merge", 2],
  ] as const)("%s", async (patchRoomLists, count) => {
    const some = await desk({ patchRoomLists });
    const [first, second] = [await some.say("A"), await some.say("B")];
    await some.call("patchChatsRoom", { body: { pinnedMessageIds: [first] } });
    await some.call("patchChatsRoom", { body: { ownerIds: [some.sam], pinnedMessageIds: [second] } });
    const room = some.emulator.room(some.room);
    expect([room?.owners?.length, room?.pins?.length]).toEqual([count, count]);
    expect([room?.owners?.at(-1), room?.pins?.at(-1)]).toEqual([some.sam, second]);
  });

  it.each([
    ["clear", 0],
    ["ignore", 1],
  ] as const)("empty: %s", async (emptyLists, count) => {
    const some = await desk({ emptyLists });
    await some.call("patchChatsRoom", { body: { pinnedMessageIds: [await some.say("A")] } });
    const { brief } = await some.call("patchChatsRoom", { body: { ownerIds: [], pinnedMessageIds: [] } });
    const room = some.emulator.room(some.room);
    expect([brief, room?.owners?.length, room?.pins?.length]).toEqual(["204", count, count]);
  });
});

describe("requests without a change", () => {
  it.each(responses)("a present participant: %s", async (addPresentParticipant, brief) => {
    const some = await desk({ addPresentParticipant });
    const reply = await some.call("postChatsRoomParticipant", { params: { userId: some.sam } });
    expect(reply.brief).toBe(brief);
  });

  it.each(responses)("an absent participant: %s", async (removeAbsentParticipant, brief) => {
    const some = await desk({ removeAbsentParticipant });
    const reply = await some.call("deleteChatsRoomParticipant", { params: { userId: some.kim } });
    expect(reply.brief).toBe(brief);
  });

  it.each(responses)("a present pin: %s", async (addPresentPin, brief) => {
    const some = await desk({ addPresentPin });
    const body = { pinnedMessageIds: [await some.say("A")] };
    expect((await some.call("postChatsRoomMessagesPins", { body })).brief).toBe("204");
    expect((await some.call("postChatsRoomMessagesPins", { body })).brief).toBe(brief);
  });

  it.each(responses)("an absent pin: %s", async (removeAbsentPin, brief) => {
    const some = await desk({ removeAbsentPin });
    const params = { pinnedMessageId: await some.say("A") };
    expect((await some.call("deleteChatsRoomMessagesPin", { params })).brief).toBe(brief);
  });
});

describe("limits", () => {
  it.each([undefined, "409 request.conflict"] as const)("a 6th pin: %s", async (tooManyPins) => {
    const some = await desk({ ...(tooManyPins && { tooManyPins }) });
    const ids: string[] = [];
    for (let at = 0; at < 6; at += 1) ids.push(await some.say(String(at)));
    const pin = async (body: Json) => (await some.call("postChatsRoomMessagesPins", { body })).brief;
    expect(await pin({ pinnedMessageIds: ids.slice(0, 5) })).toBe("204");
    const brief = tooManyPins ?? "400 bad.request";
    expect(await pin({ pinnedMessageIds: ids.slice(5) })).toBe(brief);
    expect((await some.call("patchChatsRoom", { body: { pinnedMessageIds: ids } })).brief).toBe(brief);
    expect(some.emulator.room(some.room)?.pins).toEqual(ids.slice(0, 5));
  });

  it.each([undefined, "400 bad.request"] as const)("a 26th user: %s", async (tooManyUsers) => {
    const some = await desk({ ...(tooManyUsers && { tooManyUsers }) });
    const ask = async (count: number) =>
      (
        await some.call("postChatsRooms", {
          body: { subject: "S", userIds: Array<string>(count).fill(some.sam) },
        })
      ).brief;
    expect(await ask(25)).toBe("200");
    expect(await ask(26)).toBe(tooManyUsers ?? "400 constraint.validation");
  });

  it.each([
    ["subjectLimit", "subject"],
    ["descriptionLimit", "description"],
  ] as const)("%s", async (limit, field) => {
    const some = await desk({ [limit]: 3 });
    const patch = async (text: string) =>
      (await some.call("patchChatsRoom", { body: { [field]: text } })).brief;
    expect([await patch("abc"), await patch("abcd")]).toEqual(["204", "400 constraint.validation"]);
    const created = await some.call("postChatsRooms", { body: { subject: "S", [field]: "abcd" } });
    expect(created.brief).toBe("400 constraint.validation");
    const free = await desk({});
    expect((await free.call("patchChatsRoom", { body: { [field]: "x".repeat(10_000) } })).brief).toBe("204");
  });

  it("messageLimit", async () => {
    const some = await desk({ messageLimit: 3 });
    const send = async (message: string) =>
      (await some.call("postChatsRoomMessages", { body: { message } })).brief;
    expect([await send("abc"), await send("abcd")]).toEqual(["200", "400 constraint.validation"]);
  });
});

describe("a room's creator", () => {
  it.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])("joins: %s, owns: %s", async (creatorJoins, creatorOwns) => {
    const some = await desk({ creatorJoins, creatorOwns });
    const { body } = await some.call("postChatsRooms", { body: { subject: "S", userIds: [some.sam] } });
    const room = some.emulator.room(member(body, "jid") as string);
    expect(room?.participants).toEqual(creatorJoins ? [some.jane, some.sam] : [some.sam]);
    expect(room?.owners).toEqual(creatorOwns ? [some.jane] : []);
  });

  it.each([true, false])("owners join: %s", async (ownersJoin) => {
    const some = await desk({ ownersJoin });
    await some.call("patchChatsRoom", { body: { ownerIds: [some.kim] } });
    expect((await some.participants()).includes(some.kim)).toBe(ownersJoin);
  });
});

it.each([
  [true, "409 request.conflict"],
  [false, "200"],
])("unique subjects: %s", async (uniqueSubjects, brief) => {
  const some = await desk({ uniqueSubjects });
  expect((await some.call("postChatsRooms", { body: { subject: "Front desk" } })).brief).toBe(brief);
  expect((await some.call("patchChatsRoom", { body: { subject: "Front desk" } })).brief).toBe("204");
});
