import type { Diagnostic } from "../../../core/diagnostic.js";
import type { Plan } from "../../../core/plan/plan.js";
import { missingText } from "../../../core/permissions/missing-permissions.js";
import { readPlanPermissions } from "../../../engine/plan/plan-permissions.js";
import { kinds } from "../../../resources/index.js";
import { namedAddress } from "../../../core/people/named-address.js";
import type { Context } from "../../context.js";
import type { Session } from "../../session/session.js";

/**
 * Returns the problem of permissions that the apply of a plan would lack.
 *
 * @param isRequired true if they have to be there: then the problem is an error, and unknown permissions are a warning
 */
export async function findMissingPermissions(
  { api }: Pick<Session, "api">,
  plan: Plan,
  isRequired: boolean,
  { stop }: Context,
): Promise<readonly Diagnostic[]> {
  const permissions = await readPlanPermissions(api, plan, kinds, stop);
  if (!permissions.told) return isRequired ? [untold(permissions.reason)] : [];
  const { missing } = permissions;
  if (missing.length === 0) return [];
  return [
    {
      severity: isRequired ? "error" : "warning",
      code: "missing-permissions",
      summary: "The credentials lack permissions that apply needs",
      detail: missing
        .map((one) =>
          missingText({
            ...one,
            addresses: one.addresses.map((address) => namedAddress(address, plan.people)),
          }),
        )
        .join("\n"),
      help: "Add one permission of each line to a role of the credentials that apply. To check other credentials: chatform doctor --plan FILE",
    },
  ];
}

function untold(reason: string): Diagnostic {
  return {
    severity: "warning",
    code: "permissions-untold",
    summary: "The permissions of the credentials are unknown",
    detail: `The service does not tell them: ${reason.replace(/\.$/, "")}. --require-permissions checks nothing here.`,
    help: "Compare the roles of the credentials with what this config needs: chatform doctor",
  };
}
