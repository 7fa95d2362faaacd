/** Runs CI in a fresh clone of HEAD, which has no uncommitted, ignored or manually installed files. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "chatform-clone-"));
const clone = join(folder, "chatform");

/** Runs a program with this process's output. @returns its exit code */
const run = (program, args, cwd) =>
  spawnSync(program, args, {
    cwd,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, CI: "true" },
  }).status ?? 1;

try {
  process.exitCode =
    run("git", ["clone", "--quiet", "--no-hardlinks", root, clone], root) || run("bash", [".ci/run"], clone);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
