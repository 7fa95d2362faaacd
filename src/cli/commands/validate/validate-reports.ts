import type { Loaded } from "../../../config/load.js";
import { diagnosticsToJson } from "../../../views/diagnostics/diagnostics-json.js";
import { renderDiagnostics, summarizeDiagnostics } from "../../../views/diagnostics/diagnostics-text.js";
import type { Report } from "../../../views/reports/report.js";
import { count, styles } from "../../../views/text/terminal.js";
import type { Context } from "../../context.js";
import { sourceLocations } from "../../output/source-locations.js";
import type { Formats } from "../../output/reports.js";
import { rootUri, uriFromRoot } from "../../output/source-root.js";
import { jsonText } from "../../../views/text/json-text.js";

/** The source of the reports of `validate`. */
export interface Validated {
  readonly loaded: Loaded;
  readonly context: Context;
}

/** The formats of `validate --report`. */
export const validateFormats: Formats<Validated> = {
  text: ({ loaded }) => text(loaded),
  json: ({ loaded }) => jsonText(diagnosticsToJson(loaded.diagnostics)),
  markdown: async ({ loaded }) =>
    (await import("../../../views/reports/report-markdown.js")).reportMarkdown(toReport(loaded)),
  junit: async ({ loaded, context }) => {
    const { reportJunit } = await import("../../../views/reports/report-junit.js");
    return reportJunit(toReport(loaded), sourceLocations(loaded, context));
  },
  sarif: async ({ loaded, context }) => {
    const { sarif } = await import("../../../views/diagnostics/sarif.js");
    const document = sarif(loaded.diagnostics, {
      root: rootUri(context),
      toUri: (file) => uriFromRoot(file, context),
    });
    return jsonText(document);
  },
};

/** Returns true for a config without errors. It may have findings. */
export function isValid({ diagnostics }: Loaded): boolean {
  return diagnostics.every(({ severity }) => severity !== "error");
}

/** Returns `6 resources in 1 file`. */
export function summarizeValid({ resources, shared, files }: Loaded): string {
  const forMany = shared.length === 0 ? "" : ` and ${count(shared.length, "block")} for many users`;
  return `${count(resources.length, "resource")}${forMany} in ${count(files.length, "file")}`;
}

function text(loaded: Loaded): string {
  const { diagnostics } = loaded;
  return `${renderDiagnostics(diagnostics, { style: styles(false), width: 80 })}${headline(loaded)}\n`;
}

function headline(loaded: Loaded): string {
  return isValid(loaded)
    ? `Valid: ${summarizeValid(loaded)}.`
    : `${summarizeDiagnostics(loaded.diagnostics)}.`;
}

/** Returns the report. Each resource, and each block for many users, is a passed test; an invalid config has none. */
function toReport(loaded: Loaded): Report {
  const { diagnostics, resources, shared } = loaded;
  const hasNoErrors = isValid(loaded);
  return {
    title: "Validate",
    verdict: hasNoErrors ? "ok" : "failed",
    headline: headline(loaded),
    facts: [],
    items: [],
    unchanged: hasNoErrors
      ? [...resources, ...shared.map(({ entry, kind }) => ({ address: entry, kind }))]
      : [],
    problemsTitle: "Invalid config",
    problems: diagnostics,
    left: [],
    findings: [],
  };
}
