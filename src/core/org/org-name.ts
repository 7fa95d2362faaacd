import type { OrgIdentity } from "./org-identity.js";

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
