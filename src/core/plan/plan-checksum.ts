import { createHash } from "node:crypto";
import type { Call } from "../calls/call.js";
import type { Json, JsonObject } from "../json/json.js";
import { asJson, byCodeUnit, canonicalJson } from "../json/json.js";
import type { OrgIdentity } from "../org/org-identity.js";
import { getMoves } from "../state/state-moves.js";
import type { Change } from "./change.js";
import type { Plan } from "./plan.js";

/** Returns a SHA-256 (hex) of changes, renamed addresses and their org: equal for equal ones, at any time and for any user. */
export function planChecksum({ changes, org, findings }: Pick<Plan, "changes" | "org" | "findings">): string {
  const hash = createHash("sha256");
  hash.update(canonicalJson({ moves: asJson(getMoves(findings)), place: placeOf(org) }));
  // A plan may have very many changes: writing and hashing many of them at once takes half the time of each alone.
  let batch: Json[] = [];
  for (const change of changes) {
    if (change.action === "no-op" && change.calls.length === 0) continue;
    batch.push(inOrder(change));
    if (batch.length < hashedAtOnce) continue;
    hash.update(canonicalJson(batch));
    batch = [];
  }
  return hash.update(canonicalJson(batch)).digest("hex");
}

/** The number of changes that are hashed at once. */
const hashedAtOnce = 32;

/** Returns the parts of a change that a person approves, with their members in canonical order: they need not be sorted. */
function inOrder({ action, address, after, before, calls, id }: Change): Json {
  return {
    action,
    address,
    after: membersInOrder(after),
    before: membersInOrder(before),
    calls: calls.map(callInOrder),
    id,
  };
}

/** Returns attributes in canonical order: they mostly stand in that of the config. */
function membersInOrder(attributes: JsonObject | null): JsonObject | null {
  const names = Object.keys(attributes ?? {});
  if (attributes === null || names.every((name, at) => (names[at - 1] ?? "") < name)) return attributes;
  return Object.fromEntries(names.sort(byCodeUnit).map((name) => [name, attributes[name]]));
}

function callInOrder(call: Call): Json {
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
