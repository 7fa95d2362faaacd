import type { Address } from "../address.js";
import type { Diagnostic } from "../diagnostic.js";
import { getOrgDomain } from "../jid.js";
import type { State } from "../state/state.js";
import type { OrgIdentity } from "./org-identity.js";
import { isNamed, matchOrgs, orgName } from "./org-identity.js";

/** An identity, and its source in the state. */
export interface OrgEvidence {
  readonly org: OrgIdentity;
  /** A resource whose jid names the org, and that jid. */
  readonly address?: Address;
  readonly jid?: string;
}

/** Returns the identities of a state's org: the recorded one and, if it has no domain, one for each domain in the jids of its rooms. */
export function getStateOrgs({ org, resources, uncertain }: State): readonly OrgEvidence[] {
  if (org?.domain !== undefined) return [{ org }];
  const domains = new Map<string, OrgEvidence>();
  for (const { address, jid } of getJids({ resources, uncertain })) {
    const domain = getOrgDomain(jid);
    if (domain !== undefined && !domains.has(domain))
      domains.set(domain, { org: { ...org, domain }, address, jid });
  }
  if (domains.size > 0) return [...domains.values()];
  return org === undefined ? [] : [{ org }];
}

interface OwnJid {
  readonly address: Address;
  readonly jid: string;
}

function* getJids({ resources, uncertain }: Pick<State, "resources" | "uncertain">): Iterable<OwnJid> {
  for (const [address, { id, container }] of Object.entries(resources)) {
    yield { address, jid: id };
    if (container !== undefined) yield { address, jid: container };
  }
  for (const { address, container } of uncertain)
    if (container !== undefined) yield { address, jid: container };
}

/** The next step for an org that can't be verified, beside other credentials. */
export const allowUnverifiedText = "If you are sure that the org is the same: --allow-unverified-org";

/**
 * Returns the problem of a write whose credentials reveal nothing to compare with the org of the state. An apply in the wrong
 * org cannot be undone.
 *
 * @param org the org of the credentials, as far as it is known
 */
export function unverifiedOrgProblem(state: State | undefined, org: OrgIdentity): Diagnostic | undefined {
  const evidence = state === undefined ? [] : getStateOrgs(state);
  const unverified = evidence.find((one) => isNamed(one.org) && matchOrgs(one.org, org) === "unverified");
  if (unverified === undefined) return undefined;
  const its = unverified.jid === undefined ? orgName(unverified.org) : `the org of ${unverified.jid}`;
  return {
    severity: "error",
    code: "org-unverified",
    summary: "The org of the credentials can't be verified",
    detail: `The state belongs to ${its}. The credentials reveal only ${orgName(org)}. Nothing was changed.`,
    help: `Use credentials that reveal their org. ${allowUnverifiedText}`,
    ...(unverified.address === undefined ? {} : { address: unverified.address }),
  };
}
