import { diagnosticsToJson } from "../../views/diagnostics/diagnostics-json.js";
import { renderDiagnostics } from "../../views/diagnostics/diagnostics-text.js";
import { jsonText } from "../../views/text/json-text.js";
import { count, styles } from "../../views/text/terminal.js";
import type { Context } from "../context.js";
import { toDiagnostics } from "./errors.js";
import type { ReportSource } from "./report-source.js";
import { pathFromRoot } from "./source-root.js";

/**
 * Returns the reports of a stopped run, which hold only the reason. Their JSON is that of `validate --json`.
 *
 * @param title `Plan`, `Apply`, `Drift`
 */
export function failureReport(title: string, error: unknown, context: Context): ReportSource {
  const problems = toDiagnostics(error);
  const errors = problems.filter(({ severity }) => severity === "error").length;
  return {
    text: () => renderDiagnostics(problems, { style: styles(false), width: 80 }),
    json: () => jsonText(diagnosticsToJson(problems)),
    report: () => ({
      title,
      verdict: "failed",
      headline: `${title} failed: ${count(errors, "error")}.`,
      facts: [],
      items: [],
      unchanged: [],
      problemsTitle: "Errors",
      problems,
      findings: [],
    }),
    where: () => ({ declared: new Map(), toReportPath: (file) => pathFromRoot(file, context) }),
  };
}
