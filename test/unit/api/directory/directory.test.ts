import { expect, test } from "vitest";
import type { Api, ApiResponse, ApiRequest } from "../../../../src/api/api.js";
import {
  readTokenUser,
  groupMembers,
  readUsers,
  resolveUsers,
} from "../../../../src/api/directory/directory.js";
import { ApiError } from "../../../../src/api/errors.js";
import type { Json, JsonObject } from "../../../../src/core/json/json.js";
import { isArray, isObject } from "../../../../src/core/json/json.js";

/** An API that responds by a function, with a log. */
function fake(respond: (request: ApiRequest) => Json): Api & { readonly log: ApiRequest[] } {
  const log: ApiRequest[] = [];
  return {
    log,
    call: (request): Promise<ApiResponse> => {
      log.push(request);
      return Promise.resolve().then(() => ({ status: 200, body: respond(request) }));
    },
    budget: () => undefined,
    serviceTime: () => undefined,
    close: () => Promise.resolve(),
  };
}

function refusal(status: number, code = "x"): ApiError {
  const request = { operation: "o", method: "POST", path: "/" };
  return new ApiError({ ...request, outcome: "refused", status, code, reason: "r" });
}

interface Search {
  readonly values: readonly string[];
  readonly pageNumber: number;
  readonly pageSize: number;
}

function searchIn({ body }: ApiRequest): Search {
  if (!isObject(body)) throw new Error("no body");
  const { pageNumber, pageSize, query } = body;
  const [criterion] = isArray(query) ? query : [];
  expect(criterion).toMatchObject({ type: "EXACT" });
  const { value, values } = criterion as JsonObject;
  const list = (values ?? [value]) as string[];
  return { values: list, pageNumber: Number(pageNumber), pageSize: Number(pageSize) };
}

interface DirectoryModel {
  /** Values in one search at most; more is refused. */
  readonly limit?: number;
  /** Only the first value is looked at. */
  readonly ignoresValues?: boolean;
}

/** A directory of users `u1@x.com`… with mixed case, of which `gone…` don't exist. */
function directory({ limit = Infinity, ignoresValues = false }: DirectoryModel = {}): ReturnType<
  typeof fake
> {
  return fake((request) => {
    const { values, pageNumber, pageSize } = searchIn(request);
    if (values.length > limit) throw refusal(400, "search.criteria.values.exceed.limit");
    const matching = (ignoresValues ? values.slice(0, 1) : values).filter((one) => !one.startsWith("gone"));
    const results = matching.map((email) => ({
      id: `id-${email}`,
      email: email.toUpperCase(),
      state: "active",
    }));
    const page = results.slice((pageNumber - 1) * pageSize, pageNumber * pageSize);
    return { results: page, pageCount: Math.ceil(results.length / pageSize), total: results.length };
  });
}

function emails(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `u${at}@x.com`);
}

test("finds many users with few searches, whatever the case", async () => {
  const api = directory();
  const found = await resolveUsers(api, emails(1000));
  expect(found.size).toBe(1000);
  expect([...found].every(([email, users]) => users.length === 1 && users[0]?.id === `id-${email}`)).toBe(
    true,
  );
  expect(api.log).toHaveLength(20);
});

test("searches for each e-mail once", async () => {
  const api = directory();
  const found = await resolveUsers(api, ["A@x.com", "a@X.com"]);
  expect([...found.keys()]).toEqual(["a@x.com"]);
  expect(api.log).toHaveLength(1);
  expect(await resolveUsers(api, [])).toEqual(new Map());
  expect(api.log).toHaveLength(1);
});

test.each([1, 3, 20])("learns that a search takes %i e-mails at most", async (limit) => {
  const api = directory({ limit });
  const found = await resolveUsers(api, emails(200));
  expect([...found.values()].every(({ length }) => length === 1)).toBe(true);
  // Halves: 50, 25, 13, …, each refused once at most.
  expect(api.log.length).toBeLessThanOrEqual(Math.ceil(200 / Math.max(1, limit / 2)) + 8);
});

test("finds all users where the service reads only the first value, and learns that", async () => {
  const api = directory({ ignoresValues: true });
  const found = await resolveUsers(api, emails(200));
  expect([...found.values()].every(({ length }) => length === 1)).toBe(true);
  expect(api.log.length).toBeLessThanOrEqual(201);
});

test("reports an unknown e-mail only after a search for it alone", async () => {
  const api = directory();
  const found = await resolveUsers(api, ["gone@x.com", ...emails(10)]);
  expect(found.get("gone@x.com")).toEqual([]);
  expect(api.log.map((request) => searchIn(request).values.length)).toEqual([11, 1]);
});

