/** A disk that fails during a run: a clear error, nothing lost, and the next run ends well. */
import { execFileSync } from "node:child_process";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Ended } from "./kill.js";
import { World } from "./world.js";
import { skips } from "../helpers/skip.js";

describe("the state's disk", { timeout: 120_000 }, () => {
  let world: World;
  let state: string;

  beforeEach(async () => {
    world = await World.make();
    state = join(world.cwd, "chatform.state.json");
  });
  afterEach(() => world.close());

  const expectClear = ({ code, stderr, stdout }: Ended, errorCode: string): void => {
    expect(code).toBe(1);
    expect(stderr).toContain(errorCode);
    expect(stdout + stderr).not.toMatch(/^\s+at |bug in chatform/m);
  };

  it.each([
    ["cut off", (text: string) => text.slice(0, text.length / 2)],
    ["empty", () => ""],
    ["garbage", () => "\u0000\u0001 not json"],
    ["another kind of JSON", () => '{"version":4,"terraform_version":"1.9.0"}'],
  ])("refuses a state that is %s, keeps the file, and can be restored", async (_what, damage) => {
    expect((await world.apply()).code).toBe(0);
    const good = await readFile(state, "utf8");
    await copyFile(state, `${state}.good`);
    await writeFile(state, damage(good));
    const damaged = await readFile(state, "utf8");
    const writes = world.emulator.requestCount;
    expectClear(await world.apply(), "state-");
    expect(await readFile(state, "utf8")).toBe(damaged);
    expect(world.emulator.requestCount).toBe(writes);
    await copyFile(`${state}.good`, state);
    await world.recovers();
  });

  it("refuses a damaged journal, and shows what to do", async () => {
    world.emulator.addFaults({ match: { operation: "postChatsRoomMessages" }, action: { type: "hang" } });
    let kill: (signal: NodeJS.Signals) => void = () => undefined;
    const running = world.applyInProcess((killer) => (kill = killer));
    await world.hung();
    kill("SIGKILL");
    await running;
    world.emulator.clearFaults();
    const journal = await readFile(`${state}.journal`, "utf8");
    const lines = journal.split("\n");
    expect(lines.length).toBeGreaterThan(3);
    await writeFile(`${state}.journal`, [lines[0], "garbage", ...lines.slice(2)].join("\n"));
    expectClear(await world.apply(), "journal-damaged");
    await writeFile(`${state}.journal`, journal);
    await world.recovers();
  });

  it("changes nothing in Genesys Cloud when the state cannot be written", async () => {
    await mkdir(join(world.cwd, "chatform.state.json.lock"), { recursive: true });
    const { code, stderr, stdout } = await world.apply();
    expect(code).toBe(1);
    expect(stdout + stderr).not.toMatch(/^\s+at |bug in chatform/m);
    expect(world.emulator.requests.filter(({ method }) => method !== "GET" && method !== "POST")).toEqual([]);
    await rm(join(world.cwd, "chatform.state.json.lock"), { recursive: true });
    await world.recovers();
  });

  it("creates nothing more when the state is deleted with its folder during a run, and restores the known state", async () => {
    await mkdir(join(world.cwd, "kept"));
    world.emulator.addFaults({ match: { operation: "postChatsRooms", nth: 2 }, action: { type: "hang" } });
    const running = world.apply("--state", "kept/state.json", "--no-verify");
    await world.hung();
    await rm(join(world.cwd, "kept"), { recursive: true });
    const { code, stderr, stdout } = await running;
    world.emulator.clearFaults();
    expect(code).toBe(1);
    expect(stdout + stderr).not.toMatch(/^\s+at |bug in chatform/m);
    const sent = world.emulator.requests.filter(({ operation }) => operation === "postChatsRooms").length;
    expect(sent).toBe(2);
    expect(stderr).toMatch(/^ {2}chatform import --state \S+ rooms\/\S+ adhoc-\S+$/m);
    const command = "chatform state push --force errored.chatform.state.json --state kept/state.json";
    expect(stderr).toContain(command);
    await mkdir(join(world.cwd, "kept"));
    const pushed = await world.run(command.split(" ").slice(1));
    expect(`${pushed.code}${pushed.stderr}`).toBe("0");
    const again = await world.apply("--state", "kept/state.json");
    expect(`${again.code}${again.stderr}`).toBe("0");
    world.expectDesired();
  });

  it("creates nothing more when another run replaces the lock, and names the other run", async () => {
    world.emulator.addFaults({ match: { operation: "postChatsRooms", nth: 2 }, action: { type: "hang" } });
    const running = world.apply("--no-verify");
    await world.hung();
    const lock = JSON.parse(await readFile(`${state}.lock`, "utf8")) as Record<string, unknown>;
    const other = { ...lock, ID: "other", Who: "sam@elsewhere (7)" };
    await writeFile(`${state}.lock`, JSON.stringify(other));
    const { code, stderr, stdout } = await running;
    expect(code).toBe(1);
    expect(stdout + stderr).not.toMatch(/^\s+at |bug in chatform/m);
    expect(stderr).toContain("was replaced by sam@elsewhere (7) for apply since");
    expect(stderr).toContain("chatform state push errored.chatform.state.json");
    expect(stderr.indexOf("Make sure")).toBeLessThan(stderr.indexOf("push that file"));
    expect(stdout).toContain("Apply incomplete: ");
    expect(world.emulator.requests.filter(({ operation }) => operation === "postChatsRooms")).toHaveLength(2);
    // The journal is where it was: the other run reads it, and loses nothing.
    await rm(`${state}.lock`);
    await world.recovers();
  });

  it("records the finished changes on a full disk, and the next run succeeds", async (context) => {
    const disk = join(world.cwd, "disk");
    await mkdir(disk);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=32k", "tmpfs", disk], { stdio: "ignore" });
    } catch {
      context.skip(skips("a full disk", "a small file system can't be mounted here"));
    }
    try {
      let failures = 0;
      for (const leave of [0, 1, 2, 3]) {
        // Pages of 4 KiB: the disk fills up at a different moment each time.
        await writeFile(join(disk, "filler"), Buffer.alloc((8 - leave) * 4096 - 1)).catch(() => undefined);
        const { code, stderr, stdout } = await world.apply("--state", "disk/state.json");
        expect(stdout + stderr).not.toMatch(/^\s+at |bug in chatform/m);
        if (code !== 0) failures++;
        if (code !== 0) expect(stderr).toMatch(/state-|ENOSPC|no space|full/i);
        await rm(join(disk, "filler"), { force: true });
      }
      expect(failures).toBeGreaterThan(0);
      const last = await world.apply("--state", "disk/state.json");
      expect(`${last.code}${last.stderr}`).toBe("0");
      world.expectDesired();
    } finally {
      execFileSync("umount", [disk]);
    }
  });
});
