/** Runs a workflow as GitHub does, as far as the generated ones need: conditions, expressions, steps, output files. */
import { data, Evaluator, Lexer, Parser } from "@actions/expressions";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Machine } from "./shell.js";
import { readText } from "./shell.js";

export interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly "working-directory"?: string;
}

export interface Job {
  readonly if?: string;
  readonly needs?: string;
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

/** Runs the steps, as a job or a composite action does: those that run something; others' actions are passed over. */
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
    if (step.run === undefined || !holds(step.if, all, !ok)) continue;
    const files = await stepFiles(machine, at);
    const own = Object.entries(step.env ?? {}).map(([name, value]) => [name, filled(value, all)] as const);
    const command =
      step.shell === "bash" ? ["bash", "--noprofile", "--norc", "-eo", "pipefail"] : ["bash", "-e"];
    const result = await machine.run(filled(step.run, all), {
      ...{ command, path, folder: filled(step["working-directory"] ?? "", all) },
      env: { ...options.env, ...Object.fromEntries(own), ...files },
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
  await options.machine.checkout();
  const env = Object.entries(job.env ?? {}).map(([name, value]) => [name, filled(value, contexts)] as const);
  const merged = { ...options.env, ...Object.fromEntries(env) };
  const { steps, ...result } = await runSteps(job.steps, contexts, { ...options, env: merged });
  const outputs = Object.entries(job.outputs ?? {}).map(
    ([name, value]) => [name, filled(value, { ...contexts, steps })] as const,
  );
  return { ...result, outputs: Object.fromEntries(outputs) };
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
