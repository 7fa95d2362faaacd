/** A state that is deleted or replaced, or whose lock is replaced, during a run. */
import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseState } from "../../../src/state/codec.js";
import { localStore } from "../../../src/state/local/local-store.js";
import { rescueToFolder } from "../../../src/state/rescue.js";
import type { Lock, StateStore, StateWriter } from "../../../src/state/store.js";
import { closeWriters, closing } from "../../helpers/closing.js";
import { intentEntry, recordEntry } from "./samples.js";
import { getStateError } from "./state-error.js";

let cwd: string;
let folder: string;
let path: string;
let locks: Lock[];

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-owner-"));
  folder = join(cwd, "state");
  path = join(folder, "chatform.state.json");
  locks = [];
  await mkdir(folder);
});

afterEach(async () => {
  await closeWriters();
  for (const lock of locks) await lock.release();
  await rm(cwd, { recursive: true, force: true });
});

function store(): StateStore {
  return closing(localStore({ path, heartbeatMs: 60_000, rescue: rescueToFolder(cwd, []) }));
}

/** A run in the middle: with a state from before, and a room that it has created. */
async function running(): Promise<StateWriter> {
  await begun(store(), "rooms/before").then(async (writer) => writer.close());
  await locks.pop()?.release();
  return begun(store(), "rooms/created");
}

async function begun(one: StateStore, address: string): Promise<StateWriter> {
  locks.push(await one.lock("apply", { timeoutMs: 0 }));
  const writer = await one.open(await one.read());
  await writer.append(intentEntry(address));
  await writer.append(recordEntry(address));
  return writer;
}

/** Another machine's run, which finds this one's lock stale. */
async function takeOver(): Promise<StateWriter> {
  const lock = JSON.parse(await readFile(`${path}.lock`, "utf8")) as { Process: { host: string } };
  await writeFile(`${path}.lock`, JSON.stringify({ ...lock, Process: { ...lock.Process, host: "other" } }));
  const other = closing(localStore({ path, staleMs: -60_000 }));
  locks.unshift(await other.lock("drift", { timeoutMs: 0 }));
  return other.open(await other.read());
}

const losses: readonly (readonly [string, string, () => Promise<unknown>])[] = [
  ["its folder is deleted", "state-removed", async () => rm(folder, { recursive: true })],
  ["its folder is moved away", "state-removed", async () => rename(folder, `${folder}.away`)],
  [
    "its folder is made anew",
    "lock-lost",
    async () => rm(folder, { recursive: true }).then(() => mkdir(folder)),
  ],
  ["the state is deleted", "state-removed", async () => rm(path)],
  ["the state is replaced", "state-moved", async () => copyFile(`${path}.lock`, path)],
  ["the journal is deleted", "journal-lost", async () => rm(`${path}.journal`)],
  ["the journal is cut off", "journal-lost", async () => truncate(`${path}.journal`, 10)],
  [
    "the journal is replaced by a copy",
    "journal-lost",
    async () => {
      await copyFile(`${path}.journal`, `${path}.copy`);
      await rename(`${path}.copy`, `${path}.journal`);
    },
  ],
  ["the lock is deleted", "lock-lost", async () => rm(`${path}.lock`)],
  ["the lock is emptied", "lock-lost", async () => truncate(`${path}.lock`, 0)],
  ["another run takes the lock over", "lock-lost", takeOver],
];

