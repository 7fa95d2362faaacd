import type { JsonObject } from "../../core/json/json.js";
import { asJson } from "../../core/json/json.js";
import type { Audit } from "../../core/drift/audit.js";
import type { Plan } from "../../core/plan/plan.js";
import { VERSION } from "../../core/version.js";
import type { ApplyResult } from "../../engine/events.js";
import { isComplete } from "../../engine/events.js";
import { applyCounts } from "./apply-counts.js";
import { resultToJson } from "./apply-json.js";
import type { PlanJsonExtra } from "../plan/plan-json.js";
import { planToJson } from "../plan/plan-json.js";

/**
 * Returns the result of an apply in the shape of the plan that was applied. `errored` is true where the apply is incomplete;
 * `chatform.results` holds the result of each change.
 *
 * @param audit of a repair: `chatform.left` and `chatform.findings`
 */
export function appliedToJson(
  plan: Plan,
  result: ApplyResult,
  extra: PlanJsonExtra,
  audit?: Pick<Audit, "left" | "findings">,
): JsonObject {
  const results = [...result.results].map(([address, { change, result: one }]) => ({
    address,
    action: change.action,
    ...resultToJson(one),
  }));
  const complete = isComplete(result);
  return {
    ...planToJson(plan, extra),
    errored: !complete,
    chatform: {
      version: VERSION,
      org: { ...plan.org },
      counts: { ...applyCounts(result) },
      checksum: plan.checksum,
      complete,
      interrupted: result.interrupted,
      calls: result.calls,
      accepted: result.accepted,
      uncertain: result.leftAlone.map((one) => ({ ...one })),
      results,
      ...(audit === undefined ? {} : { left: asJson(audit.left), findings: asJson(audit.findings) }),
    },
  };
}
