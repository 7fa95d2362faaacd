/**
 * The vendor's own JavaScript SDK against the emulator, all 34 operations, a success and a documented failure of each:
 * that is how we know that the emulator speaks the language of the real service.
 */
import platformClient from "purecloud-platform-client-v2";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startEmulator } from "../../src/emulator/index.js";
import type { Emulator } from "../../src/emulator/index.js";
import { messageScenarios } from "./sdk-messages.js";
import { roomScenarios } from "./sdk-rooms.js";
import { client, makeWorld } from "./sdk-world.js";
import type { ChatOperation, Scenario, World } from "./sdk-world.js";

/** Not one operation is left out: the compiler sees to it. */
const scenarios: Readonly<Record<ChatOperation, Scenario>> = { ...roomScenarios, ...messageScenarios };

describe("the vendor's SDK", () => {
  let emulator: Emulator;
  let world: World;

  beforeEach(async () => {
    emulator = await startEmulator({ actingUser: "jane.doe@example.com" });
    world = await makeWorld(emulator);
  });
  afterEach(() => emulator.close());

  describe.each(Object.entries(scenarios))("%s", (operation, { succeeds, fails, as: [status, code] }) => {
    it("succeeds", async () => {
      await succeeds(world);
      const calls = emulator.requests.filter((request) => request.operation === operation);
      expect(calls.length).toBeGreaterThan(0);
      expect(calls.every((request) => request.status < 300)).toBe(true);
    });

    it(`fails with ${status} ${code}`, async () => {
      await expect(fails(world)).rejects.toMatchObject({ status, code });
      expect(emulator.requests.at(-1)).toMatchObject({ operation, status });
    });
  });

  it("gets a token with client credentials, and uses it to read", async () => {
    const other = await startEmulator();
    try {
      client.setGateway({ host: "127.0.0.1", protocol: "http", port: other.port });
      const { GENESYSCLOUD_OAUTHCLIENT_ID: id = "", GENESYSCLOUD_OAUTHCLIENT_SECRET: secret = "" } =
        other.env;
      await client.loginClientCredentialsGrant(id, secret);
      expect(await world.chat.getChatsSettings()).toMatchObject({ reactionsEnabled: true });
      await expect(client.loginClientCredentialsGrant(id, "wrong")).rejects.toBeDefined();
      expect(other.requests.map(({ status }) => status)).toEqual([200, 200, 401]);
    } finally {
      await other.close();
    }
  });

  it("finds users, groups, chats and the token's org", async () => {
    const users = new platformClient.UsersApi();
    const groups = new platformClient.GroupsApi();
    const { sam, zoe, jane, room } = world;
    const search = await users.postUsersSearch({
      query: [{ type: "EXACT", fields: ["email"], values: ["SAM@example.com", "zoe@example.com"] }],
    });
    expect(search.results.map(({ id }) => id)).toEqual([sam, zoe]);
    // The SDK sends the two ids as one value with a comma.
    const byId = await users.getUsers({ id: [zoe, sam] });
    expect(byId.entities?.map(({ id }) => id)).toEqual([zoe, sam]);
    expect(await users.getUser(sam)).toMatchObject({ email: "sam@example.com" });
    expect(await users.getUsersMe()).toMatchObject({ id: jane });
    const { id } = emulator.dump();
    const organization = await new platformClient.OrganizationApi().getOrganizationsMe();
    expect(organization).toMatchObject({ id, name: "Example-Org" });
    const token = await new platformClient.TokensApi().getTokensMe();
    expect(token.organization).toMatchObject({ id, name: "Example-Org" });
    const { authorization } = await users.getUsersMe({ expand: ["authorization"] });
    expect(authorization?.permissions).toContain("chat:chat:access");
    const subject = await new platformClient.AuthorizationApi().getAuthorizationSubjectsMe();
    expect(subject.grants?.[0]?.role?.policies).toContainEqual(
      expect.objectContaining({ domain: "chat", entityName: "chat", actions: ["access"] }),
    );
    const found = await groups.postGroupsSearch({
      query: [{ type: "EXACT", fields: ["name"], value: "Support" }],
    });
    const members = await groups.getGroupMembers(found.results[0]?.id ?? "", {
      pageSize: 2,
      pageNumber: 2,
    });
    expect(members).toMatchObject({ total: 5, pageCount: 3, pageNumber: 2 });
    expect(members.entities).toHaveLength(2);
    const chats = await users.getUsersChatsMe({ includeRoomOwners: true });
    expect(chats.entities?.map((chat) => chat.room?.jid)).toContain(room);
  });
});
