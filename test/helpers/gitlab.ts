/** Runs the pipeline as GitLab does, as far as the generated one needs: rules of jobs, variables, scripts, artifacts. */
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { promisify } from "node:util";
import type { Machine } from "./shell.js";

const execute = promisify(execFile);

export interface Job {
  readonly extends?: string | readonly string[];
  readonly variables?: Variables;
  readonly before_script?: readonly string[];
  readonly script: readonly string[];
  readonly needs?: readonly (string | { readonly job: string })[];
  readonly environment?: string | { readonly name: string; readonly action: string };
  readonly resource_group?: string;
  readonly interruptible?: boolean;
  readonly artifacts?: {
    readonly access?: string;
    readonly paths: readonly string[];
    readonly reports?: Readonly<Record<string, string>>;
  };
}

export interface Pipeline {
  readonly variables: Readonly<Record<string, string | { readonly value: string }>>;
  readonly default: { readonly before_script: readonly string[] };
  readonly [job: string]: unknown;
}

export interface JobResult {
  readonly ok: boolean;
  readonly log: string;
}

type Variables = Readonly<Record<string, string>>;

const require = createRequire(import.meta.url);
const program = require.resolve("gitlab-ci-local/dist/index.js");
// It is written for Node 22; without this it would not start on 20.
const union = "Set.prototype.union ??= function (other) { return new Set([...this, ...other]) }";
const older = `data:text/javascript,${encodeURIComponent(union)}`;

/**
 * What a public runner of GitLab's pipelines makes of the file in a folder: it checks it with GitLab's own schema first.
 *
 * @param variables of the pipeline, such as CI_PIPELINE_SOURCE
 * @returns when each job is started, by its name
 * @throws Error whose stderr says what the schema does not allow
 */
export async function startedBy(
  folder: string,
  variables: Variables,
): Promise<Readonly<Record<string, string>>> {
  const all = Object.entries({ CI_DEFAULT_BRANCH: "main", ...variables });
  const given = all.flatMap(([name, value]) => ["--variable", `${name}=${value}`]);
  const { stdout } = await execute(process.execPath, ["--import", older, program, "--list-json", ...given], {
    cwd: folder,
    env: {
      ...process.env,
      HOME: dirname(folder),
      GCL_IGNORE_PREDEFINED_VARS: all.map(([name]) => name).join(","),
    },
  });
  const jobs = JSON.parse(stdout) as readonly { readonly name: string; readonly when: string }[];
  return Object.fromEntries(jobs.map(({ name, when }) => [name, when]));
}

/** Runs a job as GitLab's runner does: a checkout, what the jobs before hand on, one shell for all lines. */
export async function runJob(
  pipeline: Pipeline,
  name: string,
  options: { readonly machine: Machine; readonly variables: Variables },
): Promise<JobResult> {
  const { machine } = options;
  const job = getJob(pipeline, name);
  const needed = (job.needs ?? []).map((one) => {
    const { artifacts } = getJob(pipeline, typeof one === "string" ? one : one.job);
    return artifacts?.paths ?? [];
  });
  await machine.checkout(needed.flat());
  const script = [...(job.before_script ?? pipeline.default.before_script), ...job.script].join("\n");
  const ofPipeline = Object.entries(pipeline.variables).map(
    ([variable, value]) => [variable, typeof value === "string" ? value : value.value] as const,
  );
  const own = { ...Object.fromEntries(ofPipeline), ...job.variables };
  const env = expanded({ ...options.variables, ...own }, options.variables);
  const { code, log } = await machine.run(script, { command: ["bash", "-eo", "pipefail"], env });
  return { ok: code === 0, log };
}

/** A job with what it extends; its own members win. */
function getJob(pipeline: Pipeline, name: string): Job {
  const job = (pipeline[name] ?? {}) as Job;
  const bases = [job.extends ?? []].flat().map((base) => getJob(pipeline, base));
  return Object.assign({}, ...bases, job) as Job;
}

/** Variables whose values name others; those of the project win over those of the file. */
function expanded(variables: Variables, project: Variables): Variables {
  const all: Variables = { ...variables, ...project };
  const value = (text: string): string =>
    text.replaceAll(/\$(\w+)/g, (_all, name: string) => value(all[name] ?? ""));
  return Object.fromEntries(Object.entries(all).map(([name, text]) => [name, value(text)]));
}
