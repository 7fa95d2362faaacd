import { describe, expect, it } from "vitest";
import { start } from "../desk.js";

describe("the rate limit", () => {
  it("sends no headers when there is no limit", async () => {
    const desk = await start();
    const { headers } = await desk.call("getChatsSettings");
    expect(headers.has("inin-ratelimit-count")).toBe(false);
  });

  it("counts, refuses with Retry-After, and starts again", async () => {
    let now = 1_000_000;
    const desk = await start({ rateLimit: { perMinute: 2 }, now: () => now });
    const first = await desk.call("getChatsSettings");
    expect(first.headers.get("inin-ratelimit-count")).toBe("1");
    expect(first.headers.get("inin-ratelimit-allowed")).toBe("2");
    expect(first.headers.get("inin-ratelimit-reset")).toBe("60");
    expect((await desk.call("getChatsSettings")).status).toBe(200);
    now += 18_000;
    const over = await desk.call("getChatsSettings");
    expect(over.brief).toBe("429 too.many.requests.retry.after");
    expect(over.headers.get("retry-after")).toBe("42");
    expect(over.headers.get("inin-ratelimit-count")).toBe("3");
    expect(over.body).toMatchObject({
      message: "Rate limit exceeded the maximum. Retry the request in [42] seconds",
    });
    now += 42_000;
    expect((await desk.call("getChatsSettings")).status).toBe(200);
  });

  it("is separate for each token", async () => {
    const desk = await start({ rateLimit: { perMinute: 1 }, now: () => 1_000_000 });
    expect((await desk.call("getChatsSettings")).status).toBe(200);
    expect((await desk.call("getChatsSettings")).status).toBe(429);
    const token = desk.emulator.token({ user: "sam@example.com" });
    expect((await desk.call("getChatsSettings", { token })).status).toBe(200);
  });

  it("can have a shorter minute", async () => {
    let now = 1_000_000;
    const desk = await start({ rateLimit: { perMinute: 1, minuteMs: 500 }, now: () => now });
    await desk.call("getChatsSettings");
    expect((await desk.call("getChatsSettings")).headers.get("retry-after")).toBe("1");
    now += 500;
    expect((await desk.call("getChatsSettings")).status).toBe(200);
  });

  it("applies no request that it refuses", async () => {
    const desk = await start({ rateLimit: { perMinute: 1 }, now: () => 1_000_000 });
    await desk.call("getChatsSettings");
    const { status } = await desk.call("patchChatsSettings", { body: { reactionsEnabled: false } });
    expect(status).toBe(429);
    expect(desk.emulator.dump().settings.reactionsEnabled).toBe(true);
  });
});
