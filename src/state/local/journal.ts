/*
 * The journal: the entries since the state was last written whole. JSON lines, appended only.
 *
 *   {"crc":"9f1c0a77","line":0,"journal":{"version":1,"lineage":"…","serial":7}}
 *   {"crc":"03b5e1d2","line":1,"entry":{"type":"record","address":"rooms/x",…}}
 *
 * The checksum covers the rest of the line. A kill or a power cut can only leave a bad end: lines that were never reported
 * as durable. They are dropped. A bad line with good ones after it is damage, and an error; so is a file that does not
 * begin like a journal: it may have held entries that are needed.
 */
import { crc32 } from "node:zlib";
import type { JournalEntry } from "../../core/state/state.js";

/** The state that a journal continues. */
export interface JournalHeader {
  readonly version: 1;
  readonly lineage: string;
  readonly serial: number;
}

export interface Journal {
  /** Undefined where the first line is torn: then nothing was durable. */
  readonly header: JournalHeader | undefined;
  readonly entries: readonly JournalEntry[];
  /** The number, from 1, of a bad line that no kill can leave. `entries` end before that line. */
  readonly damagedLine?: number;
}

export function headerLine(header: JournalHeader): string {
  return line(0, "journal", header);
}

/** @param number counts from 1 */
export function entryLine(number: number, entry: JournalEntry): string {
  return line(number, "entry", entry);
}

function line(number: number, member: string, value: JournalHeader | JournalEntry): string {
  const rest = `"line":${number},"${member}":${JSON.stringify(value)}}`;
  return `{"crc":"${checksum(rest)}",${rest}\n`;
}

/** Reads a journal up to the first bad line. Never throws. */
export function parseJournal(content: Uint8Array): Journal {
  const lines = new TextDecoder("utf-8").decode(content).split("\n");
  if (!beginsLikeJournal(lines[0] ?? "")) return { header: undefined, entries: [], damagedLine: 1 };
  // Nothing follows the last line feed, or a line that was not written to its end.
  lines.pop();
  const entries: JournalEntry[] = [];
  let header: JournalHeader | undefined;
  for (const [number, text] of lines.entries()) {
    const value = parseLine(text, number);
    if (value?.journal !== undefined && number === 0) header = value.journal;
    else if (value?.entry !== undefined && number > 0) entries.push(value.entry);
    else {
      const damaged = lines.slice(number + 1).some((later) => parseLine(later) !== undefined);
      return { header, entries, ...(damaged ? { damagedLine: number + 1 } : {}) };
    }
  }
  return { header, entries };
}

interface Line {
  readonly line: number;
  readonly journal?: JournalHeader;
  readonly entry?: JournalEntry;
}

/** Tells whether a first line is that of a journal: also where it is torn, or a power cut left blocks of zeros. */
function beginsLikeJournal(text: string): boolean {
  const start = '{"crc":"';
  return text.startsWith("\0") || text.slice(0, start.length) === start.slice(0, text.length);
}

const prefixLength = '{"crc":"00000000",'.length;

/** Parses a line; undefined where its checksum is wrong. A right checksum needs no further checks. */
function parseLine(text: string, number?: number): Line | undefined {
  const match = /^\{"crc":"([0-9a-f]{8})",/.exec(text);
  if (match?.[1] !== checksum(text.slice(prefixLength))) return undefined;
  try {
    const value = JSON.parse(text) as Line;
    return number === undefined || value.line === number ? value : undefined;
  } catch {
    return undefined;
  }
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, "0");
}
