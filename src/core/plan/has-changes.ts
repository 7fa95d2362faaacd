import { getMoves } from "../state/state-moves.js";
import type { Plan } from "./plan.js";
import { getRecovered } from "./plan.js";

/**
 * Returns true if an apply would change the org or the state, or if a create is uncertain. As in Terraform, a plan that only adopts
 * counts, and drift alone counts only with --refresh-only.
 */
export function hasChanges({ changes, drift, options, uncertain, findings }: Plan): boolean {
  if (getMoves(findings).length + getRecovered(findings).length > 0) return true;
  if (options.mode === "refresh-only") return drift.length > 0;
  return uncertain.length > 0 || changes.some(({ action, calls }) => calls.length > 0 || action !== "no-op");
}