test("distinguishes several users of one e-mail, with their states", async () => {
  const users = [
    { id: "1", email: "a@x.com", state: "inactive" },
    { id: "2", email: "A@x.com", state: "active", name: "A" },
    { id: "2", email: "A@x.com", state: "active", name: "A" },
    { id: "3", email: "aa@x.com" },
    { email: "a@x.com" },
  ];
  const api = fake(() => ({ results: users, pageCount: 1 }));
  const found = await resolveUsers(api, ["a@x.com"]);
  expect(found.get("a@x.com")).toEqual([users[0], users[1]]);
});

test("a refusal of a single e-mail is a failure, and so is every other", async () => {
  await expect(resolveUsers(directory({ limit: 0 }), emails(4))).rejects.toThrow(ApiError);
  const forbidden = fake(() => {
    throw refusal(403);
  });
  await expect(resolveUsers(forbidden, emails(4))).rejects.toThrow(ApiError);
  expect(forbidden.log).toHaveLength(1);
});

test("reads users by id, 100 at a time", async () => {
  const api = fake(({ query }) => ({ entities: (query?.["id"] as string[]).map((id) => ({ id })) }));
  const ids = Array.from({ length: 250 }, (_, at) => `id${at}`);
  expect(await readUsers(api, [...ids, "id0"])).toEqual(ids.map((id) => ({ id })));
  expect(api.log.map(({ query }) => query?.["id"]?.length)).toEqual([100, 100, 50]);
});

function groups(named: readonly JsonObject[], members = 0): ReturnType<typeof fake> {
  return fake((request) => {
    if (request.operation === "postGroupsSearch") return { results: named, pageCount: 1 };
    const page = Number(request.query?.["pageNumber"]);
    const all = Array.from({ length: members }, (_, at) => ({ id: `m${at}` }));
    return { entities: all.slice((page - 1) * 100, page * 100), pageCount: Math.ceil(members / 100) };
  });
}

test("reads all members of a group", async () => {
  const api = groups(
    [
      { id: "g", name: "Support" },
      { id: "h", name: "support" },
    ],
    250,
  );
  const found = await groupMembers(api, "Support");
  expect(found.groups).toEqual([{ id: "g", name: "Support" }]);
  expect(found.members).toHaveLength(250);
  expect(api.log).toHaveLength(4);
});

test("an unknown group and an ambiguous one have no members", async () => {
  expect(await groupMembers(groups([]), "Support")).toEqual({ groups: [], members: [] });
  const two = groups(
    [
      { id: "g", name: "Support" },
      { id: "h", name: "Support" },
    ],
    5,
  );
  expect((await groupMembers(two, "Support")).groups).toHaveLength(2);
  expect(two.log).toHaveLength(1);
});

test("ends a wrong page count at the first empty page", async () => {
  const api = fake(({ operation }) =>
    operation === "postGroupsSearch"
      ? { results: [{ id: "g", name: "G" }], pageCount: 1 }
      : { entities: [], pageCount: 1e9 },
  );
  expect((await groupMembers(api, "G")).members).toEqual([]);
});

test("refuses a list of fewer users than its total", async () => {
  const api = fake(({ operation, query }) =>
    operation === "postGroupsSearch"
      ? { results: [{ id: "g", name: "G" }], pageCount: 1, total: 1 }
      : { entities: query?.["pageNumber"] === "1" ? [{ id: "u1" }] : [], pageCount: 2, total: 2 },
  );
  await expect(groupMembers(api, "G")).rejects.toMatchObject({ failure: { code: "bad.answer" } });
});

test.each([
  ["somebody left", (reading: number) => (reading === 1 ? [["a", "b"], ["d"]] : [["b", "c"], ["d"]]), [4, 3]],
  [
    "somebody is on two pages",
    (reading: number) => (reading === 1 ? [["a", "b"], ["b"]] : [["a", "b"], ["c"]]),
    [3],
  ],
])("a list that changed while it was read is read again: %s", async (_why, pagesIn, totals) => {
  let reading = 0;
  const api = fake(({ operation, query }) => {
    if (operation === "postGroupsSearch") return { results: [{ id: "g", name: "G" }], pageCount: 1 };
    const page = Number(query?.["pageNumber"]);
    if (page === 1) reading++;
    const total = reading === 1 ? totals[page - 1] : undefined;
    const entities = (pagesIn(reading)[page - 1] ?? []).map((id) => ({ id }));
    return { entities, pageCount: 2, total: total ?? totals.at(-1) };
  });
  const { members } = await groupMembers(api, "G");
  expect(reading).toBe(2);
  expect(members.map(({ id }) => id)).toEqual(pagesIn(2).flat());
});

test("reads the token's user", async () => {
  expect(await readTokenUser(fake(() => ({ id: "me" })))).toBe("me");
  for (const status of [400, 403, 404]) {
    const none = fake(() => {
      throw refusal(status, "not.a.user");
    });
    expect(await readTokenUser(none)).toBeNull();
  }
  const broken = fake(() => {
    throw refusal(500);
  });
  await expect(readTokenUser(broken)).rejects.toThrow(ApiError);
});
