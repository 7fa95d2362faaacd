import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import type { Context } from "../../../src/cli/context.js";
import { runGit } from "../../../src/cli/git.js";

test("Ctrl-C ends a git that hangs, and says what was waited for", async () => {
  const folder = await mkdtemp(join(tmpdir(), "chatform-git-"));
  try {
    const hang = "setInterval(() => undefined, 1000);";
    await writeFile(join(folder, "git"), `#!${process.execPath}\n${hang}\n`, { mode: 0o755 });
    const stop = new AbortController();
    const stderr = new PassThrough();
    const context = {
      env: { PATH: folder },
      stderr,
      now: () => new Date(),
      ...{ stop: stop.signal, abort: new AbortController().signal },
    } as unknown as Context;
    const run = runGit(["status"], folder, context);
    stop.abort(new Error("interrupted"));
    await expect(run).rejects.toThrow();
    expect(String(stderr.read())).toBe("Interrupted while waiting for git.\n");
  } finally {
    await rm(folder, { recursive: true });
  }
});
