import { describe, expect, test } from "vitest";
import { loadDesired } from "../../../../src/config/load.js";
import { getConfigNeeds } from "../../../../src/engine/doctor/config-needs.js";
import { kinds } from "../../../../src/resources/index.js";
import { Readable } from "node:stream";

const byName = new Map(kinds.map((kind) => [kind.name, kind]));

/** Returns the operations that need permissions to plan and to apply a config, and the resources of users. */
async function needs(yaml: string) {
  const loaded = await loadDesired({
    ...{ paths: ["-"], vars: [], varFiles: [], env: {}, cwd: ".", kinds, environment: undefined },
    stdin: Readable.from([`version: 1\n${yaml}`]),
  });
  expect(loaded.diagnostics).toEqual([]);
  const { plan, apply } = getConfigNeeds(loaded, byName);
  const names = (of: typeof plan): readonly string[] =>
    of
      .toPermissions()
      .flatMap(({ operation, anyOf }) => (anyOf.length === 0 ? [] : operation))
      .sort();
  return { plan: names(plan), apply: names(apply), users: apply.ofUsers() };
}

describe("the permissions of a config", () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ["settings: { reactionsEnabled: true }", ["getChatsSettings"], ["patchChatsSettings"]],
    ["me: { settings: { muted: true } }", [], []],
    ["rooms: { a: { subject: A } }", ["getChatsRoom"], ["patchChatsRoom", "postChatsRooms"]],
    [
      "rooms: { a: { subject: A, participants: [a@example.com] } }",
      ["getChatsRoom", "getChatsRoomParticipants", "postUsersSearch"],
      ["deleteChatsRoomParticipant", "patchChatsRoom", "postChatsRoomParticipant", "postChatsRooms"],
    ],
    [
      "rooms: { a: { subject: A, owners: [{ team: Night }, { queue: Sales }, { group: Ops }] } }",
      ["getChatsRoom", "getRoutingQueueMembers", "getRoutingQueues", "getTeamMembers", "getTeams"],
      ["patchChatsRoom", "postChatsRooms"],
    ],
    [
      "rooms: { a: { subject: A, messages: { m: { body: Hi } } } }",
      ["getChatsRoom", "getChatsRoomMessage"],
      ["patchChatsRoom", "patchChatsRoomMessage", "postChatsRoomMessages", "postChatsRooms"],
    ],
    [
      "userSettings: { all: { members: [{ skillGroup: Gold }], settings: { mobile: { notifications: { when: Always } } } } }",
      ["getChatsUserSettings", "getRoutingSkillgroupMembers", "getRoutingSkillgroups"],
      ["patchChatsUserSettings"],
    ],
  ])("%s", async (yaml, plan, apply) => {
    expect(await needs(yaml)).toMatchObject({ plan, apply });
  });

  test("name the resources that need a token of a user", async () => {
    const yaml = `me: { settings: { muted: true } }
settings: { reactionsEnabled: true }
users:
  a@example.com: { settings: { mobile: { notifications: { when: Always } } }, messages: { hi: { body: Hi } } }
rooms: { a: { subject: A, messages: { m: { body: Hi } } } }`;
    expect((await needs(yaml)).users).toEqual([
      "me/settings",
      "rooms/a/messages/m",
      "users/a@example.com/messages/hi",
    ]);
  });
});
