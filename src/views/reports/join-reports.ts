import { environmentFact } from "../text/org-text.js";
import type { Report } from "./report.js";

/** A report of one environment. */
export interface ReportPart {
  /** The environment's name. */
  readonly name: string;
  readonly report: Report;
}

const severity = { ok: 0, changes: 1, attention: 2, failed: 3 } as const;

/** Joins the reports of several environments: each headline, fact, resource and problem names its environment. */
export function joinReports(title: string, parts: readonly ReportPart[]): Report {
  const each = <T>(read: (report: Report, name: string) => readonly T[]): readonly T[] =>
    parts.flatMap(({ name, report }) => read(report, name));
  const worst = parts.map(({ report }) => report.verdict).sort((a, b) => severity[b] - severity[a])[0];
  return {
    title,
    verdict: worst ?? "ok",
    headline: parts.map(({ name, report }) => `${name}: ${report.headline}`).join(" "),
    nextSteps: each(({ nextSteps }, name) => nextSteps.map((step) => `${name}: ${step}`)),
    facts: each(({ facts }, name) =>
      facts
        .filter(([fact]) => fact !== environmentFact)
        .map(([fact, value]) => [`${fact} (${name})`, value] as const),
    ),
    items: each(({ items }, name) =>
      items.map((item) => ({ ...item, address: inEnvironment(name, item.address) })),
    ),
    unchanged: each(({ unchanged }, name) =>
      unchanged.map((one) => ({ ...one, address: inEnvironment(name, one.address) })),
    ),
    problemsTitle: parts.find(({ report }) => report.problems.length > 0)?.report.problemsTitle ?? "Errors",
    problems: each(({ problems }, name) =>
      problems.map((one) => ({
        ...one,
        summary: `${name}: ${one.summary}`,
        ...(one.address === undefined ? {} : { address: inEnvironment(name, one.address) }),
      })),
    ),
    left: each(({ left }, name) =>
      left.map((one) => ({ ...one, address: inEnvironment(name, one.address) })),
    ),
    findings: each(({ findings }, name) =>
      findings.map((list) => ({ ...list, title: `${name}: ${list.title}` })),
    ),
  };
}

/** Returns the name of a resource in a report of several environments: `prod: rooms/lobby`. */
export function inEnvironment(environment: string, address: string): string {
  return `${environment}: ${address}`;
}
