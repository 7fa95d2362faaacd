import type { Api } from "../../api/api.js";
import { ApiError } from "../../api/errors.js";
import { readHeldPermissions } from "../../api/identity/identity.js";
import { readOnly } from "../../api/read-only.js";
import type { Kind } from "../../core/kind/kind.js";
import type { MissingPermission } from "../../core/permissions/missing-permissions.js";
import { checkPermissions } from "../../core/permissions/missing-permissions.js";
import type { Plan } from "../../core/plan/plan.js";
import { getPlanNeeds } from "../doctor/plan-needs.js";

/** The permissions that the credentials lack for an apply, or the reason why that is unknown. */
export type PlanPermissions =
  | { readonly told: true; readonly missing: readonly MissingPermission[] }
  | { readonly told: false; readonly reason: string };

/** Compares the permissions that the apply of a plan needs with those of the credentials. Sends no request if none is needed. */
export async function readPlanPermissions(
  api: Api,
  plan: Plan,
  kinds: readonly Kind[],
  signal?: AbortSignal,
): Promise<PlanPermissions> {
  const needs = getPlanNeeds(plan, new Map(kinds.map((kind) => [kind.name, kind]))).toPermissions();
  if (needs.every(({ anyOf }) => anyOf.length === 0)) return { told: true, missing: [] };
  try {
    const held = await readHeldPermissions(readOnly(api), signal);
    return held.told ? { told: true, missing: checkPermissions(needs, held.permissions).missing } : held;
  } catch (error) {
    if (error instanceof ApiError) return { told: false, reason: error.message };
    throw error;
  }
}
