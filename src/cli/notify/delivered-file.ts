import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { safeLine } from "../../core/safe-text.js";
import type { JsonObject } from "../../core/json/json.js";
import { isObject } from "../../core/json/json.js";
import type { Context } from "../context.js";
import { errorReason } from "../output/errors.js";
import { writePrivate } from "../output/private-file.js";

/** The file of `--notified`: the last delivered verdict of each receiver. It holds sums instead of URLs, which may be secrets. */
export class DeliveredFile {
  readonly #file: string;
  readonly #context: Pick<Context, "cwd" | "stderr">;
  #before: Promise<unknown> = Promise.resolve();

  constructor(file: string, context: Pick<Context, "cwd" | "stderr">) {
    this.#file = file;
    this.#context = context;
  }

  /** Returns the verdict that a receiver was told last; undefined if it was told none, or the file can't be read. */
  async read(target: string, key: string): Promise<string | undefined> {
    const verdict = (await this.#delivered())[id(target, key)];
    return typeof verdict === "string" ? verdict : undefined;
  }

  /** Records that a receiver was told a verdict. A file that can't be written is told on stderr. */
  async write(target: string, key: string, verdict: string): Promise<void> {
    // Receivers are told at the same time, and each write keeps the others' entries.
    this.#before = this.#before.then(async () => {
      const delivered = { ...(await this.#delivered()), [id(target, key)]: verdict };
      const text = `${JSON.stringify({ version: 1, delivered }, undefined, 2)}\n`;
      await writePrivate(this.#path, text).catch((error: unknown) => {
        this.#warn("written", error);
      });
    });
    await this.#before;
  }

  get #path(): string {
    return resolve(this.#context.cwd, this.#file);
  }

  async #delivered(): Promise<JsonObject> {
    try {
      const value: unknown = JSON.parse(await readFile(this.#path, "utf8"));
      if (isObject(value) && isObject(value["delivered"])) return value["delivered"];
      throw new Error("not a file that --notified wrote");
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) this.#warn("read", error);
      return {};
    }
  }

  #warn(what: string, error: unknown): void {
    const text = `--notified ${this.#file} can't be ${what}: ${errorReason(error)}.`;
    this.#context.stderr.write(`Warning: ${safeLine(text)}\n`);
  }
}

function id(target: string, key: string): string {
  return createHash("sha256").update(`${key} ${target}`).digest("hex").slice(0, 32);
}
