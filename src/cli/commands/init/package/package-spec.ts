import { isAbsolute, relative, resolve, sep } from "node:path";
import { VERSION } from "../../../../core/version.js";
import { fileExists } from "../../../../core/file-exists.js";
import { UsageError } from "../../../parse/usage-error.js";
import { isFromRegistryByName, noOwnRegistry } from "./own-registry.js";

/** The source from which npm installs chatform: a dependency's value in package.json, with sentences on what it leaves to the reader. */
export interface PackageSource {
  readonly spec: string;
  readonly notes: readonly string[];
}

/**
 * Checks where chatform is to be installed from. Credentials in a URL are left out, with a note.
 *
 * @param text a git URL, the path or URL of a tarball, or an exact version
 * @param cwd the folder of package.json, the root of the repository
 * @throws UsageError if CI could not install it, or could install something else
 */
export async function toPackageSource(text: string, cwd: string): Promise<PackageSource> {
  const spec = text.replace(/^chatform@/, "");
  if (/\s/.test(spec)) throw invalid(text, "It has spaces.");
  const git = toGitUrl(spec);
  if (git !== undefined) return gitSource(git, text);
  if (/^[a-z]+:\/\//i.test(spec) && !spec.startsWith("file:")) return tarballUrl(spec, text);
  if (/\.(?:tgz|tar\.gz)$/.test(spec)) return { spec: await tarballPath(spec, cwd), notes: [] };
  if (exactVersion.test(spec)) return registryVersion(spec, text, cwd);
  throw invalid(text, "The form of the source is unknown.");
}

/** Returns true if npm builds the package while it installs it, which needs the package's scripts. */
export function isBuiltByNpm(spec: string): boolean {
  return toGitUrl(spec) !== undefined;
}

/** A version of a registry, also of a package with another name: `npm:@acme/chatform@0.1.0`. */
const exactVersion = /^(?:npm:@[\w.-]+\/[\w.-]+@)?\d+\.\d+\.\d+(?:-[\w.-]+)?(?:\+[\w.-]+)?$/;

/** The kinds of sources, as an error and the next steps list them. */
export const packageForms = [
  "a git URL with the full hash of a commit (git+https://HOST/OWNER/chatform.git#COMMIT)",
  `a tarball in this repository (./chatform-${VERSION}.tgz) or its https URL`,
  `or an exact version of a registry that has chatform (npm:@SCOPE/chatform@${VERSION})`,
].join(", ");

function invalid(text: string, why: string): UsageError {
  return new UsageError(`--package ${text} can't be used in CI. ${why} Give ${packageForms}.`);
}

/** Returns a git URL as npm writes it; undefined for other specs. */
function toGitUrl(spec: string): string | undefined {
  if (/^(?:git(?:\+[a-z]+)?:\/\/|(?:github|gitlab|bitbucket):)/.test(spec)) return spec;
  if (/^https:\/\/[^#?]+\.git(?:#|$)/.test(spec)) return `git+${spec}`;
  if (spec.startsWith("ssh://")) return `git+${spec}`;
  const [, user, host, path] = /^([\w.-]+)@([\w.-]+):(?!\/)(.+)$/.exec(spec) ?? [];
  return path === undefined ? undefined : `git+ssh://${user ?? ""}@${host ?? ""}/${path}`;
}

function gitSource(url: string, text: string): PackageSource {
  if (/^git(?:\+http)?:\/\//.test(url)) throw invalid(text, "The connection is not encrypted.");
  const reason = noFixedCommit(url);
  if (reason !== undefined) throw invalid(text, reason);
  return withoutCredentials(url);
}

/** Returns why a git URL may give another commit later; undefined for a fixed commit, and for other specs. */
export function noFixedCommit(spec: string): string | undefined {
  const url = toGitUrl(spec);
  if (url === undefined) return undefined;
  const [repository = "", ref] = withoutCredentials(url).spec.split("#");
  if (ref === undefined || ref === "") return "The git URL names no commit.";
  if (/^(?:[\da-f]{40}|[\da-f]{64})$/.test(ref)) return undefined;
  // An annotated tag has a hash of its own, which npm refuses: its last line is the commit.
  const remote = repository.startsWith("git+") ? repository.slice("git+".length) : "URL";
  return `${ref} is not the full hash of a commit: a branch or tag may move. The last line of git ls-remote ${remote} ${ref} '${ref}^{}' has its commit.`;
}

function tarballUrl(url: string, text: string): PackageSource {
  if (!url.startsWith("https://") || !URL.canParse(url)) throw invalid(text, "It is no https URL.");
  if (!/\.(?:tgz|tar\.gz)$/.test(new URL(url).pathname)) throw invalid(text, "It is no URL of a tarball.");
  return withoutCredentials(url);
}

const secretParameter = /token|secret|password|passwd|key|sig|credential|auth/i;

async function registryVersion(spec: string, text: string, root: string): Promise<PackageSource> {
  const reason = isFromRegistryByName(spec) ? await noOwnRegistry(root) : undefined;
  if (reason !== undefined) throw invalid(text, reason);
  return { spec, notes: [] };
}

/** Leaves out what a URL says of a person or a token. The user of ssh stays: it names no person. */
function withoutCredentials(text: string): PackageSource {
  if (!URL.canParse(text)) return { spec: text, notes: [] };
  const url = new URL(text);
  if (!url.protocol.endsWith("ssh:")) url.username = "";
  url.password = "";
  if ([...url.searchParams.keys()].some((name) => secretParameter.test(name))) url.search = "";
  if (url.href === new URL(text).href) return { spec: text, notes: [] };
  return {
    spec: url.href,
    notes: [
      "The URL's credentials were left out of package.json. Give them to npm or git on each machine that installs.",
    ],
  };
}

/** Returns the spec of a tarball, which must be committed. */
async function tarballPath(spec: string, cwd: string): Promise<string> {
  const path = resolve(cwd, spec.replace(/^file:(?:\/\/(?=\/))?/, ""));
  const inside = relative(cwd, path).split(sep).join("/");
  if (inside.startsWith("../") || isAbsolute(inside))
    throw new UsageError(
      `The tarball ${path} is outside this repository, so CI does not have it. Copy it into the repository, and give its path there: --package ./${inside.split("/").at(-1) ?? ""}`,
    );
  if (!(await fileExists(path))) throw new UsageError(`--package ${spec}: there is no file ${path}.`);
  return `file:${inside}`;
}
