import type { Check } from "../../core/doctor/check.js";
import { topics, worstStatus } from "../../core/doctor/check.js";
import type { Report } from "../reports/report.js";
import { verdictText } from "./doctor-text.js";

/** Returns checks as a report: failures are problems, warnings findings, and the others facts. */
export function checksReport(checks: readonly Check[]): Report {
  const verdicts = { ok: "ok", warning: "attention", failure: "failed" } as const;
  return {
    title: "Doctor",
    verdict: verdicts[worstStatus(checks)],
    headline: verdictText(checks),
    nextSteps: [],
    facts: checks.flatMap(({ topic, status, text }) =>
      status === "ok" ? [[topics[topic], text] as const] : [],
    ),
    items: [],
    unchanged: checks.flatMap(({ topic, status }) =>
      status === "failure" ? [] : [{ address: topics[topic], kind: "check" }],
    ),
    problemsTitle: "Failures",
    problems: checks.flatMap((check) =>
      check.status === "failure"
        ? [
            {
              severity: "error",
              code: check.code,
              summary: topics[check.topic],
              detail: check.text,
              help: check.help,
            },
          ]
        : [],
    ),
    left: [],
    findings: checks.flatMap((check) =>
      check.status === "warning"
        ? [
            {
              ...{ code: check.code, severity: "warning", title: topics[check.topic], help: check.help },
              entries: [{ at: check.code, text: check.text }],
            },
          ]
        : [],
    ),
  };
}
