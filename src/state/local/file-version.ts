import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { changedDuringRunError, removedDuringRunError } from "../concurrent-change-errors.js";

/** The file of a state, expected to stay as this run last read or wrote it. */
export class ExpectedFile {
  readonly #path: string;
  readonly #location: string;
  #version: string;

  constructor(path: string, version: string, location: string) {
    this.#path = path;
    this.#version = version;
    this.#location = location;
  }

  /** @throws StateError state-removed */
  async confirmFolder(): Promise<void> {
    const folder = dirname(this.#path);
    if ((await fileVersion(folder)) === "none")
      throw removedDuringRunError(this.#location, `The folder ${folder}`);
  }

  /** @throws StateError state-removed, state-moved */
  async confirm(): Promise<void> {
    const found = await fileVersion(this.#path);
    if (found === this.#version) return;
    throw found === "none"
      ? removedDuringRunError(this.#location, this.#path)
      : changedDuringRunError(this.#location);
  }

  /** Accepts the present file, after a write of this run. */
  async accept(): Promise<void> {
    this.#version = await fileVersion(this.#path);
  }
}

/** Returns a text that differs between versions of a file, without reading the file; `none`: there is no file. */
export async function fileVersion(path: string): Promise<string> {
  const info = await stat(path, { bigint: true }).catch(() => undefined);
  return info === undefined ? "none" : `${info.ino}:${info.size}:${info.mtimeNs}`;
}
