import { describe, expect, it } from "vitest";
import { isOperation, operation, operations, buildPath } from "../../../../src/api/operations/operations.js";
import { route } from "../../../../src/emulator/server/router.js";

const names = Object.keys(operations).filter(isOperation);

describe.each(names)("%s", (name) => {
  it("is found by its method and path, with its parameters decoded", () => {
    const params = Object.fromEntries(
      [...operation(name).path.matchAll(/\{(\w+)\}/g)].map(([, param = ""]) => [param, `${param}@x/y,z é`]),
    );
    expect(route(operation(name).method, buildPath(name, params))).toEqual({ operation: name, params });
  });
});

it("takes commas raw and encoded", () => {
  const jid = "adhoc-1%40x";
  for (const list of ["a,b", "a%2Cb"]) {
    expect(route("GET", `/api/v2/chats/rooms/${jid}/messages/${list}`)).toEqual({
      operation: "getChatsRoomMessage",
      params: { roomJid: "adhoc-1@x", messageIds: "a,b" },
    });
  }
});

it.each([
  ["GET", "/api/v2/chats/rooms/r/messages/pins", "getChatsRoomMessage"],
  ["POST", "/api/v2/chats/rooms/r/messages/pins", "postChatsRoomMessagesPins"],
  ["DELETE", "/api/v2/chats/rooms/r/messages/pins", "deleteChatsRoomMessage"],
  ["GET", "/api/v2/chats/users/me/settings", "getChatsUsersMeSettings"],
  ["GET", "/api/v2/chats/users/me", "getChatsUser"],
  ["GET", "/api/v2/users/me", "getUsersMe"],
  ["GET", "/api/v2/users/search", "getUser"],
])("%s %s is %s", (method, path, name) => {
  expect(route(method, path).operation).toBe(name);
});

it.each([
  ["GET", "/api/v2/chats/nothing", "path"],
  ["GET", "/", "path"],
  ["GET", "/api/v2/chats/rooms", "method"],
  ["DELETE", "/api/v2/chats/settings", "method"],
  ["GET", "/api/v2/chats/rooms//participants", "path"],
  ["GET", "/api/v2/chats/settings/", "path"],
  ["GET", "/api/v2/chats/rooms/%zz", "encoding"],
])("%s %s is refused for its %s", (method, path, reason) => {
  expect(route(method, path)).toEqual({ reason });
});
