import type { OrgIdentity } from "../../core/org/org-identity.js";
import { orgName } from "../../core/org/org-identity.js";
import { safeLine } from "../../core/safe-text.js";
import type { Line } from "./line.js";
import { paint, paragraph } from "./line.js";
import { styles } from "./terminal.js";

/** Characters of an org's description that are shown. */
const maxLength = 300;

/** Returns `Org: Example Org (6b0c…) at api.mypurecloud.de` in lines of that width; none where the org is unknown. */
export function orgLines(org: OrgIdentity, width: number): readonly Line[] {
  return orgFacts(org).flatMap(([name, value]) =>
    paragraph(`${name}: ${safeLine(value, maxLength)}`, { width }),
  );
}

/** Returns the same lines as text without colours. */
export function orgText(org: OrgIdentity, width: number): string {
  return paint(orgLines(org, width), styles(false));
}

/** Returns the org as a fact of a report, unescaped; none where the org is unknown. */
export function orgFacts(org: OrgIdentity): readonly (readonly [name: string, value: string])[] {
  return Object.keys(org).length === 0 ? [] : [["Org", orgName(org)]];
}
