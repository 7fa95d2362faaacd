/** Tests the location of the state for every command: `--state` overrides the config, and the config the default. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { parseState } from "../../src/state/codec.js";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { StateServer } from "../conformance/state-server.js";
import { startStateServer } from "../conformance/state-server.js";
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
