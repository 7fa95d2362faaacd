import type { Audit } from "../../core/drift/audit.js";
import type { DriftClass } from "../../core/plan/change.js";
import { safeLine } from "../../core/safe-text.js";
import { driftLines } from "../plan/change-text.js";
import { findingLines, listFindings } from "../plan/listed-findings.js";
import { countedDrift, foldDrift } from "../plan/plan-fold.js";
import { auditVerdict } from "./drift-json.js";
import { leftLines } from "./left-text.js";
import type { Line } from "../text/line.js";
import { blank, joinSections, line, lineText, paint, paragraph } from "../text/line.js";
import { orgLines } from "../text/org-text.js";
import type { Styles } from "../text/terminal.js";
import { count, number } from "../text/terminal.js";
import { distinctNames } from "../text/values.js";

export interface DriftTextOptions {
  readonly style: Styles;
  /** Of the terminal, in columns. */
  readonly width: number;
  readonly full: boolean;
}

function nextSteps({ baseline, drift }: Audit): readonly Line[] {
  if (drift.length === 0) return [];
  if (baseline === "files")
    return [
      line("To restore the declared values: chatform apply"),
      line("To keep the live values: change the config"),
    ];
  const isDrift = drift.some((one) => one.class === "drift");
  return [
    line(`To ${isDrift ? "restore the reviewed values" : "follow the sources"}: chatform repair`),
    ...(isDrift ? [line("To keep the live values: change the config")] : []),
  ];
}

/** The items that repair leaves to a person beside the drift itself. Pending changes are no drift. */
function leftInDrift({ left }: Audit): Audit["left"] {
  return left.filter(({ reason }) => reason === "conflict" || reason === "unknown" || reason === "emptied");
}

/** Returns an audit as people read it: the drift, what could not be audited, and what to do. */
export function renderAudit(audit: Audit, { style, width, full }: DriftTextOptions): string {
  const { drift, people, org } = audit;
  const { shown, brief, counted } = foldDrift(drift, full);
  const [headline, ...rest] = paragraph(auditHeadline(audit), { width });
  const ink = auditVerdict(audit) === "in-sync" ? "green" : "bold";
  const sections = [
    ...[...shown, ...brief].map((one) => driftLines(one, { people: distinctNames(people), full, width })),
    countedDrift(counted, width),
    ...listFindings(audit.findings).map((list) => findingLines(list, { width, full })),
    leftLines(leftInDrift(audit), { width, full }),
    [
      ...auditNotes(audit).flatMap((note) => paragraph(note, { width, label: [["cyan", "Note:"]] })),
      line([ink, lineText(headline ?? blank)]),
      ...rest,
      ...orgLines(org, width),
      ...nextSteps(audit),
    ],
  ];
  return paint(joinSections(sections), style);
}

/** Returns `Drift: 2 of 14 resources changed outside chatform; sources changed 1 resource.` */
export function auditHeadline({ drift, left, audited, baseline }: Audit): string {
  const all = count(audited.length, "resource");
  const isApplied = baseline === "applied";
  const ofClass = (name: DriftClass): number => drift.filter((one) => one.class === name).length;
  const [outside, followed] = [ofClass("drift"), ofClass("membership")];
  if (outside > 0) {
    const differs = outside === 1 ? "differs from the config" : "differ from the config";
    const sources = followed === 0 ? "" : `; sources changed ${count(followed, "resource")}`;
    return `Drift: ${number(outside)} of ${all} ${isApplied ? "changed outside chatform" : differs}${sources}.`;
  }
  if (followed > 0) return `Drift: sources changed ${number(followed)} of ${all}.`;
  const unknown = left.filter(({ reason }) => reason === "unknown").length;
  if (unknown > 0) return `Drift is unknown: the people of ${count(unknown, "list")} of ${all} are unknown.`;
  if (audited.length === 0) return "No drift: there is nothing to audit.";
  const verb = audited.length === 1 ? "matches" : "match";
  return `No drift. ${all} ${verb} ${isApplied ? "the applied values" : "the config"}.`;
}

/** Returns what could not be audited, and what was ignored. */
function auditNotes({ pending, uncertain, ignored }: Audit): readonly string[] {
  return [
    ...(pending.length === 0 ? [] : [`Not audited because not applied yet: ${listAddresses(pending)}.`]),
    ...(uncertain.length === 0
      ? []
      : [
          `Not audited because the create is uncertain: ${listAddresses(uncertain)}. Run chatform plan to check.`,
        ]),
    ...(ignored === 0 ? [] : [`Ignored: ${count(ignored, "known difference")} (--ignore).`]),
  ];
}

/** Addresses that are named before the rest is counted. */
const maxNamed = 5;

function listAddresses(addresses: readonly string[]): string {
  const named = addresses.slice(0, maxNamed).map((address) => safeLine(address));
  const more = addresses.length - named.length;
  return more === 0 ? named.join(", ") : `${named.join(", ")} and ${count(more, "more", "more")}`;
}
