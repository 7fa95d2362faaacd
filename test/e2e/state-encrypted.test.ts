/** Encrypted states, plans and journals with the real program: a local state, and one in S3 that hangs and refuses. */
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { Fault, S3Server } from "../conformance/s3-server.js";
import { startS3Server } from "../conformance/s3-server.js";
import type { BinOptions, BinResult } from "../helpers/bin.js";
import { runBin } from "../helpers/bin.js";

const [current, former] = ["CHATFORM_STATE_PASSPHRASE", "CHATFORM_STATE_PASSPHRASE_OLD"] as const;
const [first, second] = ["correct horse battery staple", "another passphrase, longer"] as const;
const passphrase = { [current]: first };
const other = { [current]: second };
const apply = "apply --auto-approve";
const statePath = "chatform.state.json";

let cwd: string;
let emulator: Emulator;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-encrypted-"));
  emulator = await startEmulator({ actingUser: "jane.doe@example.com" });
});

afterEach(async () => {
  await emulator.close();
  await rm(cwd, { recursive: true });
});

function chatform(
  line: string,
  env: Readonly<Record<string, string>> = {},
  more: Partial<BinOptions> = {},
): Promise<BinResult> {
  return runBin(line.split(" "), { cwd, env: { ...emulator.env, ...env }, ...more });
}

async function ok(line: string, env?: Readonly<Record<string, string>>): Promise<string> {
  const { code, stdout, stderr } = await chatform(line, env);
  expect(code, stdout + stderr).toBe(0);
  return stdout + stderr;
}

function declare(rooms: string, state = "{}"): Promise<void> {
  return writeFile(join(cwd, "chatform.yaml"), `version: 1\nrooms: { ${rooms} }\nstate: ${state}\n`);
}

const content = (name: string): string => readFileSync(join(cwd, name), "utf8");

function creates(): number {
  return emulator.requests.filter(({ method, path }) => method === "POST" && path.endsWith("/rooms")).length;
}

