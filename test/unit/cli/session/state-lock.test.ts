import { PassThrough } from "node:stream";
import { afterEach, expect, test, vi } from "vitest";
import type { Context } from "../../../../src/cli/context.js";
import { withLock } from "../../../../src/cli/session/state-lock.js";
import { LockedError } from "../../../../src/state/errors.js";
import type { LockWait } from "../../../../src/state/lock-wait.js";
import type { StateStore } from "../../../../src/state/store.js";

afterEach(() => {
  vi.restoreAllMocks();
});

test("a wait that is not short says once who holds the lock, and how long the wait may last", async () => {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  const stderr = new PassThrough();
  const never = new AbortController().signal;
  const context = { stderr, env: {}, now: () => new Date(0), stop: never, abort: never };
  const holder = {
    ID: "4711",
    Operation: "apply",
    Info: "",
    Who: "bob@ci",
    Version: "",
    Created: "today",
    Path: "",
  };
  const store = {
    location: "https://example.com/state",
    lock: (_operation: string, { onHeld }: LockWait) => {
      for (now of [0, 1_000, 2_000, 3_000]) onHeld?.(new LockedError("https://example.com/state", holder));
      return Promise.resolve({ lost: never, release: () => Promise.resolve() });
    },
  };
  const session = { store: store as unknown as StateStore, lockTimeoutMs: 300_000 };
  await withLock(session, "apply", context as unknown as Context, () => Promise.resolve(0));
  expect(String(stderr.read())).toBe(
    "Note: https://example.com/state is locked by bob@ci for apply since today (lock ID 4711). " +
      "Waiting for the lock, for 5 min at most.\n",
  );
});
