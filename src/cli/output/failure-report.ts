import type { Diagnostic } from "../../core/diagnostic.js";
import type { OrgIdentity } from "../../core/org/org-identity.js";
import { variable } from "../../http/environment.js";
import { diagnosticsToJson } from "../../views/diagnostics/diagnostics-json.js";
import { renderDiagnostics } from "../../views/diagnostics/diagnostics-text.js";
import { diagnosticLine } from "../../views/apply/apply-json.js";
import { jsonText } from "../../views/text/json-text.js";
import { orgFacts, orgText } from "../../views/text/org-text.js";
import { count, styles } from "../../views/text/terminal.js";
import type { Context } from "../context.js";
import type { FileArgs } from "../parse/options.js";
import { chosenEnvironment } from "../session/chosen-environment.js";
import { toDiagnostics } from "./errors.js";
import { withRepeatedOptions } from "./problems.js";
import type { ReportTitle } from "./reports.js";
import type { ReportSource } from "./report-source.js";
import { pathFromRoot } from "./source-root.js";

/** Returns the reasons that stopped a command as a JSON document: that of `validate --json`, with `errored`. @param indent spaces for each level */
export function failureJson(problems: readonly Diagnostic[], indent: number, context: Context): string {
  return jsonText(failureToJson(withRepeatedOptions(problems, context)), indent);
}

function failureToJson(problems: readonly Diagnostic[]): object {
  return { ...diagnosticsToJson(problems), errored: true };
}

/** Returns the reasons that stopped a command as lines of JSON, as an apply writes its events. */
export function failureEvents(problems: readonly Diagnostic[], context: Context): string {
  return withRepeatedOptions(problems, context)
    .map((one) => diagnosticLine(one, context.now()))
    .join("");
}

/**
 * Returns the reports of a stopped run, which hold only the reason, and what the options tell of the org. Their JSON is that of
 * `validate --json`, with `errored`.
 */
export function failureReport(
  title: ReportTitle,
  error: unknown,
  args: Pick<FileArgs, "env">,
  context: Context,
): ReportSource {
  const org = chosenOrg(args, context);
  const problems = withRepeatedOptions(toDiagnostics(error), context);
  const errors = problems.filter(({ severity }) => severity === "error").length;
  return {
    text: () => renderDiagnostics(problems, { style: styles(false), width: 80 }) + orgText(org, 80),
    json: () => ({ ...failureToJson(problems), chatform: { org } }),
    report: () => ({
      title,
      verdict: "failed",
      headline: `${title} failed: ${count(errors, "error")}.`,
      environment: org.environment,
      nextSteps: [],
      facts: orgFacts(org),
      items: [],
      unchanged: [],
      problemsTitle: "Errors",
      problems,
      left: [],
      findings: [],
    }),
    files: () => [],
    where: () => ({ declared: new Map(), toReportPath: (file) => pathFromRoot(file, context) }),
  };
}

/** Returns what the options and variables tell of the org, before anything is read. */
function chosenOrg(args: Pick<FileArgs, "env">, context: Context): OrgIdentity {
  const environment = chosenEnvironment(args, context);
  const region = variable(context.env, "GENESYSCLOUD_REGION");
  return {
    ...(environment === undefined ? {} : { environment }),
    ...(region === undefined ? {} : { region }),
  };
}
