/** Tests that need a process: loaded modules, signals, and readers that close early. */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VERSION } from "../../src/core/version.js";
import type { Compiled } from "../conformance/compile.js";
import { compile } from "../conformance/compile.js";
import { skips } from "../helpers/skip.js";

const full = existsSync("/dev/full") ? undefined : "there is no /dev/full";

let compiled: Compiled;
beforeAll(async () => {
  compiled = await compile(["src"]);
});
afterAll(() => compiled.remove());

function start(
  args: readonly string[],
  stdout: "pipe" | number = "pipe",
  flags: readonly string[] = [],
): ChildProcess {
  return spawn(process.execPath, [...flags, join(compiled.folder, "src/main.js"), ...args], {
    cwd: compiled.folder,
    env: { PATH: process.env["PATH"] },
    stdio: ["ignore", stdout, "pipe"],
  });
}

async function ended(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const texts = { stdout: "", stderr: "" };
  child.stdout?.on("data", (data: Buffer) => (texts.stdout += data.toString()));
  child.stderr?.on("data", (data: Buffer) => (texts.stderr += data.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, ...texts };
}

describe("the process", () => {
  it("shows its version", async () => {
    expect(await ended(start(["--version"]))).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: "" });
  });

  it("ends with the exit code of the command", async () => {
    expect((await ended(start(["plna"]))).code).toBe(1);
  });

  it("fails when it ends before the run does", async () => {
    const waits = "data:text/javascript,process.getBuiltinModule('fs/promises').open=()=>new Promise(()=>{})";
    const { code, stderr } = await ended(start(["validate"], "pipe", ["--import", waits]));
    expect([code, stderr]).toEqual([1, "Error: This is a bug in chatform: the run stopped before its end\n"]);
  });

  it.each(["--help", "--version"])("ignores a reader of %s that closes early", async (word) => {
    const child = start([word]);
    child.stdout?.destroy();
    expect(await ended(child)).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it.skipIf(skips("output to a full disk", full)).each(["--help", "--version"])(
    "reports that %s cannot be written",
    async (word) => {
      const device = openSync("/dev/full", "w");
      const { code, stderr } = await ended(start([word], device));
      closeSync(device);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^Error: Cannot write the output: .*ENOSPC/);
    },
  );

  it.each(["SIGINT", "SIGTERM"] as const)("stops cleanly at %s", async (signal) => {
    const child = start(["emulate"]);
    const end = ended(child);
    await once(child.stdout!, "data");
    child.kill(signal);
    const { code, stderr } = await end;
    expect([code, stderr]).toEqual([0, ""]);
  });
});

/** Returns the packages and files that a file loads by its static imports. */
function loadedWith(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const source = readFileSync(file, "utf8");
  for (const [, what = "", name = ""] of source.matchAll(
    /^(?:import|export)\s+([^;]*?)\s*from\s+"([^"]+)";/gm,
  )) {
    if (what.startsWith("type ")) continue;
    if (name.startsWith(".")) loadedWith(resolve(dirname(file), name.replace(/\.js$/, ".ts")), seen);
    else seen.add(name);
  }
  return seen;
}

describe("the loaded modules", () => {
  const root = new URL("../../", import.meta.url).pathname;
  const relative = (names: ReadonlySet<string>) => [...names].map((name) => name.replace(root, ""));

  it("are few for the version", () => {
    const names = relative(loadedWith(join(root, "src/main.ts")));
    expect(names).toEqual(["src/main.ts", "node:fs", "src/core/version.ts"]);
  });

  it.each(["src/cli/run.ts", "src/cli/parse/help.ts"])(
    "with %s include no command, and no module that only commands need",
    (file) => {
      const names = relative(loadedWith(join(root, file)));
      expect(names).toContain("src/cli/parse/options.ts");
      const heavy =
        /^(undici|yaml|ajv|diff|p-queue|smol-toml|fast-json-patch|gemoji)|commands\/|src\/(config|engine|resources|emulator)\//;
      expect(names.filter((name) => heavy.test(name))).toEqual([]);
    },
  );
});
