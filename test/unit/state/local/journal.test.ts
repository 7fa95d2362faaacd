import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JournalEntry } from "../../../../src/core/state/state.js";
import { entryLine, headerLine, parseJournal } from "../../../../src/state/local/journal.js";
import { entries } from "../arbitrary.js";
import { intentEntry, recordEntry } from "../samples.js";

const header = { version: 1, lineage: "lineage-1", serial: 7 } as const;

function journal(list: readonly JournalEntry[]): Buffer {
  return Buffer.from(headerLine(header) + list.map((entry, at) => entryLine(at + 1, entry)).join(""));
}

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
