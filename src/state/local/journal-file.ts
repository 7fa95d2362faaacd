import type { FileHandle } from "node:fs/promises";
import { open, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { JournalEntry } from "../../core/state/state.js";
import type { Cipher, EntryCipher } from "../encryption/cipher.js";
import { systemCode } from "../errors.js";
import { syncFolder } from "./durable-file.js";
import type { JournalHeader } from "./journal.js";
import { entryLine, headerLine, journalBound } from "./journal.js";

/** A journal that is being written. The first entry creates its file. */
export class JournalFile {
  readonly #path: string;
  readonly #cipher: Cipher;
  #header: JournalHeader;
  /** Of the open file; undefined where it is not encrypted. */
  #entries: EntryCipher | undefined;
  /** Open or being opened: `close` waits for it, so that no handle is left open. */
  #file: Promise<FileHandle> | undefined;
  #size = 0;
  #lines = 0;
  /** The error after which nothing may be appended any more. */
  #broken: Error | undefined;

  constructor(path: string, header: JournalHeader, cipher: Cipher) {
    this.#path = path;
    this.#cipher = cipher;
    this.#header = header;
  }

  /** Bytes. */
  get size(): number {
    return this.#size;
  }

  /**
   * Appends entries with one write and one sync. Calls must not overlap.
   *
   * @throws the system's error. Then the journal is unchanged, and the append can be repeated.
   */
  async append(entries: readonly JournalEntry[]): Promise<void> {
    if (this.#broken !== undefined) throw this.#broken;
    const isNew = this.#file === undefined;
    if (isNew) this.#entries = await this.#cipher.newEntries(journalBound(this.#header));
    const file = await this.#open();
    const lines = entries.map((entry, at) => entryLine(this.#lines + at + 1, entry, this.#entries));
    const header = isNew ? headerLine({ ...this.#header, ...kdfMember(this.#entries) }) : "";
    const text = Buffer.from(header + lines.join(""));
    try {
      await file.appendFile(text);
      await file.datasync();
      if (isNew) await syncFolder(dirname(this.#path));
    } catch (error) {
      await this.#undo(isNew).catch((reason: unknown) => {
        this.#broken = reason instanceof Error ? reason : new Error(String(reason));
      });
      throw error;
    }
    this.#size += text.length;
    this.#lines += entries.length;
  }

  /**
   * Tells whether the file at the path is the open one, with nothing else in it. Writes to a file that was deleted succeed,
   * but are never read again.
   */
  async isInPlace(): Promise<boolean> {
    if (this.#file === undefined) return true;
    const file = await this.#file;
    const [own, found] = await Promise.all([
      file.stat({ bigint: true }),
      stat(this.#path, { bigint: true }).catch((error: unknown) => {
        if (["ENOENT", "ENOTDIR"].includes(systemCode(error) ?? "")) return undefined;
        throw error;
      }),
    ]);
    return found?.ino === own.ino && found.dev === own.dev && Number(own.size) === this.#size;
  }

  /** Removes the file, once the state holds all of its entries. @param header of the next journal */
  async drop(header: JournalHeader): Promise<void> {
    // Another run's journal is not ours to remove.
    const isOurs = this.#file !== undefined && (await this.isInPlace().catch(() => false));
    await this.close();
    if (isOurs) await dropJournal(this.#path);
    this.#header = header;
  }

  /** Closes the file; the next append creates a new one. */
  async close(): Promise<void> {
    const opening = this.#file;
    this.#file = undefined;
    this.#size = 0;
    this.#lines = 0;
    this.#broken = undefined;
    const file = await opening?.catch(() => undefined);
    await file?.close();
  }

  async #open(): Promise<FileHandle> {
    // Append mode: after a failure the next line goes to the end of the file. 0600: states may hold message texts.
    this.#file ??= open(this.#path, "ax", 0o600);
    try {
      return await this.#file;
    } catch (error) {
      this.#file = undefined;
      throw error;
    }
  }

  /** Cuts off the remains of a failed append: garbage in the middle would count as damage. */
  async #undo(isNew: boolean): Promise<void> {
    if (isNew) {
      await this.close();
      await rm(this.#path, { force: true });
    } else {
      await (await this.#file)?.truncate(this.#size);
    }
  }
}

function kdfMember(entries: EntryCipher | undefined): Pick<JournalHeader, "kdf"> {
  return entries === undefined ? {} : { kdf: entries.kdf };
}

/** Removes a journal, if there is one. */
export async function dropJournal(path: string): Promise<void> {
  await rm(path, { force: true });
  await syncFolder(dirname(path));
}
