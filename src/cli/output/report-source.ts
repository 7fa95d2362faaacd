import type { Report } from "../../views/reports/report.js";
import type { SourceLocations } from "../../views/source-locations.js";

/** Functions that make the content of reports. Only the requested formats are made. */
export interface ReportSource {
  readonly text: () => string;
  readonly json: () => object;
  /** @param full true to unfold long lists and texts */
  readonly report: (full: boolean) => Report;
  readonly where: () => SourceLocations;
  /** The config files, as paths from the root of the repository. */
  readonly files: () => readonly string[];
}
