import type { OperationName } from "../../../api/operations/operations.js";
import { operation } from "../../../api/operations/operations.js";
import type { Loaded } from "../../../config/load.js";
import { isCi } from "../../../core/ci.js";
import type { Diagnostic } from "../../../core/diagnostic.js";
import type { Plan } from "../../../core/plan/plan.js";
import { count } from "../../../views/text/terminal.js";
import type { Context } from "../../context.js";
import type { SessionArgs } from "../../parse/options.js";
import { showProblems } from "../../output/problems.js";

type Args = Pick<SessionArgs, "state">;

/**
 * Returns the error of a plan that creates objects in CI without a declared state: the state would be lost with the CI machine, and the
 * next run would create everything again.
 *
 * @returns undefined if nothing is created, or if `--state` or a `backend`, even `local`, is given
 */
export function localStateError(
  plan: Plan,
  args: Args,
  { state, environment }: Pick<Loaded, "state" | "environment">,
  { env }: Pick<Context, "env">,
): Diagnostic | undefined {
  const made = plan.changes
    .filter(({ calls }) =>
      calls.some((call) => operation(call.operation as OperationName).safety === "creates"),
    )
    .map(({ address }) => address);
  if (made.length === 0 || !isUnplaced(args, state, env)) return undefined;
  const [first = "", ...more] = made;
  const others = more.length === 0 ? "" : ` and ${count(more.length, "other")}`;
  return {
    ...localStateProblem(environment),
    severity: "error",
    detail: `${place} The state would be lost with this machine, and the next run would create ${first}${others} again.`,
  };
}

/** Warns in CI if the config has resources that need a state, and no state is declared. */
export function warnAboutLocalState(
  args: Args & { readonly color: boolean },
  { resources, state, environment }: Pick<Loaded, "resources" | "state" | "environment">,
  context: Context,
): void {
  // Resources with an id in the config need no state.
  if (resources.every(({ id }) => id !== undefined) || !isUnplaced(args, state, context.env)) return;
  const detail = `${place} Without the state of earlier runs, chatform does not know the rooms and messages that it created, nor changes made outside.`;
  showProblems([{ ...localStateProblem(environment), severity: "warning", detail }], args, context);
}

/** Returns true in CI if neither `--state` nor the config says where the state is. */
export function isUnplaced(args: Args, state: Loaded["state"], env: Context["env"]): boolean {
  return isCi(env) && args.state === undefined && state.config["backend"] === undefined;
}

const place = "This is a CI machine (CI=true), and the config declares no backend for the state.";

/** Returns the constant parts of the problem. */
export function localStateProblem(
  environment: Loaded["environment"],
): Required<Pick<Diagnostic, "code" | "summary" | "help">> {
  const where =
    environment === undefined ? "the config" : `the environment ${environment.name} of the config`;
  return {
    code: "local-state-in-ci",
    summary: "The state would be lost with this machine",
    help: `In ${where}: state: { backend: http } or state: { backend: pg }. If this machine's disk is kept: state: { backend: local }.`,
  };
}
