import { blockNames, isUserAddress } from "../../core/address.js";
import { safeLine } from "../../core/safe-text.js";
import type { Line } from "./line.js";
import { line } from "./line.js";
import type { People } from "./values.js";

/** Returns the e-mail of the user that an address names by id. @param people e-mails by user id */
export function getEmailOfAddress(address: string, people: People): string | undefined {
  if (!isUserAddress(address)) return undefined;
  const [, id = ""] = blockNames(address);
  return Object.hasOwn(people, id) ? safeLine(people[id] ?? "") : undefined;
}

/** Returns an address for a sentence, with the e-mail of a user whom it names by id: `users/ID/settings (jane@example.com)`. */
export function namedAddress(address: string, people: People): string {
  const email = getEmailOfAddress(address, people);
  return email === undefined ? safeLine(address) : `${safeLine(address)} (${email})`;
}

/** Returns a line with the e-mail of the user that an address names by id; none for other addresses. */
export function userLines(address: string, people: People): readonly Line[] {
  const email = getEmailOfAddress(address, people);
  return email === undefined ? [] : [line(`user: ${email}`)];
}
