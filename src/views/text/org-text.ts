import type { OrgIdentity } from "../../core/org/org-identity.js";
import { orgLabel } from "../../core/org/org-identity.js";
import type { Line } from "./line.js";
import { factLines, paint } from "./line.js";
import { styles } from "./terminal.js";

/** Returns the environment, the org and its region in lines of that width; none where the org is unknown. */
export function orgLines(org: OrgIdentity, width: number): readonly Line[] {
  return factLines(orgFacts(org), width);
}

/** Returns the same lines as text without colours. */
export function orgText(org: OrgIdentity, width: number): string {
  return paint(orgLines(org, width), styles(false));
}

/** The name of the fact that names the environment. */
export const environmentFact = "Environment";

/** Returns the environment, the org and its region as facts of a report, unescaped; none where the org is unknown. */
export function orgFacts(org: OrgIdentity): readonly (readonly [name: string, value: string])[] {
  const { environment, region, host, ...identity } = org;
  const at = host === undefined ? "" : ` (${host})`;
  return [
    ...(environment === undefined ? [] : [[environmentFact, environment] as const]),
    ...(Object.keys(identity).length === 0 ? [] : [["Org", orgLabel(org)] as const]),
    ...(region === undefined ? [] : [["Region", `${region}${at}`] as const]),
    ...(region === undefined && host !== undefined ? [["Host", host] as const] : []),
  ];
}
