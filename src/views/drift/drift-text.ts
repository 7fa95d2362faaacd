import type { Audit } from "../../core/drift/audit.js";
import type { DriftClass } from "../../core/plan/change.js";
import { countPeopleInDrift } from "../../core/plan/counts.js";
import type { Baseline } from "../../core/drift/audited.js";
import { needsPerson } from "../../core/drift/left.js";
import { driftSection } from "../plan/drift-section.js";
import { driftPeople } from "../plan/plan-summary.js";
import { findingLines, listFindings } from "../plan/listed-findings.js";
import { auditVerdict } from "./drift-json.js";
import { leftLines } from "./left-text.js";
import { namedAddress } from "../../core/people/named-address.js";
import type { Line } from "../text/line.js";
import { blank, joinSections, line, lineText, paint, paragraph } from "../text/line.js";
import { orgLines } from "../text/org-text.js";
import type { Styles } from "../text/terminal.js";
import { count, number } from "../text/terminal.js";
import type { People } from "../text/values.js";
import { distinctNames } from "../text/values.js";

export interface DriftTextOptions {
  readonly style: Styles;
  /** Of the terminal, in columns. */
  readonly width: number;
  readonly full: boolean;
  /** Adds to commands the options by which they find the same config and state. */
  readonly repeatOptions?: ((text: string) => string) | undefined;
}

/** The titles of the classes of drift. */
export const driftTitles: Readonly<Record<Baseline, Readonly<Record<DriftClass, string>>>> = {
  applied: {
    drift: "Changed outside chatform since the last apply:",
    membership: "People joined (+) or left (-) sources since the last apply:",
  },
  files: {
    drift: "Live values that differ from the config:",
    membership: "People of sources who differ from the config:",
  },
};

/** Returns what to do about the drift of an audit: a line for each way. */
export function driftNextSteps(
  { baseline, drift, repairable }: Audit,
  { repeatOptions = (text) => text }: Pick<DriftTextOptions, "repeatOptions">,
): readonly Line[] {
  const isDrift = drift.some((one) => one.class === "drift");
  const keep = isDrift ? [line("To keep the live values: change the config")] : [];
  if (baseline === "files")
    return isDrift ? [line(repeatOptions("To restore the declared values: chatform apply")), ...keep] : [];
  const goal = repairable.includes("drift") ? "restore the reviewed values" : "follow the sources";
  return [...(repairable.length === 0 ? [] : [line(repeatOptions(`To ${goal}: chatform repair`))]), ...keep];
}

/** Returns what repair leaves to a person of an audit's drift. What waits for an apply only is noted. */
export function getLeftDrift({ left }: Pick<Audit, "left">): Audit["left"] {
  return left.filter((one) => needsPerson(one) && one.reason !== "uncertain");
}

/** Returns an audit as people read it: the drift, what could not be audited, and what to do. */
export function renderAudit(audit: Audit, options: DriftTextOptions): string {
  const { style, width, full } = options;
  const { drift, people, org, baseline } = audit;
  const values = { people: distinctNames(people), full, width };
  const section = (name: DriftClass): readonly Line[] => {
    const own = drift.filter((one) => one.class === name);
    return driftSection(driftTitles[baseline][name], own, values);
  };
  const [headline, ...rest] = paragraph(auditHeadline(audit), { width });
  const ink = auditVerdict(audit) === "in-sync" ? "green" : "bold";
  const sections = [
    section("drift"),
    section("membership"),
    ...listFindings(audit.findings).map((list) => findingLines(list, options)),
    leftLines(getLeftDrift(audit), { ...options, people }),
    [
      ...auditNotes(audit).flatMap((note) => paragraph(note, { width, label: [["cyan", "Note:"]] })),
      line([ink, lineText(headline ?? blank)]),
      ...rest,
      ...orgLines(org, width),
      ...driftNextSteps(audit, options),
    ],
  ];
  return paint(joinSections(sections), style);
}

