import type { Audit } from "../../core/drift/audit.js";
import type { Drift } from "../../core/plan/change.js";
import type { JsonObject } from "../../core/json/json.js";
import type { Verdict } from "./drift-json.js";
import { auditVerdict } from "./drift-json.js";
import { auditHeadline } from "./drift-text.js";
import { safeLine } from "../../core/safe-text.js";
import { count } from "../text/terminal.js";
import { attributeName } from "../text/values.js";

/** Resources that a notification names before it counts the rest. */
const maxNamed = 20;

/**
 * Returns an audit as a few lines for a chat or channel. They name what drifted, but no values: more people read a channel than the
 * org's settings.
 */
export function notificationText(audit: Audit): string {
  const { drift } = audit;
  const more = drift.length - maxNamed;
  return [
    auditHeadline(audit),
    ...drift.slice(0, maxNamed).map((one) => `- ${driftText(one)}`),
    ...(more > 0 ? [`- and ${count(more, "more", "more")}`] : []),
  ].join("\n");
}

/**
 * Returns the body of a webhook. Slack and similar services show `text`; the other members are for programs.
 *
 * @param at when the audit ended
 * @param previous the verdict before
 */
export function webhookBody(audit: Audit, at: Date, previous: Verdict): JsonObject {
  return {
    text: escapeForSlack(notificationText(audit)),
    verdict: auditVerdict(audit),
    previous,
    at: at.toISOString(),
    audited: audit.audited.length,
    drift: audit.drift.map(({ address, kind, after, paths }) => ({
      address,
      kind,
      gone: after === null,
      attributes: paths,
    })),
  };
}

function driftText({ address, after, paths }: Drift): string {
  const change = after === null ? "no longer exists" : paths.map(attributeName).join(", ");
  return `${safeLine(address, 200)}: ${safeLine(change, 200)}`;
}

/** Source: Slack's formatting of message text: these three characters have to be escaped. */
function escapeForSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
