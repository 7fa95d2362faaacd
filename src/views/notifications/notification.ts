import type { Audit } from "../../core/drift/audit.js";
import type { Drift } from "../../core/plan/change.js";
import type { JsonObject } from "../../core/json/json.js";
import type { Verdict } from "../drift/drift-json.js";
import { auditVerdict } from "../drift/drift-json.js";
import { auditHeadline, getLeftDrift } from "../drift/drift-text.js";
import { leftCountText } from "../drift/left-text.js";
import { goneText } from "../plan/change-text.js";
import { safeLine } from "../../core/safe-text.js";
import { count } from "../text/terminal.js";
import { attributeName } from "../text/values.js";

/** Resources that a notification names before it counts the rest. */
const maxNamed = 20;

/**
 * Returns an audit as a few lines for a chat or channel. They name what drifted, but no values: more people read a channel than the
 * org's settings.
 */
export function notificationText(audit: Audit, repaired?: Repaired): string {
  const { drift } = audit;
  const more = drift.length - maxNamed;
  return [
    ...(repaired === undefined ? [] : [repairedText(repaired)]),
    auditHeadline(audit),
    ...drift.slice(0, maxNamed).map((one) => `- ${driftText(one)}`),
    ...(more > 0 ? [`- and ${count(more, "more", "more")}`] : []),
    ...(repaired === undefined ? leftTexts(audit) : []),
  ].join("\n");
}

/** Returns a line that counts what is left to a person, and one for each of the first; none if nothing is left. */
function leftTexts(audit: Audit): readonly string[] {
  const left = getLeftDrift(audit);
  const reasons = left
    .slice(0, maxNamed)
    .map(({ address, reason }) => `- ${safeLine(address, 200)}: ${reason}`);
  const more = left.length - maxNamed;
  return [
    ...(left.length === 0 ? [] : [leftCountText(left).trimStart()]),
    ...reasons,
    ...(more > 0 ? [`- and ${count(more, "more", "more")}`] : []),
  ];
}

/** The entries that a repair changed and left. */
export interface Repaired {
  /** Addresses, sorted. */
  readonly addresses: readonly string[];
  readonly left: Audit["left"];
}

/** Returns `Repaired: 3 resources. Left to you: 1.`, `Nothing to repair.` */
function repairedText({ addresses, left }: Repaired): string {
  const done =
    addresses.length === 0 ? "Nothing to repair." : `Repaired: ${count(addresses.length, "resource")}.`;
  return `${done}${leftCountText(left)}`;
}

/**
 * Returns the body of a webhook. Slack and similar services show `text`; the other members are for programs.
 *
 * @param at when the audit ended
 * @param previous the verdict before
 */
export function webhookBody(audit: Audit, at: Date, previous: Verdict, repaired?: Repaired): JsonObject {
  return {
    text: escapeForSlack(notificationText(audit, repaired)),
    verdict: auditVerdict(audit),
    previous,
    at: at.toISOString(),
    audited: audit.audited.length,
    drift: audit.drift.map((one) => ({
      address: one.address,
      kind: one.kind,
      class: one.class,
      gone: one.after === null,
      attributes: one.paths,
    })),
    left: (repaired ?? audit).left.map(({ address, reason, paths }) => ({
      address,
      reason,
      attributes: paths,
    })),
    ...(repaired === undefined ? {} : { repaired: repaired.addresses }),
  };
}

function driftText(drift: Drift): string {
  const { address, after, paths } = drift;
  const names = paths.map(attributeName).join(", ");
  const sources = drift.class === "membership" ? " (sources)" : "";
  const change = after === null ? goneText(drift) : `${names}${sources}`;
  return `${safeLine(address, 200)}: ${safeLine(change, 200)}`;
}

/** Escapes text for Slack. Source: Slack's formatting of message text: these three characters have to be escaped. */
export function escapeForSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
