/** The known identity of the org of credentials, a plan or a state. Plain data. */
export interface OrgIdentity {
  /** The organization's id, in lower case. Nothing says more. */
  readonly id?: string;
  readonly name?: string;
  /** The org in jids, in lower case. Undocumented: whether it is the org's alone, and whether it may change. */
  readonly domain?: string;
  /** The address of the API: host, port and, behind a gateway, path. */
  readonly host?: string;
  /** The AWS region of the host. */
  readonly region?: string;
  /** The OAuth client's id, where neither the org's id nor its domain is known. */
  readonly clientId?: string;
}

/** `unverified`: nothing that both sides know tells one org from another. */
export type OrgMatch = "same" | "other" | "unverified";

/** Compares two identities by the strongest member that both have. */
export function matchOrgs(one: OrgIdentity, other: OrgIdentity): OrgMatch {
  for (const member of ["id", "domain"] as const) {
    const [a, b] = [one[member], other[member]];
    if (a !== undefined && b !== undefined) return a.toLowerCase() === b.toLowerCase() ? "same" : "other";
  }
  // Two APIs may serve one org only behind a gateway: without better knowledge, two hosts are two orgs.
  if (one.host === undefined || other.host === undefined) return "unverified";
  if (one.host !== other.host) return "other";
  // Another OAuth client may be one of the same org: it says nothing.
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
 * Returns the org that a state records after a write with these credentials. Members that identify the org are never lost, and
 * never replaced by less.
 */
export function learnedOrg(recorded: OrgIdentity | undefined, current: OrgIdentity): OrgIdentity | undefined {
  if (Object.keys(current).length === 0) return recorded;
  if (!isStrong(current)) {
    if (recorded === undefined) return current;
    // A client that replaced another, by a person's word that it belongs to the same org.
    return isStrong(recorded) || current.clientId === undefined ? recorded : { ...recorded, ...current };
  }
  const { clientId: _clientId, ...kept } = recorded ?? {};
  return { ...kept, ...current };
}

/**
 * Returns an org as people read it: `Example Org (6b0c…) at api.mypurecloud.de (eu-central-1)`. What is not known is left out.
 * Names are as others wrote them: unescaped.
 */
export function orgName(org: OrgIdentity): string {
  const { host, region } = org;
  const where = region === undefined ? host : `${host ?? ""} (${region})`;
  return where === undefined ? orgLabel(org) : `${orgLabel(org)} at ${where}`;
}

function orgLabel({ id, name, domain, clientId }: OrgIdentity): string {
  if (id !== undefined) return name === undefined ? id : `${name} (${id})`;
  if (domain !== undefined) return domain;
  return clientId === undefined ? "an unknown org" : `the org of OAuth client ${clientId}`;
}
