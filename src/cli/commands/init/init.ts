import { fileExists } from "../../../core/file-exists.js";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { count } from "../../../views/text/terminal.js";
import type { Command } from "../../command.js";
import type { Context } from "../../context.js";
import { starterFiles, systems } from "./starter-files.js";
import type { NewFile } from "./starter-files.js";
import type { PackagePlan } from "./package/plan-package.js";
import { planPackage } from "./package/plan-package.js";
import { isBuiltByNpm, packageForms, toPackageSource } from "./package/package-spec.js";
import { workflows } from "./workflows/workflows.js";
import { missingIgnores } from "./gitignore.js";
import { nextSteps } from "./next-steps.js";
import { findInstalledSchema } from "./repository.js";
import { findRepository } from "../../../config/files/repository.js";
import { loadState } from "../../../config/load-state.js";
import { readConfig, toLoadOptions } from "../../session/load-config.js";
import { findDefaultBranch } from "./default-branch.js";
import { packageFile } from "../../package-file.js";
import { terminalWidth } from "../../output/style.js";
import type { ArgsOf } from "../../parse/option-table.js";
import { flag } from "../../parse/option-table.js";
import { UsageError } from "../../parse/usage-error.js";

const options = {
  ci: {
    type: "string",
    value: "SYSTEM",
    choices: systems,
    describe: "Write a workflow for this CI system too",
  },
  package: {
    type: "string",
    value: "SPEC",
    describe: `Where CI installs chatform from: ${packageForms}. Default: where this chatform was installed from`,
  },
  repair: flag("Let the nightly job repair drift, instead of only reporting it"),
  force: flag("Replace existing files"),
} as const;

export const init: Command<ArgsOf<typeof options>> = {
  description:
    "Writes example config files, their schema for editors, and the lines that .gitignore needs. With --ci also a workflow that plans, applies and audits, for each environment that the config declares, and a package.json that says where CI installs chatform from. Existing files are kept.",
  examples: [
    ["init", "a config to start from"],
    ["init --ci github", "and .github/workflows/chatform.yml"],
    ["init --ci gitlab", "and .gitlab-ci.yml, with the state in GitLab"],
    ["init --ci github --repair", "with a job that repairs drift every night"],
  ],
  options,
  async run({ ci, force, package: given, repair: repairs }, context) {
    const { cwd } = context;
    if (given !== undefined && ci === undefined)
      throw new UsageError("--package needs --ci github or --ci gitlab.");
    if (repairs && ci === undefined) throw new UsageError("--repair needs --ci github or --ci gitlab.");
    const root = await findRepository(cwd);
    if (ci !== undefined && root !== undefined && root !== cwd)
      throw new UsageError(`--ci writes to the root of the repository. Run chatform init there: ${root}.`);
    const source = given === undefined ? undefined : await toPackageSource(given, cwd);
    const schema = await findInstalledSchema(cwd, root ?? cwd);
    const place = { cwd, force, stdout: context.stdout };
    const files = await starterFiles({
      schema: schema ?? `./${ownSchema}`,
      ...(ci === undefined ? {} : { ci }),
    });
    const isNew = await writeUntilOneExists(files, place);
    if (schema === undefined) await writeFileUnlessExists(ownSchema, await shippedSchema(), place);
    await addIgnores(place, ci !== undefined);
    const { environments } = await readConfig(defaultFiles, context);
    const backends = ci === undefined ? [] : await readBackends(environments, context);
    const packagePlan = ci === undefined ? undefined : await planPackage(source, backends, context);
    if (ci !== undefined && packagePlan !== undefined) {
      await writePackage(packagePlan, place);
      const { folder, spec } = packagePlan;
      const isBuilt = spec === undefined || isBuiltByNpm(spec);
      const branch = await findDefaultBranch(cwd, context);
      const options = { folder, install: "npm ci", environments, backends, branch, repairs };
      // An earlier run wrote this before it knew the source.
      const before = await workflows(ci, options);
      const wanted = isBuilt
        ? before
        : await workflows(ci, { ...options, install: "npm ci --ignore-scripts" });
      for (const [at, [path, text]] of wanted.entries())
        await writeFileUnlessExists(path, text, place, before[at]?.[1]);
    }
    const width = terminalWidth(context);
    context.stdout.write(nextSteps({ ci, isNew, packagePlan, environments, backends, repairs, width }));
    return 0;
  },
};

