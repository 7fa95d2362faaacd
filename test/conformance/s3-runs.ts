import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/core/time/clock.js";
import type { StateStore } from "../../src/state/store.js";
import { intentEntry, recordEntry } from "../unit/state/samples.js";
import { openS3 } from "./s3-bench.js";
import type { S3Server } from "./s3-server.js";
import { startS3Server } from "./s3-server.js";

let keys = 0;

function newKey(): string {
  return `runs ü+%(${Date.now()} ${keys++})/chatform.state.json`;
}

/** Tests whole runs against a server, with what goes wrong on the way to it. @param server returns its URL */
export function s3Runs(name: string, server: () => string): void {
  describe(`runs with ${name}`, () => {
    it("of two at once write one after the other", async () => {
      const key = newKey();
      const run = async (at: number): Promise<void> => {
        const store = await openS3(server(), { clock: systemClock, config: { key } });
        const lock = await store.lock("apply", { timeoutMs: 30_000 });
        const writer = await store.open(await store.read());
        for (const room of ["a", "b"]) await writer.append(recordEntry(`rooms/${at}${room}`));
        await writer.close();
        await lock.release();
      };
      await Promise.all([1, 2].map(run));
      const state = await (await openS3(server(), { config: { key } })).read();
      expect(Object.keys(state?.resources ?? {})).toEqual(["rooms/1a", "rooms/1b", "rooms/2a", "rooms/2b"]);
    });

    it.each([["drop-before"], ["drop-after"]] as const)("go on after %s of any request", async (fault) => {
      const way = await startS3Server({ upstream: server() });
      const config = { key: newKey() };
      const store = await openS3(way.url, { config });
      for (const method of ["GET", "PUT", "DELETE"]) way.faults.push({ method, with: fault });
      for (const end of ["state.json", ".lock"]) way.faults.push({ method: "PUT", key: end, with: fault });
      const lock = await store.lock("apply", { timeoutMs: 0 });
      const writer = await store.open(await store.read());
      await writer.append(intentEntry("rooms/a"));
      const state = await writer.close();
      await lock.release();
      expect([way.faults, await (await openS3(server(), { config })).read()]).toEqual([[], state]);
      expect((await store.inspect()).holder).toBeUndefined();
      await way.close();
    });

    it.each([["before"], ["after"]] as const)(
      "lose no create when they are killed at any request, %s it is done",
      async (when) => {
        for (let at = 0, isDone = false; !isDone; at++) {
          const config = { key: newKey(), retryMax: 0 };
          const way = await startS3Server({ upstream: server() });
          dieAt(way, at, when);
          const sent: string[] = [];
          expect(at).toBeLessThan(40);
          isDone = await run(await openS3(way.url, { config }), sent).then(
            () => true,
            () => false,
          );
          await way.close();
          const store = await openS3(server(), { config });
          const { holder } = await store.inspect();
          if (holder !== undefined && holder !== "untold") await store.unlock(holder.ID);
          const lock = await store.lock("apply", { timeoutMs: 0 });
          const state = await store.read();
          const known = [
            ...Object.keys(state?.resources ?? {}),
            ...(state?.uncertain ?? []).map(({ address }) => address),
          ];
          expect(sent.filter((address) => !known.includes(address))).toEqual([]);
          const writer = await store.open(state);
          await writer.append(recordEntry("rooms/z"));
          await writer.close();
          await lock.release();
        }
      },
    );
  });
}

/** Creates rooms one after the other. @param sent gets the addresses of the creates that were sent */
async function run(store: StateStore, sent: string[]): Promise<void> {
  const lock = await store.lock("apply", { timeoutMs: 0 });
  const writer = await store.open(await store.read());
  for (const address of ["rooms/a", "rooms/b"]) {
    await writer.append(intentEntry(address));
    sent.push(address);
    await writer.append(recordEntry(address));
  }
  await writer.close();
  await lock.release();
}

/** Ends all connections at a request, and those of all later ones. */
function dieAt(way: S3Server, at: number, when: "before" | "after"): void {
  const push = way.requests.push.bind(way.requests);
  way.requests.push = (...seen) => {
    const count = push(...seen);
    const [{ method, key } = { method: "", key: "" }] = seen;
    if (when === "after" && count === at + 1) way.faults.push({ method, key, with: "drop-after" });
    else if (count > at) way.isDead = true;
    return count;
  };
}
