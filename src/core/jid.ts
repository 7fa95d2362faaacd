/**
 * The org in a jid, in lower case: `example-org.orgspan.com` of `adhoc-…@conference.Example-Org.orgspan.com` and of a user's
 * `…@Example-Org.orgspan.com`; undefined for what is no jid.
 */
export function orgOf(jid: string): string | undefined {
  return /^[^@\s]+@(?:conference\.)?([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)$/.exec(jid)?.[1]?.toLowerCase();
}

/** A jid, or another id, in the form that is compared. Undocumented: whether Genesys Cloud tells jids apart by letter case. */
export function jidKey(jid: string): string {
  return jid.toLowerCase();
}
