import { blockNames, isUserAddress } from "../../core/address.js";
import { safeLine } from "../../core/safe-text.js";
import type { People } from "./values.js";

/** Returns the e-mail of the user that an address names by id. @param people e-mails by user id */
export function getEmailOfAddress(address: string, people: People): string | undefined {
  if (!isUserAddress(address)) return undefined;
  const [, id = ""] = blockNames(address);
  return Object.hasOwn(people, id) ? safeLine(people[id] ?? "") : undefined;
}
