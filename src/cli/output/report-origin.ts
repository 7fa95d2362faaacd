import type { ReportLinks } from "../../views/reports/html/report-html.js";
import type { ReportOrigin } from "../../views/reports/report-origin.js";
import type { SourceLocations } from "../../views/source-locations.js";
import { readCiRun } from "../ci-run.js";
import type { Context } from "../context.js";

/** Returns when a report is made, and from what. @param config the config files */
export function reportOrigin(
  config: readonly string[],
  { env, now }: Pick<Context, "env" | "now">,
): ReportOrigin {
  const { commit, url, repository } = readCiRun(env);
  return {
    made: now()
      .toISOString()
      .replace(/\.\d+Z$/, "Z"),
    config,
    ...(repository === undefined ? {} : { repository }),
    ...(commit === undefined ? {} : { commit }),
    ...(url === undefined ? {} : { run: url }),
  };
}

/** Returns the links of a report to its run and to the lines of the config, as far as the CI system tells them. */
export function reportLinks(
  { declared, toReportPath }: SourceLocations,
  { env }: Pick<Context, "env">,
): ReportLinks {
  const { toLineUrl } = readCiRun(env);
  return {
    toLine(address) {
      const range = declared.get(address);
      const path = range === undefined ? "/" : toReportPath(range.file);
      // Outside of the repository the path is absolute.
      if (range === undefined || toLineUrl === undefined || /^(?:\/|[A-Za-z]:)/.test(path)) return undefined;
      const { line } = range.start;
      return { text: `${path}:${line}`, url: toLineUrl(path, line) };
    },
  };
}
