import { existsSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import type { Context } from "../context.js";

type Where = Pick<Context, "cwd" | "env">;

/**
 * Returns the folder that paths in reports are relative to: the root of the repository, else the workspace of the CI system,
 * else the current folder.
 */
export function sourceRoot({ cwd, env }: Where): string {
  const workspace = env["GITHUB_WORKSPACE"] ?? env["CI_PROJECT_DIR"] ?? "";
  const folder = workspace === "" ? undefined : resolve(workspace);
  for (let at = resolve(cwd); ; at = dirname(at)) {
    // A repository may be checked out into a folder of the workspace, but not the other way round.
    if (existsSync(join(at, ".git")) || at === folder) return at;
    if (at === dirname(at)) return folder ?? resolve(cwd);
  }
}

/** Returns a file's path from the root, with slashes; outside of the root its absolute path. */
export function pathFromRoot(file: string, where: Where): string {
  const absolute = resolve(where.cwd, file);
  const path = relative(sourceRoot(where), absolute);
  return isOutside(path) ? absolute : path.split(sep).join("/");
}

/** Returns a file's URI: relative to the root, or absolute outside of it. */
export function uriFromRoot(file: string, where: Where): string {
  const absolute = resolve(where.cwd, file);
  const path = relative(sourceRoot(where), absolute);
  if (isOutside(path)) return pathToFileURL(absolute).href;
  // Half a character has no encoding.
  return path
    .split(sep)
    .map((part) => encodeURIComponent(part.toWellFormed()))
    .join("/");
}

/** Returns the root's URI, with a slash at its end. */
export function rootUri(where: Where): string {
  return pathToFileURL(join(sourceRoot(where), sep)).href;
}

function isOutside(path: string): boolean {
  return path === ".." || path.startsWith(`..${sep}`) || isAbsolute(path);
}
