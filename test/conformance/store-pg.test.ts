import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/core/time/clock.js";
import type { State } from "../../src/core/state/state.js";
import type { PgConfig } from "../../src/state/remote/pg-session.js";
import { pgOptions } from "../../src/state/remote/pg-session.js";
import { pgStore } from "../../src/state/remote/pg-store.js";
import { RepeatableError } from "../../src/state/errors.js";
import type { Rescue } from "../../src/state/rescue.js";
import { StateCodec } from "../../src/state/state-codec.js";
import type { StateStore } from "../../src/state/store.js";
import { intentEntry, recordEntry } from "../unit/state/samples.js";
import { getStateError } from "../unit/state/state-error.js";
import { skips } from "../helpers/skip.js";
import type { Postgres } from "./postgres.js";
import { missingPostgres, startPostgres } from "./postgres.js";
import { runOn, stateWith } from "./push.js";
import { encrypting, storeConformance } from "./store.js";

const time = { timeoutMs: 30_000 };
const noRescue: Rescue = async () => Promise.reject(new Error("not in this test"));
const skipped = skips("the state in PostgreSQL", await missingPostgres());

describe.skipIf(skipped)("with PostgreSQL", () => {
  let server: Postgres;
  let schemas = 0;

  beforeAll(async () => {
    server = await startPostgres();
  });

  afterAll(async () => {
    await server.stop();
  });

  function open(schema: string, codec = new StateCodec()): StateStore {
    const options = pgOptions({ schema }, { PG_CONN_STR: server.url });
    return pgStore({ server: options, clock: systemClock, gatherMs: 5, rescue: noRescue, time, codec });
  }

  for (const [name, codec] of [
    ["pg", () => new StateCodec()],
    ["pg, encrypted", encrypting],
  ] as const)
    storeConformance(name, async () => {
      const schema = `chat "${schemas++}"`;
      return Promise.resolve({
        store: () => open(schema, codec()),
        async damage(content) {
          const store = open(schema);
          await store.replace({
            version: 1,
            lineage: "l",
            serial: 1,
            resources: {},
            uncertain: [],
            users: {},
          });
          await server.query(`UPDATE "chat ""${schemas - 1}""".states SET content = $1`, [content]);
        },
        close: async () => Promise.resolve(),
      });
    });

  it("does not begin a second state beside one with its former name", async () => {
    const state = { version: 1, lineage: "l", serial: 1, resources: {}, uncertain: [], users: {} } as const;
    await open("shared").replace(state);
    const named = (config: PgConfig): StateStore => {
      const options = pgOptions({ schema: "shared", ...config }, { PG_CONN_STR: server.url });
      return pgStore({ server: options, clock: systemClock, rescue: noRescue, time });
    };
    const emea = named({ name: "emea", formerName: "default" });
    await expect(emea.read()).rejects.toMatchObject({ code: "state-elsewhere" });
    expect(await named({ name: "emea" }).read()).toBeUndefined();
    await emea.replace({ ...state, lineage: "e" });
    expect(await emea.read()).toMatchObject({ lineage: "e" });
  });

  it("loses the lock with its connection, and cannot write any more; the next holder is told", async () => {
    const store = open("killed");
    const lock = await store.lock("apply", { timeoutMs: 0 });
    const writer = await store.open(undefined);
    await writer.append(intentEntry("rooms/a"));
    await server.query(
      "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted",
    );
    await expect.poll(() => lock.lost.aborted, { interval: 2 }).toBe(true);
    await expect(writer.append(intentEntry("rooms/b"))).rejects.toMatchObject({ code: "lock-lost" });
    // PostgreSQL closes the connection of a terminated backend a moment before it frees the lock.
    const next = await open("killed").lock("apply", { timeoutMs: 10_000 });
    expect(next.notice).toContain(lock.info.Who);
    expect((await open("killed").read())?.uncertain.map(({ address }) => address)).toEqual(["rooms/a"]);
    await next.release();
    await lock.release();
  });

  it("lets the server end a session that it no longer reaches, and names one that has not told its name", async () => {
    const lock = await open("keepalive").lock("apply", { timeoutMs: 0 });
    const [holder] = await server.query("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted");
    await server.query("DELETE FROM keepalive.locks");
    const { help } = await getStateError(open("keepalive").lock("plan", { timeoutMs: 0 }));
    const [, command] = /in the database: (SELECT pg_terminate_backend\(\d+\))/.exec(help) ?? [];
    expect(command).toContain(String(holder?.["pid"]));
    await server.query(command ?? "");
    await expect.poll(() => lock.lost.aborted, { interval: 2 }).toBe(true);
    await lock.release();
  });

  it("grants the lock to one of many that create the tables at once", async () => {
    const stores = Array.from({ length: 8 }, () => open("race"));
    const outcomes = await Promise.allSettled(
      stores.map(async (store) => store.lock("apply", { timeoutMs: 0 })),
    );
    const locks = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
    const codes = outcomes.flatMap((outcome) =>
      outcome.status === "rejected" ? [(outcome.reason as { code?: string }).code] : [],
    );
    expect(locks).toHaveLength(1);
    expect(codes).toEqual(Array.from({ length: 7 }, () => "state-locked"));
    await locks[0]?.release();
  });

  it("abandons a query without a response in time, and the lock with it", async () => {
    const options = pgOptions({ schema: "slow" }, { PG_CONN_STR: server.url });
    const rescued: State[] = [];
    const rescue: Rescue = async (state) => {
      rescued.push(state);
      return Promise.resolve({ file: "errored.json", command: "chatform state push errored.json" });
    };
    const store = pgStore({
      ...{ server: options, clock: systemClock, gatherMs: 1, rescue, time: { timeoutMs: 1_000 } },
    });
    const lock = await store.lock("apply", { timeoutMs: 0 });
    const writer = await store.open(undefined);
    await writer.append(intentEntry("rooms/a"));
    await server.query("BEGIN");
    await server.query("LOCK TABLE slow.states IN ACCESS EXCLUSIVE MODE");
    await expect(writer.append(recordEntry("rooms/a"))).rejects.toThrow("no response within 1 s");
    await expect(writer.append(intentEntry("rooms/b"))).rejects.toMatchObject({ code: "lock-lost" });
    await expect(writer.close()).rejects.toThrow("chatform state push errored.json");
    expect(rescued.map(({ resources }) => Object.keys(resources))).toEqual([["rooms/a"]]);
    await lock.release();
    await server.query("ROLLBACK");
  });

  it("ends reads when it is stopped, and everything shortly after it is aborted", async () => {
    await server.query("CREATE SCHEMA stuck");
    await server.query("CREATE TABLE stuck.states (name text, content text)");
    await server.query("BEGIN");
    await server.query("LOCK TABLE stuck.states IN ACCESS EXCLUSIVE MODE");
    const [stop, abort] = [new AbortController(), new AbortController()];
    const options = pgOptions({ schema: "stuck" }, { PG_CONN_STR: server.url });
    for (const [signals, controller, message] of [
      [{ stop: stop.signal }, stop, "enough"],
      [{ abort: abort.signal }, abort, "no response before it was interrupted"],
    ] as const) {
      const store = pgStore({
        ...{
          server: options,
          clock: systemClock,
          rescue: noRescue,
          time: { timeoutMs: 600_000, ...signals },
        },
      });
      const read = expect(store.read()).rejects.toThrow(message);
      await expect
        .poll(async () => server.query("SELECT 1 FROM pg_locks WHERE NOT granted"), { interval: 5 })
        .not.toEqual([]);
      controller.abort(new Error("enough"));
      await read;
      await server.query("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted");
    }
    await server.query("ROLLBACK");
  });

  it.each(["has no response", "loses its session"])("can repeat a push whose write %s", async (what) => {
    const schema = `push ${what}`;
    const [before, pushed] = [stateWith(4, "rooms/a"), stateWith(7, "rooms/a", "rooms/b")];
    await open(schema).replace(before);
    const options = pgOptions({ schema }, { PG_CONN_STR: server.url });
    const abort = new AbortController();
    const time = { timeoutMs: 600_000, abort: abort.signal };
    const store = pgStore({ server: options, clock: systemClock, rescue: noRescue, time });
    await server.query("BEGIN");
    await server.query(`LOCK TABLE "${schema}".states IN SHARE MODE`);
    const pushing = runOn(store, pushed);
    const waiting = "SELECT pid FROM pg_locks WHERE NOT granted";
    await expect.poll(async () => server.query(waiting), { interval: 5, timeout: 30_000 }).not.toEqual([]);
    if (what === "has no response") abort.abort(new Error("enough"));
    else await server.query(`SELECT pg_terminate_backend(pid) FROM (${waiting}) AS w`);
    const { stdout, error } = await pushing;
    expect([stdout, error]).toEqual(["", expect.any(RepeatableError)]);
    await server.query("ROLLBACK");
    const again = await runOn(open(schema), pushed);
    expect(again.error).toBeUndefined();
    expect(JSON.parse((await runOn(open(schema))).stdout)).toMatchObject({ resources: pushed.resources });
  });

  it("does not overwrite a newer state", async () => {
    const store = open("newer");
    const writer = await store.open(undefined);
    await writer.append(intentEntry("rooms/a"));
    const state = (await store.read())!;
    await open("newer").replace({ ...state, serial: 50 });
    await expect(writer.append(intentEntry("rooms/b"))).rejects.toMatchObject({ code: "state-moved" });
    expect((await store.read())?.serial).toBe(50);
  });
});

describe("without a server", () => {
  it("names the problem", async () => {
    const options = pgOptions({}, { PG_CONN_STR: "postgresql://jane:hunter2@127.0.0.1:1/x" });
    const store = pgStore({ server: options, clock: systemClock, rescue: noRescue, time });
    await expect(store.read()).rejects.toMatchObject({
      code: "backend-failed",
      location: "PostgreSQL chatform/default",
    });
    await expect(store.lock("apply", { timeoutMs: 0 })).rejects.toThrow(/^(?!.*hunter2).*127\.0\.0\.1/);
  });
});
