import { describe, expect, it } from "vitest";
import type { FaultRule } from "../../../../src/emulator/index.js";
import { Faults } from "../../../../src/emulator/server/faults.js";
import { start } from "../desk.js";
import type { Desk } from "../desk.js";

const off = { body: { reactionsEnabled: false } };

/** Returns whether PATCH settings was applied, and what its response was. */
async function patchUnder(
  action: FaultRule["action"],
): Promise<{ response: string; applied: boolean; desk: Desk }> {
  const desk = await start({ faults: [{ match: { operation: "patchChatsSettings" }, action }] });
  const response = await desk.call("patchChatsSettings", off).then(
    ({ brief }) => brief,
    (error: unknown) => (error instanceof SyntaxError ? "garbage" : "broken"),
  );
  return { response, applied: !desk.emulator.dump().settings.reactionsEnabled, desk };
}

describe("a fault", () => {
  it.each<[string, FaultRule["action"], string, boolean]>([
    ["status", { type: "status", status: 503 }, "503 service.unavailable", false],
    [
      "status with a code",
      { type: "status", status: 400, code: "invalid.value" },
      "400 invalid.value",
      false,
    ],
    ["status after applying", { type: "status", status: 504, applied: true }, "504 request.timeout", true],
    ["drop before", { type: "drop-before" }, "broken", false],
    ["drop after", { type: "drop-after" }, "broken", true],
    ["garbage", { type: "garbage" }, "garbage", false],
    ["garbage after applying", { type: "garbage", applied: true }, "garbage", true],
    ["delay", { type: "delay", ms: 1 }, "200", true],
    ["expired token", { type: "expire-token" }, "401 credentials.expired", false],
  ])("%s", async (_name, action, response, applied) => {
    const outcome = await patchUnder(action);
    expect({ response: outcome.response, applied: outcome.applied }).toEqual({ response, applied });
  });

  it("sends Retry-After", async () => {
    const desk = await start({ faults: [{ action: { type: "status", status: 429, retryAfter: 7 } }] });
    const { brief, headers } = await desk.call("getChatsSettings");
    expect([brief, headers.get("retry-after")]).toEqual(["429 too.many.requests", "7"]);
  });

  it.each([true, false])("hangs until the client gives up (applied: %s)", async (applied) => {
    const desk = await start({ faults: [{ action: { type: "hang", applied } }] });
    const ending = new AbortController();
    const request = fetch(`${desk.emulator.url}/api/v2/chats/settings`, {
      method: "PATCH",
      headers: { authorization: `Bearer ${desk.token}`, "content-type": "application/json" },
      body: JSON.stringify(off.body),
      signal: ending.signal,
    });
    await expect.poll(() => desk.emulator.requestCount).toBe(1);
    ending.abort();
    await expect(request).rejects.toThrow();
    expect(desk.emulator.dump().settings.reactionsEnabled).toBe(!applied);
    expect(desk.emulator.requests).toMatchObject([{ status: 0, fault: "hang" }]);
  });

  it("ends after its times, and can be cleared", async () => {
    const desk = await start({ faults: [{ times: 2, action: { type: "status", status: 503 } }] });
    const statuses = [];
    for (let at = 0; at < 3; at += 1) statuses.push((await desk.call("getChatsSettings")).status);
    expect(statuses).toEqual([503, 503, 200]);
    desk.emulator.addFaults({ times: "always", action: { type: "status", status: 500 } });
    expect((await desk.call("getChatsSettings")).brief).toBe("500 internal.server.error");
    desk.emulator.clearFaults();
    expect((await desk.call("getChatsSettings")).status).toBe(200);
  });
});

describe("matching", () => {
  const read = { operation: "getChatsRoom", method: "GET", path: "/api/v2/chats/rooms/a%40b" } as const;
  const action = { type: "drop-before" } as const;

  it.each<[FaultRule["match"], boolean]>([
    [{}, true],
    [{ operation: "getChatsRoom" }, true],
    [{ operation: "getChatsSettings" }, false],
    [{ method: "get" }, true],
    [{ method: "POST" }, false],
    [{ path: "/api/v2/chats/rooms/a%40b" }, true],
    [{ path: "/api/v2/chats/*" }, true],
    [{ path: "/api/v2/users*" }, false],
    [{ operation: "getChatsRoom", method: "POST" }, false],
  ])("%j: %s", (match, hits) => {
    const faults = new Faults([{ ...(match && { match }), action }]);
    expect(faults.hit(read)).toEqual(hits ? action : undefined);
  });

  it("begins at the nth matching request", () => {
    const faults = new Faults([{ match: { operation: "getChatsRoom", nth: 2 }, times: 2, action }]);
    const hit = () => faults.hit(read) !== undefined;
    expect([hit(), hit(), hit(), hit()]).toEqual([false, true, true, false]);
  });

  it("counts a request for each rule, and applies the first match", () => {
    const other = { type: "hang" } as const;
    const faults = new Faults([{ action }, { match: { nth: 2 }, action: other }]);
    expect([faults.hit(read), faults.hit(read), faults.hit(read)]).toEqual([action, other, undefined]);
  });
});

it("delays each response by the latency", async () => {
  const desk = await start({ latencyMs: 20 });
  const began = performance.now();
  expect((await desk.call("getChatsSettings")).status).toBe(200);
  expect(performance.now() - began).toBeGreaterThanOrEqual(19);
});
