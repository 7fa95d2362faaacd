import { blockNames, isUserAddress } from "../address.js";
import { safeLine } from "../safe-text.js";
import type { Emails } from "./people-lists.js";

/** Returns the e-mail of the user that an address names by id. @param emails by user id */
export function getEmailOfAddress(address: string, emails: Emails): string | undefined {
  if (!isUserAddress(address)) return undefined;
  const [, id = ""] = blockNames(address);
  return Object.hasOwn(emails, id) ? safeLine(emails[id] ?? "") : undefined;
}

/** Returns an address for a sentence, with the e-mail of a user whom it names by id: `users/ID/settings (jane@example.com)`. */
export function namedAddress(address: string, emails: Emails): string {
  const email = getEmailOfAddress(address, emails);
  return email === undefined ? safeLine(address) : `${safeLine(address)} (${email})`;
}
