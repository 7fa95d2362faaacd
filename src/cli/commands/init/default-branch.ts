import type { Context } from "../../context.js";
import { runGit } from "../../git.js";

/** Returns the branch that a repository's changes are merged into, as far as this clone knows; `main` without git. */
export async function findDefaultBranch(cwd: string, context: Context): Promise<string> {
  const git = async (...words: readonly string[]): Promise<string> => {
    try {
      return (await runGit(words, cwd, context)).trim();
    } catch {
      context.stop.throwIfAborted();
      return "";
    }
  };
  const ofOrigin = await git("symbolic-ref", "--short", "refs/remotes/origin/HEAD");
  if (ofOrigin !== "") return ofOrigin.replace(/^origin\//, "");
  const usual = [await git("config", "init.defaultBranch"), "main", "master"].filter((name) => name !== "");
  const references = await git("for-each-ref", "--format=%(refname)", "refs/heads", "refs/remotes/origin");
  const existing = new Set(
    references.split("\n").map((name) => name.replace(/^refs\/(?:heads|remotes\/origin)\//, "")),
  );
  // Work on the first change may have begun on a branch of its own.
  return (
    usual.find((name) => existing.has(name)) ?? ((await git("symbolic-ref", "--short", "HEAD")) || "main")
  );
}
