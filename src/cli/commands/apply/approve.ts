import { DiagnosticsError } from "../../../core/diagnostic.js";
import { orgName } from "../../../core/org/org-identity.js";
import type { Plan } from "../../../core/plan/plan.js";
import { getMoves } from "../../../core/state/state-moves.js";
import { safeLine } from "../../../core/safe-text.js";
import { getTitle } from "../../../views/apply/outcomes.js";
import { namedAddress } from "../../../core/people/named-address.js";
import { ask } from "../../output/prompt.js";
import type { Context } from "../../context.js";
import type { OrgArgs } from "../../parse/options.js";
import { UsageError } from "../../parse/usage-error.js";
import type { CheckedPlan } from "./recheck-plan.js";
import { recheckPlan } from "./recheck-plan.js";

export interface ApproveArgs extends OrgArgs {
  readonly "auto-approve": boolean;
  readonly "allow-data-loss": boolean;
  readonly input: boolean;
  readonly json: boolean;
}

/** The time after which the live values of a plan are read again: somebody may have changed them during the prompt. In milliseconds. */
const longPromptMs = 5 * 60_000;

/**
 * Asks for yes, unless there is nothing to approve or it was said on the command line. After a long prompt, reads again what the plan
 * changes.
 *
 * @throws UsageError when nobody can be asked
 * @throws Interrupted on Ctrl-C
 * @throws DiagnosticsError if the plan became stale during the prompt
 */
export async function approve(made: CheckedPlan, args: ApproveArgs, context: Context): Promise<boolean> {
  const { plan } = made;
  const keepsAddresses = getMoves(plan.findings).length === 0;
  if (
    keepsAddresses &&
    plan.cost.calls === 0 &&
    plan.changes.every(({ action }) => action === "no-op" || action === "adopt")
  )
    return true;
  if (args["auto-approve"]) {
    refuseDataLoss(plan, args);
    return true;
  }
  const verb = getTitle(plan);
  if (!args.input || args.json || context.stdin().isTTY !== true) {
    throw new UsageError(
      `Approval needs a terminal. Nothing was changed. To ${verb.toLowerCase()} without asking: --auto-approve.`,
    );
  }
  const where = Object.keys(plan.org).length === 0 ? "" : ` in ${safeLine(orgName(plan.org), 300)}`;
  const asked = context.now().getTime();
  const typed = await ask(
    `${verb} these ${verb === "Repair" ? "resources" : "changes"}${where}? Type "yes" to confirm: `,
    context,
  );
  if (typed?.trim() !== "yes") return false;
  const isLate = Math.abs(context.now().getTime() - asked) > longPromptMs;
  const problems = isLate && plan.options.refresh ? await recheckPlan(made, args, context) : [];
  if (problems.length > 0) throw new DiagnosticsError(problems);
  return true;
}

/** Refuses plans that destroy data, unless --allow-data-loss is given. @throws UsageError */
export function refuseDataLoss(plan: Plan, args: Pick<ApproveArgs, "allow-data-loss">): void {
  if (args["allow-data-loss"]) return;
  const [first] = plan.changes.flatMap(({ address, remarks }) =>
    remarks
      .filter(({ severity }) => severity === "data-loss")
      .map(({ text }) => `${namedAddress(address, plan.people)}: ${text}`),
  );
  if (first === undefined) return;
  throw new UsageError(
    `The plan destroys data permanently. ${first} Nothing was changed. If this is intended: --allow-data-loss.`,
  );
}
