/** The question in a terminal. In raw mode Ctrl-C and Ctrl-D are characters, no signals. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ask } from "../../../../src/cli/output/prompt.js";
import type { Process } from "../../../../src/cli/context.js";
import { Interrupted } from "../../../../src/cli/output/interrupted.js";
import { run } from "../../../../src/cli/run.js";
import type { Emulator } from "../../../../src/emulator/index.js";
import { startEmulator } from "../../../../src/emulator/index.js";

interface Terminal {
  readonly stdin: PassThrough & { readonly isTTY: boolean };
  readonly stdout: PassThrough & { readonly isTTY: boolean };
}

const terminal = (): Terminal => {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  return { stdin, stdout: Object.assign(new PassThrough(), { isTTY: true }) };
};
const never = new AbortController().signal;

describe("ask", () => {
  it.each([
    ["a line", "yes\r", "yes"],
    ["an empty line", "\r", ""],
    ["Ctrl-D", "\u0004", undefined],
  ])("%s", async (_what, keys, answer) => {
    const { stdin, stdout } = terminal();
    const asked = ask("Well? ", { stdin: () => stdin, stdout, stop: never });
    stdin.write(keys);
    expect(await asked).toBe(answer);
    expect(String(stdout.read())).toContain("Well? ");
  });

  it("ends with the input", async () => {
    const { stdin, stdout } = terminal();
    const asked = ask("Well? ", { stdin: () => stdin, stdout, stop: never });
    stdin.end();
    expect(await asked).toBeUndefined();
  });

  it("ends on Ctrl-C", async () => {
    const { stdin, stdout } = terminal();
    const asked = ask("Well? ", { stdin: () => stdin, stdout, stop: never });
    stdin.write("\u0003");
    await expect(asked).rejects.toBeInstanceOf(Interrupted);
  });

  it("ends on a signal, before and after it was asked", async () => {
    const { stdin, stdout } = terminal();
    const stop = new AbortController();
    const reason = new Error("SIGTERM");
    const asked = ask("Well? ", { stdin: () => stdin, stdout, stop: stop.signal });
    stop.abort(reason);
    await expect(asked).rejects.toBe(reason);
    await expect(ask("Well? ", { stdin: () => stdin, stdout, stop: stop.signal })).rejects.toBe(reason);
  });
});

describe("apply at the question", () => {
  let cwd = "";
  let emulator: Emulator;
  beforeEach(async () => {
    cwd = await mkdtemp(join(tmpdir(), "chatform-ask-"));
    emulator = await startEmulator();
    await writeFile(join(cwd, "chatform.yaml"), "version: 1\nsettings: { reactionsEnabled: false }\n");
  });
  afterEach(async () => {
    await emulator.close();
    await rm(cwd, { recursive: true });
  });

  it.each([
    ["\u0003", 130, "Interrupted.\n", 0],
    ["\u0004", 1, "", 0],
    ["no\r", 1, "", 0],
    ["yes\r", 0, "", 1],
  ])("%j", async (keys, code, stderr, writes) => {
    const { stdin, stdout } = terminal();
    const errors = new PassThrough();
    let shown = "";
    stdout.on("data", (text: Buffer) => {
      shown += text.toString();
      if (text.toString().includes("to confirm")) stdin.write(keys);
    });
    const terminalProcess: Process = {
      cwd,
      env: { HOME: cwd, NO_COLOR: "1", ...emulator.env },
      stdin: () => stdin,
      stdout,
      stderr: errors,
      now: () => new Date(),
      stop: never,
      abort: never,
    };
    expect(await run(["apply"], terminalProcess)).toBe(code);
    // Broken between words, where 80 columns end.
    const [org, host] = [`Example-Org (${emulator.dump().id})`, `127.0.0.1:${emulator.port}`];
    expect(shown).toContain(`Apply these changes in ${org}\nat ${host}? Type "yes" to confirm: `);
    // What was shown while applying is no matter here.
    if (code !== 0) expect(String(errors.read() ?? "")).toBe(stderr);
    expect(emulator.requests.filter(({ method }) => method !== "GET" && method !== "POST")).toHaveLength(
      writes,
    );
  });
});