/** Returns `Drift: 2 of 14 resources changed outside chatform (3 people removed, 1 added), 1 differs from its sources. 1 resource could not be compared.` */
export function auditHeadline(audit: Audit): string {
  const { drift, left, audited } = audit;
  const lists = left.filter(({ reason }) => reason === "unknown").length;
  const unread = left.filter(({ reason }) => reason === "unread").length;
  const all = count(audited.length, "resource");
  const unknown = [
    ...(lists === 0 ? [] : [`the people of ${count(lists, "list")} of ${all} are unknown`]),
    ...(unread === 0 ? [] : [`${count(unread, "resource")} could not be compared`]),
  ];
  if (unknown.length === 0) return comparedText(audit);
  if (drift.length === 0) return `Drift is unknown: ${unknown.join(", and ")}.`;
  return [
    comparedText(audit),
    ...unknown.map((text) => `${text[0]?.toUpperCase() ?? ""}${text.slice(1)}.`),
  ].join(" ");
}

function comparedText({ drift, audited, baseline }: Audit): string {
  const all = count(audited.length, "resource");
  const isApplied = baseline === "applied";
  const ofClass = (name: DriftClass): Audit["drift"] => drift.filter((one) => one.class === name);
  const [outside, followed] = [ofClass("drift"), ofClass("membership")];
  const differing = followed.length === 1 ? "differs from its sources" : "differ from their sources";
  const followedText = `${differing}${driftPeopleText(followed, baseline)}`;
  if (outside.length > 0) {
    const differs = outside.length === 1 ? "differs from the config" : "differ from the config";
    const people = driftPeopleText(outside, baseline);
    const sources = followed.length === 0 ? "" : `, ${number(followed.length)} ${followedText}`;
    return `Drift: ${number(outside.length)} of ${all} ${isApplied ? "changed outside chatform" : differs}${people}${sources}.`;
  }
  if (followed.length > 0) return `Drift: ${number(followed.length)} of ${all} ${followedText}.`;
  if (audited.length === 0) return "No drift: there is nothing to audit.";
  return `No drift. ${matchText({ audited, baseline })}`;
}

/** Returns `14 resources match the applied values.` */
export function matchText({ audited, baseline }: Pick<Audit, "audited" | "baseline">): string {
  const verb = audited.length === 1 ? "matches" : "match";
  const values = baseline === "applied" ? "the applied values" : "the config";
  return `${count(audited.length, "resource")} ${verb} ${values}.`;
}

/**
 * Returns ` (3 people removed, 1 added)`: the people who left and entered rooms outside, or do when a repair follows the sources.
 *
 * @param drift of one class
 */
export function driftPeopleText(drift: Audit["drift"], baseline: Baseline): string {
  const isOutside = drift.every((one) => one.class === "drift");
  return driftPeople(countPeopleInDrift(drift), isOutside ? outsideVerbs[baseline] : followingVerbs);
}

const outsideVerbs = {
  applied: { removed: "removed", added: "added" },
  files: { removed: "missing", added: "not declared" },
} as const;

const followingVerbs = { removed: "to remove", added: "to add" } as const;

/** Returns what could not be audited, and what was ignored. */
function auditNotes({ pending, uncertain, ignored, people }: Audit): readonly string[] {
  return [
    ...(pending.length === 0
      ? []
      : [`Not audited because not applied yet: ${listAddresses(pending, people)}.`]),
    ...(uncertain.length === 0
      ? []
      : [
          `Not audited because the create is uncertain: ${listAddresses(uncertain, people)}. Run chatform plan to check.`,
        ]),
    ...(ignored === 0 ? [] : [`Ignored: ${count(ignored, "known difference")} (--ignore).`]),
  ];
}

/** Addresses that are named before the rest is counted. */
const maxNamed = 5;

function listAddresses(addresses: readonly string[], people: People): string {
  const named = addresses.slice(0, maxNamed).map((address) => namedAddress(address, people));
  const more = addresses.length - named.length;
  return more === 0 ? named.join(", ") : `${named.join(", ")} and ${count(more, "more", "more")}`;
}
