import { createHash } from "node:crypto";
import type { Call } from "../calls/call.js";
import type { Json, JsonObject } from "../json/json.js";
import { asJson, canonicalJson } from "../json/json.js";
import type { OrgIdentity } from "../org/org-identity.js";
import { getMoves } from "../state/state-moves.js";
import type { Plan } from "./plan.js";

/** Returns a SHA-256 (hex) of changes, renamed addresses and their org: equal for equal ones, at any time and for any user. */
export function planChecksum({ changes, org, findings }: Pick<Plan, "changes" | "org" | "findings">): string {
  const hash = createHash("sha256");
  const place = placeOf(org);
  if (place !== undefined) hash.update(`${canonicalJson(place)}\n`);
  const moves = getMoves(findings);
  if (moves.length > 0) hash.update(`${canonicalJson({ moves: asJson(moves) })}\n`);
  // A plan may have very many changes: hashing a longer text at once takes less time than each change alone.
  let text = "";
  for (const { action, address, after, before, calls, id } of changes) {
    if (action === "no-op" && calls.length === 0) continue;
    text += toText({ action, address, after, before }, calls, id);
    if (text.length < hashedAtOnce) continue;
    hash.update(text);
    text = "";
  }
  return hash.update(text).digest("hex");
}

/**
 * Returns the canonical JSON of a change. Its calls, most of which have their members in order, are written one by one: an attribute
 * that has not would otherwise cost each of them another check.
 */
function toText(change: JsonObject, calls: readonly Call[], id: string | undefined): string {
  const texts = calls.map((call) => canonicalJson(inOrder(call)));
  const last = id === undefined ? "" : `,"id":${JSON.stringify(id)}`;
  return `${canonicalJson(change).slice(0, -1)},"calls":[${texts.join(",")}]${last}}\n`;
}

/** The length of a text that is hashed at once, in UTF-16 code units. */
const hashedAtOnce = 65_536;

/** Returns a call with its members in canonical order, in which they need not be sorted. */
function inOrder(call: Call): Json {
  const { body, captures, dependsOn, effects, id, operation, params, query, waitsFor } = call;
  const ordered = { body, captures, dependsOn, effects, id, operation, params, query, waitsFor };
  return asJson(ordered satisfies Record<keyof Call, unknown>);
}

/** Returns the strongest known identity of an org, which is the same for every user: its id, else its domain, else its host. */
function placeOf({ id, domain, host, clientId }: OrgIdentity): Json | undefined {
  if (id !== undefined) return { org: id };
  if (domain !== undefined) return { domain };
  if (host === undefined) return undefined;
  return { host, ...(clientId === undefined ? {} : { clientId }) };
}
