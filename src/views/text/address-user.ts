import { getEmailOfAddress } from "../../core/people/named-address.js";
import type { Line } from "./line.js";
import { line } from "./line.js";
import type { People } from "./values.js";

/** Returns a line with the e-mail of the user that an address names by id; none for other addresses. */
export function userLines(address: string, people: People): readonly Line[] {
  const email = getEmailOfAddress(address, people);
  return email === undefined ? [] : [line(`user: ${email}`)];
}
