/** In CI, a config sends no credentials of the variables to another server than the variables name. */
import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../../../src/core/time/clock.js";
import { httpOptions } from "../../../../src/state/remote/http-options.js";
import { pgOptions } from "../../../../src/state/remote/pg-session.js";
import { pgStore } from "../../../../src/state/remote/pg-store.js";
import { s3Options } from "../../../../src/state/remote/s3/s3-options.js";
import { StateCodec } from "../../../../src/state/state-codec.js";
import { getStateError } from "../state-error.js";

const ci = { CI: "true" };

describe("the backend http", () => {
  const env = { ...ci, TF_HTTP_ADDRESS: "https://own.example.com/a", TF_HTTP_PASSWORD: "secret" };
  const [own, other] = ["https://own.example.com/b", "https://other.example.com/b"];
  const members = ["address", "lockAddress", "unlockAddress"];

  it.each(members)("refuses another server as %s", (member) => {
    const config = { address: own, lockAddress: own, [member]: other };
    expect(() => httpOptions(config, env)).toThrow(
      "The config would send TF_HTTP_PASSWORD to https://other.example.com, but TF_HTTP_ADDRESS names https://own.example.com.",
    );
    const inAddress = { ...ci, TF_HTTP_ADDRESS: "https://jane:secret@own.example.com/a" };
    expect(() => httpOptions({ [member]: other }, inAddress)).toThrow(
      "The config would send the password in TF_HTTP_ADDRESS to https://other.example.com",
    );
  });

  it("refuses a malformed address in the variables, which names no server", () => {
    const malformed = { ...env, TF_HTTP_ADDRESS: "own.example.com/a" };
    expect(() => httpOptions({ address: other }, malformed)).toThrow("The TF_HTTP_ADDRESS of the state");
  });

  it("allows the variables' own server, and any other outside CI or without the variable", () => {
    expect(httpOptions({ address: own, lockAddress: own }, env).address.href).toBe(own);
    for (const allowed of [
      { ...env, CI: "" },
      { ...env, TF_HTTP_ADDRESS: "" },
    ])
      expect(httpOptions({ address: other }, allowed).address.href).toBe(other);
  });
});

describe("the backend s3", () => {
  const read = (
    endpoint: string,
    env: Readonly<Record<string, string>>,
  ): Promise<{ readonly address: string }> =>
    s3Options({ bucket: "states", key: "chat", endpoint }, env, "/none");

  it.each(["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"])("follows %s", async (name) => {
    const env = { ...ci, [name]: "https://own.example.com/path" };
    await expect(read("https://other.example.com", env)).rejects.toThrow(
      `The config would send requests signed with the AWS credentials to https://other.example.com, but ${name} names https://own.example.com.`,
    );
    expect((await read("https://own.example.com", env)).address).toBe("https://own.example.com/states");
    expect((await read("https://other.example.com", { ...env, CI: "" })).address).toMatch(/other/);
  });
});

describe("the backend pg", () => {
  let server: Server;
  let received: string;
  let url: string;

  /** A server that asks for the password in clear text, as any server may. */
  beforeEach(async () => {
    received = "";
    server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => {
        socket.on("data", (bytes) => {
          received += bytes.toString("latin1");
          socket.destroy();
        });
        socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]));
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `postgres://jane@127.0.0.1:${(server.address() as AddressInfo).port}/chat`;
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    server.close();
  });

  /** Reads a state with these variables; pg reads those of the process. @returns the problem */
  async function read(connection: string, env: Readonly<Record<string, string>>): Promise<string> {
    for (const [name, value] of Object.entries({ ...env, PGPASSWORD: "secret-of-pg" }))
      vi.stubEnv(name, value);
    const store = pgStore({
      server: pgOptions({ connection }, { ...env, PGPASSWORD: "secret-of-pg" }),
      ...{ clock: systemClock, time: { timeoutMs: 5_000 }, codec: new StateCodec() },
      rescue: () => Promise.reject(new Error("not in this test")),
    });
    return (await getStateError(store.read())).detail;
  }

  it.each([
    ["PGHOST", "db.example.com", "db.example.com:5432"],
    ["PG_CONN_STR", "postgres://jane@db.example.com:6432/chat", "db.example.com:6432"],
  ])("follows %s, whatever the form of the connection", async (name, value, own) => {
    const { port } = new URL(url);
    for (const connection of [url, `postgres://db.example.com/chat?host=127.0.0.1&port=${port}`]) {
      expect(await read(connection, { ...ci, [name]: value })).toBe(
        `The config would send PGPASSWORD to 127.0.0.1:${port}, but ${name} names ${own}.`,
      );
    }
    expect(received).toBe("");
  });

  it("sends the password to the server of the variables, and outside CI to that of the config", async () => {
    const { port } = new URL(url);
    for (const env of [{ ...ci, PGHOST: "127.0.0.1", PGPORT: port }, { PGHOST: "db.example.com" }, ci]) {
      received = "";
      await read(url, env);
      vi.unstubAllEnvs();
      expect(received).toContain("secret-of-pg");
    }
  });

  it("does not mind a connection with a password of its own", async () => {
    await read(url.replace("jane@", "jane:own@"), { ...ci, PGHOST: "db.example.com" });
    expect([received.includes("own"), received.includes("secret-of-pg")]).toEqual([true, false]);
  });
});
