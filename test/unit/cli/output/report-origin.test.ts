import { expect, test } from "vitest";
import { reportLinks, withOrigin } from "../../../../src/cli/output/report-origin.js";
import type { ReportSource } from "../../../../src/cli/output/report-source.js";
import { reportHtml } from "../../../../src/views/reports/html/report-html.js";
import { planReport } from "../../../../src/views/reports/build-report.js";
import { everything } from "../../views/samples.js";

const [change] = everything.changes;
const position = { line: 12, column: 3, offset: 100 };
const source: ReportSource = {
  text: () => "",
  json: () => "{}",
  report: () => planReport(everything, []),
  where: () => ({
    declared: new Map([
      [change?.address ?? "", { file: "/repo/chat/chatform.yaml", start: position, end: position }],
    ]),
    toReportPath: () => "chat/chatform.yaml",
  }),
};
const sha = "a1".repeat(20);
const origin = {
  env: {
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_REPOSITORY: "acme/chat",
    GITHUB_SHA: sha,
    GITHUB_RUN_ID: "42",
  },
  now: () => new Date("2026-01-02T03:04:05.678Z"),
};

test("a report says when, by which version, for which commit and run, and from which files", () => {
  const facts = new Map(withOrigin(source, false, origin).facts);
  expect(facts.get("Config")).toBe("chat/chatform.yaml");
  expect(facts.get("Made")).toMatch(/^2026-01-02T03:04:05Z by chatform \d/);
  expect([facts.get("Commit"), facts.get("Run")]).toEqual([
    sha,
    "https://github.com/acme/chat/actions/runs/42",
  ]);
});

test("HTML links to the run and to the line of the config", () => {
  const page = reportHtml(withOrigin(source, true, origin), reportLinks(source, origin));
  expect(page).toContain('<a href="https://github.com/acme/chat/actions/runs/42">');
  expect(page).toContain(
    `href="https://github.com/acme/chat/blob/${sha}/chat/chatform.yaml#L12">chat/chatform.yaml:12</a>`,
  );
});

test("HTML links to nothing outside of CI", () => {
  const nowhere = { ...origin, env: {} };
  const page = reportHtml(withOrigin(source, true, nowhere), reportLinks(source, nowhere));
  expect(page).not.toContain('href="http');
});
