import { describe, expect, it } from "vitest";
import { tokenUserRequest } from "../../../../src/api/identity/token-user.js";
import { cacheReads, cacheTokenReads } from "../../../../src/engine/refresh/cached-reads.js";
import { refusal, ScriptedApi } from "../../../helpers/scripted-api.js";

describe("cacheTokenReads", () => {
  it("reads the token's user once, and other objects each time", async () => {
    const service = new ScriptedApi(() => ({}));
    const api = cacheTokenReads(service);
    for (let times = 0; times < 2; times++) {
      await api.call(tokenUserRequest);
      await api.call({ operation: "getChatsSettings" });
    }
    expect(service.counts()).toEqual({ getUsersMe: 1, getChatsSettings: 2 });
  });

  it.each([
    ["asks once for the user of a token that has none", "not.a.user", 1],
    ["asks again after any other refusal", "missing.permissions", 2],
  ])("%s", async (_title, code, requests) => {
    const service = new ScriptedApi(() => {
      throw refusal(400, code);
    });
    const api = cacheTokenReads(service);
    for (let times = 0; times < 2; times++) await expect(api.call(tokenUserRequest)).rejects.toThrow(code);
    expect(service.counts()).toEqual({ getUsersMe: requests });
  });
});

describe("cacheReads", () => {
  it("sends each write", async () => {
    const service = new ScriptedApi(() => ({}));
    const api = cacheReads(service);
    for (let times = 0; times < 2; times++) {
      await api.call({ operation: "getChatsSettings" });
      await api.call({ operation: "patchChatsSettings", body: {} });
    }
    expect(service.counts()).toEqual({ getChatsSettings: 1, patchChatsSettings: 2 });
  });
});
