import { createHash } from "node:crypto";
import type { Change } from "./change.js";
import type { Json } from "../json/json.js";
import { asJson, canonicalJson } from "../json/json.js";
import type { OrgIdentity } from "../org/org-identity.js";

/** Returns a SHA-256 (hex) of changes and their org: equal for equal changes, at any time and for any user. */
export function planChecksum(changes: readonly Change[], org: OrgIdentity): string {
  const hash = createHash("sha256");
  const place = placeOf(org);
  if (place !== undefined) hash.update(`${canonicalJson(place)}\n`);
  for (const change of changes) {
    if (change.action === "no-op" && change.calls.length === 0) continue;
    const { address, action, id, before, after, calls } = change;
    const text = canonicalJson({ address, action, id, before, after, calls: asJson(calls) });
    hash.update(`${text}\n`);
  }
  return hash.digest("hex");
}

/** Returns the strongest known identity of an org, which is the same for every user: its id, else its domain, else its host. */
function placeOf({ id, domain, host, clientId }: OrgIdentity): Json | undefined {
  if (id !== undefined) return { org: id };
  if (domain !== undefined) return { domain };
  if (host === undefined) return undefined;
  return { host, ...(clientId === undefined ? {} : { clientId }) };
}
