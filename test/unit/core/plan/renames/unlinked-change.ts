import type { JsonObject } from "../../../../../src/core/json/json.js";
import type { UnlinkedChange } from "../../../../../src/core/plan/changes/build-change.js";

/** Returns a change of a room or a message to these attributes, with nothing else in it. */
export function unlinkedChange(
  address: string,
  after: JsonObject,
  action: UnlinkedChange["action"] = "create",
): UnlinkedChange {
  return {
    ...{ address, kind: kindOf(address), action, before: null, after },
    ...{ attributes: [], patch: [], drafts: [], hasRefs: false, follows: [], remarks: [], because: [] },
    ...{ record: null, deletions: 0, existing: 0 },
  };
}

/** Returns the kind of a room or a message. */
export function kindOf(address: string): string {
  return address.includes("/messages/") ? "rooms/*/messages/*" : "rooms/*";
}
