/** Kills an apply that renames rooms: at the end, no room is there twice and no message is lost. MOVED_ROOMS sets the number of rooms. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import { printState } from "../../src/state/codec.js";
import { stateWithoutLag } from "../helpers/known-lag.js";
import type { Ended, OnStart } from "./kill.js";
import { run } from "./kill.js";

const size = Number(process.env["MOVED_ROOMS"] ?? "6");
const numbers = Array.from({ length: size }, (_, at) => at);

/** Before: rooms with a message each. After: all of them renamed, with another subject and one more message. */
function config(isRenamed: boolean): string {
  const rooms = numbers.map((at) => {
    const more = isRenamed ? `, new: { body: New ${at} }` : "";
    const [name, subject] = isRenamed ? [`new-${at}`, `After ${at}`] : [`old-${at}`, `Before ${at}`];
    return `  ${name}: { subject: ${subject}, messages: { rules: { body: Rules ${at} }${more} } }`;
  });
  const moves = numbers.map((at) => `  - { from: rooms/old-${at}, to: rooms/new-${at} }`);
  return ["version: 1", ...(isRenamed ? ["moved:", ...moves] : []), "rooms:", ...rooms, ""].join("\n");
}

let emulator: Emulator;
let cwd: string;

beforeEach(async () => {
  emulator = await startEmulator({ actingUser: "jane.doe@example.com", logLimit: 20_000 });
  cwd = await mkdtemp(join(tmpdir(), "chatform-moved-"));
  await writeFile(join(cwd, "chatform.yaml"), config(false));
  await writeFile(join(cwd, "chatform.state.json"), printState(stateWithoutLag()));
  expect(await apply()).toMatchObject({ code: 0 });
  await writeFile(join(cwd, "chatform.yaml"), config(true));
  emulator.clearRequests();
}, 120_000);
afterEach(async () => {
  await emulator.close();
  await rm(cwd, { recursive: true });
});

function apply(onStart?: OnStart): Promise<Ended> {
  const args = ["apply", "--auto-approve", "--patience", "300ms"];
  return run(args, { cwd, env: emulator.env, ...(onStart === undefined ? {} : { onStart }) });
}

function writes(): number {
  return emulator.requests.filter(
    ({ operation }) => operation === "patchChatsRoom" || operation === "postChatsRoomMessages",
  ).length;
}

/** Kills an apply once it has sent so many writes. */
async function killAfter(count: number): Promise<void> {
  const before = writes();
  let timer: NodeJS.Timeout | undefined;
  await apply((kill) => {
    timer = setInterval(() => {
      if (writes() - before >= count) kill("SIGKILL");
    }, 1);
  });
  clearInterval(timer);
}

test.each([0.1, 0.5, 0.9].map((share) => Math.max(1, Math.floor(2 * size * share))))(
  "killed after %i writes, and again after one more",
  async (count) => {
    await killAfter(count);
    await killAfter(1);
    await apply();
    const last = await apply();
    expect(`${last.code}${last.stderr}`).toBe("0");
    const rooms = emulator.dump().rooms.filter(({ subject = "" }) => /^(?:Before|After) /.test(subject));
    expect(rooms).toHaveLength(size);
    for (const { subject = "", messages = [] } of rooms) {
      const at = subject.replace("After ", "");
      expect(messages.map(({ body }) => body).sort()).toEqual([`New ${at}`, `Rules ${at}`]);
    }
    const text = await readFile(join(cwd, "chatform.state.json"), "utf8");
    const state = JSON.parse(text) as { resources: Record<string, unknown>; forgotten?: unknown };
    expect(Object.keys(state.resources)).toHaveLength(3 * size);
    expect([text.includes("rooms/old-"), state.forgotten]).toEqual([false, undefined]);
  },
  300_000,
);
