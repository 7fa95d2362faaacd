import { basename, dirname } from "node:path";
import type { Diagnostic } from "../../../core/diagnostic.js";
import type { Context } from "../../context.js";
import { findRepository } from "../../../config/files/repository.js";
import { gitReason, runGit } from "../../git.js";
import type { TargetFile } from "./replace-files.js";

/** The changes of some files, as git shows them. */
export interface GitStatus {
  /** A problem for each file that has changes, or whose changes git could not show. */
  readonly problems: readonly Diagnostic[];
  /** Sentences on files that git does not keep. */
  readonly notices: readonly string[];
}

/** Asks git for changes of files that are not committed. Runs no hooks. */
export async function readGitStatus(files: readonly TargetFile[], context: Context): Promise<GitStatus> {
  const problems: Diagnostic[] = [];
  const notices: string[] = [];
  for (const { file, path, link } of files) {
    const states = await Promise.all([...new Set([link, path])].map((one) => readState(one, context)));
    for (const { problem } of states) if (problem !== undefined) problems.push(toDiagnostic(file, problem));
    const notice = states.find((state) => state.notice !== undefined)?.notice;
    if (notice !== undefined) notices.push(`${file}: ${notice}`);
  }
  return { problems, notices };
}

interface FileState {
  /** The state of changes, or git's error. */
  readonly problem?: { readonly state: string } | { readonly error: string };
  readonly notice?: string;
}

async function readState(path: string, context: Context): Promise<FileState> {
  if ((await findRepository(dirname(path))) === undefined)
    return { notice: "not in a git repository, so changes cannot be undone with git." };
  try {
    const stdout = await runGit([...statusArgs, basename(path)], dirname(path), context);
    const code = stdout.slice(0, 2);
    if (code === "") return {};
    if (code === "!!") return { notice: "ignored by git, so changes cannot be undone with git." };
    return { problem: { state: toStateText(code) } };
  } catch (error) {
    context.stop.throwIfAborted();
    if (isMissing(error)) return { notice: "git is not installed, so changes cannot be undone with git." };
    return { problem: { error: gitReason(error) } };
  }
}

const statusArgs = ["status", "--porcelain=v1", "-z", "--untracked-files=all", "--ignored=matching", "--"];

function toStateText(code: string): string {
  if (code === "??") return "untracked";
  if (/U|AA|DD/.test(code)) return "in conflict";
  return code.startsWith(" ") ? "modified" : "staged";
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function toDiagnostic(file: string, problem: NonNullable<FileState["problem"]>): Diagnostic {
  const again = "run the command again with --force";
  if ("state" in problem)
    return {
      severity: "error",
      code: "uncommitted-changes",
      summary: "Uncommitted changes",
      detail: `git shows ${file} as ${problem.state}. No file was written.`,
      help: `Commit or stash the changes, or ${again}.`,
    };
  return {
    severity: "error",
    code: "git-failed",
    summary: "Unknown git status",
    detail: `git does not show whether ${file} has changes: ${problem.error}. No file was written.`,
    help: `Fix what git reports, or ${again}.`,
  };
}