describe.each(losses)("when %s", (_name, code, lose) => {
  it("creates nothing more, and rescues the known state", async () => {
    const writer = await running();
    await lose();
    // An outcome that arrives now is kept in memory.
    expect((await getStateError(writer.append(recordEntry("rooms/late")))).code).toBe(code);
    expect((await getStateError(writer.append(intentEntry("rooms/next")))).code).toBe(code);
    const file = join(cwd, "errored.chatform.state.json");
    const error = await getStateError(writer.close());
    expect(error.code).toBe(code);
    expect(error.detail).toContain("errored.chatform.state.json");
    // The state of another run is not to be replaced.
    expect(error.help).toMatch(
      code === "state-moved"
        ? /adopt what this run created: chatform import$/
        : /: chatform state push (--force )?errored\.chatform\.state\.json$/,
    );
    const state = parseState(await readFile(file), "", "");
    expect(Object.keys(state.resources)).toEqual(["rooms/before", "rooms/created", "rooms/late"]);
    expect(state.uncertain).toEqual([]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it("does not send a create whose intent is being written", async () => {
    const writer = await running();
    const appended = Promise.allSettled([writer.append(intentEntry("rooms/next"))]);
    await lose();
    // The intent may be durable before the loss or not: in either case the create is not sent.
    await appended;
    // Deleting takes time too: the first of several files that are missed gives the reason.
    expect(losses.map(([, one]) => one)).toContain(
      (await getStateError(writer.append(intentEntry("rooms/later")))).code,
    );
    await getStateError(writer.close());
  });
});

it("restores a rescued state with the command that it shows", async () => {
  const writer = await running();
  await rm(path);
  const { help } = await getStateError(writer.close());
  expect(help).toContain("chatform state push --force errored.chatform.state.json");
  const state = parseState(await readFile(join(cwd, "errored.chatform.state.json")), "", "");
  await locks.pop()?.release();
  // Without the state, a run would create everything again.
  expect((await getStateError(store().read())).code).toBe("journal-foreign");
  await store().replace(state);
  expect(Object.keys((await store().read())?.resources ?? {})).toEqual(["rooms/before", "rooms/created"]);
});

it("does not touch the files of the next holder, who reads everything that was durable", async () => {
  const writer = await running();
  await writer.append(intentEntry("rooms/sent"));
  const other = await takeOver();
  expect(other.current().uncertain.map(({ address }) => address)).toEqual(["rooms/sent"]);
  await other.append(recordEntry("rooms/other"));
  const before = await readdir(folder);
  const { detail } = await getStateError(writer.close());
  expect(detail).toContain("was replaced by");
  expect(detail).toContain("for drift");
  expect(await readdir(folder)).toEqual(before);
  const state = await other.close();
  expect(Object.keys(state.resources)).toEqual(["rooms/before", "rooms/created", "rooms/other"]);
  expect(await store().read()).toEqual(state);
});

it("does not start a write after the lock is lost", async () => {
  const one = store();
  locks.push(await one.lock("apply", { timeoutMs: 0 }));
  const base = await one.read();
  await takeOver();
  expect((await getStateError(one.open(base))).code).toBe("lock-lost");
  expect((await getStateError(one.replace({ ...parseState(await empty(), "", "") }))).code).toBe("lock-lost");
  expect(locks.at(-1)?.lost.aborted).toBe(true);
});

async function empty(): Promise<string> {
  return Promise.resolve(
    JSON.stringify({ version: 1, lineage: "l", serial: 1, resources: {}, uncertain: [], users: {} }),
  );
}

describe("a rescued state", () => {
  const state = { version: 1, lineage: "l", serial: 3, resources: {}, uncertain: [], users: {} } as const;

  it("never replaces an earlier one", async () => {
    const rescue = rescueToFolder(cwd, ["--state", "a b/it's.json"]);
    expect(await rescue(state, false)).toEqual({
      file: "errored.chatform.state.json",
      command: `chatform state push errored.chatform.state.json --state 'a b/it'\\''s.json'`,
    });
    expect((await rescue(state, true)).command).toMatch(/push --force errored-2\.chatform\.state\.json/);
    expect((await readdir(cwd)).filter((name) => name.startsWith("errored"))).toHaveLength(2);
  });

  it("is written to a new folder when the working directory no longer exists", async () => {
    const gone = join(cwd, "gone");
    const { file } = await rescueToFolder(gone, [])(state, false);
    expect(file.startsWith(tmpdir())).toBe(true);
    expect(parseState(await readFile(file), "", "")).toEqual(state);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await rm(join(file, ".."), { recursive: true });
  });
});
