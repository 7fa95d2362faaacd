/** Ctrl-C and SIGTERM, once and twice, while the real program applies. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { BinOptions, BinResult } from "../helpers/bin.js";
import { printState } from "../../src/state/codec.js";
import { runBin } from "../helpers/bin.js";
import { stateWithoutLag } from "../helpers/known-lag.js";
import type { StateServer } from "../conformance/state-server.js";
import { startStateServer } from "../conformance/state-server.js";

const names = Array.from({ length: 12 }, (_, at) => `room-${at}`);
const desired = `version: 1
rooms:
${names.map((name) => `  ${name}: { subject: ${name}, participants: [jane.doe@example.com] }`).join("\n")}
`;

const applyArgs = ["apply", "--auto-approve", "--parallelism", "1", "--patience", "1s"];

type Kill = (signal: NodeJS.Signals) => void;

describe("signals", { timeout: 60_000 }, () => {
  let emulator: Emulator;
  let cwd: string;

  const start = (onStart?: (kill: Kill) => void, more: Partial<BinOptions> = {}): Promise<BinResult> =>
    runBin(applyArgs, {
      cwd,
      env: emulator.env,
      ...(onStart === undefined ? {} : { onStart }),
      ...more,
    });
  const created = (): number =>
    emulator.requests.filter(({ operation }) => operation === "postChatsRooms").length;
  const until = async (condition: () => boolean): Promise<void> => {
    for (let waited = 0; !condition(); waited += 5) {
      expect(waited).toBeLessThan(20_000);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const recorded = async (): Promise<readonly string[]> => {
    const state = JSON.parse(await readFile(join(cwd, "chatform.state.json"), "utf8")) as {
      resources: object;
    };
    return Object.keys(state.resources);
  };
  const subjects = (): readonly string[] =>
    emulator
      .dump()
      .rooms.map(({ subject }) => subject ?? "")
      .filter((subject) => subject.startsWith("room-"));

  beforeEach(async () => {
    emulator = await startEmulator({ actingUser: "jane.doe@example.com", latencyMs: 30 });
    cwd = await mkdtemp(join(tmpdir(), "chatform-signals-"));
    await writeFile(join(cwd, "chatform.yaml"), desired);
    await writeFile(join(cwd, "chatform.state.json"), printState(stateWithoutLag()));
  });
  afterEach(async () => {
    await emulator.close();
    await rm(cwd, { recursive: true });
  });

  it.each(["SIGINT", "SIGTERM"] as const)(
    "%s once lets running requests end, and records them",
    async (signal) => {
      let kill: Kill = () => undefined;
      const running = start((killer) => (kill = killer));
      await until(() => created() >= 3);
      kill(signal);
      const { code, stderr, stdout } = await running;
      expect(code).toBe(130);
      expect(stderr).toMatch(/^(?:Finishing 1 request; press Ctrl-C again to stop now\.\n)?$/);
      expect(stdout).toContain("interrupted");
      expect(created()).toBeLessThan(names.length);
      expect(await recorded()).toHaveLength(subjects().length);
      expect((await start()).code).toBe(0);
      expect([...subjects()].sort()).toEqual([...names].sort());
    },
  );

  it.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)(
    "%s while a later request hangs logs the ids of the created objects",
    async (signal) => {
      const match = { operation: "postChatsRooms", nth: 4 } as const;
      emulator.addFaults({ match, action: { type: "hang" } });
      let kill: Kill = () => undefined;
      let logged = "";
      const running = start((killer) => (kill = killer), { onStdout: (text) => (logged += text) });
      await until(() => emulator.requests.some(({ fault }) => fault !== undefined));
      // As CI systems do: first they ask, then they kill.
      kill(signal);
      if (signal !== "SIGKILL") await until(() => logged.match(/: created \(/g)?.length === 3);
      kill("SIGKILL");
      const { stdout } = await running;
      const made = emulator.dump().rooms.filter(({ subject = "" }) => subject.startsWith("room-"));
      expect(made).toHaveLength(3);
      for (const { subject, jid } of made) expect(stdout).toContain(`rooms/${subject}: created (${jid})`);
    },
  );

  it("end the run at once when sent twice, and nothing is created twice", async () => {
    emulator.addFaults({
      match: { operation: "postChatsRooms", nth: 3 },
      action: { type: "hang", applied: true },
    });
    let kill: Kill = () => undefined;
    let said = "";
    const running = runBin(applyArgs, {
      cwd,
      env: emulator.env,
      onStart: (killer) => (kill = killer),
      onStderr: (text) => (said += text),
    });
    await until(() => emulator.requests.some(({ fault }) => fault !== undefined));
    kill("SIGINT");
    await until(() => said.includes("Finishing 1 request; press Ctrl-C again to stop now.\n"));
    await until(() => said.includes("Still waiting for a response from"));
    kill("SIGINT");
    const { code, stdout, stderr } = await running;
    expect(code).toBe(130);
    // Two rooms exist; the third one is still uncertain.
    expect(stdout).toContain("The run stopped before the outcome of a request was known;");
    expect(stdout).not.toContain("nothing was changed");
    expect(stderr).not.toMatch(/^\s+at /m);
    emulator.clearFaults();
    const again = await start();
    expect(`${again.code}${again.stderr}`).toBe("0");
    expect([...subjects()].sort()).toEqual([...names].sort());
  });

  describe("with a state server that hangs", () => {
    let server: StateServer;

    beforeEach(async () => {
      said = "";
      server = await startStateServer({ manner: "terraform" });
      await writeFile(join(cwd, "chatform.yaml"), `${desired}state: { backend: http }\n`);
      server.content = printState(stateWithoutLag());
      await rm(join(cwd, "chatform.state.json"));
    });
    afterEach(() => server.close());

    let said = "";
    const apply = (onStart?: (kill: Kill) => void, ...more: readonly string[]): Promise<BinResult> =>
      runBin(["apply", "--auto-approve", "--parallelism", "1", ...more], {
        cwd,
        env: { ...emulator.env, TF_HTTP_ADDRESS: server.url, TF_HTTP_LOCK_ADDRESS: server.url },
        onStderr: (text) => (said += text),
        ...(onStart === undefined ? {} : { onStart }),
      });
    it("report the wait for the state server, and what the run waited for when it is interrupted", async () => {
      hang("GET");
      let kill: Kill = () => undefined;
      const running = runBin(["plan"], {
        cwd,
        env: { ...emulator.env, TF_HTTP_ADDRESS: server.url },
        onStart: (killer) => (kill = killer),
        onStderr: (text) => (said += text),
      });
      await until(() => said.includes("Waiting for the state at"));
      kill("SIGINT");
      const { code } = await running;
      expect(code).toBe(130);
      expect(said).toContain("Interrupted while waiting for the state at");
    });

    const hang = (method: string): void => {
      for (let at = 0; at < 100; at++) server.faults.push({ method, with: "hang-before" });
    };
    const asked = (method: string): boolean => server.requests.some((request) => request.method === method);
    /** Once the lock is released, as a person does it, the rescued state goes back and nothing is made twice. */
    const recovers = async (): Promise<void> => {
      server.faults.length = 0;
      server.lock = undefined;
      const env = { TF_HTTP_ADDRESS: server.url, TF_HTTP_LOCK_ADDRESS: server.url };
      const pushed = await runBin(["state", "push", "errored.chatform.state.json"], { cwd, env });
      expect(`${pushed.code}${pushed.stderr}`).toBe("0");
      const again = await apply();
      expect(`${again.code}${again.stderr}`).toBe("0");
      expect([...subjects()].sort()).toEqual([...names].sort());
    };

    it.each(["GET", "LOCK"])("once end a %s", async (method) => {
      hang(method);
      let kill: Kill = () => undefined;
      const running = apply((killer) => (kill = killer));
      await until(() => asked(method));
      kill("SIGINT");
      const { code, stderr } = await running;
      expect(code).toBe(130);
      expect(stderr).toMatch(
        /^Interrupted while waiting for the (?:lock of the )?state at .+\nInterrupted\.\n$/,
      );
    });

    it("twice rescue the known state", async () => {
      let kill: Kill = () => undefined;
      const running = apply((killer) => (kill = killer));
      await until(() => created() >= 3);
      hang("POST");
      hang("UNLOCK");
      const stored = server.requests.length;
      await until(() => server.requests.length > stored);
      kill("SIGINT");
      // The system merges signals that the program has not taken yet.
      await until(() => said !== "");
      kill("SIGINT");
      const { code, stderr } = await running;
      expect(code).toBe(130);
      expect(stderr).toContain("chatform state push errored.chatform.state.json");
      expect(stderr).toMatch(/^ {2}chatform import rooms\/room-\d+ adhoc-\S+$/m);
      await recovers();
    });

    it("are not needed after --timeout", async () => {
      const running = apply(undefined, "--timeout", "300ms");
      await until(() => created() >= 3);
      hang("POST");
      hang("UNLOCK");
      const rooms = created();
      const { code, stderr } = await running;
      expect(code).toBe(1);
      expect(stderr).toContain("no response within 300 ms");
      expect(stderr).toContain("chatform state push errored.chatform.state.json");
      // What was on its way, and no more.
      expect(created()).toBeLessThanOrEqual(rooms + 1);
      await recovers();
    });
  });
});
