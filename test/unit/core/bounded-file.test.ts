import { execFileSync } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readBoundedFile, readBoundedStream, TooLargeError } from "../../../src/core/bounded-file.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "chatform-bounded-"));
});
afterEach(() => rm(folder, { recursive: true }));

const maxBytes = 100_000;

describe("readBoundedFile", () => {
  it("reads a file up to the bound, and none beyond", async () => {
    const path = join(folder, "a");
    await writeFile(path, Buffer.alloc(maxBytes, "x"));
    expect(await readBoundedFile(path, { maxBytes })).toEqual(Buffer.alloc(maxBytes, "x"));
    await writeFile(path, Buffer.alloc(maxBytes + 1, "x"));
    await expect(readBoundedFile(path, { maxBytes })).rejects.toThrow(TooLargeError);
  });

  it("refuses a file of 5 GB without reading it", async () => {
    const path = join(folder, "big");
    await writeFile(path, "");
    await truncate(path, 5 * 1024 ** 3);
    await expect(readBoundedFile(path, { maxBytes })).rejects.toThrow(TooLargeError);
  });

  it.skipIf(process.platform === "win32")("ends at the bound of a device without an end", async () => {
    await expect(readBoundedFile("/dev/zero", { maxBytes })).rejects.toThrow(TooLargeError);
    expect(await readBoundedFile("/dev/null", { maxBytes })).toHaveLength(0);
  });

  describe.skipIf(process.platform === "win32")("a named pipe", () => {
    let pipe: string;
    beforeEach(() => {
      pipe = join(folder, "pipe");
      execFileSync("mkfifo", [pipe]);
    });

    it("that nobody writes to is empty", async () => {
      expect(await readBoundedFile(pipe, { maxBytes })).toHaveLength(0);
    });

    it("that is written to slowly is read to its end", async () => {
      // Opened for both, so that opening waits for nobody.
      const writer = createWriteStream(pipe, { flags: "r+" });
      await new Promise((resolve) => writer.write("version: ", resolve));
      const reading = readBoundedFile(pipe, { maxBytes });
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise<void>((resolve) => {
        writer.end("1\n", () => {
          resolve();
        });
      });
      expect((await reading).toString()).toBe("version: 1\n");
    });

    it("that stays silent is an error", async () => {
      const writer = createWriteStream(pipe, { flags: "r+" });
      await new Promise((resolve) => writer.once("open", resolve));
      await expect(readBoundedFile(pipe, { maxBytes, silenceMs: 20 })).rejects.toThrow("nothing was written");
      await new Promise<void>((resolve) => {
        writer.close(() => {
          resolve();
        });
      });
    });
  });
});

describe("readBoundedStream", () => {
  it("reads a stream up to the bound, and none beyond", async () => {
    expect((await readBoundedStream(Readable.from(["ab", "c"]), { maxBytes: 3 })).toString()).toBe("abc");
    await expect(readBoundedStream(Readable.from(["ab", "cd"]), { maxBytes: 3 })).rejects.toThrow(
      TooLargeError,
    );
  });
});
