import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { isOperation, operation, operations } from "../../../src/api/operations/operations.js";
import type { OperationName } from "../../../src/api/operations/operations.js";
import { member, start } from "./desk.js";

const names = Object.keys(operations).filter(isOperation);
const uuid = "00000000-0000-4000-8000-00000000dead";

/** Parameters that are valid ids of objects that do not exist. */
const anyParams = {
  roomJid: `adhoc-${uuid}@conference.Example-Org.orgspan.com`,
  participantJid: `${"0".repeat(24)}@Example-Org.orgspan.com`,
  userId: uuid,
  messageId: uuid,
  messageIds: uuid,
  pinnedMessageId: uuid,
  threadId: uuid,
  groupId: uuid,
  teamId: uuid,
  queueId: uuid,
  skillGroupId: uuid,
};

describe("every operation", () => {
  it.each(names)("%s needs a token", async (name) => {
    const desk = await start();
    const without = await desk.call(name, { params: anyParams, token: "" });
    expect(without.brief).toBe("401 authentication.required");
    const wrong = await desk.call(name, { params: anyParams, token: "stolen" });
    expect(wrong.brief).toBe("401 bad.credentials");
  });

  it.each(names)(
    "%s accepts any one of its permissions, and names them when all are missing",
    async (name) => {
      const desk = await start();
      const { permissions } = operation(name);
      const stranger = desk.emulator.token({ user: desk.sam, permissions: ["other:thing:view"] });
      const refused = await desk.call(name, { params: anyParams, token: stranger });
      if (permissions.length === 0) expect(refused.status).not.toBe(403);
      else {
        expect(refused.brief).toBe("403 missing.any.permissions");
        for (const one of permissions) expect(member(refused.body, "message")).toContain(one);
      }
      for (const one of permissions) {
        const token = desk.emulator.token({ user: desk.sam, permissions: [one] });
        expect((await desk.call(name, { params: anyParams, token })).status).not.toBe(403);
      }
    },
  );

  it.each(names)("%s refuses an unknown query parameter", async (name) => {
    const desk = await start();
    const { brief } = await desk.call(name, { params: anyParams, query: "nonsense=1" });
    expect(brief).toBe("400 invalid.property");
  });

  const withBody = names.filter((name) => operation(name).body !== null);
  it.each(withBody)("%s accepts JSON only, and no more than 512,000 bytes of it", async (name) => {
    const desk = await start();
    const ask = async (body: string, headers = {}) =>
      (await desk.call(name, { params: anyParams, body, headers })).brief;
    expect(await ask("{}", { "content-type": "text/plain" })).toBe("415 unsupported.media.type");
    expect(await ask("{}", { "content-type": "application/json; charset=latin1" })).toBe(
      "415 unsupported.media.type",
    );
    expect(await ask("{")).toBe("400 bad.request");
    expect(await ask("[]")).toBe("400 bad.request");
    expect(await ask(" ".repeat(512_001))).toBe("413 request.entity.too.large");
    expect((await desk.call(name, { params: anyParams })).brief).toBe("400 bad.request");
  });

  const closed = withBody.filter((name) => operation(name).group === "chat");
  it.each(closed)("%s refuses a member that its body does not have", async (name) => {
    const desk = await start();
    const { brief, body } = await desk.call(name, { params: anyParams, body: { nonsense: 1 } });
    expect(brief).toMatch(/^400 (invalid\.property|constraint\.validation)$/);
    expect(member(body, "details")).toHaveLength(1);
  });

  const withoutBody = names.filter(
    (name) => operation(name).body === null && operation(name).method !== "GET",
  );
  it.each(withoutBody)("%s refuses a body", async (name) => {
    const desk = await start();
    expect((await desk.call(name, { params: anyParams, body: {} })).brief).toBe("400 bad.request");
  });

  const withId = names.filter((name) => operation(name).path.includes("{"));
  it.each(withId)("%s refuses an id in another form", async (name) => {
    const desk = await start();
    const wrong = Object.fromEntries(Object.keys(anyParams).map((param) => [param, "x y"]));
    const { brief } = await desk.call(name, { params: wrong });
    expect(brief).toBe("400 invalid.value");
  });

  const missing = names.filter(
    (name) => operation(name).method === "GET" && operation(name).path.includes("{"),
  );
  it.each(missing)("%s responds with 404 to an unknown id", async (name) => {
    const desk = await start();
    expect((await desk.call(name, { params: anyParams })).brief).toBe("404 not.found");
  });
});

describe("every response", () => {
  it("has a correlation id, which the error body repeats", async () => {
    const desk = await start();
    const good = await desk.call("getChatsSettings");
    expect(good.headers.get("ININ-Correlation-Id")).toMatch(/^[0-9a-f-]{36}$/);
    const bad = await desk.call("getChatsRoom", { params: anyParams });
    const contextId = bad.headers.get("ININ-Correlation-Id");
    expect(bad.body).toMatchObject({ status: 404, code: "not.found", contextId, details: [], errors: [] });
    expect(contextId).not.toBe(good.headers.get("ININ-Correlation-Id"));
  });
});

describe("paths", () => {
  it.each([
    ["GET", "/api/v2/nothing", "404 not.found"],
    ["DELETE", "/api/v2/chats/settings", "405 method.not.allowed"],
    ["GET", "/api/v2/chats/rooms/%zz", "400 bad.request"],
    ["PUT", "/api/v2/chats/users/me/settings", "405 method.not.allowed"],
  ])("%s %s: %s", async (method, path, brief) => {
    const desk = await start();
    expect((await desk.send(method, path)).brief).toBe(brief);
  });
});

describe("client credentials", () => {
  const refused: readonly OperationName[] = [
    "getChatsUsersMeSettings",
    "postChatsRoomMessages",
    "getUsersChatsMe",
  ];
  it.each(refused)("have no user, which %s needs", async (name) => {
    const desk = await start();
    const token = desk.emulator.token();
    expect((await desk.call(name, { token })).brief).toBe("400 not.a.user");
    expect((await desk.call("getChatsSettings", { token })).brief).toBe("200");
  });

  it("get 400 not.a.user from GET /users/me", async () => {
    const desk = await start();
    expect((await desk.call("getUsersMe", { token: desk.emulator.token() })).brief).toBe("400 not.a.user");
  });

  it("create rooms without participants", async () => {
    const desk = await start();
    const { body } = await desk.call("postChatsRooms", {
      token: desk.emulator.token(),
      body: { subject: "S" },
    });
    const room = desk.emulator.room(member(body, "jid") as string);
    expect(room).toMatchObject({ subject: "S", participants: [], owners: [] });
  });
});

it("listens on loopback only", async () => {
  const { emulator } = await start();
  expect(emulator.url).toBe(`http://127.0.0.1:${emulator.port}`);
  const other = connect({ host: "127.0.0.2", port: emulator.port });
  const outcome = await new Promise((resolve) => {
    other.once("error", () => {
      resolve("refused");
    });
    other.once("connect", () => {
      resolve("connected");
    });
  });
  other.destroy();
  expect(outcome).toBe("refused");
});
