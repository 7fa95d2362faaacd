/** `state push` and `state pull` over a server of S3's protocol that fails at any of their requests. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { parseState } from "../../src/state/codec.js";
import type { StateStore } from "../../src/state/store.js";
import { RepeatableError, StateError } from "../../src/state/errors.js";
import { runOn, stateWith } from "./push.js";
import { openS3 } from "./s3-bench.js";
import type { Fault, S3Server } from "./s3-server.js";
import { startS3Server } from "./s3-server.js";

const key = "chat/chatform.state.json";
const before = stateWith(4, "rooms/a");
const pushed = stateWith(7, "rooms/a", "rooms/b");
let server: S3Server;

beforeEach(async () => {
  server = await startS3Server();
  // Two writes: a stale read shows the first one.
  for (const serial of [3, 4]) await (await open()).replace({ ...before, serial });
});
afterEach(() => server.close());

const open = (): Promise<StateStore> => openS3(server.url, { config: { retryMax: 0 } });
const stored = (): unknown => JSON.parse(server.objects.get(key)?.body ?? "null");

const lost: readonly Fault["with"][] = ["drop-before", "drop-after", "cut"];
const faults = (
  [
    { method: "PUT", key: ".lock", ways: [...lost, [412, "PreconditionFailed"]] },
    { method: "GET", key: "state.json", ways: [...lost, "stale"] },
    { method: "PUT", key: "state.json", ways: [...lost, [412, "PreconditionFailed"], [403, "AccessDenied"]] },
    { method: "DELETE", key: ".lock", ways: [...lost, [412, "PreconditionFailed"]] },
  ] satisfies { method: string; key: string; ways: Fault["with"][] }[]
).flatMap(({ ways, ...request }) => ways.map((how): Fault => ({ ...request, with: how })));

it.each(faults)("a push loses nothing, and can be repeated: $method $key $with", async (fault) => {
  server.faults.push(fault);
  const { stdout, error } = await runOn(await open(), pushed);
  // The fault may have left the state, or the pushed one, but nothing else.
  expect([before, pushed]).toContainEqual(stored());
  if (stdout !== "") expect(stored()).toEqual(pushed);
  if (error === undefined) expect(stdout).toMatch(/^Pushed /);
  else expect(error).toBeInstanceOf(StateError);
  // The user learns that nothing is lost.
  if (fault.method === "PUT" && fault.key === "state.json" && error !== undefined)
    expect(error).toBeInstanceOf(RepeatableError);
  server.faults.length = 0;
  // A lock that stayed is replaced once it is old.
  server.aheadMs += 61_000;
  const again = await runOn(await open(), pushed);
  expect([again.error, again.stdout]).toEqual([undefined, expect.stringMatching(/^Pushed /)]);
  expect(stored()).toMatchObject({ resources: pushed.resources });
});

it("says that the state was pushed, also where its lock cannot be released", async () => {
  server.faults.push({ method: "DELETE", with: [403, "AccessDenied"], times: Infinity });
  const { stdout, error } = await runOn(await open(), pushed);
  expect(stdout).toBe(`Pushed standard input to s3://states/${key}: serial 7.\n`);
  expect((error as Error).message).toContain("The state stays locked");
});

it("does not overwrite what a stale read did not show, and says what to do", async () => {
  server.faults.push({ method: "GET", key: "state.json", with: "stale", times: Infinity });
  const { error } = await runOn(await open(), pushed);
  expect(stored()).toEqual(before);
  expect((error as Error).message).toMatch(
    /That change was not overwritten\. This run sent no change to Genesys Cloud, so nothing is lost\. .* Then run the command again\.$/,
  );
});

it("does not overwrite what a run wrote that replaced its lock meanwhile", async () => {
  const other = stateWith(9, "rooms/a", "rooms/c");
  const store = await open();
  const read = store.read.bind(store);
  const slow = Object.assign(store, {
    read: async () => {
      const state = await read();
      server.aheadMs += 61_000;
      const next = await open();
      await next.lock("apply", { timeoutMs: 0 });
      await next.replace(other);
      return state;
    },
  });
  const { stdout, error } = await runOn(slow, pushed);
  expect([stdout, stored()]).toEqual(["", other]);
  expect(error).toBeInstanceOf(RepeatableError);
});

it.each([...lost, "stale", "error-body", "hang-body"] as const)(
  "a pull prints a whole state or none: %s",
  async (how) => {
    server.faults.push({ method: "GET", key: "state.json", with: how });
    const store = await openS3(server.url, { config: { retryMax: 0 }, time: { timeoutMs: 200 } });
    const { stdout, error } = await runOn(store);
    if (error === undefined)
      expect(parseState(stdout, "stdout", "")).toMatchObject({ resources: before.resources });
    else expect([stdout, error instanceof StateError]).toEqual(["", true]);
  },
);
