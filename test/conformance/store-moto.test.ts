import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/core/time/clock.js";
import { skips } from "../helpers/skip.js";
import type { Moto } from "./moto.js";
import { missingMoto, startMoto } from "./moto.js";
import { openS3, putRaw } from "./s3-bench.js";
import { s3Runs } from "./s3-runs.js";
import { storeConformance } from "./store.js";

/** Another server to test with: the URL of one with the bucket `states`, and the credentials of s3-bench.ts. */
const given = process.env["CHATFORM_TEST_S3"];
const skipped =
  given === undefined && skips("the state in a real server of S3's protocol", await missingMoto());

describe.skipIf(skipped)("with a real server", () => {
  let moto: Moto | undefined;
  let keys = 0;

  beforeAll(async () => {
    moto = given === undefined ? await startMoto() : undefined;
  });

  afterAll(async () => {
    await moto?.stop();
  });

  const url = (): string => given ?? moto?.url ?? "";

  storeConformance("s3", async () => {
    const config = { key: `conformance ${Date.now()}/${keys++}` };
    const stores = await Promise.all(
      Array.from({ length: 12 }, async () => openS3(url(), { clock: systemClock, gatherMs: 5, config })),
    );
    return {
      store: () => stores.pop()!,
      damage: async (content) => putRaw(url(), config.key, content),
      close: async () => Promise.resolve(),
    };
  });

  s3Runs("moto", url);

  it("replaces a lock by the age that the server tells", async () => {
    const options = { config: { key: `stale ${Date.now()}` }, staleMs: 1_000 };
    const dead = await (await openS3(url(), options)).lock("apply", { timeoutMs: 0 });
    const lock = await (
      await openS3(url(), { ...options, clock: systemClock })
    ).lock("apply", {
      timeoutMs: 20_000,
    });
    expect(lock.notice).toContain("Replaced the lock");
    await dead.release();
    await expect((await openS3(url(), options)).lock("plan", { timeoutMs: 0 })).rejects.toMatchObject({
      code: "state-locked",
    });
    await lock.release();
  });
});
