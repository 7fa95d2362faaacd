/**
 * The path of a resource in the config: `settings`, `users/jane@example.com/settings`,
 * `rooms/incident-bridge/messages/rules`. E-mails in addresses are in lower case, and their `/`, `*` and `%` are escaped:
 * `users/jane%2fops@example.com/settings`.
 */
export type Address = string;

/** Returns a name as a segment of an address. Only names of users have characters to escape. */
export function addressSegment(name: string): string {
  if (!/[%*/]/.test(name)) return name;
  // In lower case, as all of the address.
  return name.replaceAll(/[%*/]/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
}

/** Returns the name in a segment of an address: the inverse of `addressSegment`. */
export function segmentName(segment: string): string {
  return segment.includes("%") ? segment.replaceAll(/%(?:25|2a|2f)/gi, decodeURIComponent) : segment;
}

/** Returns the names in the segments of an address: the path of the block in the config. */
export function blockNames(address: Address): readonly string[] {
  return pathSegments(address).map(segmentName);
}

/**
 * Returns a function that matches addresses with a pattern: `*` stands for anything within one segment, `**` for any number
 * of segments. Case is ignored. The time is at most proportional to the lengths of pattern and address, multiplied.
 */
export function addressMatcher(pattern: string): (address: Address) => boolean {
  const segments = pattern.toLowerCase().split("/");
  return (address) => matches(segments, address.toLowerCase().split("/"), "**", segmentMatches);
}

function segmentMatches(pattern: string, segment: string): boolean {
  return matches(Array.from(pattern), Array.from(segment), "*", (a, b) => a === b);
}

/**
 * Matches a sequence with a pattern whose `wildcard` elements stand for any number of elements. Only the last wildcard is ever
 * extended: it can match every element that an earlier wildcard could.
 */
function matches(
  pattern: readonly string[],
  text: readonly string[],
  wildcard: string,
  isMatch: (pattern: string, text: string) => boolean,
): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let position = 0; position < text.length;) {
    const wanted = pattern[at];
    if (wanted === wildcard) {
      star = at++;
      resume = position;
    } else if (wanted !== undefined && isMatch(wanted, text[position] ?? "")) {
      at++;
      position++;
    } else if (star >= 0) {
      at = star + 1;
      position = ++resume;
    } else return false;
  }
  return pattern.slice(at).every((rest) => rest === wildcard);
}

/** Returns the room or user that an address belongs to: `rooms/a` for `rooms/a/messages/x` and for `rooms/a` itself. */
export function topLevelAddress(address: Address): Address {
  const end = address.indexOf("/", address.indexOf("/") + 1);
  return end === -1 ? address : address.slice(0, end);
}

/** Returns true for the address of a room, and false for addresses inside a room. */
export function isRoomAddress(address: Address): boolean {
  return /^rooms\/[^/]+$/.test(address);
}

/** Returns true for the address of something that belongs to a user: settings, messages and pins of a 1:1 chat. */
export function isUserAddress(address: Address): boolean {
  return address.startsWith("users/");
}

/** Returns true if `address` is `ancestor` or lies within it. */
export function isWithin(address: Address, ancestor: Address): boolean {
  return address === ancestor || address.startsWith(`${ancestor}/`);
}

/** Returns the segments of a path of the desired state; none for "", the top level. */
export function pathSegments(path: string): readonly string[] {
  return path === "" ? [] : path.split("/");
}

/** Addresses that are named; more are counted. */
const maxNamed = 3;

/** Returns the first addresses, and the number of the others: `rooms/a, rooms/b, rooms/c and 4 more`. */
export function nameSome(addresses: readonly Address[]): string {
  const named = addresses.slice(0, maxNamed).join(", ");
  const more = addresses.length - maxNamed;
  return more > 0 ? `${named} and ${more} more` : named;
}

/** Returns an address in which e-mails are shortened, for output that is published: `users/j…@example.com/settings`. */
export function shortenEmails(address: Address): string {
  return address.replaceAll(/([^/@])[^/@]*@/g, "$1…@");
}