describe("an encrypted local state", { timeout: 120_000 }, () => {
  it("and its plan are of use with the passphrase only", async () => {
    await declare("bridge: { subject: Bridge }");
    await ok("plan --out plan.json", passphrase);
    expect(content("plan.json")).not.toMatch(/Bridge|bridge/);
    for (const [env, code] of [
      [{}, "state-encrypted"],
      [other, "passphrase-wrong"],
    ] as const) {
      const { code: exit, stderr } = await chatform("apply plan.json", env);
      expect([exit, stderr]).toEqual([1, expect.stringContaining(`(${code})`)]);
    }
    expect(creates()).toBe(0);
    await ok("apply plan.json", passphrase);
    expect(content(statePath)).not.toMatch(/Bridge|bridge/);
    const { code, stderr } = await chatform("doctor");
    expect([code, creates(), stderr]).toEqual([1, 1, ""]);
  });

  it("changes its passphrase, ends and begins again, with its backup and without odd notes", async () => {
    await declare("bridge: { subject: Bridge }");
    await ok(apply);
    expect(await ok("state encrypt", passphrase)).toMatch(
      /^Encrypted chatform\.state\.json: serial \d+\.\n$/,
    );
    const changed = { ...other, [former]: first };
    expect(await ok("state encrypt", changed)).toMatch(/^Encrypted /);
    const list = `state list --state ${statePath}`;
    for (const path of [list, `${list}.backup`]) expect(await ok(path, other)).toBe("rooms/bridge\n");
    await writeFile(join(cwd, "copy.json"), (await chatform("state pull", other)).stdout);
    await ok("state push copy.json", other);
    expect(content(statePath)).toContain("chatform_encrypted");
    await ok("state decrypt", other);
    for (const path of [list, `${list}.backup`]) expect(await ok(path)).toBe("rooms/bridge\n");
  });

  it("that was tampered with is refused by every command, and stays as it is", async () => {
    await declare("bridge: { subject: Bridge }");
    await ok(apply, passphrase);
    const text = content(statePath);
    const at = Math.floor(text.length / 2);
    const tampered = text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
    const bomb = text.replace('"N":131072', '"N":1048576').replace('"r":8', '"r":32');
    for (const bad of [tampered, bomb, text.slice(0, at)]) {
      await writeFile(join(cwd, statePath), bad);
      for (const line of bad === tampered ? [apply, "state encrypt", "state decrypt"] : [apply]) {
        const { code, stderr } = await chatform(line, passphrase);
        expect([code, stderr]).toEqual([1, expect.stringContaining("(state-damaged)")]);
      }
      expect(content(statePath)).toBe(bad);
    }
  });

  it("has an encrypted journal, which a kill leaves for the next run", async () => {
    await declare("bridge: { subject: Bridge }, lobby: { subject: Lobby }");
    const creating = { operation: "postChatsRooms", nth: 2 } as const;
    emulator.addFaults({ match: creating, action: { type: "hang", applied: true } });
    await chatform(apply, passphrase, {
      onStart: (kill) => {
        const look = setInterval(() => {
          if (emulator.requests.every(({ operation, fault }) => operation !== "postChatsRooms" || !fault))
            return;
          clearInterval(look);
          kill("SIGKILL");
        }, 10);
      },
    });
    emulator.clearFaults();
    const journal = content(`${statePath}.journal`);
    expect([journal.includes('"sealed"'), /Bridge|rooms\//.test(journal)]).toEqual([true, false]);
    expect((await chatform("state list", other)).stderr).toContain("(passphrase-wrong)");
    await ok(apply, passphrase);
    expect([creates(), await ok("state list", passphrase)]).toEqual([2, "rooms/bridge\nrooms/lobby\n"]);
  });
});

describe("a state in S3", { timeout: 120_000 }, () => {
  let server: S3Server;
  const aws = { AWS_ACCESS_KEY_ID: "AKID", AWS_SECRET_ACCESS_KEY: "a-secret-key", ...passphrase };
  const always = { times: Infinity };

  beforeEach(async () => {
    server = await startS3Server();
    await declare(
      "bridge: { subject: Bridge }",
      `{ backend: s3, bucket: states, key: chat.json, endpoint: "${server.url}" }`,
    );
  });

  afterEach(() => server.close());

  it("is encrypted, locked and released", async () => {
    await ok(apply, aws);
    expect([...server.objects.keys()]).toEqual(["chat.json"]);
    expect(server.objects.get("chat.json")?.body).not.toMatch(/Bridge|bridge/);
    expect(await ok("plan", aws)).toMatch(/^No changes/);
  });

  const hangs: readonly (readonly [what: string, fault: Fault, times: number, code: number])[] = [
    ["lock", { method: "PUT", key: ".lock", with: "hang-after", ...always }, 1, 130],
    ["read", { method: "GET", key: "chat.json", with: "drip", ...always }, 1, 130],
    ["release", { method: "DELETE", key: ".lock", with: "hang-before", ...always }, 2, 130],
  ];

  it.each(hangs)(
    "that hangs at the %s is waited for aloud, until Ctrl-C",
    async (what, fault, times, code) => {
      server.faults.push(fault);
      let stderr = "";
      const result = await chatform(apply, aws, {
        onStderr: (text) => (stderr += text),
        onStart: (kill) => {
          let sent = 0;
          const look = setInterval(() => {
            const isTime =
              sent === 0 ? /^Waiting for (?:the lock of )?the state/m : /^Still waiting for the state/m;
            if (!isTime.test(stderr)) return;
            kill("SIGINT");
            if (++sent === times) clearInterval(look);
          }, 20);
        },
      });
      expect(result.code, result.stderr).toBe(code);
      // No lock stays that the run could release.
      if (what !== "release") expect([...server.objects.keys()]).not.toContain("chat.json.lock");
    },
  );

  it("that is busy says how long it asks to wait", async () => {
    const headers = { "retry-after": "90" };
    server.faults.push({ method: "PUT", with: [503, "SlowDown"], headers, ...always });
    const { code, stderr } = await chatform(apply, aws);
    expect(code).toBe(1);
    expect(stderr.replaceAll(/\s+/g, " ")).toContain("responded with 503 SlowDown and asks to wait 90 s.");
  });
});
