/**
 * Tests the location of the state for every command: `--state` overrides the config, and the config the default. The working directory
 * never decides.
 */
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseState } from "../../src/state/codec.js";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { StateServer } from "../conformance/state-server.js";
import { startStateServer } from "../conformance/state-server.js";
import type { RunResult } from "../helpers/run.js";
import { runCli } from "../helpers/run.js";

let cwd = "";
let emulator: Emulator;
let states: StateServer;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-state-place-"));
  emulator = await startEmulator({ actingUser: "jane.doe@example.com" });
  states = await startStateServer({ manner: "terraform" });
});
afterEach(async () => {
  await states.close();
  await emulator.close();
  await rm(cwd, { recursive: true });
});

const declare = (state: string): Promise<void> =>
  writeFile(
    join(cwd, "chatform.yaml"),
    `version: 1\nrooms: { bridge: { subject: Bridge } }\nstate: ${state}\n`,
  );

async function ok(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(args, { cwd, env: emulator.env });
  expect(code, stdout + stderr).toBe(0);
  return stdout;
}

const addressesIn = (text: string): readonly string[] => Object.keys(parseState(text, "test", "").resources);

it.each(["{ backend: http }", "{ backend: http, address: SERVER }", "{ backend: pg }"])(
  "--state overrides %s",
  async (state) => {
    await declare(state.replace("SERVER", `"${states.url}"`));
    const here = ["--state", "here.json"];
    await ok("apply", "--auto-approve", ...here);
    expect(addressesIn(await readFile(join(cwd, "here.json"), "utf8"))).toEqual(["rooms/bridge"]);
    for (const command of ["plan", "drift"]) expect(await ok(command, ...here)).toMatch(/^No /);
    expect(await ok("show", "rooms/bridge", ...here)).toContain("Bridge");
    expect(await ok("state", "list", ...here)).toContain("rooms/bridge");
    expect(await ok("export", "--all-known", ...here)).toContain("subject: Bridge");
    expect(states.content).toBeUndefined();
  },
);

it("reads the backend of export from the config, too", async () => {
  await declare(`{ backend: http, address: "${states.url}" }`);
  await ok("apply", "--auto-approve");
  expect(await ok("export", "--all-known")).toContain("subject: Bridge");
  await ok("export", "--mine", "--adopt", "--out", "mine.yaml");
  expect(addressesIn(states.content ?? "")).toEqual(
    expect.arrayContaining(["rooms/bridge", "rooms/front-desk"]),
  );
  await expect(readFile(join(cwd, "chatform.state.json"))).rejects.toThrow();
});

it("exports without a backend when no state is needed", async () => {
  await declare("{ backend: http }");
  expect(await ok("export", "--settings")).toContain("reactionsEnabled");
});

