import { expect, test } from "vitest";
import type { Json } from "../../../../src/core/json/json.js";
import type { Read } from "../../../../src/core/kind/read.js";
import { readKey } from "../../../../src/core/kind/join-reads.js";
import { readAll } from "../../../../src/engine/refresh/read-all.js";
import { refusal, ScriptedApi } from "../../../helpers/scripted-api.js";

const options = { parallelism: 4 };
const room = (roomJid: string): Read => ({ operation: "getChatsRoom", params: { roomJid } });
const message = (id: string, max = 3): Read => ({
  operation: "getChatsRoomMessage",
  params: { roomJid: "r", messageIds: id },
  batch: { param: "messageIds", max },
});

test("makes equal reads once", async () => {
  const api = new ScriptedApi(() => ({ id: "a" }));
  const results = await readAll(api, [room("a"), room("a"), room("b")], options);
  expect(api.requests.map(({ params }) => params?.["roomJid"])).toEqual(["a", "b"]);
  expect(results.get(readKey(room("a")))).toEqual({ ok: true, response: { found: true, body: { id: "a" } } });
});

const listing = (ids: readonly string[]): Json => ({ entities: ids.map((id) => ({ id })) });

test("reads as many ids in one request as fit", async () => {
  const api = new ScriptedApi(({ params }) => listing(params?.["messageIds"]?.split(",") ?? []));
  const ids = ["1", "2", "3", "4", "5", "6", "7"];
  const results = await readAll(
    api,
    ids.map((id) => message(id)),
    options,
  );
  expect(api.requests.map(({ params }) => params?.["messageIds"])).toEqual(["1,2,3", "4,5,6", "7"]);
  for (const id of ids) expect(results.get(readKey(message(id)))?.ok).toBe(true);
});

test("reads without a limit when the service rejects the limit", async () => {
  const api = new ScriptedApi(({ query }) => {
    if (query?.["limit"] !== undefined) throw refusal(400, "bad.request");
    return listing(["1"]);
  });
  const history: Read = {
    operation: "getChatsRoomMessages",
    params: { roomJid: "r" },
    query: { limit: "100" },
  };
  const results = await readAll(api, [history, room("a")], options);
  expect(results.get(readKey(history))?.ok).toBe(true);
  expect(api.requests.map(({ query }) => query?.["limit"])).toEqual(["100", undefined, undefined]);
});

test("reads less of a history when the response would be too large", async () => {
  const api = new ScriptedApi(({ query }) => {
    if (Number(query?.["limit"] ?? 100) > 30) throw refusal(400, "response.entity.too.large");
    return listing(["1"]);
  });
  const params = { roomJid: "r" };
  const history: Read = { operation: "getChatsRoomMessages", params, query: { limit: "100" } };
  const results = await readAll(api, [history], options);
  expect(results.get(readKey(history))?.ok).toBe(true);
  expect(api.requests.map(({ query }) => query?.["limit"])).toEqual(["100", "50", "25"]);
});

test("reads the other ids when one id does not exist", async () => {
  const api = new ScriptedApi(({ params }) => {
    const ids = params?.["messageIds"]?.split(",") ?? [];
    if (ids.includes("3")) throw refusal(404, "not.found");
    return { entities: ids.map((id) => ({ id })) };
  });
  const ids = ["1", "2", "3", "4", "5"];
  const results = await readAll(
    api,
    ids.map((id) => message(id, 50)),
    options,
  );
  const found = ids.filter((id) => {
    const result = results.get(readKey(message(id, 50)));
    return result?.ok === true && result.response.found;
  });
  expect(found).toEqual(["1", "2", "4", "5"]);
  expect(results.get(readKey(message("3", 50)))).toEqual({ ok: true, response: { found: false } });
});

test("requests ids that a listing omits again, at last each by itself", async () => {
  // A service that lists two at most, and omits missing objects.
  const api = new ScriptedApi(({ params }) =>
    listing((params?.["messageIds"]?.split(",") ?? []).slice(0, 2).filter((id) => id !== "4")),
  );
  const ids = ["1", "2", "3", "4", "5"];
  const results = await readAll(
    api,
    ids.map((id) => message(id, 50)),
    options,
  );
  const shown = ids.filter((id) => {
    const result = results.get(readKey(message(id, 50)));
    return (
      result?.ok === true && result.response.found && JSON.stringify(result.response.body).includes(`"${id}"`)
    );
  });
  expect(shown).toEqual(["1", "2", "3", "5"]);
  expect(api.requests.map(({ params }) => params?.["messageIds"])).toEqual([
    "1,2,3,4,5",
    "3,4,5",
    "4,5",
    "4",
  ]);
});

test.each([
  ["a 404 of a proxy", 404, "http.404"],
  ["a refusal", 403, "missing.any.permissions"],
  ["a failure", 500, "internal.server.error"],
])("%s does not count as absence", async (_name, status, code) => {
  const api = new ScriptedApi(() => {
    throw refusal(status, code);
  });
  const results = await readAll(api, [room("a"), message("1"), message("2")], options);
  for (const read of [room("a"), message("1"), message("2")]) {
    const result = results.get(readKey(read));
    expect(result?.ok === false && result.error.failure.status).toBe(status);
  }
});

test("joins pages, and stops at a page that links back", async () => {
  const api = new ScriptedApi(({ query }) => {
    const after = query?.["after"];
    if (after === undefined) return { entities: [1], nextUri: "/api/v2/users/chats/me?after=a&x=1" };
    if (after === "a") return { entities: [2, 3], nextUri: "/api/v2/users/chats/me?after=b" };
    return { entities: [4], nextUri: "/api/v2/users/chats/me?after=a&x=1" };
  });
  const read: Read = { operation: "getUsersChatsMe", params: {}, pages: "nextUri" };
  const results = await readAll(api, [read], options);
  const result = results.get(readKey(read));
  expect(result).toMatchObject({ ok: true, response: { found: true, body: { entities: [1, 2, 3, 4] } } });
  expect(api.requests).toHaveLength(3);
});

test("throws errors that are not responses of the service", async () => {
  const api = new ScriptedApi(() => {
    throw new RangeError("a bug");
  });
  await expect(readAll(api, [room("a")], options)).rejects.toThrow(RangeError);
});
