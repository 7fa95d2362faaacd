import type { OrgIdentity } from "../../core/org/org-identity.js";
import { orgName } from "../../core/org/org-name.js";
import { safeLine } from "../../core/safe-text.js";
import { wrapped } from "./wrap.js";

/** How long an org may be in a line, in characters. */
const maxLength = 300;

/** Returns `Org: Example Org (6b0c…) at api.mypurecloud.de` in lines of that width; none where nothing is known of it. */
export function orgLines(org: OrgIdentity, width: number): readonly string[] {
  return orgFacts(org).flatMap(([name, value]) =>
    wrapped(`${name}: ${safeLine(value, maxLength)}`, "", width),
  );
}

/** Returns the org as a fact of a report, unescaped; none where nothing is known of it. */
export function orgFacts(org: OrgIdentity): readonly (readonly [name: string, value: string])[] {
  return Object.keys(org).length === 0 ? [] : [["Org", orgName(org)]];
}
