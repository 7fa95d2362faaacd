import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ApiClient } from "../../../../src/api/client.js";
import { readState } from "../../../../src/cli/session/session.js";
import { toStateDeclaration } from "../../../../src/config/state-declaration.js";
import { emptyState } from "../../../../src/core/state/state.js";
import type { StateStore } from "../../../../src/state/store.js";
import { getStateError } from "../../state/state-error.js";

const day = 24 * 60 * 60_000;

test.each([
  ["begins with the recorded rate limit", 1, [1000]],
  ["begins without one that is too old", 91, []],
])("%s", async (_what, days, expected) => {
  const date = new Date(Date.now() - days * day).toISOString();
  const behavior = { clientRateLimit: { value: 1000, date, evidence: "Seen." } };
  const state = { ...emptyState("lineage-1"), behavior };
  const begun: number[] = [];
  const client = { expectClientLimit: (requests: number) => begun.push(requests) };
  const store = { read: () => Promise.resolve(state) };
  const known = store as unknown as StateStore;
  const api = client as unknown as ApiClient;
  expect(await readState(known, api, {}, { config: {} }, { cwd: "/" })).toBe(state);
  expect(begun).toEqual(expected);
});

test("refuses a server without the state that still is in the local file", async () => {
  const cwd = await mkdtemp(join(tmpdir(), "chatform-session-"));
  const declared = toStateDeclaration({ backend: "s3", bucket: "b", key: "k" }, "chat", "prod");
  const store = { location: "s3://b/k", read: () => Promise.resolve(undefined) } as unknown as StateStore;
  const read = (args: { readonly state?: string }) =>
    readState(store, {} as unknown as ApiClient, args, declared, { cwd });
  expect(await read({})).toBeUndefined();
  await mkdir(join(cwd, "chat"));
  await writeFile(join(cwd, "chat/chatform.prod.state.json"), "{}");
  const error = await getStateError(read({}));
  expect([error.code, error.help]).toEqual([
    "state-elsewhere",
    expect.stringContaining(
      "chatform state pull --state chat/chatform.prod.state.json > local.state.json && chatform state push local.state.json",
    ),
  ]);
  expect(await read({ state: "another.state.json" })).toBeUndefined();
  await rm(cwd, { recursive: true });
});
