import type { Audit } from "../../core/drift/audit.js";
import { byCodeUnit } from "../../core/json/json.js";
import { safeLine } from "../../core/safe-text.js";
import { auditHeadline, getLeftDrift, matchText } from "../drift/drift-text.js";
import type { Report } from "../reports/report.js";
import { code, prose, reportMarkdown } from "../reports/report-markdown.js";
import { getEmailOfAddress } from "../../core/people/named-address.js";
import { count } from "../text/terminal.js";
import type { Repaired } from "./notification.js";
import { driftText, repairedText } from "./notification.js";
import type { IssueMarker } from "./issue-marker.js";

/** The limit of an issue's body and of a comment on GitHub, in characters. GitLab's is higher. */
const maxLength = 65_536;

/** The facts of a run that comments name. */
export interface RunFacts {
  /** The address of the CI system's run. */
  readonly runUrl?: string | undefined;
  /** The result of a repair; missing: an audit only. */
  readonly repaired?: Repaired | undefined;
  /** Hides secrets. */
  readonly mask?: ((text: string) => string) | undefined;
}

/** Returns `Drift in prod (chatform)`. The title never changes, and names nothing of the org. */
export function issueTitle({ org: { environment } }: Pick<Audit, "org">): string {
  return environment === undefined ? "Drift (chatform)" : `Drift in ${safeLine(environment, 100)} (chatform)`;
}

/**
 * Returns the text of an issue about drift: the report with what to do. Others' text can't act: it stands in code.
 *
 * @param report of the drift, with its origin
 * @param reserve characters to leave free, for the marker
 * @param mask hides secrets
 */
export function issueText(report: Report, reserve: number, mask?: (text: string) => string): string {
  const end = "chatform keeps this text up to date, and closes the issue when the drift is gone.";
  return `${reportMarkdown(report, { limit: maxLength - reserve - end.length - 2, ...(mask === undefined ? {} : { mask }) })}\n${end}\n`;
}

/** Addresses that a comment names before it counts the rest. */
const maxNamed = 30;

/** Returns a comment about drift that changed; undefined if the drift is the same, and only findings or notes changed. */
export function changeComment(
  before: IssueMarker,
  now: IssueMarker,
  audit: Audit,
  facts: RunFacts,
): string | undefined {
  const changes = changeLines(before, now, audit, facts);
  if (changes?.length === 0) return undefined;
  return [resultText(audit, facts), "", ...(changes ?? []), ""].join("\n");
}

/** Returns a line for each address that changed; undefined if these are unknown. */
function changeLines(
  { entries: before }: Pick<IssueMarker, "entries">,
  { entries: now }: Pick<IssueMarker, "entries">,
  audit: Audit,
  facts: RunFacts,
): readonly string[] | undefined {
  if (before === undefined || now === undefined) return undefined;
  const [old, current] = [before, now].map((entries) => new Map(Object.entries(entries)));
  const addresses = [...new Set([...(old?.keys() ?? []), ...(current?.keys() ?? [])])].sort(byCodeUnit);
  const changes = addresses.flatMap((address): readonly string[] => {
    const [then, since] = [old?.get(address), current?.get(address)];
    if (then === since) return [];
    const email = getEmailOfAddress(address, audit.people);
    const name = email === undefined ? code(address) : `${code(address)} ${code(email)}`;
    if (since === undefined) return [`- ${name}: no longer differs`];
    const word = then === undefined ? "new" : "changed";
    return [`- ${name} (${word})${differenceText(audit, address, facts)}`];
  });
  const more = changes.length - maxNamed;
  return [...changes.slice(0, maxNamed), ...(more > 0 ? [`- and ${count(more, "more", "more")}`] : [])];
}

/** Returns `: subject, participants (2 people removed)`: how a resource differs now; "" where its address is masked. */
function differenceText(audit: Audit, address: string, { mask = (text) => text }: RunFacts): string {
  const drift = audit.drift.filter((one) => one.address === address);
  const left = getLeftDrift(audit).filter((one) => one.address === address);
  const reasons = [...new Set(left.map(({ reason }) => `left to you (${reason})`))];
  const texts = [...drift.map((one) => driftText(one, audit)), ...reasons];
  return texts.length === 0 ? "" : `: ${prose(mask(texts.join("; ")))}`;
}

/** Returns the comment on an issue that is opened again. */
export function againComment(now: IssueMarker, audit: Audit, facts: RunFacts): string {
  const lines = changeLines({ entries: {} }, now, audit, facts) ?? [];
  return [`There is drift again. ${resultText(audit, facts)}`, "", ...lines, ""].join("\n");
}

/** Returns the comment on an issue that is closed. */
export function goneComment(audit: Audit, { runUrl, repaired }: RunFacts): string {
  const done = repaired === undefined ? "" : `${repairedText(repaired)} `;
  return `${prose(`${done}The drift is gone. ${matchText(audit)}`)}${runLink(runUrl)}\n`;
}

/** Returns the comment on an issue that two runs opened at the same time. */
export function duplicateComment(first: number): string {
  return `Duplicate of #${String(first)}.\n`;
}

/** Returns what the run did and found, with a link to the run. */
function resultText(audit: Audit, { runUrl, repaired }: RunFacts): string {
  const done = repaired === undefined ? "" : `${repairedText(repaired)} `;
  return `${prose(`${done}${auditHeadline(audit)}`)}${runLink(runUrl)}`;
}

function runLink(runUrl: string | undefined): string {
  return runUrl === undefined ? "" : ` [Open the run](${runUrl})`;
}
