/*
 * The journal: the entries since the state was last written whole. JSON lines, appended only.
 *
 *   {"crc":"9f1c0a77","line":0,"journal":{"version":1,"lineage":"…","serial":7}}
 *   {"crc":"03b5e1d2","line":1,"entry":{"type":"record","address":"rooms/x",…}}
 *
 * In an encrypted journal, the header says how the key is derived, and each line has its encrypted entry, bound to its number, as
 * `sealed`.
 *
 * The checksum covers the rest of the line. A kill or a power cut can only leave a bad end: lines that were never reported
 * as durable. They are dropped. A bad line with good ones after it is damage, and an error; so is a file that does not
 * begin like a journal: it may have held entries that are needed.
 */
import { crc32 } from "node:zlib";
import type { JournalEntry } from "../../core/state/state.js";
import type { Cipher, EntryCipher } from "../encryption/cipher.js";
import type { KeyDerivation } from "../encryption/key.js";
import { parseKeyDerivation } from "../encryption/key.js";

/** The state that a journal continues. */
export interface JournalHeader {
  readonly version: 1;
  readonly lineage: string;
  readonly serial: number;
  /** Set if the entries are encrypted. */
  readonly kdf?: KeyDerivation;
}

export interface Journal {
  /** Undefined where the first line is torn: then nothing was durable. */
  readonly header: JournalHeader | undefined;
  readonly entries: readonly (JournalEntry | SealedEntry)[];
  /** The number, from 1, of a bad line that no kill can leave. `entries` end before that line. */
  readonly damagedLine?: number;
}

/** An encrypted entry, with the number of its line. */
interface SealedEntry {
  readonly sealed: string;
  readonly line: number;
}

/** Returns what encrypted entries are bound to: the state that the journal continues. */
export function journalBound({ lineage, serial }: JournalHeader): string {
  return `${lineage} ${serial}`;
}

export function headerLine(header: JournalHeader): string {
  return line(0, "journal", header);
}

/** @param number counts from 1 @param cipher of an encrypted journal */
export function entryLine(number: number, entry: JournalEntry, cipher?: EntryCipher): string {
  if (cipher === undefined) return line(number, "entry", entry);
  return line(number, "sealed", cipher.seal(JSON.stringify(entry), number));
}

function line(number: number, member: string, value: JournalHeader | JournalEntry | string): string {
  const rest = `"line":${number},"${member}":${JSON.stringify(value)}}`;
  return `{"crc":"${checksum(rest)}",${rest}\n`;
}

/** Reads a journal up to the first bad line. Never throws. */
export function parseJournal(content: Uint8Array): Journal {
  const lines = new TextDecoder("utf-8").decode(content).split("\n");
  if (!beginsLikeJournal(lines[0] ?? "")) return { header: undefined, entries: [], damagedLine: 1 };
  // Nothing follows the last line feed, or a line that was not written to its end.
  lines.pop();
  const entries: (JournalEntry | SealedEntry)[] = [];
  let header: JournalHeader | undefined;
  for (const [number, text] of lines.entries()) {
    const value = parseLine(text, number);
    if (value?.journal !== undefined && number === 0) header = value.journal;
    else if (value?.entry !== undefined && number > 0) entries.push(value.entry);
    else if (value?.sealed !== undefined && number > 0) entries.push({ sealed: value.sealed, line: number });
    else {
      const damaged = lines.slice(number + 1).some((later) => parseLine(later) !== undefined);
      return { header, entries, ...(damaged ? { damagedLine: number + 1 } : {}) };
    }
  }
  return { header, entries };
}

/** A journal whose entries can be read. */
export interface OpenJournal extends Journal {
  readonly entries: readonly JournalEntry[];
}

/**
 * Decrypts the entries of a journal. An entry that was changed, or is not encrypted like the others, is damage.
 *
 * @throws StateError state-encrypted, passphrase-wrong
 */
export async function openJournal(journal: Journal, cipher: Cipher, path: string): Promise<OpenJournal> {
  const { header, damagedLine } = journal;
  const kdf = header?.kdf === undefined ? undefined : parseKeyDerivation(header.kdf);
  const opener =
    header === undefined || kdf === undefined
      ? undefined
      : await cipher.entries(kdf, journalBound(header), path);
  if (header?.kdf !== undefined && opener === undefined) return { header, entries: [], damagedLine: 1 };
  const entries: JournalEntry[] = [];
  for (const [at, entry] of journal.entries.entries()) {
    const opened = toEntry(entry, opener);
    // The header has the first line.
    if (opened === undefined) return { header, entries, damagedLine: at + 2 };
    entries.push(opened);
  }
  return { header, entries, ...(damagedLine === undefined ? {} : { damagedLine }) };
}

function toEntry(
  entry: JournalEntry | SealedEntry,
  opener: EntryCipher | undefined,
): JournalEntry | undefined {
  if (!("sealed" in entry)) return opener === undefined ? entry : undefined;
  const text = opener?.unseal(entry.sealed, entry.line);
  return text === undefined ? undefined : (JSON.parse(text) as JournalEntry);
}

interface Line {
  readonly line: number;
  readonly journal?: JournalHeader;
  readonly entry?: JournalEntry;
  readonly sealed?: string;
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
