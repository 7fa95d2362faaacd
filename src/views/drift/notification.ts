import type { Audit } from "../../core/drift/audit.js";
import type { Drift } from "../../core/plan/change.js";
import type { JsonObject } from "../../core/json/json.js";
import type { Verdict } from "./drift-json.js";
import { verdictOf } from "./drift-json.js";
import { auditHeadline } from "./drift-text.js";
import { safeLine } from "../../core/safe-text.js";
import { count } from "../text/terminal.js";
import { attributeName } from "../text/values.js";

/** Resources that a notification names before it counts the rest. */
const maxNamed = 20;

/**
 * A change of verdict in a few lines. It says what drifted, not from what to what: chats and channels have other readers
 * than the org's settings.
 */
export function notificationText(audit: Audit): string {
  const { drift } = audit;
  const more = drift.length - maxNamed;
  return [
    auditHeadline(audit),
    ...drift.slice(0, maxNamed).map((one) => `- ${driftedText(one)}`),
    ...(more > 0 ? [`- and ${count(more, "more", "more")}`] : []),
  ].join("\n");
}

/**
 * The body of a webhook. `text` is what Slack and its likes show; the rest is for programs.
 *
 * @param at when the audit ended
 * @param previous the verdict before
 */
export function webhookBody(audit: Audit, at: Date, previous: Verdict): JsonObject {
  return {
    text: escapedForSlack(notificationText(audit)),
    verdict: verdictOf(audit),
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

function driftedText({ address, after, paths }: Drift): string {
  const what = after === null ? "no longer exists" : paths.map(attributeName).join(", ");
  return `${safeLine(address, 200)}: ${safeLine(what, 200)}`;
}

/** Source: Slack's formatting of message text: these three characters have to be escaped. */
function escapedForSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
