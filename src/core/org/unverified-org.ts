import type { Diagnostic } from "../diagnostic.js";
import { orgName } from "./org-name.js";
import type { OrgIdentity } from "./org-identity.js";
import { isNamed, matchOrgs } from "./org-identity.js";
import { orgsOfState } from "../state/state-orgs.js";
import type { State } from "../state/state.js";

/** What to do about an org that can't be verified, beside using other credentials: the end of a sentence. */
export const allowUnverifiedText = "if it is that org for sure: --allow-unverified-org.";

/**
 * Refuses to write where the state names its org, and nothing that the credentials tell can be compared with that: an apply in the wrong
 * org is not undone.
 *
 * @param org of the credentials, as far as they tell
 */
export function unverifiedOrgProblem(state: State | undefined, org: OrgIdentity): Diagnostic | undefined {
  const evidence = state === undefined ? [] : orgsOfState(state);
  const unverified = evidence.find((one) => isNamed(one.org) && matchOrgs(one.org, org) === "unverified");
  if (unverified === undefined) return undefined;
  const its = unverified.jid === undefined ? orgName(unverified.org) : `the org of ${unverified.jid}`;
  return {
    severity: "error",
    code: "org-unverified",
    summary: "The org of the credentials can't be verified",
    detail: `The state belongs to ${its}. The credentials tell only ${orgName(org)}. Nothing was changed.`,
    help: `Use credentials that tell the same, or, ${allowUnverifiedText}`,
    ...(unverified.address === undefined ? {} : { address: unverified.address }),
  };
}
