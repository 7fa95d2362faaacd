import { once } from "node:events";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { parseState } from "../../../src/state/codec.js";
import type { StoreContext } from "../../../src/state/open-store.js";
import { openStore } from "../../../src/state/open-store.js";
import { startStateServer } from "../../conformance/state-server.js";
import { intentEntry, recordEntry } from "./samples.js";

let folder: string;

function context(more: Partial<StoreContext> = {}): StoreContext {
  return { env: {}, cwd: folder, timeoutMs: 30_000, ...more };
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "chatform-open-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

it("keeps the state in a local file by default", async () => {
  const store = await openStore({}, context());
  expect(store.location).toBe("chatform.state.json");
  const writer = await store.open(await store.read());
  await writer.append(recordEntry("rooms/a"));
  const state = await writer.close();
  expect(parseState(await readFile(join(folder, "chatform.state.json")), "", "")).toEqual(state);
});

it("opens a server from the environment, and writes a state that it cannot store to a file", async () => {
  const server = await startStateServer({ manner: "terraform" });
  const env = { TF_HTTP_ADDRESS: server.url, TF_HTTP_RETRY_MAX: "0" };
  const store = await openStore({ backend: "http" }, context({ env }));
  const writer = await store.open(await store.read());
  expect(store.location).toBe(server.url);
  await writer.append(intentEntry("rooms/a"));
  await server.close();
  await expect(writer.append(intentEntry("rooms/b"))).rejects.toMatchObject({ code: "backend-failed" });
  const outcome = writer.append(recordEntry("rooms/a"));
  await Promise.all([
    expect(outcome).rejects.toMatchObject({ code: "backend-failed" }),
    expect(writer.close()).rejects.toMatchObject({
      code: "backend-failed",
      help: expect.stringContaining("chatform state push errored.chatform.state.json") as string,
    }),
  ]);
  const file = join(folder, "errored.chatform.state.json");
  expect(Object.keys(parseState(await readFile(file), "", "").resources)).toEqual(["rooms/a"]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

it("stops requests to a server that hangs", async () => {
  const server = createServer();
  const asked = once(server, "request");
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = new AbortController();
  const env = { TF_HTTP_ADDRESS: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  const store = await openStore({ backend: "http" }, context({ env, stop: stop.signal }));
  const read = store.read();
  await asked;
  stop.abort(new Error("stopped"));
  await expect(read).rejects.toThrow("stopped");
  server.closeAllConnections();
  server.close();
});

it("refuses a backend without its address", async () => {
  await expect(openStore({ backend: "http" }, context())).rejects.toMatchObject({
    code: "backend-config",
  });
});

it("does not accept a connection string as a database name", async () => {
  const env = { PG_CONN_STR: "host=127.0.0.1 user=jane password=hunter2" };
  const opened = openStore({ backend: "pg" }, context({ env }));
  await expect(opened).rejects.toMatchObject({ code: "backend-config" });
  await expect(opened).rejects.not.toThrow("hunter2");
});

it("refuses an unknown backend", async () => {
  await expect(openStore({ backend: "s3" }, context())).rejects.toMatchObject({ code: "backend-config" });
});
