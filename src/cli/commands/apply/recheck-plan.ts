import type { Diagnostic } from "../../../core/diagnostic.js";
import type { Plan } from "../../../core/plan/plan.js";
import type { State } from "../../../core/state/state.js";
import { systemClock } from "../../../core/time/clock.js";
import { kinds } from "../../../resources/index.js";
import { withUsers } from "../../../core/people/with-users.js";
import type { Context } from "../../context.js";
import type { OrgArgs } from "../../parse/options.js";
import { showingProgress } from "../../session/progress-timer.js";
import type { Session } from "../../session/session.js";

/** A plan, with the session that applies it and the state as it is now. */
export interface CheckedPlan {
  readonly session: Session;
  readonly plan: Plan;
  readonly state: State | undefined;
  /** True for a plan from a file. */
  readonly isSaved: boolean;
}

/** Reads again the live values that a plan changes or relies on. @returns a problem per difference; none if the plan may be applied */
export async function recheckPlan(
  { session, plan, state, isSaved }: CheckedPlan,
  args: OrgArgs,
  context: Context,
): Promise<readonly Diagnostic[]> {
  const { findStaleness } = await import("../../../engine/plan/plan-staleness.js");
  const { api, parallelism, patienceMs, pace } = session;
  const waiting = { parallelism, patienceMs, clock: systemClock, signal: context.stop };
  const allowUnverified = args["allow-unverified-org"];
  const problems = await showingProgress(context, pace, (onEvent) =>
    findStaleness({ api, kinds, plan, state, isSaved, allowUnverified, ...waiting, onEvent }),
  );
  return withUsers(problems, plan.people);
}
