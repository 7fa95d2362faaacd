import { createHash } from "node:crypto";
import type { Change } from "./change.js";
import type { Json } from "./json.js";
import { canonicalJson } from "./json.js";

/** SHA-256 (hex) over what these changes do: equal for equal work, whoever planned it and when. */
export function planChecksum(changes: readonly Change[]): string {
  const hash = createHash("sha256");
  for (const change of changes) {
    if (change.action === "no-op" && change.calls.length === 0) continue;
    const { address, action, id, before, after, calls } = change;
    // The types of a change are interfaces, which TypeScript won't take for index signatures; they are plain JSON.
    const text = canonicalJson({ address, action, id, before, after, calls: calls as unknown as Json });
    hash.update(`${text}\n`);
  }
  return hash.digest("hex");
}
