import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JournalEntry } from "../../../../src/core/state/state.js";
import { Cipher } from "../../../../src/state/encryption/cipher.js";
import { Keys } from "../../../../src/state/encryption/key.js";
import type { JournalHeader } from "../../../../src/state/local/journal.js";
import {
  entryLine,
  headerLine,
  journalBound,
  openJournal,
  parseJournal,
} from "../../../../src/state/local/journal.js";
import { entries } from "../arbitrary.js";
import { intentEntry, recordEntry } from "../samples.js";

const header = { version: 1, lineage: "lineage-1", serial: 7 } as const;

function journal(list: readonly JournalEntry[]): Buffer {
  return Buffer.from(headerLine(header) + list.map((entry, at) => entryLine(at + 1, entry)).join(""));
}

describe("an encrypted journal", () => {
  const list = [recordEntry("rooms/ä😀"), intentEntry("rooms/b"), recordEntry("rooms/c")];
  const cipher = new Cipher({ current: "correct horse battery staple" }, new Keys(16));

  async function sealedJournal(of: JournalHeader = header): Promise<Buffer> {
    const entryCipher = await cipher.newEntries(journalBound(of));
    const lines = list.map((entry, at) => entryLine(at + 1, entry, entryCipher));
    return Buffer.from(headerLine({ ...of, kdf: entryCipher!.kdf }) + lines.join(""));
  }

  it("is read like any other, and hides its entries", async () => {
    const content = await sealedJournal();
    expect(content.toString()).not.toContain("rooms/");
    expect((await openJournal(parseJournal(content), cipher, "j")).entries).toEqual(list);
    await expect(openJournal(parseJournal(content), new Cipher(), "j")).rejects.toMatchObject({
      code: "state-encrypted",
    });
  });

  it("is damaged where an entry was changed, moved, or put in from elsewhere", async () => {
    const { entries: sealed, ...journalOf } = parseJournal(await sealedJournal());
    const foreign = parseJournal(await sealedJournal({ ...header, serial: 8 })).entries;
    const [first, second, third] = sealed as readonly { readonly sealed: string; readonly line: number }[];
    for (const entries of [
      [first, { ...second!, sealed: third!.sealed }, third],
      [first, { ...second!, sealed: second!.sealed.replace(/^./, (c) => (c === "A" ? "B" : "A")) }],
      [first, recordEntry("rooms/x")],
      [first, foreign[1]],
    ]) {
      const journal = { ...journalOf, entries: entries as typeof sealed };
      expect(await openJournal(journal, cipher, "j")).toMatchObject({ entries: [list[0]], damagedLine: 3 });
    }
    const header2 = { ...journalOf.header!, kdf: { ...journalOf.header!.kdf!, N: 3 } };
    expect(await openJournal({ header: header2, entries: list }, cipher, "j")).toMatchObject({
      damagedLine: 1,
    });
  });
});

describe("parseJournal", () => {
  it("round-trips entries", () => {
    fc.assert(
      fc.property(entries, (list) => {
        expect(parseJournal(journal(list))).toEqual({ header, entries: list });
      }),
    );
  });

  it("returns the complete entries of a journal that is cut off at any byte, without damage", () => {
    const list = [recordEntry("rooms/ä😀"), intentEntry("rooms/b"), recordEntry("rooms/c")];
    const content = journal(list);
    const seen = new Set<number>();
    for (let length = 0; length <= content.length; length++) {
      const cut = parseJournal(content.subarray(0, length));
      expect(cut.damagedLine).toBeUndefined();
      expect(cut.entries).toEqual(list.slice(0, cut.entries.length));
      seen.add(cut.entries.length);
    }
    expect([...seen]).toEqual([0, 1, 2, 3]);
  });

  it("detects any changed byte as damage or a shorter journal", () => {
    const list = [recordEntry("rooms/a"), intentEntry("rooms/b"), recordEntry("rooms/c")];
    const content = journal(list);
    for (let at = 0; at < content.length; at++) {
      const changed = Buffer.from(content);
      changed[at] = (changed[at]! + 1) % 256;
      const found = parseJournal(changed);
      expect(found.entries.length).toBeLessThan(list.length);
      expect(found.entries).toEqual(list.slice(0, found.entries.length));
    }
  });

  it("distinguishes damage in the middle from a torn end", () => {
    const lines = journal([recordEntry("rooms/a"), recordEntry("rooms/b")])
      .toString()
      .split("\n");
    const text = (...parts: readonly (string | undefined)[]): Buffer => Buffer.from(parts.join("\n"));
    expect(parseJournal(text(lines[0], "garbage", lines[2], "")).damagedLine).toBe(2);
    expect(parseJournal(text("garbage", lines[1], "")).damagedLine).toBe(1);
    expect(parseJournal(text(lines[0], lines[2], "")).damagedLine).toBeUndefined();
    expect(parseJournal(text(lines[0], lines[1], "garbage", "\0\0\0", "")).damagedLine).toBeUndefined();
  });

  it.each(["garbage", "garbage\n", "{}\n"])(
    "is damaged without the first line of a journal: %j",
    (content) => {
      expect(parseJournal(Buffer.from(content))).toEqual({ header: undefined, entries: [], damagedLine: 1 });
    },
  );

  it("accepts empty blocks at its beginning, after a power cut", () => {
    expect(parseJournal(Buffer.from("\0\0\0\0")).damagedLine).toBeUndefined();
  });

  it("accepts any garbage without an exception", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (garbage) => {
        expect(parseJournal(garbage).entries).toEqual([]);
        expect(
          parseJournal(Buffer.concat([journal([recordEntry("rooms/a")]), garbage])).entries,
        ).toHaveLength(1);
      }),
    );
  });
});