describe("a config of three folders", () => {
  const room = (name: string): string => `version: 1\nrooms: { ${name}: { subject: ${name} } }\n`;
  const chatform = (folder: string, ...args: readonly string[]): Promise<RunResult> =>
    runCli(args, { cwd: join(cwd, folder), env: emulator.env });
  const creates = (): number =>
    emulator.requests.filter(({ method, path }) => method === "POST" && path.endsWith("/rooms")).length;

  beforeEach(async () => {
    for (const folder of ["chat/emea/deeper", "chat/apac", "states"])
      await mkdir(join(cwd, folder), { recursive: true });
    await writeFile(join(cwd, "chat/chatform.yaml"), room("lobby"));
    await writeFile(join(cwd, "chat/emea/rooms.yaml"), room("berlin"));
    await writeFile(join(cwd, "chat/apac/rooms.yaml"), room("tokyo"));
  });

  const from = (up: string): readonly string[] =>
    ["chatform.yaml", "emea", "apac"].flatMap((path) => ["-f", `${up}${path}`]);
  const runs: readonly (readonly [folder: string, up: string])[] = [
    ["chat", ""],
    ["", "chat/"],
    ["chat/emea/deeper", "../../"],
    ["states", "../chat/"],
  ];

  it.each([
    ["default", "", "chat/chatform.state.json"],
    ["path of the main file", "state: { path: ../states/chat.json }\n", "states/chat.json"],
  ])("has one plan and one state from any working directory: %s", async (_case, state, place) => {
    await writeFile(join(cwd, "chat/chatform.yaml"), room("lobby") + state);
    const checksums = new Set<unknown>();
    for (const [folder, up] of runs) {
      const { stdout, code } = await chatform(folder, "plan", "--json", ...from(up));
      expect(code).toBe(0);
      checksums.add((JSON.parse(stdout) as { chatform: { checksum: string } }).chatform.checksum);
    }
    expect(checksums.size).toBe(1);
    for (const [folder, up] of runs)
      expect((await chatform(folder, "apply", "--auto-approve", ...from(up))).code).toBe(0);
    expect(creates()).toBe(3);
    expect(addressesIn(await readFile(join(cwd, place), "utf8"))).toEqual([
      "rooms/berlin",
      "rooms/lobby",
      "rooms/tokyo",
    ]);
    const files = await readdir(cwd, { recursive: true });
    expect(files.filter((file) => file.endsWith("state.json") || file.endsWith("chat.json"))).toEqual([
      place,
    ]);
  });

  it("names a state that an earlier version kept in the working directory, and how to move it", async () => {
    await chatform("chat", "apply", "--auto-approve");
    for (const suffix of ["", ".backup"])
      await rename(
        join(cwd, `chat/chatform.state.json${suffix}`),
        join(cwd, `chatform.state.json${suffix}`),
      ).catch(() => undefined);
    for (const command of [["plan"], ["apply", "--auto-approve"], ["state", "list"], ["drift"]]) {
      const { code, stderr } = await chatform("", ...command, "-f", "chat/chatform.yaml");
      expect([code, stderr]).toEqual([1, expect.stringContaining("(state-elsewhere)") as string]);
      expect(stderr).toContain("Otherwise move it: mv chatform.state.json chat (state-elsewhere)");
    }
    expect(creates()).toBe(1);
    await rename(join(cwd, "chatform.state.json"), join(cwd, "chat/chatform.state.json"));
    const { code, stdout } = await chatform("", "plan", "-f", "chat/chatform.yaml");
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^No changes/) as string]);
  });

  it("says which of two states is used", async () => {
    await chatform("chat", "apply", "--auto-approve");
    await writeFile(join(cwd, "chatform.state.json"), await readFile(join(cwd, "chat/chatform.state.json")));
    const { code, stderr } = await chatform("", "plan", "-f", "chat/chatform.yaml");
    expect([code, stderr]).toEqual([
      0,
      "Note: The state is chat/chatform.state.json. chatform.state.json in the working directory is not used.\n",
    ]);
  });

  it("is applied from a saved plan in any folder, with the plan's state", async () => {
    await chatform("", "plan", "--out", "states/plan.json", "-f", "chat/chatform.yaml");
    const { code, stdout } = await chatform("chat/emea", "apply", "../../states/plan.json");
    expect(code, stdout).toBe(0);
    expect(addressesIn(await readFile(join(cwd, "chat/chatform.state.json"), "utf8"))).toEqual([
      "rooms/lobby",
    ]);
    expect(await readdir(join(cwd, "chat/emea"))).toEqual(["deeper", "rooms.yaml"]);
  });

  it("refuses a saved plan whose state is unknown, until the config or the state is named", async () => {
    await chatform("chat", "plan", "--out", "plan.json");
    await rename(join(cwd, "chat/plan.json"), join(cwd, "states/plan.json"));
    const refused = await chatform("states", "apply", "plan.json");
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining("(plan-state-unknown)") as string,
    ]);
    expect(creates()).toBe(0);
    expect(await readdir(join(cwd, "states"))).toEqual(["plan.json"]);
    expect((await chatform("states", "apply", "plan.json", "-f", "../chat/chatform.yaml")).code).toBe(0);
    expect(await readdir(join(cwd, "chat"))).toContain("chatform.state.json");
  });

  it("is one config by include, in any working directory", async () => {
    await writeFile(join(cwd, "chat/chatform.yaml"), `${room("lobby")}include: [emea, "apac/*.yaml"]\n`);
    const plans = new Set<string>();
    for (const [folder, up] of runs) {
      const { code, stdout } = await chatform(folder, "plan", "-f", `${up}chatform.yaml`);
      expect([code, stdout]).toEqual([0, expect.stringContaining("rooms/tokyo will be created") as string]);
      plans.add(stdout.replaceAll(up, ""));
    }
    expect(plans.size).toBe(1);
    for (const [folder, up] of runs)
      expect((await chatform(folder, "apply", "--auto-approve", "-f", `${up}chatform.yaml`)).code).toBe(0);
    expect(creates()).toBe(3);
    expect(addressesIn(await readFile(join(cwd, "chat/chatform.state.json"), "utf8"))).toHaveLength(3);
  });

  it("is found by state commands while the config has errors, and by those that messages print", async () => {
    await chatform("chat", "apply", "--auto-approve");
    await writeFile(
      join(cwd, "chat/chatform.yaml"),
      `${room("lobby")}rums: 1\nusers: { x: "\${var:unset}" }\n`,
    );
    const { code, stdout } = await chatform("states", "state", "list", "-f", "../chat/chatform.yaml");
    expect([code, stdout]).toEqual([0, "rooms/lobby\n"]);
    await writeFile(
      join(cwd, "chat/chatform.state.json.lock"),
      JSON.stringify({ ID: "1", Who: "sam@elsewhere" }),
    );
    const locked = await chatform("", "state", "mv", "rooms/lobby", "rooms/hall", "-f", "chat/chatform.yaml");
    const [, command = ""] = /chatform (state unlock \S+ --state \S+)/.exec(locked.stderr) ?? [];
    expect((await chatform("", ...command.split(" "))).stdout).toContain(
      "Unlocked chat/chatform.state.json.",
    );
  });

  it("comes from standard input, with the state in the working directory", async () => {
    const run = (...args: readonly string[]): Promise<RunResult> =>
      runCli(args, { cwd: join(cwd, "states"), env: emulator.env, stdin: `${room("lobby")}rums: 1\n` });
    expect((await run("validate", "-f", "-")).stderr).toContain("--> <stdin>:3:1");
    const applied = await runCli(["apply", "--auto-approve", "-f", "-"], {
      cwd: join(cwd, "states"),
      env: emulator.env,
      stdin: room("lobby"),
    });
    expect(applied.code, applied.stderr).toBe(0);
    expect(await readdir(join(cwd, "states"))).toEqual(["chatform.state.json"]);
    const fixed = await runCli(["fix", "--departed", "-f", "-"], {
      cwd: join(cwd, "states"),
      env: emulator.env,
      stdin: room("lobby"),
    });
    expect(fixed.stderr).toContain("(file-not-replaced)");
  });
});
