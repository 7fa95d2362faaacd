import { describe, expect, it } from "vitest";
import type { Json } from "../../../../src/core/json/json.js";
import type { Emulator } from "../../../../src/emulator/index.js";
import { member, start } from "../desk.js";

const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;

async function ask(emulator: Emulator, authorization: string, form = "grant_type=client_credentials") {
  const response = await fetch(`${emulator.url}/oauth/token`, {
    method: "POST",
    headers: { authorization, "content-type": "application/x-www-form-urlencoded" },
    body: form,
  });
  return { status: response.status, body: (await response.json()) as Json };
}

const client = { id: "an-id", secret: "a-secret" };

describe("POST /oauth/token", () => {
  it("returns a token that works until it expires", async () => {
    let now = 0;
    const desk = await start({ clients: [client], tokenSeconds: 300, now: () => now });
    const { status, body } = await ask(desk.emulator, basic("an-id", "a-secret"));
    expect([status, body]).toMatchObject([200, { token_type: "bearer", expires_in: 300 }]);
    const token = member(body, "access_token") as string;
    now = 299_999;
    expect((await desk.call("getChatsSettings", { token })).brief).toBe("200");
    now = 300_000;
    expect((await desk.call("getChatsSettings", { token })).brief).toBe("401 credentials.expired");
  });

  it("accepts the credentials of env", async () => {
    const desk = await start();
    const { GENESYSCLOUD_OAUTHCLIENT_ID: id = "", GENESYSCLOUD_OAUTHCLIENT_SECRET: secret = "" } =
      desk.emulator.env;
    expect((await ask(desk.emulator, basic(id, secret))).status).toBe(200);
  });

  it("limits the token to the client's permissions", async () => {
    const desk = await start({ clients: [{ ...client, permissions: ["chat:setting:view"] }] });
    const { body } = await ask(desk.emulator, basic("an-id", "a-secret"));
    const token = member(body, "access_token") as string;
    expect((await desk.call("getChatsSettings", { token })).brief).toBe("200");
    const refused = await desk.call("patchChatsSettings", { token, body: {} });
    expect(refused.brief).toBe("403 missing.any.permissions");
  });

  it.each([
    ["a wrong secret", basic("an-id", "wrong"), undefined, 401, "invalid_client"],
    ["no credentials", "", undefined, 401, "invalid_client"],
    ["another grant", basic("an-id", "a-secret"), "grant_type=password", 400, "unsupported_grant_type"],
    ["no grant", basic("an-id", "a-secret"), "", 400, "unsupported_grant_type"],
  ])("refuses %s", async (_what, authorization, form, status, error) => {
    const desk = await start({ clients: [client] });
    expect(await ask(desk.emulator, authorization, form)).toMatchObject({ status, body: { error } });
  });

  it("throttles with 400, like the vendor's", async () => {
    const desk = await start({ clients: [client], tokenThrottle: { perMinute: 1 }, now: () => 1_000_000 });
    await ask(desk.emulator, basic("an-id", "a-secret"));
    const { status, body } = await ask(desk.emulator, basic("an-id", "a-secret"));
    expect([status, member(body, "error")]).toEqual([400, "invalid_request"]);
    expect(member(body, "description")).toMatch(/^rate limit exceeded;/);
  });

  it("does not log the secret", async () => {
    const desk = await start({ clients: [client] });
    await ask(desk.emulator, basic("an-id", "a-secret"));
    expect(desk.emulator.requests).toMatchObject([{ operation: "token", status: 200 }]);
    expect(JSON.stringify(desk.emulator.requests)).not.toContain("secret");
  });
});

describe("env", () => {
  it("holds a user's token when a user is given", async () => {
    const desk = await start({ actingUser: "SAM@example.com" });
    const { env } = desk.emulator;
    expect(Object.keys(env)).toEqual(["CHATFORM_API_URL", "CHATFORM_LOGIN_URL", "GENESYSCLOUD_ACCESS_TOKEN"]);
    const me = await desk.call("getUsersMe", { token: env["GENESYSCLOUD_ACCESS_TOKEN"] ?? "" });
    expect(me.body).toMatchObject({ id: desk.sam });
  });

  it("refuses a user who does not exist", async () => {
    await expect(start({ actingUser: "nobody@example.com" })).rejects.toThrow("Unknown user");
  });
});
