import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writePrivate } from "../../../../src/cli/output/private-file.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "chatform-private-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe.skipIf(process.platform === "win32")("writePrivate", () => {
  const getMode = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

  test("makes a file that only its owner may read", async () => {
    const path = join(folder, "plan.md");
    await writePrivate(path, "text");
    expect(await getMode(path)).toBe(0o600);
    expect(await readFile(path, "utf8")).toBe("text");
  });

  test("tightens a file that others may read, and replaces what it holds", async () => {
    const path = join(folder, "plan.md");
    await writeFile(path, "a longer text");
    await chmod(path, 0o644);
    await writePrivate(path, "text");
    expect(await getMode(path)).toBe(0o600);
    expect(await readFile(path, "utf8")).toBe("text");
  });

  test("leaves devices as they are", async () => {
    const before = await getMode("/dev/null");
    await writePrivate("/dev/null", "text");
    expect(await getMode("/dev/null")).toBe(before);
  });
});
