/** Tests that waits of the real program end and are shown: hanging services and proxies, Ctrl-C once and twice, requested waits. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { BinResult } from "../helpers/bin.js";
import { runBin } from "../helpers/bin.js";

/** Accepts connections, reads what comes, and writes what a test wants. */
class Silent {
  readonly sockets = new Set<Socket>();
  received = "";
  readonly #server: Server;

  constructor(onData: (socket: Socket) => void = () => undefined) {
    this.#server = createServer((socket) => {
      this.sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("data", (data) => {
        this.received += data.toString("latin1");
        onData(socket);
      });
    });
  }

  async start(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.sockets) socket.destroy();
  }
}

/** Generous: a machine may be busy. What matters is that the program ends by itself. */
const soonMs = 20_000;

describe("waits", { timeout: 60_000 }, () => {
  let cwd: string;
  let silent: Silent;
  let port: number;
  const desired = "version: 1\nsettings: { reactionsEnabled: true }\n";
  const token = { GENESYSCLOUD_ACCESS_TOKEN: "t" };

  const begin = async (onData?: (socket: Socket) => void): Promise<void> => {
    silent = new Silent(onData);
    port = await silent.start();
  };
  beforeEach(async () => {
    cwd = await mkdtemp(join(tmpdir(), "chatform-waits-"));
    await writeFile(join(cwd, "chatform.yaml"), desired);
  });
  afterEach(async () => {
    silent.stop();
    await rm(cwd, { recursive: true });
  });

  const proxied = (): Record<string, string> => ({
    ...token,
    GENESYSCLOUD_REGION: "mypurecloud.de",
    GENESYSCLOUD_PROXY_HOST: "127.0.0.1",
    GENESYSCLOUD_PROXY_PORT: String(port),
  });
  const direct = (): Record<string, string> => ({
    ...token,
    CHATFORM_API_URL: `http://127.0.0.1:${port}`,
  });
  const viaTls = (): Record<string, string> => ({ ...token, CHATFORM_API_URL: `https://127.0.0.1:${port}` });
  const login = (): Record<string, string> => ({
    GENESYSCLOUD_OAUTHCLIENT_ID: "id",
    GENESYSCLOUD_OAUTHCLIENT_SECRET: "secret",
    CHATFORM_API_URL: `http://127.0.0.1:${port}`,
    CHATFORM_LOGIN_URL: `http://127.0.0.1:${port}`,
  });

  const kinds = [
    ["a proxy that never responds to CONNECT", proxied, /through the proxy http:\/\/127\.0\.0\.1:\d+/],
    ["a TLS handshake", viaTls, /a response from https:\/\/127\.0\.0\.1:\d+/],
    ["a response", direct, /a response from http:\/\/127\.0\.0\.1:\d+/],
    ["a login", login, /a token from http:\/\/127\.0\.0\.1:\d+/],
  ] as const;

  it.each(kinds)("--timeout ends the wait for %s", async (_what, env) => {
    await begin();
    const { code, stderr } = await runBin(["plan", "--timeout", "300ms"], { cwd, env: env() });
    expect(code).toBe(1);
    expect(stderr.replaceAll(/\s+/g, " ")).toMatch(/timeout: no (?:connection|response) within 300 ms/);
    expect(silent.received).not.toBe("");
  });

  /** Interrupts the program as soon as stderr says that it waits. */
  const interrupted = (args: readonly string[], env: Record<string, string>, times: number): Promise<Run> =>
    runAndInterrupt(args, { cwd, env, times });

  it.each(kinds)(
    "plan shows that it waits for %s, and Ctrl-C ends it with the same text",
    async (_what, env, text) => {
      await begin();
      const { code, stderr, endedMs } = await interrupted(["plan"], env(), 1);
      expect(code).toBe(130);
      expect(stderr).toMatch(new RegExp(`^Waiting for .*${text.source}`, "m"));
      expect(stderr).toMatch(new RegExp(`^Interrupted while waiting for .*${text.source}`, "m"));
      expect(endedMs).toBeLessThan(soonMs);
    },
  );

  it.each(["export --settings", "drift", "api getChatsSettings", "apply"])(
    "%s shows that it waits, and ends at Ctrl-C",
    async (line) => {
      await begin();
      const { code, stderr } = await interrupted(line.split(" "), direct(), 1);
      expect(code).toBe(130);
      expect(stderr).toMatch(/^Waiting for a response from http/m);
      expect(stderr).toMatch(/^Interrupted while waiting for a response from http/m);
    },
  );

  it("apply reports what it still waits for after the first Ctrl-C, and the second one ends it", async () => {
    await begin();
    const emulator = await startEmulator({});
    try {
      const action = { type: "hang", applied: false } as const;
      emulator.addFaults({ match: { operation: "patchChatsSettings" }, action });
      await writeFile(join(cwd, "chatform.yaml"), "version: 1\nsettings: { reactionsEnabled: false }\n");
      const { code, stderr } = await runAndInterrupt(["apply", "--auto-approve"], {
        ...{ cwd, env: emulator.env, times: 2 },
        when: () => emulator.requests.some(({ fault }) => fault !== undefined),
      });
      expect(code).toBe(130);
      expect(stderr).toMatch(/^Still waiting for a response from http.*; press Ctrl-C again to stop now\.$/m);
      expect(stderr).toMatch(/^Interrupted while waiting for a response from http/m);
    } finally {
      await emulator.close();
    }
  });

  describe("with the emulator", () => {
    let emulator: Emulator;
    beforeEach(async () => {
      await begin();
      emulator = await startEmulator({});
    });
    afterEach(() => emulator.close());
    const throttle = (retryAfter: number): void => {
      emulator.addFaults({
        match: { operation: "getChatsSettings" },
        times: 1,
        action: { type: "status", status: 429, retryAfter },
      });
    };

    it("fail at once for a Retry-After of 27 hours", async () => {
      throttle(97_200);
      const { code, stderr } = await runBin(["plan"], { cwd, env: emulator.env });
      expect(code).toBe(1);
      const text = stderr.replaceAll(/\s+/g, " ");
      expect(text).toContain("the service asks to wait 27 h, and --max-wait allows 10 min");
      expect(text).toContain("help: Run the command again later, or allow a longer wait");
    });

    it("are reported once, with their end", async () => {
      throttle(4);
      const { code, stderr } = await runBin(["plan", "--debug"], { cwd, env: emulator.env });
      expect(code).toBe(0);
      const told = stderr.split("\n").filter((line) => line.startsWith("Waiting for the rate limit"));
      expect(told).toHaveLength(1);
      expect(told[0]).toMatch(/, \d s, until \d\d:\d\d:\d\d UTC\.$/);
      expect(stderr).toMatch(/^debug: GET \S+: attempt 2 in 4 s, because of 429 /m);
    });

    it("are bounded by --max-wait", async () => {
      throttle(4);
      const { code, stderr } = await runBin(["api", "getChatsSettings", "--max-wait", "3s"], {
        cwd,
        env: emulator.env,
      });
      expect(`${code}${stderr}`).toContain("1Error: getChatsSettings");
      expect(stderr).toContain("wait.too.long: the service asks to wait 4 s, and --max-wait allows 3 s");
    });
  });

  it("cause no warning of Node with many requests at once", async () => {
    await begin();
    const names = Array.from({ length: 400 }, (_, at) => `room-${at}`);
    const emulator = await startEmulator({
      latencyMs: 5,
      actingUser: "jane.doe@example.com",
    });
    try {
      const rooms = names.map((name) => `  ${name}: { subject: ${name} }`).join("\n");
      await writeFile(join(cwd, "chatform.yaml"), `version: 1\nrooms:\n${rooms}\n`);
      const { code, stderr } = await runBin(["apply", "--auto-approve", "--parallelism", "200"], {
        cwd,
        env: emulator.env,
      });
      expect(stderr).not.toContain("Warning");
      expect(code).toBe(0);
    } finally {
      await emulator.close();
    }
  });
});

interface Run extends BinResult {
  /** From the last signal to the end, in milliseconds. */
  readonly endedMs: number;
}

/** Sends SIGINT once stderr says that the program waits, or once `when` holds; and again once it says that it still does. */
async function runAndInterrupt(
  args: readonly string[],
  options: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    readonly times: number;
    readonly when?: () => boolean;
  },
): Promise<Run> {
  let sent = 0;
  let sentAt = 0;
  let stderr = "";
  let look: NodeJS.Timeout | undefined;
  const result = await runBin(args, {
    cwd: options.cwd,
    env: options.env,
    onStderr: (text) => (stderr += text),
    onStart: (kill) => {
      look = setInterval(() => {
        const isTime =
          sent === 0 ? (options.when?.() ?? /^Waiting for /m.test(stderr)) : /^Still waiting/m.test(stderr);
        if (!isTime || sent >= options.times) return;
        sent++;
        sentAt = performance.now();
        kill("SIGINT");
      }, 20);
    },
  });
  clearInterval(look);
  expect(sent).toBe(options.times);
  return { ...result, endedMs: performance.now() - sentAt };
}
