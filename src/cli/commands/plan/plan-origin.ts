import { dirname, join, relative, resolve, sep } from "node:path";
import type { Loaded } from "../../../config/load.js";
import { defaultConfigFile } from "../../../core/default-files.js";
import type { StateDeclaration } from "../../../config/state-declaration.js";
import { DiagnosticsError } from "../../../core/diagnostic.js";
import { fileExists } from "../../../core/file-exists.js";
import { shellWord } from "../../../core/shell-word.js";
import type { PlanOrigin } from "../../../views/plan/plan-json.js";
import type { Context } from "../../context.js";
import type { SavedPlan } from "./show-plan.js";
import type { FileArgs } from "../../parse/options.js";

type Args = FileArgs & { readonly state?: string };

/** Returns the config and the state of a plan. @param folder absolute: the one that paths of the origin are relative to */
export function toPlanOrigin(
  args: Args,
  { state: { config } }: Pick<Loaded, "state">,
  folder: string,
  { cwd }: Pick<Context, "cwd">,
): PlanOrigin {
  const toRelative = (path: string): string => relative(folder, resolve(cwd, path)).split(sep).join("/");
  const { backend, path } = args.state === undefined ? config : { backend: "local", path: args.state };
  return {
    config: args.file.filter((path) => path !== "-").map(toRelative),
    state: {
      ...(typeof backend === "string" ? { backend } : {}),
      ...(typeof path === "string" ? { path: toRelative(path) } : {}),
    },
  };
}

/** The config to read for a saved plan, and the state to apply it with. */
export interface PlanSource {
  readonly paths: readonly string[];
  /** Missing: the state that the config declares. */
  readonly state?: StateDeclaration;
}

/**
 * Returns the config and state of a saved plan: those of the command line, else those that the plan was made with, else the default
 * config, for a plan that was moved away from its config.
 *
 * @param planFile the path of the plan, as the user gave it
 * @throws DiagnosticsError plan-state-unknown if nothing tells where the state is
 */
export async function getPlanSource(
  { origin }: SavedPlan,
  planFile: string,
  { file, state }: Args,
  { cwd }: Pick<Context, "cwd">,
): Promise<PlanSource> {
  const isDefault = file.length === 1 && file[0] === defaultConfigFile;
  if (origin === undefined || !isDefault || state !== undefined) return { paths: file };
  const fromPlan = (path: string): string => join(dirname(planFile), path);
  const paths = origin.config.map(fromPlan);
  const [main = planFile] = paths;
  if (await fileExists(resolve(cwd, main))) {
    const { path } = origin.state;
    return {
      paths,
      ...(path === undefined ? {} : { state: { config: { ...origin.state, path: fromPlan(path) } } }),
    };
  }
  if (await fileExists(resolve(cwd, defaultConfigFile))) return { paths: file };
  throw unknownState(
    `${planFile} was made with the config ${main}, which does not exist.`,
    `Name the config with -f, or the state: chatform apply ${shellWord(planFile)} --state FILE`,
  );
}

/** Checks that a config still keeps its state as it did when a plan was made. @throws DiagnosticsError plan-state-unknown */
export function checkPlanBackend(
  { origin }: SavedPlan,
  planFile: string,
  { config }: StateDeclaration,
): void {
  const { backend: now = "local" } = config as { readonly backend?: string };
  const then = origin?.state.backend ?? "local";
  if (origin === undefined || then === now) return;
  throw unknownState(
    `${planFile} was made with the state backend ${then}, and the config declares ${now}.`,
    "Name the config that the plan was made with: -f FILE. Or plan again: chatform plan --out FILE",
  );
}

function unknownState(detail: string, help: string): DiagnosticsError {
  const [severity, code, summary] = [
    "error",
    "plan-state-unknown",
    "State of the saved plan unknown",
  ] as const;
  return new DiagnosticsError([{ severity, code, summary, detail, help }]);
}
