/** The known identity of the org of credentials, a plan or a state. Plain data. */
export interface OrgIdentity {
  /** The organization's id, in lower case: the strongest identity. */
  readonly id?: string;
  readonly name?: string;
  /** The domain in jids, in lower case. Undocumented: whether the domain is unique to the org, and whether it may change. */
  readonly domain?: string;
  /** The address of the API: host, port and, behind a gateway, path. */
  readonly host?: string;
  /** The AWS region of the host. */
  readonly region?: string;
  /** The OAuth client's id, where neither the org's id nor its domain is known. */
  readonly clientId?: string;
  /** The name of the org in the config's `environments`: shown with the org, never compared. */
  readonly environment?: string;
}

/** The result of a comparison. `unverified`: both sides have too little in common to tell. */
export type OrgMatch = "same" | "other" | "unverified";

/** Compares two identities by the strongest member that both have. */
export function matchOrgs(one: OrgIdentity, other: OrgIdentity): OrgMatch {
  for (const member of ["id", "domain"] as const) {
    const [a, b] = [one[member], other[member]];
    if (a !== undefined && b !== undefined) return a.toLowerCase() === b.toLowerCase() ? "same" : "other";
  }
  // Two hosts count as two orgs, although two gateways may serve one org.
  if (one.host === undefined || other.host === undefined) return "unverified";
  if (one.host !== other.host) return "other";
  // A different OAuth client may belong to the same org, so it proves nothing.
  return one.clientId !== undefined && one.clientId === other.clientId ? "same" : "unverified";
}

/** Returns true if an identity has a member that identifies the org for sure. */
export function isStrong({ id, domain }: OrgIdentity): boolean {
  return id !== undefined || domain !== undefined;
}

/** Returns true if an identity has more than the address of the API, which many orgs share. */
export function isNamed(org: OrgIdentity): boolean {
  return isStrong(org) || org.clientId !== undefined;
}

/**
 * Returns the org that a state records after a write with these credentials. A strong identity is never dropped or replaced
 * by a weaker one.
 */
export function learnedOrg(
  recorded: OrgIdentity | undefined,
  { environment: _shown, ...current }: OrgIdentity,
): OrgIdentity | undefined {
  if (Object.keys(current).length === 0) return recorded;
  if (!isStrong(current)) {
    if (recorded === undefined) return current;
    // The user confirmed that the new client belongs to the same org.
    return isStrong(recorded) || current.clientId === undefined ? recorded : { ...recorded, ...current };
  }
  const { clientId: _clientId, ...kept } = recorded ?? {};
  return { ...kept, ...current };
}

/**
 * Describes an org: `prod, Example Org (6b0c…) at api.mypurecloud.de (eu-central-1)`. Unknown parts are left out; names are
 * not escaped.
 */
export function orgName(org: OrgIdentity): string {
  const { environment, host, region } = org;
  const where = region === undefined ? host : `${host ?? ""} (${region})`;
  const name = where === undefined ? orgLabel(org) : `${orgLabel(org)} at ${where}`;
  return environment === undefined ? name : `${environment}, ${name}`;
}

/** Describes an org without its environment and region: `Example Org (6b0c…)`. */
export function orgLabel({ id, name, domain, clientId }: OrgIdentity): string {
  if (id !== undefined) return name === undefined ? id : `${name} (${id})`;
  if (domain !== undefined) return domain;
  return clientId === undefined ? "an unknown org" : `the org of OAuth client ${clientId}`;
}
