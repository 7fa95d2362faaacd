/** Everything that a full run of the real program produced, searched for the secret and the tokens. */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { BinResult } from "../helpers/bin.js";
import { runBin } from "../helpers/bin.js";

const desired = `version: 1
settings: { reactionsEnabled: false }
rooms:
  bridge: { subject: Incident bridge, participants: [sam@example.com] }
`;

describe("secrets", () => {
  let emulator: Emulator;
  let cwd: string;
  let produced: string[];

  const run = async (args: readonly string[], env: Readonly<Record<string, string>>): Promise<BinResult> => {
    const result = await runBin([...args, "--debug"], { cwd, env: { ...emulator.env, ...env } });
    produced.push(result.stdout, result.stderr);
    return result;
  };

  beforeEach(async () => {
    emulator = await startEmulator();
    cwd = await mkdtemp(join(tmpdir(), "chatform-secrets-"));
    await writeFile(join(cwd, "chatform.yaml"), desired);
    produced = [];
  });
  afterEach(async () => {
    await emulator.close();
    await rm(cwd, { recursive: true });
  });

  it("appear in nothing that a run writes or shows, whether it succeeds or fails", async () => {
    const client = { GENESYSCLOUD_OAUTHCLIENT_ID: "", GENESYSCLOUD_OAUTHCLIENT_SECRET: "", ...emulator.env };
    const token = emulator.token({ user: "jane.doe@example.com" });
    const user = { GENESYSCLOUD_ACCESS_TOKEN: token };
    expect((await run(["plan", "--calls", "--out", "plan.json"], client)).code).toBe(0);
    expect((await run(["plan", "--json"], client)).code).toBe(0);
    expect((await run(["apply", "plan.json"], client)).code).toBe(0);
    expect((await run(["show", "rooms/bridge"], user)).code).toBe(0);
    expect((await run(["export", "--all-known"], user)).code).toBe(0);
    expect((await run(["state", "pull"], client)).code).toBe(0);
    emulator.addFaults({
      match: { operation: "getChatsSettings" },
      action: { type: "expire-token" },
      times: "always",
    });
    expect((await run(["plan"], user)).code).toBe(1);
    emulator.clearFaults();
    emulator.addFaults({
      match: { operation: "getChatsRoom" },
      action: { type: "garbage" },
      times: "always",
    });
    expect((await run(["plan"], client)).code).toBe(1);
    const secret = "s3cret-that-is-wrong";
    expect((await run(["plan"], { ...client, GENESYSCLOUD_OAUTHCLIENT_SECRET: secret })).code).toBe(1);
    const url = `http://user:${secret}@127.0.0.1:1`;
    expect((await run(["plan"], { ...client, CHATFORM_API_URL: url })).code).toBe(1);

    const files = await Promise.all(
      (await readdir(cwd)).map(async (name) => readFile(join(cwd, name), "utf8")),
    );
    const everything = [...produced, ...files].join("\n");
    expect(everything).toContain("GET /api/v2/chats/settings");
    const basic = Buffer.from(
      `${client.GENESYSCLOUD_OAUTHCLIENT_ID}:${client.GENESYSCLOUD_OAUTHCLIENT_SECRET}`,
    ).toString("base64");
    for (const hidden of [client.GENESYSCLOUD_OAUTHCLIENT_SECRET, token, secret, basic, "Bearer", "Basic "]) {
      expect(hidden).not.toBe("");
      expect(everything).not.toContain(hidden);
    }
  });

  it("stay private: state and plan files are readable by their owner only", async () => {
    await run(["plan", "--out", "plan.json"], {});
    await run(["apply", "plan.json"], {});
    for (const name of ["plan.json", "chatform.state.json"]) {
      expect(((await stat(join(cwd, name))).mode & 0o777).toString(8)).toBe("600");
    }
  });

  it("are never sent unencrypted to another machine", async () => {
    const { code, stderr } = await run(["plan"], { CHATFORM_API_URL: "http://chat.example.com" });
    expect(code).toBe(1);
    expect(stderr).toContain("plain-http");
    expect(emulator.requests).toEqual([]);
  });
});
