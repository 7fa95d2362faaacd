import { inEnvironment, joinReports } from "../../views/reports/join-reports.js";
import { safeLine } from "../../core/safe-text.js";
import type { ReportSource } from "./report-source.js";

/** The reports of one environment. */
export interface NamedSource {
  /** The environment's name. */
  readonly name: string;
  readonly source: ReportSource;
}

/** Returns the line above the part of an environment, which names it again among its facts. */
export function environmentHeading(name: string): string {
  return `== ${safeLine(name)} ==\n\n`;
}

/** Returns the source of one report with a part for each environment. @param title `Plan`, `Drift` */
export function joinReportSources(title: string, parts: readonly NamedSource[]): ReportSource {
  return {
    text: () => parts.map(({ name, source }) => environmentHeading(name) + source.text()).join("\n"),
    json: () => ({
      environments: Object.fromEntries(parts.map(({ name, source }) => [name, source.json()])),
    }),
    report: (full) =>
      joinReports(
        title,
        parts.map(({ name, source }) => ({ name, report: source.report(full) })),
      ),
    files: () => [...new Set(parts.flatMap(({ source }) => source.files()))],
    where: () => {
      const places = parts.map(({ name, source }) => ({ name, where: source.where() }));
      const declared = places.flatMap(({ name, where }) =>
        [...where.declared].map(([address, range]) => [inEnvironment(name, address), range] as const),
      );
      return {
        declared: new Map(declared),
        toReportPath: (file) => places[0]?.where.toReportPath(file) ?? file,
      };
    },
  };
}