const defaultFiles = { file: [], var: [], "var-file": [] } as const;

/** Returns the backends of the states that the config declares, those of all environments. */
async function readBackends(environments: readonly string[], context: Context): Promise<readonly string[]> {
  const backends: string[] = [];
  // One after the other: each reads all files of the config.
  for (const choice of environments.length === 0 ? [{}] : environments.map((env) => ({ env }))) {
    const { state } = await loadState(toLoadOptions({ ...defaultFiles, ...choice }, context));
    const { backend } = state.config;
    if (typeof backend === "string") backends.push(backend);
  }
  return backends;
}

/** The schema's file beside chatform.yaml, for a project without chatform as a package. */
const ownSchema = "chatform.schema.json";

function shippedSchema(): Promise<string> {
  return readFile(packageFile("schemas/desired-state.schema.json"), "utf8");
}

interface Place {
  readonly cwd: string;
  readonly force: boolean;
  readonly stdout: Context["stdout"];
}

/** Writes files up to the first that exists, as no other file names those behind it. @returns true if the first was written */
async function writeUntilOneExists(files: readonly NewFile[], place: Place): Promise<boolean> {
  for (const [at, [path, text]] of files.entries())
    if (!(await writeFileUnlessExists(path, text, place))) return at > 0;
  return true;
}

/** Writes a file unless it exists. @param before a text that may be replaced @returns true if it was written */
async function writeFileUnlessExists(
  path: string,
  text: string,
  { cwd, force, stdout }: Place,
  before = text,
): Promise<boolean> {
  const file = join(cwd, path);
  const isExisting = await fileExists(file);
  const isReplaced = force || (isExisting && before !== text && (await readFile(file, "utf8")) === before);
  if (isExisting && !isReplaced) {
    stdout.write(`Kept ${path}: the file exists. --force replaces it.\n`);
    return false;
  }
  await mkdir(dirname(file), { recursive: true });
  // A file that another process wrote meanwhile is kept.
  await writeFile(file, text, { flag: isReplaced ? "w" : "wx" });
  stdout.write(`${isExisting ? "Replaced" : "Wrote"} ${path}.\n`);
  return true;
}

/** Writes or changes package.json. --force does not replace it: everything else in it belongs to the project. */
async function writePackage({ folder, text, spec = "" }: PackagePlan, { cwd, stdout }: Place): Promise<void> {
  if (text === undefined) return;
  const path = posix.join(folder, "package.json");
  const file = join(cwd, path);
  const isExisting = await fileExists(file);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  stdout.write(`${isExisting ? "Changed" : "Wrote"} ${path}: chatform comes from ${spec}.\n`);
}

/** Adds the missing lines to .gitignore. --force does not replace that file: its other lines belong to the project. */
async function addIgnores({ cwd, stdout }: Place, hasPackages: boolean): Promise<void> {
  const file = join(cwd, ".gitignore");
  const text = (await fileExists(file)) ? await readFile(file, "utf8") : undefined;
  const missing = missingIgnores(text, hasPackages);
  if (missing === "") {
    stdout.write("Kept .gitignore: nothing is missing.\n");
    return;
  }
  await writeFile(file, missing, { flag: "a" });
  const lines = missing.split("\n").filter((line) => /^[^#]/.test(line)).length;
  stdout.write(text === undefined ? "Wrote .gitignore.\n" : `Added ${count(lines, "line")} to .gitignore.\n`);
}
