import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { fileExists } from "../../../../core/file-exists.js";
import type { Context } from "../../../context.js";
import { gitReason, runGit } from "../../../git.js";
import { packageFile } from "../../../package-file.js";
import { UsageError } from "../../../parse/usage-error.js";
import type { PackageSource } from "./package-spec.js";
import { toPackageSource } from "./package-spec.js";

/** The source that this chatform was installed from; else a sentence that says why it is unknown. */
export type InstalledSource = PackageSource | { readonly unknown: string };

/** Finds out where the running chatform was installed from: npm and git record it. Contacts nothing. @param folder of the package */
export async function findInstalledSource(context: Context, folder = ownFolder): Promise<InstalledSource> {
  const source = (await readNpmRecord(folder)) ?? (await readCheckout(folder, context));
  if ("unknown" in source) return source;
  if (source.spec.startsWith("git+file:"))
    return { unknown: "The running chatform was installed from a repository on this machine." };
  try {
    const { spec, notes } = await toPackageSource(source.spec, context.cwd);
    return { spec, notes: [...source.notes, ...notes] };
  } catch (error) {
    if (error instanceof UsageError) return { unknown: error.message };
    throw error;
  }
}

const ownFolder = dirname(fileURLToPath(packageFile("package.json")));

interface LockEntry {
  /** Of a package that is installed under another name. */
  readonly name?: string;
  readonly version?: string;
  readonly resolved?: string;
}

/** Reads the hidden lock file that npm writes into node_modules, except for global installations. */
async function readNpmRecord(folder: string): Promise<InstalledSource | undefined> {
  const modules = dirname(folder);
  if (basename(modules) !== "node_modules") return undefined;
  const file = join(modules, ".package-lock.json");
  if (!(await fileExists(file)))
    return { unknown: "npm does not record where a global installation comes from." };
  const { packages = {} } = JSON.parse(await readFile(file, "utf8")) as {
    readonly packages?: Readonly<Record<string, LockEntry>>;
  };
  const { name, version = "", resolved = "" } = packages[`node_modules/${basename(folder)}`] ?? {};
  if (/^https?:\/\/.*\/-\/[^/]+\.tgz$/.test(resolved))
    return {
      spec: name === undefined ? version : `npm:${name}@${version}`,
      notes: [`chatform comes from the registry ${new URL(resolved).host}. Commit an .npmrc that names it.`],
    };
  if (resolved.startsWith("file:"))
    return { spec: join(dirname(modules), resolved.slice("file:".length)), notes: [] };
  return resolved === ""
    ? { unknown: "npm has not recorded where the running chatform comes from." }
    : { spec: resolved, notes: [] };
}

/** Reads the origin and the commit of a checkout that chatform runs from. */
async function readCheckout(folder: string, context: Context): Promise<InstalledSource> {
  if (!(await fileExists(join(folder, ".git"))))
    return { unknown: "The running chatform is neither a package of npm nor a git checkout." };
  const git = async (...words: readonly string[]): Promise<string> =>
    (await runGit(words, folder, context)).trim();
  try {
    const origin = await git("remote", "get-url", "origin");
    if (!/^(?:https|ssh):\/\/|^[\w.-]+@[\w.-]+:/.test(origin))
      return { unknown: "The running chatform is a checkout whose origin is on this machine." };
    const commit = await git("rev-parse", "HEAD");
    const notes = [
      ...((await git("status", "--porcelain")) === ""
        ? []
        : [
            `The checkout of chatform has changes that commit ${commit.slice(0, 7)} lacks: CI runs without them.`,
          ]),
      ...((await git("branch", "--remotes", "--contains", commit)) === ""
        ? [`Commit ${commit.slice(0, 7)} of chatform is on no branch of its origin: push it.`]
        : []),
    ];
    return { spec: `${origin.replace(/^(?=https:)/, "git+")}#${commit}`, notes };
  } catch (error) {
    context.stop.throwIfAborted();
    return { unknown: `git does not tell the origin of the running chatform: ${gitReason(error)}.` };
  }
}
