import { VERSION } from "../../core/version.js";
import type { Report } from "../../views/reports/report.js";
import type { ReportLinks } from "../../views/reports/html/report-html.js";
import { count } from "../../views/text/terminal.js";
import { readCiRun } from "../ci-run.js";
import type { Context } from "../context.js";
import type { ReportSource } from "./report-source.js";

type Origin = Pick<Context, "env" | "now">;

/** Most config files that a report names. */
const maxFiles = 10;

/** Returns the report of a source with its origin: config files, time, version, commit and run. */
export function withOrigin({ report, where }: ReportSource, full: boolean, { env, now }: Origin): Report {
  const made = report(full);
  const { declared, toReportPath } = where();
  const files = [...new Set([...declared.values()].map(({ file }) => toReportPath(file)))];
  const { commit, url } = readCiRun(env);
  const facts: [string, string | undefined][] = [
    ["Config", filesText(files)],
    [
      "Made",
      `${now()
        .toISOString()
        .replace(/\.\d+Z$/, "Z")} by chatform ${VERSION}`,
    ],
    ["Commit", commit],
    ["Run", url],
  ];
  const known = facts.flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  );
  return { ...made, facts: [...made.facts, ...known] };
}

function filesText(files: readonly string[]): string | undefined {
  if (files.length === 0) return undefined;
  const rest = files.length - maxFiles;
  return [...files.slice(0, maxFiles), ...(rest > 0 ? [count(rest, "more", "more")] : [])].join(", ");
}

/** Returns the links of a report to its run and to the lines of the config, as far as the CI system tells them. */
export function reportLinks({ where }: ReportSource, { env }: Origin): ReportLinks {
  const { url, toLineUrl } = readCiRun(env);
  if (toLineUrl === undefined) return { run: url, toLine: () => undefined };
  const { declared, toReportPath } = where();
  return {
    run: url,
    toLine(address) {
      const range = declared.get(address);
      const path = range === undefined ? "/" : toReportPath(range.file);
      // Outside of the repository the path is absolute.
      if (range === undefined || /^(?:\/|[A-Za-z]:)/.test(path)) return undefined;
      const { line } = range.start;
      return { text: `${path}:${line}`, url: toLineUrl(path, line) };
    },
  };
}
