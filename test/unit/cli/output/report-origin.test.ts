import { expect, test } from "vitest";
import { reportLinks, reportOrigin } from "../../../../src/cli/output/report-origin.js";
import { reportHtml } from "../../../../src/views/reports/html/report-html.js";
import { planReport } from "../../../../src/views/reports/build-report.js";
import { withOrigin } from "../../../../src/views/reports/report-origin.js";
import { everything, sampleChange, samplePlan } from "../../views/samples.js";

const [change] = everything.changes;
const position = { line: 12, column: 3, offset: 100 };
const where = {
  declared: new Map([
    [change?.address ?? "", { file: "/repo/chat/chatform.yaml", start: position, end: position }],
  ]),
  toReportPath: () => "chat/chatform.yaml",
};
const sha = "a1".repeat(20);
const context = {
  env: {
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_REPOSITORY: "acme/chat",
    GITHUB_SHA: sha,
    GITHUB_RUN_ID: "42",
  },
  now: () => new Date("2026-01-02T03:04:05.678Z"),
};
const page = (env: typeof context.env | Record<string, never>): string => {
  const report = withOrigin(
    planReport(everything, []),
    reportOrigin(["chat/chatform.yaml"], { ...context, env }),
  );
  return reportHtml(report, reportLinks(where, { env }));
};

test("a report says when, for which commit and run, and from which files", () => {
  expect(reportOrigin(["chat/chatform.yaml"], context)).toEqual({
    made: "2026-01-02T03:04:05Z",
    config: ["chat/chatform.yaml"],
    repository: "https://github.com/acme/chat",
    commit: sha,
    run: "https://github.com/acme/chat/actions/runs/42",
  });
  expect(reportOrigin([], { ...context, env: {} })).toEqual({ made: "2026-01-02T03:04:05Z", config: [] });
});

test("HTML links to the run and to the line of the config", () => {
  expect(page(context.env)).toContain('<a href="https://github.com/acme/chat/actions/runs/42">');
  expect(page(context.env)).toContain(
    `href="https://github.com/acme/chat/blob/${sha}/chat/chatform.yaml#L12">chat/chatform.yaml:12</a>`,
  );
});

test("HTML shows a place once: as a link where there is one", () => {
  const place = { file: "chatform.yaml", line: 4, column: 1 };
  const because = [{ reason: "declared", text: "declared", place }] as const;
  const change = sampleChange({ address: "rooms/lobby", action: "create", because });
  const report = planReport(samplePlan([change]), []);
  const text = "chatform.yaml:4";
  const linked = reportHtml(report, { toLine: () => ({ url: "https://example.com/l4", text }) });
  expect([linked.split(text).length - 1, linked.split(`# ${text}`).length - 1]).toEqual([1, 0]);
  expect(reportHtml(report)).toContain(`# ${text}`);
});

test("HTML links to nothing outside of CI", () => {
  expect(page({})).not.toContain('href="http');
});
