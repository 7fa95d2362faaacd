/**
 * The path of a thing in the desired state: `settings`, `users/jane@example.com/settings`,
 * `rooms/incident-bridge/messages/rules`. E-mails in addresses are in lower case.
 */
export type Address = string;

/** Makes a test for `pattern`: `*` stands for anything within one segment, `**` for any number of segments. */
export function addressMatcher(pattern: string): (address: Address) => boolean {
  const source = pattern
    .split("/")
    .map((segment, at, all) => {
      if (segment !== "**") return `${at > 0 && all[at - 1] !== "**" ? "/" : ""}${segmentSource(segment)}`;
      if (all.length === 1) return ".*";
      if (at === 0) return "(?:[^/]+/)*";
      return at === all.length - 1 ? "(?:/[^/]+)*" : "(?:/[^/]+)*/";
    })
    .join("");
  const expression = new RegExp(`^${source}$`, "i");
  return (address) => expression.test(address);
}

function segmentSource(segment: string): string {
  return segment
    .split("*")
    .map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("[^/]*");
}

/** Whether `address` is `ancestor` or something within it. */
export function isWithin(address: Address, ancestor: Address): boolean {
  return address === ancestor || address.startsWith(`${ancestor}/`);
}
