import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JournalEntry, State } from "../../../../src/core/state/state.js";
import { parseState } from "../../../../src/state/codec.js";
import type { LocalOptions } from "../../../../src/state/local/local-store.js";
import { localStore } from "../../../../src/state/local/local-store.js";
import type { StateStore, StateWriter } from "../../../../src/state/store.js";
import { closeWriters, closing } from "../../../helpers/closing.js";
import { intent, intentEntry, recordEntry } from "../samples.js";
import { getStateError } from "../state-error.js";

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "chatform-state-"));
  path = join(folder, "chatform.state.json");
});

afterEach(async () => {
  await closeWriters();
  await rm(folder, { recursive: true, force: true });
});

function open(options: Partial<LocalOptions> = {}): StateStore {
  return closing(localStore({ path, newLineage: () => "lineage-1", ...options }));
}

async function written(...entries: readonly JournalEntry[]): Promise<State> {
  const store = open();
  const writer = await store.open(await store.read());
  await Promise.all(entries.map(async (entry) => writer.append(entry)));
  return writer.close();
}

/** Leaves the files of a killed process: appended, never closed. */
async function killed(...entries: readonly JournalEntry[]): Promise<StateWriter> {
  const store = open();
  const writer = await store.open(await store.read());
  for (const entry of entries) await writer.append(entry);
  return writer;
}

describe("files", () => {
  it("holds nothing before the first write", async () => {
    expect(await open().read()).toBeUndefined();
  });

  it("writes nothing when nothing was appended", async () => {
    const writer = await open().open(undefined);
    expect(await writer.close()).toMatchObject({ lineage: "lineage-1", serial: 0 });
    expect(await readdir(folder)).toEqual([]);
  });

  it("keeps state, journal and backup readable by their owner only", async () => {
    await written(recordEntry("rooms/a"));
    await chmod(path, 0o644);
    await written(recordEntry("rooms/b"));
    await killed(recordEntry("rooms/c"));
    const modes = await Promise.all(
      ["", ".backup", ".journal"].map(async (end) => (await stat(path + end)).mode & 0o777),
    );
    expect(modes).toEqual([0o600, 0o600, 0o600]);
  });

  it("counts writes and keeps the previous content as backup", async () => {
    await written(recordEntry("rooms/a"));
    const second = await written(recordEntry("rooms/b"));
    expect(second.serial).toBe(2);
    const backup = parseState(await readFile(`${path}.backup`), "backup", "");
    expect([backup.serial, Object.keys(backup.resources)]).toEqual([1, ["rooms/a"]]);
    expect(await readdir(folder)).toEqual(["chatform.state.json", "chatform.state.json.backup"]);
  });

  it("follows a symbolic link, even a dangling one, and keeps the link", async () => {
    const link = join(folder, "link.json");
    await symlink("chatform.state.json", link);
    const store = open({ path: link });
    const writer = await store.open(undefined);
    await writer.append(recordEntry("rooms/a"));
    expect(await readdir(folder)).toContain("chatform.state.json.journal");
    await writer.close();
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect(Object.keys((await open().read())?.resources ?? {})).toEqual(["rooms/a"]);
  });

  it("writes the whole state when the journal grows large, and continues", async () => {
    const store = open({ journalLimit: 2_000 });
    const writer = await store.open(undefined);
    for (let at = 0; at < 50; at++) await writer.append(recordEntry(`rooms/r${at}`));
    expect(Object.keys((await open().read())?.resources ?? {})).toHaveLength(50);
    expect((await stat(`${path}.journal`)).size).toBeLessThan(2_500);
    const state = await writer.close();
    expect(state.serial).toBeGreaterThan(3);
    expect(await open().read()).toEqual(state);
  });

  it("replaces a state as a whole", async () => {
    await killed(recordEntry("rooms/a"));
    const other: State = {
      version: 1,
      lineage: "other",
      serial: 9,
      resources: {},
      uncertain: [],
      users: { "a@x": "1" },
    };
    await open().replace(other);
    expect(await open().read()).toEqual(other);
  });
});

