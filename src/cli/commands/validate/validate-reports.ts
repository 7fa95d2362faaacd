import type { Loaded } from "../../../config/load.js";
import type { OrgIdentity } from "../../../core/org/org-identity.js";
import { diagnosticsToJson } from "../../../views/diagnostics/diagnostics-json.js";
import { renderDiagnostics, summarizeDiagnostics } from "../../../views/diagnostics/diagnostics-text.js";
import type { Report } from "../../../views/reports/report.js";
import type { ReportOrigin } from "../../../views/reports/report-origin.js";
import { originText, withJsonOrigin, withOrigin } from "../../../views/reports/report-origin.js";
import { orgFacts, orgText } from "../../../views/text/org-text.js";
import { count, styles } from "../../../views/text/terminal.js";
import type { Context } from "../../context.js";
import { reportOrigin } from "../../output/report-origin.js";
import { reportFiles, sourceLocations } from "../../output/source-locations.js";
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
  text: (validated) => text(validated.loaded) + originText(origin(validated)),
  json: (validated) => {
    const { loaded } = validated;
    const document = { ...diagnosticsToJson(loaded.diagnostics), chatform: { org: declaredOrg(loaded) } };
    return jsonText(withJsonOrigin(document, origin(validated)));
  },
  markdown: async (validated, mask) =>
    (await import("../../../views/reports/report-markdown.js")).reportMarkdown(toReport(validated), { mask }),
  junit: async (validated) => {
    const { reportJunit } = await import("../../../views/reports/report-junit.js");
    return reportJunit(toReport(validated), sourceLocations(validated.loaded, validated.context));
  },
  sarif: async (validated) => {
    const { loaded, context } = validated;
    const { sarif } = await import("../../../views/diagnostics/sarif.js");
    const document = sarif(loaded.diagnostics, {
      org: declaredOrg(loaded),
      origin: origin(validated),
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
  return `${renderDiagnostics(diagnostics, { style: styles(false), width: 80 })}${headline(loaded)}\n${orgText(declaredOrg(loaded), 80)}`;
}

function headline(loaded: Loaded): string {
  return isValid(loaded)
    ? `Valid: ${summarizeValid(loaded)}.`
    : `${summarizeDiagnostics(loaded.diagnostics)}.`;
}

/** Returns what the config tells of the org. */
function declaredOrg({ environment }: Loaded): OrgIdentity {
  if (environment === undefined) return {};
  const { name, region } = environment;
  return { environment: name, ...(region === undefined ? {} : { region }) };
}

function origin({ loaded, context }: Validated): ReportOrigin {
  return reportOrigin(reportFiles(loaded, context), context);
}

/** Returns the report. Each resource, and each block for many users, is a passed test; an invalid config has none. */
function toReport(validated: Validated): Report {
  const { loaded } = validated;
  const { diagnostics, resources, shared } = loaded;
  const hasNoErrors = isValid(loaded);
  const report: Report = {
    title: "Validate",
    verdict: hasNoErrors ? "ok" : "failed",
    headline: headline(loaded),
    environment: loaded.environment?.name,
    nextSteps: [],
    facts: orgFacts(declaredOrg(loaded)),
    items: [],
    unchanged: hasNoErrors
      ? [...resources, ...shared.map(({ entry, kind }) => ({ address: entry, kind }))]
      : [],
    problemsTitle: "Invalid config",
    problems: diagnostics,
    left: [],
    findings: [],
  };
  return withOrigin(report, origin(validated));
}
