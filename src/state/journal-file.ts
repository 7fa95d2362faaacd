import type { FileHandle } from "node:fs/promises";
import { open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { JournalEntry } from "../core/state.js";
import { syncFolder } from "./file.js";
import type { JournalHeader } from "./journal.js";
import { entryLine, headerLine } from "./journal.js";

/** A journal that is being written. Its file is made with the first entry. */
export class JournalFile {
  readonly #path: string;
  #header: JournalHeader;
  #file: FileHandle | undefined;
  #size = 0;
  #lines = 0;
  /** Why nothing may be appended any more, if so. */
  #broken: Error | undefined;

  constructor(path: string, header: JournalHeader) {
    this.#path = path;
    this.#header = header;
  }

  /** Bytes. */
  get size(): number {
    return this.#size;
  }

  /**
   * Appends entries with one write and one sync. Not to be called again before it is done.
   *
   * @throws the system's error. Then the journal is as it was before, and can be tried again.
   */
  async append(entries: readonly JournalEntry[]): Promise<void> {
    if (this.#broken !== undefined) throw this.#broken;
    const isNew = this.#file === undefined;
    // Appending: after a failure the next line goes to where the file then ends. 0600: states may hold message texts.
    this.#file ??= await open(this.#path, "ax", 0o600);
    const lines = entries.map((entry, at) => entryLine(this.#lines + at + 1, entry));
    const text = Buffer.from((isNew ? headerLine(this.#header) : "") + lines.join(""));
    try {
      await this.#file.appendFile(text);
      await this.#file.datasync();
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

  /** Removes the file, once the state holds everything that is in it. Then goes on from that state. */
  async drop(header: JournalHeader): Promise<void> {
    await this.close();
    await dropJournal(this.#path);
    this.#header = header;
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    this.#size = 0;
    this.#lines = 0;
    this.#broken = undefined;
    await file?.close();
  }

  /** Cuts off what a failed append left: garbage in the middle would be taken for damage. */
  async #undo(isNew: boolean): Promise<void> {
    if (isNew) {
      await this.close();
      await rm(this.#path, { force: true });
    } else {
      await this.#file?.truncate(this.#size);
    }
  }
}

/** Removes a journal that is no longer needed, if there is one. */
export async function dropJournal(path: string): Promise<void> {
  await rm(path, { force: true });
  await syncFolder(dirname(path));
}