describe("journal", () => {
  it("is replayed after a kill, and folded into the state by the next writer", async () => {
    await written(recordEntry("rooms/a"));
    await killed(recordEntry("rooms/b"), intentEntry("rooms/c"));
    const state = await open().read();
    expect([state?.serial, Object.keys(state?.resources ?? {}), state?.uncertain[0]?.address]).toEqual([
      1,
      ["rooms/a", "rooms/b"],
      "rooms/c",
    ]);
    const store = open();
    const writer = await store.open(await store.read());
    expect(writer.current().serial).toBe(2);
    expect(await readdir(folder)).not.toContain("chatform.state.json.journal");
    expect(await open().read()).toEqual(writer.current());
  });

  it("of a state that was never written is replayed too", async () => {
    await killed(recordEntry("rooms/a"));
    const state = await open().read();
    expect([state?.lineage, state?.serial]).toEqual(["lineage-1", 0]);
    expect((await written(recordEntry("rooms/b"))).serial).toBe(2);
  });

  it("that the state already contains has no effect", async () => {
    await written(recordEntry("rooms/a"));
    await killed({ type: "record", address: "rooms/a", resource: null });
    const journal = await readFile(`${path}.journal`);
    const closed = await written(recordEntry("rooms/b"));
    // As a crash between writing the state and dropping the journal leaves it.
    await writeFile(`${path}.journal`, journal);
    expect(await open().read()).toEqual(closed);
    expect((await written(recordEntry("rooms/c"))).serial).toBe(closed.serial + 1);
    expect(await readdir(folder)).not.toContain("chatform.state.json.journal");
  });

  it.each([
    ["another lineage", async () => writeFile(path, JSON.stringify(emptyState("other", 3)))],
    ["a newer state", async () => writeFile(path, JSON.stringify(emptyState("lineage-1", 0)))],
    ["a state that is gone", async () => rm(path)],
  ])("of %s is refused", async (_name, change) => {
    await written(recordEntry("rooms/a"));
    await killed(recordEntry("rooms/b"));
    await change();
    expect((await getStateError(open().read())).code).toBe("journal-foreign");
    expect((await getStateError(open().open(undefined))).code).toBe("journal-foreign");
  });

  it("with a damaged line in the middle is refused, and truncated before it is replayed", async () => {
    await killed(recordEntry("rooms/a"), recordEntry("rooms/b"), recordEntry("rooms/c"));
    const lines = (await readFile(`${path}.journal`, "utf8")).split("\n");
    const damaged = lines.map((line, at) => (at === 2 ? line.replace("rooms/b", "rooms/x") : line));
    await writeFile(`${path}.journal`, damaged.join("\n"));
    const error = await getStateError(open().read());
    expect([error.code, error.detail.includes("line 3")]).toEqual(["journal-damaged", true]);
    await writeFile(`${path}.journal`, damaged.slice(0, 2).join("\n") + "\n");
    expect(Object.keys((await open().read())?.resources ?? {})).toEqual(["rooms/a"]);
  });
});

describe("writing", () => {
  it("refuses a base that is out of date", async () => {
    const store = open();
    const base = await store.read();
    await written(recordEntry("rooms/a"));
    expect((await getStateError(store.open(base))).code).toBe("state-moved");
  });

  it("keeps a state that somebody else wrote meanwhile", async () => {
    await written(recordEntry("rooms/a"));
    const writer = await killed(recordEntry("rooms/b"));
    const other = JSON.stringify(emptyState("lineage-1", 5));
    await writeFile(path, other);
    expect((await getStateError(writer.close())).code).toBe("state-moved");
    expect(await readFile(path, "utf8")).toBe(other);
  });

  it("can be read at any time without the lock", async () => {
    const writer = await open({ journalLimit: 1_000 }).open(undefined);
    const done = new AbortController();
    const reading = (async () => {
      let last = 0;
      while (!done.signal.aborted) {
        const found = Object.keys((await open().read())?.resources ?? {}).length;
        expect(found).toBeGreaterThanOrEqual(last);
        last = found;
      }
      return last;
    })();
    for (let at = 0; at < 200; at++) await writer.append(recordEntry(`rooms/r${at}`));
    await writer.close();
    done.abort();
    expect(await reading).toBeGreaterThan(0);
  });

  it("keeps 10,000 concurrent appends", async () => {
    const writer = await open().open(undefined);
    await Promise.all(
      Array.from({ length: 10_000 }, async (_, at) => writer.append(recordEntry(`rooms/r${at}`))),
    );
    expect(Object.keys((await open().read())?.resources ?? {})).toHaveLength(10_000);
  });

  it("keeps the journal when the last write fails", async () => {
    const writer = await killed(recordEntry("rooms/a"));
    await mkdirAt(`${path}.tmp`);
    const error = await getStateError(writer.close());
    expect(error.code).toBe("state-unwritable");
    await rm(`${path}.tmp`, { recursive: true });
    expect(Object.keys((await open().read())?.resources ?? {})).toEqual(["rooms/a"]);
  });

  it("reports a journal that cannot be created, and writes the facts at the end", async () => {
    const writer = await open().open(undefined);
    await mkdirAt(`${path}.journal`);
    const errors = await Promise.all([
      getStateError(writer.append(intentEntry("rooms/a"))),
      getStateError(writer.append(recordEntry("rooms/b"))),
    ]);
    expect(errors.map(({ code }) => code)).toEqual(["state-unwritable", "state-unwritable"]);
    expect(writer.current().uncertain).toEqual([]);
    await rm(`${path}.journal`, { recursive: true });
    const state = await writer.close();
    expect([Object.keys(state.resources), state.uncertain]).toEqual([["rooms/b"], []]);
  });

  it("keeps the outcome of a sent create even when the journal cannot be written", async () => {
    const writer = await open().open(undefined);
    await writer.append(intentEntry("rooms/a"));
    const content = await readFile(`${path}.journal`);
    await rm(`${path}.journal`);
    const refused = { ...intent("rooms/a"), refused: true } as const;
    expect((await getStateError(writer.append({ type: "intent", intent: refused }))).code).toBe(
      "journal-lost",
    );
    expect(writer.current().uncertain).toEqual([refused]);
    await writeFile(`${path}.journal`, content);
    await getStateError(writer.close());
    const rescued = await readFile(join(folder, "errored.chatform.state.json"));
    expect(parseState(rescued, "", "").uncertain).toEqual([refused]);
  });

  it.each([["a folder that is not there", "none/state.json"]])("names %s", async (_name, to) => {
    const error = await getStateError(open({ path: join(folder, to) }).lock("apply", { timeoutMs: 0 }));
    expect([error.code, error.help.includes("folder")]).toEqual(["state-unwritable", true]);
  });
});

async function mkdirAt(at: string): Promise<void> {
  await mkdir(join(at, "inner"), { recursive: true });
}

function emptyState(lineage: string, serial: number): State {
  return { version: 1, lineage, serial, resources: {}, uncertain: [], users: {} };
}
