import type { Address } from "../address.js";
import { orgOf } from "../jid.js";
import type { OrgIdentity } from "../org/org-identity.js";
import type { State } from "./state.js";

/** The identity of an org according to the state, with the resource that shows it. */
export interface OrgEvidence {
  readonly org: OrgIdentity;
  /** A resource whose jid names the org, and that jid. */
  readonly address?: Address;
  readonly jid?: string;
}

/**
 * Returns the org of a state as recorded. Where the recorded org has no domain, returns one org for each domain in the jids
 * of the state's resources.
 */
export function orgsOfState({ org, resources, uncertain }: State): readonly OrgEvidence[] {
  return withDomains(org, [
    ...Object.entries(resources).flatMap(([address, { id, container }]) => jidsOf(address, [id, container])),
    ...uncertain.flatMap(({ address, container }) => jidsOf(address, [container])),
  ]);
}

function jidsOf(
  address: Address,
  ids: readonly (string | undefined)[],
): readonly { readonly address: Address; readonly jid: string }[] {
  return ids.flatMap((jid) => (jid === undefined ? [] : [{ address, jid }]));
}

function withDomains(
  org: OrgIdentity | undefined,
  jids: readonly { readonly address: Address; readonly jid: string }[],
): readonly OrgEvidence[] {
  if (org?.domain !== undefined) return [{ org }];
  const domains = new Map<string, OrgEvidence>();
  for (const { address, jid } of jids) {
    const domain = orgOf(jid);
    if (domain !== undefined && !domains.has(domain))
      domains.set(domain, { org: { ...org, domain }, address, jid });
  }
  if (domains.size > 0) return [...domains.values()];
  return org === undefined ? [] : [{ org }];
}
