import type { Diagnostic } from "../diagnostic.js";
import type { Kind } from "../kind/kind.js";
import type { Change } from "./change.js";
import type { Plan } from "./plan.js";

/** Limits of deletions in a plan: `safety` in the config. */
export interface Safety {
  readonly maxDeletions: number;
  /** Percentage of the existing participants, messages and pins, from `percentFrom` of them on. */
  readonly maxDeletionPercent: number;
}

export const defaultSafety: Safety = { maxDeletions: 20, maxDeletionPercent: 30 };

/** The fewest existing items for which a percentage is meaningful. */
const percentFrom = 10;

/** Returns the problem of a change that removes a protected resource, or anything from it. */
export function protectionProblem(
  kind: Kind,
  change: Pick<Change, "address" | "action" | "deletions">,
  protect: boolean,
): Diagnostic | undefined {
  const isRemoved = change.action === "forget" || change.action === "delete";
  if (!protect || (!isRemoved && change.deletions === 0)) return undefined;
  const what = isRemoved ? `remove this ${kind.title}` : `remove ${change.deletions} from this ${kind.title}`;
  return {
    severity: "error",
    code: "protected",
    summary: "Protected resource",
    detail: `The plan would ${what}, which is protected.`,
    help: "To allow this, first apply the config with the line: protect: false",
    address: change.address,
  };
}

/**
 * Returns the problem of a plan with more deletions than `safety` allows.
 *
 * @param allowed the number of `--allow-deletions`
 */
export function safetyProblem(
  plan: Plan,
  safety: Safety,
  allowed: number | undefined,
): Diagnostic | undefined {
  const deletions = plan.changes.reduce((sum, change) => sum + change.deletions, 0);
  const existing = plan.changes.reduce((sum, change) => sum + change.existing, 0);
  if (deletions === 0 || (allowed !== undefined && deletions <= allowed)) return undefined;
  const percent = (deletions * 100) / existing;
  const reasons = [
    ...(deletions > safety.maxDeletions
      ? [`${deletions} is more than maxDeletions: ${safety.maxDeletions}`]
      : []),
    ...(existing >= percentFrom && percent > safety.maxDeletionPercent
      ? [`${percent.toFixed(1)} % is more than maxDeletionPercent: ${safety.maxDeletionPercent}`]
      : []),
  ];
  if (reasons.length === 0 && allowed === undefined) return undefined;
  if (reasons.length === 0) reasons.push(`${deletions} is more than --allow-deletions ${allowed ?? 0}`);
  return {
    severity: "error",
    code: "too-many-deletions",
    summary: "Too many deletions",
    detail: `The plan deletes ${deletions} of ${existing} existing participants, messages and pins: ${reasons.join(", and ")}.`,
    help: `Review the plan. To allow these deletions: --allow-deletions ${deletions}`,
  };
}
