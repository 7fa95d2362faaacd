import { shellWord } from "../shell-word.js";
import { topLevelAddress } from "../address.js";
import type { Address } from "../address.js";
import type { Finding } from "./change.js";
import type { UnlinkedChange } from "./build-change.js";
import { addToMultimap } from "../multimap.js";
import { byCodeUnit } from "../json/json.js";
import type { JsonObject } from "../json/json.js";
import type { Orphan } from "./orphans.js";

/** The most orphans with the same text that are compared. */
const maxCandidates = 5;

/**
 * Adds a finding to each create that is similar to an orphan, which may have been renamed. A second object cannot always be
 * deleted again.
 */
export function withRenameHints(
  drafts: readonly UnlinkedChange[],
  orphans: readonly Orphan[],
): readonly UnlinkedChange[] {
  if (orphans.length === 0) return drafts;
  const byText = new Map<string, Orphan[]>();
  for (const one of orphans)
    for (const text of getTexts(one.recorded.kind, one.recorded.applied)) addToMultimap(byText, text, one);
  const hints = new Map<Address, Address>();
  const taken = new Set<Address>();
  const created = drafts.filter(({ action }) => action === "create");
  // A room comes before its messages, which are renamed with it.
  for (const { address, kind, after } of [...created].sort((a, b) => byCodeUnit(a.address, b.address))) {
    const outer = topLevelAddress(address);
    if (hints.has(outer)) continue;
    const candidates = getTexts(kind, after ?? {}).flatMap((text) =>
      (byText.get(text) ?? []).slice(0, maxCandidates),
    );
    const found = candidates.find(
      (one) =>
        !taken.has(one.address) &&
        // A message stays in its room.
        (address === outer || topLevelAddress(one.address) === outer) &&
        isAlike(one.recorded.applied, after ?? {}),
    );
    if (found === undefined) continue;
    taken.add(found.address);
    hints.set(address, found.address);
  }
  return drafts.map((draft) => {
    const from = hints.get(draft.address);
    return from === undefined ? draft : { ...draft, remarks: [...draft.remarks, hint(from, draft.address)] };
  });
}

function hint(from: Address, to: Address): Finding {
  const text = `${to} looks like ${from}, which is no longer in the config. If it was only renamed: chatform state mv ${shellWord(from)} ${shellWord(to)}`;
  return { code: "maybe-renamed", severity: "warning", text };
}

function getTexts(kind: string, attributes: JsonObject): readonly string[] {
  return Object.entries(attributes).flatMap(([name, value]) =>
    typeof value === "string" && value !== "" ? [`${kind} ${name} ${value}`] : [],
  );
}

/** Returns true if all texts that both have are equal. */
function isAlike(a: JsonObject, b: JsonObject): boolean {
  return Object.entries(a).every(([name, value]) => {
    const other = b[name];
    return typeof value !== "string" || typeof other !== "string" || value === other;
  });
}
