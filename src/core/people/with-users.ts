import type { Diagnostic } from "../diagnostic.js";
import { safeLine } from "../safe-text.js";
import { getEmailOfAddress } from "./named-address.js";
import type { Emails } from "./people-lists.js";
import { entryUserId } from "./people-lists.js";

/** Returns problems that name the e-mail of a user whom their address or reference names by id. @param emails by user id */
export function withUsers(problems: readonly Diagnostic[], emails: Emails): readonly Diagnostic[] {
  return problems.map((one) => {
    const email = getEmail(one, emails);
    const text = one.detail ?? one.summary;
    if (email === undefined || text.includes(email)) return one;
    return { ...one, detail: `${one.detail === undefined ? "" : `${one.detail} `}The user is ${email}.` };
  });
}

function getEmail({ address, reference }: Diagnostic, emails: Emails): string | undefined {
  const found = address === undefined ? undefined : getEmailOfAddress(address, emails);
  if (found !== undefined || reference === undefined) return found;
  const id = entryUserId(reference.replace(/^user:/, ""));
  return id !== undefined && Object.hasOwn(emails, id) ? safeLine(emails[id] ?? "") : undefined;
}
