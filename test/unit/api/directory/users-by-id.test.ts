import { describe, expect, test } from "vitest";
import { listDepartedUsers, readUsersById } from "../../../../src/api/directory/users-by-id.js";
import { FakeDirectory } from "../../../helpers/fake-directory.js";
import { refusal } from "../../../helpers/scripted-api.js";

const users = Array.from({ length: 250 }, (_, at) => ({
  id: `u${at}`,
  email: `u${at}@x.com`,
  state: "active",
}));
const departed = [
  { id: "i1", email: "i1@x.com", state: "inactive" },
  { id: "d1", email: "d1@x.com", state: "deleted" },
  { id: "d2", email: "d2@x.com", state: "deleted" },
];
const all = [...users, ...departed];
const ids = all.map(({ id }) => id);

describe("users by id", () => {
  test("are read 100 at a time, whatever their state", async () => {
    const api = new FakeDirectory({ users: all });
    const found = await readUsersById(api, [...ids, "u0"]);
    expect([...found.values()].sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id))).toEqual(all);
    expect(api.requests.map(({ query }) => [query?.["id"]?.length, query?.["state"]])).toEqual([
      [100, "any"],
      [100, "any"],
      [53, "any"],
    ]);
  });

  test.each([
    ["does not know the filter any", { any: undefined }, 12],
    ["shows active users only", { any: ["active"] }, 7],
    ["shows deleted users one by one only", { any: ["active", "inactive"], stateFilter: "refused" }, 11],
    ["ignores the filters", { any: ["active"], stateFilter: "ignored" }, 11],
    ["responds with 404 for nobody", { any: ["active"], nobody: "404" }, 7],
    ["responds with 404 unless all are found", { any: ["active"], unknownIds: "404" }, 45],
  ] as const)("are found where the service %s", async (_how, variants, most) => {
    const api = new FakeDirectory({ users: all }, variants);
    const found = await readUsersById(api, ids);
    expect(new Set([...found.values()].map(({ id, state }) => `${id} ${state ?? ""}`))).toEqual(
      new Set(all.map(({ id, state }) => `${id} ${state}`)),
    );
    expect(api.requests.length).toBeLessThanOrEqual(most);
  });

  test("are read in smaller batches where the service takes fewer ids", async () => {
    const api = new FakeDirectory({ users }, { maxIds: 30 });
    expect((await readUsersById(api, ids.slice(0, 250))).size).toBe(250);
    // 100, 50 refused, then 25 at a time.
    expect(api.requests.length).toBeLessThanOrEqual(12);
  });

  test("are not looked for in ever smaller parts where a 404 means that none of them are found", async () => {
    const gone = Array.from({ length: 100 }, (_, at) => ({
      id: `g${at}`,
      email: `g${at}@x.com`,
      state: "deleted",
    }));
    const api = new FakeDirectory({ users: gone }, { any: ["active"], nobody: "404" });
    const found = await readUsersById(
      api,
      gone.map(({ id }) => id),
    );
    expect([...found.values()].map(({ state }) => state)).toEqual(gone.map(() => "deleted"));
    expect(api.requests.length).toBeLessThanOrEqual(20);
  });

  test("are missing if they exist in no state", async () => {
    const api = new FakeDirectory({ users });
    expect(await readUsersById(api, ["z1"])).toEqual(new Map());
    expect(api.counts()).toEqual({ getUsers: 2, getUser: 2 });
  });

  test("are not asked for alone once the filter any has shown a deleted user", async () => {
    const api = new FakeDirectory({ users: all });
    expect([...(await readUsersById(api, ["d1", "z1", "z2"])).keys()]).toEqual(["d1"]);
    expect(api.counts()).toEqual({ getUsers: 1 });
  });

  test("are found alone by their state where the service does not show inactive users by id", async () => {
    const hidden = { getUser: refusal(404, "not.found") };
    const api = new FakeDirectory({ users: all }, { any: ["active"] }, hidden);
    expect((await readUsersById(api, ["u1", "i1"])).get("i1")?.state).toBe("inactive");
  });

  test("exist without a state where the credentials may not see them", async () => {
    const api = new FakeDirectory({ users }, {}, { getUser: refusal(403, "missing.permissions") });
    expect(await readUsersById(api, ["z1"])).toEqual(new Map([["z1", { id: "z1" }]]));
  });

  test("that cannot be read are a failure", async () => {
    for (const operation of ["getUsers", "getUser"]) {
      const api = new FakeDirectory({ users }, {}, { [operation]: refusal(500, "internal.server.error") });
      await expect(readUsersById(api, ["z1"])).rejects.toThrow("internal.server.error");
    }
  });
});

describe("departed users", () => {
  test("are listed by their state", async () => {
    const api = new FakeDirectory({ users: all });
    expect(await listDepartedUsers(api, "deleted")).toEqual(departed.slice(1));
  });

  test.each(["ignored", "refused"] as const)("are not listed where the filter is %s", async (stateFilter) => {
    const api = new FakeDirectory({ users: all }, { stateFilter });
    expect(await listDepartedUsers(api, "deleted")).toEqual([]);
    expect(api.requests).toHaveLength(1);
  });
});
