import type { OperationName } from "../../../api/operations/operations.js";
import { operation } from "../../../api/operations/operations.js";
import type { Loaded } from "../../../config/load.js";
import type { Diagnostic } from "../../../core/diagnostic.js";
import type { Plan } from "../../../core/plan/plan.js";
import { count } from "../../../views/text/terminal.js";
import type { Context } from "../../context.js";
import type { SessionArgs } from "../../parse/options.js";
import { showProblems } from "../../output/problems.js";

type Args = Pick<SessionArgs, "state">;

/**
 * What forbids to apply a plan in CI whose state nobody gave a place: a machine of CI is thrown away, and the state with it. The next run
 * would make everything a second time.
 *
 * @returns undefined where nothing is made, or somebody said where the state is: `--state`, or `backend`, be it `local`
 */
export function forgottenProblem(
  plan: Plan,
  args: Args,
  state: Loaded["state"],
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
    ...problem,
    severity: "error",
    detail: `${place} What is made now (${first}${others}) would be forgotten with this machine, and made a second time by the next run.`,
  };
}

/** Warns in CI where the files declare what only a state remembers, and nobody gave it a place. */
export function warnOfLocalState(
  args: Args & { readonly color: boolean },
  { resources, state }: Pick<Loaded, "resources" | "state">,
  context: Context,
): void {
  // What has an id in the files is found without a state.
  if (resources.every(({ id }) => id !== undefined) || !isUnplaced(args, state, context.env)) return;
  const detail = `${place} Without what the runs before have recorded, rooms and messages that chatform made are not known, nor what was changed outside.`;
  showProblems([{ ...problem, severity: "warning", detail }], args, context);
}

function isUnplaced(args: Args, state: Loaded["state"], env: Context["env"]): boolean {
  return /^(?:true|1)$/i.test(env["CI"] ?? "") && args.state === undefined && state["backend"] === undefined;
}

const place = "This is a machine of CI (CI=true), and nobody said that the state is kept elsewhere.";

const problem = {
  code: "local-state-in-ci",
  summary: "The state would be on this machine only",
  help: "In chatform.yaml: state: { backend: http } or state: { backend: pg }. Where this machine's disk stays: state: { backend: local }.",
} as const;
