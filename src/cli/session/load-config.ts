import type { Loaded, LoadOptions } from "../../config/load.js";
import { loadDesired } from "../../config/load.js";
import type { Sensitivity } from "../../config/variables/sensitive.js";
import { environmentSecrets } from "../../core/credentials.js";
import { DiagnosticsError } from "../../core/diagnostic.js";
import { showProblems } from "../output/problems.js";
import type { ProblemArgs } from "../output/problems.js";
import { kinds } from "../../resources/index.js";
import type { Context } from "../context.js";
import { chosenEnvironment } from "./chosen-environment.js";
import { showingProgress } from "./progress-timer.js";
import type { FileArgs } from "../parse/options.js";

/** Reads the config files. Problems are in the diagnostics of the result. */
export async function readConfig(args: FileArgs, context: Context): Promise<Loaded> {
  const loaded = await showingProgress(context, undefined, (onEvent) => {
    onEvent({ type: "phase", phase: "load", total: 0 });
    return loadDesired(toLoadOptions(args, context));
  });
  maskVariables(loaded.sensitivity, context);
  return loaded;
}

/** Masks the values of sensitive variables in outputs from now on, and unmasks variables that hold no secret. */
export function maskVariables(
  { secrets: sensitive, released }: Sensitivity,
  { env, secrets }: Context,
): void {
  secrets.remove([...released].map((name) => env[name] ?? ""));
  // A released variable may have the value of a secret.
  secrets.add([...environmentSecrets(env, released), ...sensitive]);
}

/** Returns the files, variables and environment of the command line. */
export function toLoadOptions(args: FileArgs, context: Context): LoadOptions {
  const { cwd, env, stop: signal } = context;
  const given = { paths: args.file, vars: args.var, varFiles: args["var-file"] };
  const stdin = args.file.includes("-") ? { stdin: context.stdin() } : {};
  return { ...given, ...stdin, env, cwd, signal, kinds, environment: chosenEnvironment(args, context) };
}

/** Reads the config files. @throws DiagnosticsError with all problems */
export async function loadConfig(args: FileArgs, context: Context): Promise<Loaded> {
  const loaded = await readConfig(args, context);
  if (loaded.diagnostics.some(({ severity }) => severity === "error"))
    throw new DiagnosticsError(loaded.diagnostics);
  return loaded;
}

/**
 * Reads the config files for a command that needs only the org, the state and the addresses that are right: other problems are left in
 * the diagnostics of the result.
 *
 * @throws DiagnosticsError no-environment, unknown-environment
 */
export async function readConfigOfOrg(args: FileArgs, context: Context): Promise<Loaded> {
  const loaded = await readConfig(args, context);
  const missing = loaded.diagnostics.filter(
    ({ code }) => code === "no-environment" || code === "unknown-environment",
  );
  if (missing.length > 0) throw new DiagnosticsError(missing);
  return loaded;
}

/** Shows the findings of a valid config on stderr. */
export function showFindings({ diagnostics }: Loaded, args: ProblemArgs, context: Context): void {
  const findings = diagnostics.filter(({ severity }) => severity === "warning");
  if (findings.length > 0) showProblems(findings, args, context);
}
