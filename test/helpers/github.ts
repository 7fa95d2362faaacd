/** Runs a workflow as GitHub does, as far as the generated ones need: conditions, expressions, steps, output files. */
import { data, Evaluator, Lexer, Parser } from "@actions/expressions";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { downloadArtifact, uploadArtifact } from "./artifacts.js";
import type { Machine } from "./shell.js";
import { readText } from "./shell.js";

export interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly "working-directory"?: string;
}

export interface Job {
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly concurrency?: { readonly group: string; readonly "cancel-in-progress": boolean };
  readonly env?: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

/** The contexts of expressions, by name: github, secrets, vars, needs, inputs. */
export type Contexts = Readonly<Record<string, object>>;

export interface JobResult {
  readonly ok: boolean;
  readonly outputs: Readonly<Record<string, string>>;
  /** The output of the steps, and their summaries. */
  readonly log: string;
  readonly summary: string;
}

/** Evaluates an expression to text. @throws Error for unsupported syntax */
function evaluate(expression: string, contexts: Contexts, failed = false): string {
  const states = { always: true, success: !failed, failure: failed, cancelled: false };
  const functions = Object.entries(states).map(([name, value]) => ({
    ...{ name, minArgs: 0, maxArgs: 0 },
    call: () => new data.BooleanData(value),
  }));
  const { tokens } = new Lexer(expression).lex();
  const tree = new Parser(tokens, Object.keys(contexts), functions).parse();
  const values = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary;
  return new Evaluator(tree, values, new Map(functions.map((one) => [one.name, one])))
    .evaluate()
    .coerceString();
}

/** Evaluates a condition. Without a status function, it is false after a failed step. */
export function holds(condition: string | undefined, contexts: Contexts, failed = false): boolean {
  const text = condition?.replace(/^\$\{\{(.*)\}\}$/s, "$1") ?? "success()";
  const asked = /\b(?:always|success|failure|cancelled)\(\)/.test(text) ? text : `success() && (${text})`;
  return evaluate(`!(!(${asked}))`, contexts, failed) === "true";
}

/** Text with its expressions filled in. */
export function filled(text: string, contexts: Contexts): string {
  return text.replaceAll(/\$\{\{(.*?)\}\}/g, (_all, expression: string) => evaluate(expression, contexts));
}

/** Returns values with their expressions filled in. */
export function filledAll(
  values: Readonly<Record<string, string | number | boolean>> = {},
  contexts: Contexts,
): Readonly<Record<string, string>> {
  const entries = Object.entries(values).map(
    ([name, value]) => [name, filled(String(value), contexts)] as const,
  );
  return Object.fromEntries(entries);
}

/** Runs the steps, as a job or a composite action does: those that run something, and the actions for artifacts. */
export async function runSteps(
  steps: readonly Step[],
  contexts: Contexts,
  options: { readonly machine: Machine; readonly env: Readonly<Record<string, string>> },
): Promise<Omit<JobResult, "outputs"> & { readonly steps: Contexts }> {
  const { machine } = options;
  const results: Record<string, object> = {};
  const path: string[] = [];
  let [ok, log, summary] = [true, "", ""];
  for (const [at, step] of steps.entries()) {
    const all = { ...contexts, steps: results };
    if (!holds(step.if, all, !ok)) continue;
    if (step.run === undefined) {
      await useAction(step, all, machine);
      continue;
    }
    const files = await stepFiles(machine, at);
    const command =
      step.shell === "bash" ? ["bash", "--noprofile", "--norc", "-eo", "pipefail"] : ["bash", "-e"];
    const result = await machine.run(filled(step.run, all), {
      ...{ command, path, folder: filled(step["working-directory"] ?? "", all) },
      env: { ...options.env, ...filledAll(step.env, all), ...files },
    });
    log += result.log;
    summary += await readText(files.GITHUB_STEP_SUMMARY);
    path.unshift(...(await readText(files.GITHUB_PATH)).split("\n").filter((line) => line !== ""));
    if (step.id !== undefined) results[step.id] = { outputs: outputsIn(await readText(files.GITHUB_OUTPUT)) };
    ok &&= result.code === 0;
  }
  return { ok, log, summary, steps: results };
}

/** Runs a job whose condition holds, on a machine that has what is in the repository. */
export async function runJob(
  job: Job,
  contexts: Contexts,
  options: { readonly machine: Machine; readonly env: Readonly<Record<string, string>> },
): Promise<JobResult> {
  const { machine } = options;
  await machine.checkout();
  await rm(await machine.beside("temporary"), { recursive: true });
  const temp = await machine.beside("temporary");
  const env = { ...options.env, ...runnerEnv(contexts, temp), ...filledAll(job.env, contexts) };
  const all = { ...contexts, runner: { temp } };
  const { steps, ...result } = await runSteps(job.steps, all, { ...options, env });
  return { ...result, outputs: filledAll(job.outputs, { ...contexts, steps }) };
}

/** The variables that a runner sets for each step. */
function runnerEnv({ github = {} }: Contexts, temp: string): Readonly<Record<string, string>> {
  const names = ["event_name", "repository", "ref_name", "run_id", "sha"] as const;
  const values = names.map((name) => [
    `GITHUB_${name.toUpperCase()}`,
    (github as Record<string, string>)[name],
  ]);
  const fixed = { GITHUB_ACTIONS: "true", GITHUB_SERVER_URL: "https://acme.ghe.com", RUNNER_TEMP: temp };
  return { ...fixed, ...(Object.fromEntries(values) as object) };
}

/** Does what a used action does, if it handles artifacts. */
async function useAction({ uses = "", ...step }: Step, contexts: Contexts, machine: Machine): Promise<void> {
  const inputs = filledAll(step.with, contexts);
  const { run_id: own = "" } = (contexts["github"] ?? {}) as { readonly run_id?: string };
  if (uses.startsWith("actions/upload-artifact@")) await uploadArtifact(inputs, own, machine);
  if (uses.startsWith("actions/download-artifact@")) await downloadArtifact(inputs, own, machine);
}

/** The files that a step writes to. */
async function stepFiles(machine: Machine, at: number) {
  const folder = join(machine.folder, "../step", String(at));
  await mkdir(folder, { recursive: true });
  const files = {
    GITHUB_OUTPUT: join(folder, "output"),
    GITHUB_STEP_SUMMARY: join(folder, "summary"),
    GITHUB_PATH: join(folder, "path"),
  };
  for (const file of Object.values(files)) await writeFile(file, "");
  return files;
}

function outputsIn(text: string): Readonly<Record<string, string>> {
  const lines = text.split("\n").filter((line) => line !== "");
  return Object.fromEntries(lines.map((line) => [line.replace(/=.*/s, ""), line.replace(/^[^=]*=/, "")]));
}
