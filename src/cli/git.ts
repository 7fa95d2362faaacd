import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { safeLine } from "../core/safe-text.js";
import type { Context } from "./context.js";
import { watchingWait } from "./session/watch-waits.js";

/**
 * Runs git, and none of the programs that a repository's own configuration can name.
 *
 * @returns its stdout
 * @throws what `execFile` throws: with the code `ENOENT` if git is not installed, with `stderr` if git fails
 */
export async function runGit(words: readonly string[], cwd: string, context: Context): Promise<string> {
  return watchingWait("git", context, async () => {
    const { stdout } = await promisify(execFile)("git", [...globalArgs, ...words], {
      cwd,
      env: gitEnvironment(context.env),
      signal: context.stop,
      timeout: timeoutMs,
    });
    return stdout;
  });
}

/** Returns the first line of what git says about its failure. */
export function gitReason(error: unknown): string {
  const text = error instanceof Error && "stderr" in error ? String(error.stderr) : "";
  return safeLine(text.split("\n", 1).join("") || "git failed");
}

const timeoutMs = 60_000;
const globalArgs = [
  "--no-optional-locks",
  "--literal-pathspecs",
  // Both can name programs that git would run.
  ...["-c", "core.fsmonitor=false"],
  ...["-c", "core.hooksPath=/dev/null"],
];

/** The variables that git needs. Others could name another repository, or hold secrets. */
function gitEnvironment(env: Context["env"]): NodeJS.ProcessEnv {
  const needed =
    /^(?:PATH|HOME|USERPROFILE|HOMEDRIVE|HOMEPATH|APPDATA|SYSTEMROOT|XDG_CONFIG_HOME|TMPDIR|TEMP|TMP|GIT_CONFIG_.*|GIT_CEILING_DIRECTORIES)$/i;
  return Object.fromEntries(Object.entries(env).filter(([name]) => needed.test(name)));
}
