import { VERSION } from "../../core/version.js";
import { factLines, paint } from "../text/line.js";
import { count, styles } from "../text/terminal.js";
import type { Report } from "./report.js";

/** When a report was made, and from what: the same in every format. */
export interface ReportOrigin {
  /** In UTC, to the second: `2026-01-02T03:04:05Z`. */
  readonly made: string;
  /** The config files, as paths from the root of the repository. */
  readonly config: readonly string[];
  /** The page of the repository. */
  readonly repository?: string;
  readonly commit?: string;
  /** The page of the CI system's run. */
  readonly run?: string;
}

/** Most config files that a report names. */
const maxFiles = 10;

/** Returns a report with its origin among the facts. */
export function withOrigin(report: Report, origin: ReportOrigin): Report {
  return { ...report, facts: [...report.facts, ...originFacts(origin)], run: origin.run };
}

/** Returns an origin as lines below a report in text. */
export function originText(origin: ReportOrigin): string {
  return `\n${paint(factLines(originFacts(origin), 80), styles(false))}`;
}

/** Returns a JSON document with its origin under `report`. */
export function withJsonOrigin(document: object, origin: ReportOrigin): object {
  return { ...document, report: { version: VERSION, ...origin } };
}

function originFacts({ made, config, commit, run }: ReportOrigin): Report["facts"] {
  const rest = config.length - maxFiles;
  const files = [...config.slice(0, maxFiles), ...(rest > 0 ? [count(rest, "more", "more")] : [])];
  return [
    ...(files.length === 0 ? [] : [["Config", files.join(", ")] as const]),
    ["Made", `${made} by chatform ${VERSION}`],
    ...(commit === undefined ? [] : [["Commit", commit] as const]),
    ...(run === undefined ? [] : [["Run", run] as const]),
  ];
}
