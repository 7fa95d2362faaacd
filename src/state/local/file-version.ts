import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { changedDuringRunError, removedDuringRunError } from "../concurrent-change-errors.js";

/** A state's file as this run read or wrote it last. */
export class ExpectedFile {
  readonly #path: string;
  readonly #location: string;
  #looks: string;

  constructor(path: string, looks: string, location: string) {
    this.#path = path;
    this.#looks = looks;
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
    if (found === this.#looks) return;
    throw found === "none"
      ? removedDuringRunError(this.#location, this.#path)
      : changedDuringRunError(this.#location);
  }

  async written(): Promise<void> {
    this.#looks = await fileVersion(this.#path);
  }
}

/** Tells apart versions of a file, without reading it; `none`: there is none. */
export async function fileVersion(path: string): Promise<string> {
  const info = await stat(path, { bigint: true }).catch(() => undefined);
  return info === undefined ? "none" : `${info.ino}:${info.size}:${info.mtimeNs}`;
}
