import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { parseState } from "../../src/state/codec.js";
import { localStore } from "../../src/state/local/local-store.js";
import type { Compiled } from "./compile.js";
import { compile } from "./compile.js";
import type { Report } from "./owner-child.js";

let compiled: Compiled;
let cwd: string;
let path: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  compiled = await compile([
    "src/core",
    "src/http",
    "src/state",
    "src/generated",
    "test/conformance/owner-child.ts",
  ]);
  cwd = await mkdtemp(join(tmpdir(), "chatform-suspended-"));
  path = join(cwd, "chatform.state.json");
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

afterAll(async () => {
  await compiled.remove();
  await rm(cwd, { recursive: true, force: true });
});

/** Makes the lock look like that of a holder on another machine whose heartbeat stopped long ago. */
async function ageLock(lockPath: string): Promise<void> {
  const lock = JSON.parse(await readFile(lockPath, "utf8")) as { Process: { host: string } };
  await writeFile(lockPath, JSON.stringify({ ...lock, Process: { ...lock.Process, host: "elsewhere" } }));
  await utimes(lockPath, new Date(0), new Date(0));
}

function kept(child: ChildProcess, reports: Report[], enough: number): Promise<void> {
  return new Promise((resolve) => {
    child.on("message", (message) => {
      reports.push(message as Report);
      if (reports.length === enough) resolve();
    });
  });
}

it("stops a suspended holder whose lock was replaced, and the new holder knows every create that was sent", async () => {
  for (let round = 0; round < 8; round++) {
    const reports: Report[] = [];
    const child = fork(join(compiled.folder, "test/conformance/owner-child.js"), [path, String(round), cwd]);
    children.push(child);
    const exited = once(child, "exit");
    // Each round stops at a different point.
    await kept(child, reports, 5 + round * 7);
    child.kill("SIGSTOP");
    await expect.poll(async () => getState(child.pid!), { interval: 2 }).toBe("T");
    await ageLock(`${path}.lock`);
    const store = localStore({ path });
    const lock = await store.lock("apply", { timeoutMs: 0 });
    expect(lock.notice).toContain("Replaced the lock");
    const writer = await store.open(await store.read());
    const known = writer.current();
    child.kill("SIGCONT");
    await exited;
    const last = reports.at(-1);
    expect(last).toMatchObject({ type: "stopped" });
    expect(["lock-lost", "journal-lost", "state-moved", "state-unwritable"]).toContain(
      last?.type === "stopped" ? last.code : "",
    );
    const addresses = new Set([
      ...Object.keys(known.resources),
      ...known.uncertain.map(({ address }) => address),
    ]);
    const sent = reports.flatMap((report) => (report.type === "sent" ? [report.address] : []));
    expect(sent.filter((address) => !addresses.has(address))).toEqual([]);
    // The one who took over goes on undisturbed.
    await writer.append({ type: "users", users: { [`round-${round}@example.com`]: "id" } });
    const state = await writer.close();
    await lock.release();
    expect(parseState(await readFile(path), "", "")).toEqual(state);
  }
});

/** Source: proc(5): field 3 of /proc/PID/stat; T is stopped. Elsewhere a signal is trusted to have arrived. */
async function getState(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ") T");
  return text.slice(text.lastIndexOf(")") + 2).split(" ")[0] ?? "";
}
