import { expect, test } from "vitest";
import type { Api, ApiResponse, ApiRequest } from "../../../../src/api/api.js";
import { readTokenUser, resolveUsers } from "../../../../src/api/directory/directory.js";
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

test("finds everybody of a service that reads single values only", async () => {
  const api = fake((request) => {
    const { body } = request;
    const isSingle = isObject(body) && JSON.stringify(body["query"]).includes('"value":');
    const results = isSingle ? searchIn(request).values.map((email) => ({ id: `id-${email}`, email })) : [];
    return { results, pageCount: 1, total: results.length };
  });
  const found = await resolveUsers(api, emails(60));
  expect([...found].filter(([, users]) => users.length !== 1)).toEqual([]);
});

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

test("takes an e-mail as unknown that the service has read: it found a later one of the same search", async () => {
  const api = directory();
  const found = await resolveUsers(api, ["gone@x.com", ...emails(10)]);
  expect(found.get("gone@x.com")).toEqual([]);
  expect(api.log).toHaveLength(1);
});

test("reports unknown e-mails only after a search that finds a known one behind them", async () => {
  const api = directory();
  const found = await resolveUsers(api, [...emails(10), "gone1@x.com", "gone2@x.com"]);
  expect([found.get("gone1@x.com"), found.get("gone2@x.com")]).toEqual([[], []]);
  expect(api.log.map((request) => searchIn(request).values.length)).toEqual([12, 3]);
});

test("searches for each e-mail alone while nobody is found", async () => {
  const api = directory();
  const found = await resolveUsers(api, ["gone1@x.com", "gone2@x.com"]);
  expect([...found.values()]).toEqual([[], []]);
  expect(api.log.map((request) => searchIn(request).values.length)).toEqual([2, 1, 1]);
});

test("searches for an e-mail as written and in lower case", async () => {
  const api = fake((request) => {
    const results = searchIn(request).values.flatMap((email) =>
      email === "Ann@x.com" ? [{ id: "a", email, state: "active" }] : [],
    );
    return { results, total: results.length };
  });
  const found = await resolveUsers(api, ["Ann@x.com"]);
  expect(found.get("ann@x.com")).toEqual([{ id: "a", email: "Ann@x.com", state: "active" }]);
  expect(api.log).toHaveLength(1);
});

test("takes 404 of the service as nobody, but not the 404 of a proxy", async () => {
  const answering = (code: string) =>
    fake(() => {
      throw refusal(404, code);
    });
  expect(await resolveUsers(answering("resource.not.found"), ["a@x.com"])).toEqual(
    new Map([["a@x.com", []]]),
  );
  await expect(resolveUsers(answering("http.404"), ["a@x.com"])).rejects.toThrow(ApiError);
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
