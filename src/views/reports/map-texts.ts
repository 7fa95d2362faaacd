import type { Report } from "./report.js";

type Map = (text: string) => string;

/** Returns a report with its texts outside details mapped: those that a format may write in parts. */
export function mapTexts(report: Report, map: Map): Report {
  const { environment, run, nextSteps, facts, items, problems, left, findings } = report;
  return {
    ...report,
    headline: map(report.headline),
    environment: environment === undefined ? undefined : map(environment),
    run: run === undefined ? undefined : map(run),
    nextSteps: nextSteps.map(map),
    facts: facts.map(([name, value]) => [name, map(value)]),
    items: items.map((item) => ({
      ...item,
      text: map(item.text),
      problems: item.problems.map(map),
      findings: item.findings.map((finding) => ({ ...finding, text: map(finding.text) })),
    })),
    problems: problems.map((one) => ({
      ...one,
      summary: map(one.summary),
      ...(one.detail === undefined ? {} : { detail: map(one.detail) }),
      ...(one.help === undefined ? {} : { help: map(one.help) }),
    })),
    left: left.map((one) => ({ ...one, text: map(one.text), help: map(one.help) })),
    findings: findings.map((list) => ({
      ...list,
      title: map(list.title),
      ...(list.help === undefined ? {} : { help: map(list.help) }),
      entries: list.entries.map((entry) => ({ ...entry, text: map(entry.text) })),
    })),
  };
}
