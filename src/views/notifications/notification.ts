import type { Audit } from "../../core/drift/audit.js";
import type { Drift } from "../../core/plan/change.js";
import type { JsonObject } from "../../core/json/json.js";
import type { Verdict } from "../drift/drift-json.js";
import { auditCounts, auditVerdict } from "../drift/drift-json.js";
import { auditHeadline, driftPeopleText, getLeftDrift } from "../drift/drift-text.js";
import { leftCountText } from "../drift/left-text.js";
import { peopleText } from "../plan/plan-summary.js";
import { goneText } from "../plan/change-text.js";
import { safeLine } from "../../core/safe-text.js";
import { namedAddress } from "../../core/people/named-address.js";
import { count } from "../text/terminal.js";
import type { People } from "../text/values.js";
import { attributeName } from "../text/values.js";

/** Resources that a notification names before it counts the rest. */
const maxNamed = 20;

/**
 * Returns an audit as a few lines for a chat or channel. They name what drifted, but no values: more people read a channel than the
 * org's settings.
 */
export function notificationText(audit: Audit, repaired?: Repaired): string {
  const { drift, people } = audit;
  const more = drift.length - maxNamed;
  return [
    ...(repaired === undefined ? [] : [`${repairedText(repaired)}${leftCountText(repaired.left)}`]),
    auditHeadline(audit),
    ...drift.slice(0, maxNamed).map((one) => `- ${named(one.address, people)}: ${driftText(one, audit)}`),
    ...(more > 0 ? [`- and ${count(more, "more", "more")}`] : []),
    ...(repaired === undefined ? leftTexts(audit) : []),
  ].join("\n");
}

/** Returns a line that counts what is left to a person, and one for each of the first; none if nothing is left. */
function leftTexts(audit: Audit): readonly string[] {
  const left = getLeftDrift(audit);
  const reasons = left
    .slice(0, maxNamed)
    .map(({ address, reason }) => `- ${named(address, audit.people)}: ${reason}`);
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
  /** The number of people whom the repair removed from rooms. */
  readonly removedPeople: number;
  readonly left: Audit["left"];
}

/** Returns `Repaired: 3 resources (2 people removed).`, `Nothing to repair.` */
export function repairedText({ addresses, removedPeople }: Omit<Repaired, "left">): string {
  if (addresses.length === 0) return "Nothing to repair.";
  return `Repaired: ${count(addresses.length, "resource")}${peopleText(removedPeople)}.`;
}

/** Returns `chatform: prod`: the title of a notification. */
export function notificationTitle({ org: { environment } }: Pick<Audit, "org">): string {
  return environment === undefined ? "chatform" : `chatform: ${safeLine(environment, 100)}`;
}

/** Returns a notification as text that stands alone: below its title where that names the environment. */
export function plainNotification(audit: Audit, repaired?: Repaired): string {
  const text = notificationText(audit, repaired);
  return audit.org.environment === undefined ? text : `${notificationTitle(audit)}\n${text}`;
}

/** The facts of a run that a webhook is told beside its result. */
export interface WebhookFacts {
  /** When the audit ended. */
  readonly at: Date;
  /** The verdict before. */
  readonly previous: Verdict;
  /** The page of the CI system's run. */
  readonly runUrl?: string | undefined;
}

/** Returns the body of a webhook. Slack and similar services show `text`; the other members are for programs. */
export function webhookBody(
  audit: Audit,
  { at, previous, runUrl }: WebhookFacts,
  repaired?: Repaired,
): JsonObject {
  return {
    text: escapeForSlack(plainNotification(audit, repaired)),
    org: { ...audit.org },
    ...(runUrl === undefined ? {} : { run: runUrl }),
    verdict: auditVerdict(audit),
    previous,
    at: at.toISOString(),
    audited: audit.audited.length,
    counts: { ...auditCounts(audit) },
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
    ...(repaired === undefined
      ? {}
      : { repaired: repaired.addresses, removedPeople: repaired.removedPeople }),
  };
}

/** Returns `description, participants (2 people removed)`: what drifted, without values. */
export function driftText(drift: Drift, { baseline }: Pick<Audit, "baseline">): string {
  if (drift.after === null) return safeLine(goneText(drift), 200);
  const sources = drift.class === "membership" ? " from sources" : "";
  const names = safeLine(drift.paths.map(attributeName).join(", "), 200);
  return `${names}${sources}${driftPeopleText([drift], baseline)}`;
}

function named(address: string, people: People): string {
  return safeLine(namedAddress(address, people), 200);
}

/** Escapes text for Slack. Source: Slack's formatting of message text: these three characters have to be escaped. */
export function escapeForSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
