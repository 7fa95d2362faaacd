import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { emulate } from "../../../src/cli/commands/emulate.js";
import type { EmulateArguments } from "../../../src/cli/commands/emulate.js";
import { Secrets } from "../../../src/cli/masking/secrets.js";
import { parseSeed } from "../../../src/emulator/index.js";

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "emulate-"));
});
afterEach(() => rm(cwd, { recursive: true }));

const usual = { port: 0, "rate-limit": 300, minute: 60, latency: 0, variant: [], "allow-host": [] };

/** Starts the command; resolves when it has printed the environment. */
async function begin(args: Partial<EmulateArguments> = {}) {
  const ending = new AbortController();
  const stdout = new PassThrough();
  const done = emulate(
    { ...usual, ...args },
    {
      ...{ cwd, env: {}, stdin: () => Readable.from([]), stdout, stderr: new PassThrough() },
      secrets: new Secrets(),
      repeatOptions: (text) => text,
      ...{ now: () => new Date(), stop: ending.signal, abort: ending.signal },
    },
  );
  const text = await Promise.race([
    new Promise<string>((resolve) =>
      stdout.once("data", (data: Buffer) => {
        resolve(data.toString("utf8"));
      }),
    ),
    done.then(() => ""),
  ]);
  const env = Object.fromEntries(
    [...text.matchAll(/^export (\w+)='(.*)'$/gm)].map(([, name = "", value = ""]) => [name, value]),
  );
  const stop = async () => {
    ending.abort();
    return done;
  };
  return { text, env, stop };
}

async function settings(env: Record<string, string>): Promise<Response> {
  return fetch(`${env["CHATFORM_API_URL"] ?? ""}/api/v2/chats/settings`, {
    headers: { authorization: `Bearer ${env["GENESYSCLOUD_ACCESS_TOKEN"] ?? ""}` },
  });
}

describe("chatform emulate", () => {
  it("prints the environment to use, and runs until it is stopped", async () => {
    const { env, stop } = await begin();
    expect(Object.keys(env)).toEqual([
      ...["CHATFORM_API_URL", "CHATFORM_LOGIN_URL"],
      ...["GENESYSCLOUD_OAUTHCLIENT_ID", "GENESYSCLOUD_OAUTHCLIENT_SECRET"],
    ]);
    expect((await settings(env)).status).toBe(401);
    expect(await stop()).toBe(0);
    await expect(settings(env)).rejects.toThrow();
  });

  it("limits the rate, and uses the token of a user", async () => {
    const { env, stop } = await begin({ user: "jane.doe@example.com", "rate-limit": 7 });
    const response = await settings(env);
    await stop();
    expect([response.status, response.headers.get("inin-ratelimit-allowed")]).toEqual([200, "7"]);
  });

  it("has a shorter minute for the rate limit", async () => {
    const { env, stop } = await begin({ user: "jane.doe@example.com", minute: 6 });
    const response = await settings(env);
    await stop();
    expect(Number(response.headers.get("inin-ratelimit-reset"))).toBeLessThanOrEqual(6);
  });

  it("reads a seed and faults, and dumps the org", async () => {
    await writeFile(
      join(cwd, "seed.yaml"),
      "users: [{ email: a@x.com }]\nsettings: { messageRetentionPeriodDays: 30 }\n",
    );
    await writeFile(join(cwd, "faults.json"), '{ "action": { "type": "status", "status": 503 } }');
    const files = { seed: "seed.yaml", faults: "faults.json" };
    const { env, stop } = await begin({ ...files, user: "a@x.com", dump: "org.yaml", "rate-limit": 0 });
    expect((await settings(env)).status).toBe(503);
    const response = await settings(env);
    expect([await response.json(), response.headers.has("inin-ratelimit-count")]).toMatchObject([
      { messageRetentionPeriodDays: 30 },
      false,
    ]);
    await stop();
    const dumped = parseSeed(parse(await readFile(join(cwd, "org.yaml"), "utf8")));
    expect(dumped.users).toMatchObject([{ email: "a@x.com" }]);
  });

  it("dumps JSON for a file name that ends in .json", async () => {
    const { stop } = await begin({ dump: "org.json" });
    await stop();
    const dumped = parseSeed(JSON.parse(await readFile(join(cwd, "org.json"), "utf8")));
    expect(dumped.users).toHaveLength(8);
  });

  it.each<[string, Partial<EmulateArguments>]>([
    ["missing.yaml", { seed: "missing.yaml" }],
    ["Unknown variant", { variant: ["gravity=0"] }],
    ["Did you mean lagMs?", { variant: ["lagms=1"] }],
    ["Unknown user", { user: "nobody@example.com" }],
    ["The org has: ana@example.com, ", { user: "nobody@example.com" }],
    ["no such file", { faults: "missing.yaml" }],
    ["--minute", { minute: 0 }],
  ])("reports a problem: %s", async (message, args) => {
    await expect(begin(args)).rejects.toThrow(message);
  });

  it("reports a port that is in use", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    await expect(begin({ port })).rejects.toThrow(`Port ${port} is in use`);
    other.close();
  });
});
