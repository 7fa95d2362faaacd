import type { Diagnostic } from "../../core/diagnostic.js";
import { diagnosticsToJson } from "../../views/diagnostics/diagnostics-json.js";
import { renderDiagnostics } from "../../views/diagnostics/diagnostics-text.js";
import { diagnosticLine } from "../../views/apply/apply-json.js";
import { jsonText } from "../../views/text/json-text.js";
import { count, styles } from "../../views/text/terminal.js";
import type { Context } from "../context.js";
import { toDiagnostics } from "./errors.js";
import { withRepeatedOptions } from "./problems.js";
import type { ReportTitle } from "./reports.js";
import type { ReportSource } from "./report-source.js";
import { pathFromRoot } from "./source-root.js";

/** Returns the reasons that stopped a command as a JSON document: that of `validate --json`, with `errored`. @param indent spaces for each level */
export function failureJson(problems: readonly Diagnostic[], indent: number, context: Context): string {
  return jsonText({ ...diagnosticsToJson(withRepeatedOptions(problems, context)), errored: true }, indent);
}

/** Returns the reasons that stopped a command as lines of JSON, as an apply writes its events. */
export function failureEvents(problems: readonly Diagnostic[], context: Context): string {
  return withRepeatedOptions(problems, context)
    .map((one) => diagnosticLine(one, context.now()))
    .join("");
}

/**
 * Returns the reports of a stopped run, which hold only the reason. Their JSON is that of `validate --json`, with `errored`.
 */
export function failureReport(title: ReportTitle, error: unknown, context: Context): ReportSource {
  const problems = withRepeatedOptions(toDiagnostics(error), context);
  const errors = problems.filter(({ severity }) => severity === "error").length;
  return {
    text: () => renderDiagnostics(problems, { style: styles(false), width: 80 }),
    json: () => failureJson(problems, 2, context),
    report: () => ({
      title,
      verdict: "failed",
      headline: `${title} failed: ${count(errors, "error")}.`,
      facts: [],
      items: [],
      unchanged: [],
      problemsTitle: "Errors",
      problems,
      left: [],
      findings: [],
    }),
    where: () => ({ declared: new Map(), toReportPath: (file) => pathFromRoot(file, context) }),
  };
}
