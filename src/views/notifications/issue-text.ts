import type { Audit } from "../../core/drift/audit.js";
import { byCodeUnit } from "../../core/json/json.js";
import { safeLine } from "../../core/safe-text.js";
import { auditHeadline } from "../drift/drift-text.js";
import { driftReport } from "../reports/build-report.js";
import { code, prose, reportMarkdown } from "../reports/report-markdown.js";
import { count } from "../text/terminal.js";
import type { IssueMarker } from "./issue-marker.js";

/** The limit of an issue's body and of a comment on GitHub, in characters. GitLab's is higher. */
const maxLength = 65_536;

/** The facts of a run that an issue names. */
export interface RunFacts {
  /** The address of the CI system's run. */
  readonly runUrl?: string | undefined;
  /** Adds to commands the options by which they find the same config and state. */
  readonly repeatOptions?: (text: string) => string;
}

/** Returns `Drift in prod (chatform)`. The title never changes, and names nothing of the org. */
export function issueTitle({ org: { environment } }: Pick<Audit, "org">): string {
  return environment === undefined ? "Drift (chatform)" : `Drift in ${safeLine(environment, 100)} (chatform)`;
}

/**
 * Returns the text of an issue about drift: the report with what to do. Others' text can't act: it stands in code.
 *
 * @param reserve characters to leave free, for the marker
 */
export function issueText(audit: Audit, { runUrl, repeatOptions }: RunFacts, reserve: number): string {
  const end = `chatform keeps this text up to date, and closes the issue when the drift is gone.${runLink(runUrl)}`;
  return `${reportMarkdown(driftReport(audit, { repeatOptions }), maxLength - reserve - end.length - 2)}\n${end}\n`;
}

/** Addresses that a comment names before it counts the rest. */
const maxNamed = 30;

/** Returns a comment about drift that changed; undefined if the drift is the same, and only findings or notes changed. */
export function changeComment(
  before: IssueMarker,
  now: IssueMarker,
  audit: Audit,
  { runUrl }: RunFacts,
): string | undefined {
  if (before.entries === undefined || now.entries === undefined)
    return `${headline(audit)}${runLink(runUrl)}\n`;
  const [old, current] = [before.entries, now.entries].map((entries) => new Map(Object.entries(entries)));
  const addresses = [...new Set([...(old?.keys() ?? []), ...(current?.keys() ?? [])])].sort(byCodeUnit);
  const changes = addresses.flatMap((address): readonly string[] => {
    const [then, since] = [old?.get(address), current?.get(address)];
    if (then === since) return [];
    if (then === undefined) return [`${code(address)}: new`];
    return [`${code(address)}: ${since === undefined ? "no longer differs" : "changed again"}`];
  });
  if (changes.length === 0) return undefined;
  const more = changes.length - maxNamed;
  return [
    `${headline(audit)}${runLink(runUrl)}`,
    "",
    ...changes.slice(0, maxNamed).map((change) => `- ${change}`),
    ...(more > 0 ? [`- and ${count(more, "more", "more")}`] : []),
    "",
  ].join("\n");
}

/** Returns the comment on an issue that is opened again. */
export function againComment(audit: Audit, { runUrl }: RunFacts): string {
  return `There is drift again. ${headline(audit)}${runLink(runUrl)}\n`;
}

/** Returns the comment on an issue that is closed. @param repaired the number of resources that a repair restored */
export function goneComment(audit: Audit, repaired: number, { runUrl }: RunFacts): string {
  const how = repaired === 0 ? "The drift is gone." : `Repaired: ${count(repaired, "resource")}.`;
  return `${how} ${headline(audit)}${runLink(runUrl)}\n`;
}

/** Returns the comment on an issue that two runs opened at the same time. */
export function duplicateComment(first: number): string {
  return `Duplicate of #${String(first)}.\n`;
}

function headline(audit: Audit): string {
  return prose(auditHeadline(audit));
}

function runLink(runUrl: string | undefined): string {
  return runUrl === undefined ? "" : ` [Open the run](${runUrl})`;
}
