import type { UnlinkedChange } from "../changes/build-change.js";
import type { Address } from "../../address.js";
import { topLevelAddress } from "../../address.js";
import { normalizeText } from "../../diff/compare.js";
import { byCodeUnit } from "../../json/json.js";
import type { JsonObject } from "../../json/json.js";
import { groupBy } from "../../multimap.js";
import type { Finding } from "../change.js";
import { movedItem } from "./moved-block.js";
import type { Orphan } from "../changes/orphans.js";

/**
 * Adds a finding to each new message with the text of a message of the same chat that is no longer in the config, and may have been
 * renamed. It stops nothing: a message can be deleted and sent again.
 */
export function withRenameHints(
  drafts: readonly UnlinkedChange[],
  orphans: readonly Orphan[],
): readonly UnlinkedChange[] {
  if (orphans.length === 0) return drafts;
  const removed = groupBy(orphans, ({ address, recorded }) => toKey(address, recorded.applied));
  const renames = new Map<Address, Address>();
  const created = drafts.filter(({ action }) => action === "create");
  for (const [key, news] of groupBy(created, ({ address, after }) => toKey(address, after ?? {}))) {
    if (key === undefined) continue;
    const olds = removed.get(key) ?? [];
    for (const [at, { address }] of news.toSorted((a, b) => byCodeUnit(a.address, b.address)).entries()) {
      const old = olds[at];
      if (old !== undefined) renames.set(address, old.address);
    }
  }
  return drafts.map((draft) => {
    const from = renames.get(draft.address);
    return from === undefined ? draft : { ...draft, remarks: [...draft.remarks, hint(from, draft.address)] };
  });
}

/** Returns a key that is equal for messages of a chat with the same text; undefined for other resources. */
function toKey(address: Address, { body }: JsonObject): string | undefined {
  return typeof body === "string" && body !== ""
    ? JSON.stringify([topLevelAddress(address), normalizeText(body)])
    : undefined;
}

function hint(from: Address, to: Address): Finding {
  const text = `${to} has the text of ${from}, which is no longer in the config. To keep that message, add to the config: moved: [${movedItem({ from, to })}]`;
  return { code: "maybe-renamed", severity: "warning", text };
}
