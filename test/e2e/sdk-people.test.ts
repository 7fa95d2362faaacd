/** The vendor's own JavaScript SDK against the emulator: teams, queues, skill groups, direct reports and users' states. */
import platformClient from "purecloud-platform-client-v2";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startEmulator } from "../../src/emulator/index.js";
import type { Emulator } from "../../src/emulator/index.js";
import { client, forbidden, missing, nobody } from "./sdk-world.js";

const teamsApi = new platformClient.TeamsApi();
const routing = new platformClient.RoutingApi();
const usersApi = new platformClient.UsersApi();
const groupsApi = new platformClient.GroupsApi();

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator({ actingUser: "jane.doe@example.com" });
  client.setGateway({ host: "127.0.0.1", protocol: "http", port: emulator.port });
  client.setAccessToken(emulator.env["GENESYSCLOUD_ACCESS_TOKEN"] ?? "");
});
afterEach(() => emulator.close());

/** Returns the cursor of a listing's next page. */
function cursor(listing: { readonly nextUri?: string }): string {
  return new URL(listing.nextUri ?? "", emulator.url).searchParams.get("after") ?? "";
}

const ids = (...emails: readonly string[]): string[] => emails.map((email) => emulator.userId(email));

/** Sets a token without the permission of any source. */
function withoutPermissions(): void {
  client.setAccessToken(emulator.token({ user: "jane.doe@example.com", permissions: ["chat:chat:access"] }));
}

describe("teams", () => {
  it("are found by the start of their name, and list references by cursor", async () => {
    emulator.change({ change: "team", set: { name: "Night owls" } });
    const first = await teamsApi.getTeams({ name: "nig", pageSize: 1 });
    const second = await teamsApi.getTeams({ name: "nig", pageSize: 1, after: cursor(first) });
    expect([first, second].map(({ entities }) => entities?.map(({ name }) => name))).toEqual([
      ["Night"],
      ["Night owls"],
    ]);
    expect(second.nextUri).toBeUndefined();
    const id = first.entities?.[0]?.id ?? "";
    const members = await teamsApi.getTeamMembers(id, { pageSize: 1 });
    const rest = await teamsApi.getTeamMembers(id, { pageSize: 1, after: cursor(members) });
    const all = [...(members.entities ?? []), ...(rest.entities ?? [])];
    expect(all.map((member) => member.id)).toEqual(ids("kim@example.com", "lee@example.com"));
    expect(rest.nextUri).toBeUndefined();
  });
});

describe("queues", () => {
  it("are found by name, and list members that nest users", async () => {
    const { entities = [], total } = await routing.getRoutingQueues({ name: "Sales" });
    expect([entities.map(({ name }) => name), total]).toEqual([["Sales"], 1]);
    const id = entities[0]?.id ?? "";
    const members = await routing.getRoutingQueueMembers(id, { pageSize: 1, pageNumber: 2 });
    const [zoe] = ids("zoe@example.com");
    expect(members.entities).toMatchObject([{ id: zoe, joined: true, user: { id: zoe, state: "active" } }]);
    expect(members.nextUri).toBeUndefined();
  });
});

describe("skill groups", () => {
  it("are found by the start of their name, and list references by cursor", async () => {
    const { entities: [found] = [] } = await routing.getRoutingSkillgroups({ name: "Spanish" });
    const members = await routing.getRoutingSkillgroupMembers(found?.id ?? "", { pageSize: 1 });
    const after = cursor(members);
    const rest = await routing.getRoutingSkillgroupMembers(found?.id ?? "", { pageSize: 1, after });
    const all = [...(members.entities ?? []), ...(rest.entities ?? [])];
    expect(all.map(({ id }) => id)).toEqual(ids("ana@example.com", "max@example.com"));
  });
});

describe("direct reports", () => {
  it("are a bare list of users", async () => {
    const reports = await usersApi.getUserDirectreports(emulator.userId("jane.doe@example.com"));
    expect(reports.map(({ email }) => email)).toEqual(["sam@example.com", "ana@example.com"]);
    await expect(usersApi.getUserDirectreports(nobody)).rejects.toMatchObject({ status: 404 });
  });
});

describe("users' states", () => {
  beforeEach(() => {
    emulator.change({ change: "user", user: "sam@example.com", set: { state: "inactive" } });
    emulator.change({ change: "user", user: "bo@example.com", set: { state: "deleted" } });
  });

  it("choose who is read by id", async () => {
    const [sam = "", bo = "", kim = ""] = ids("sam@example.com", "bo@example.com", "kim@example.com");
    const read = async (opts: platformClient.UsersApi.getUsersOptions) =>
      (await usersApi.getUsers({ id: [sam, bo, kim], ...opts })).entities?.map(({ id, state }) => [
        id,
        state,
      ]);
    expect(await read({})).toEqual([[kim, "active"]]);
    expect(await read({ state: "inactive" })).toEqual([[sam, "inactive"]]);
    expect(await read({ state: "deleted" })).toEqual([[bo, "deleted"]]);
    expect(await read({ state: "any" })).toHaveLength(3);
    expect((await usersApi.getUsers({ state: "deleted" })).entities?.map(({ id }) => id)).toEqual([bo]);
    await expect(usersApi.getUser(bo)).rejects.toMatchObject({ status: 404, code: "not.found" });
    expect(await usersApi.getUser(bo, { state: "deleted" })).toMatchObject({ email: "bo@example.com" });
    expect(await usersApi.getUser(sam)).toMatchObject({ state: "inactive" });
  });

  it("leave inactive people in the members of a group", async () => {
    const { id = "" } = emulator.dump().groups[0] ?? {};
    const { entities } = await groupsApi.getGroupMembers(id);
    expect(entities?.map(({ email, state }) => [email, state])).toEqual([
      ["sam@example.com", "inactive"],
      ...["ana@example.com", "kim@example.com", "lee@example.com"].map((email) => [email, "active"]),
    ]);
  });
});

const calls: readonly (readonly [name: string, call: () => Promise<unknown>])[] = [
  ["getTeams", () => teamsApi.getTeams()],
  ["getTeamMembers", () => teamsApi.getTeamMembers(nobody)],
  ["getRoutingQueues", () => routing.getRoutingQueues()],
  ["getRoutingQueueMembers", () => routing.getRoutingQueueMembers(nobody)],
  ["getRoutingSkillgroups", () => routing.getRoutingSkillgroups()],
  ["getRoutingSkillgroupMembers", () => routing.getRoutingSkillgroupMembers(nobody)],
];

describe.each(calls)("%s", (name, call) => {
  it("fails without a permission", async () => {
    withoutPermissions();
    const [status, code] = forbidden;
    await expect(call()).rejects.toMatchObject({ status, code });
  });

  it.runIf(name.endsWith("Members"))("fails where there is no such source", async () => {
    const [status, code] = missing;
    await expect(call()).rejects.toMatchObject({ status, code });
  });
});
