/** Tests the markdown report as rendered in GitHub's flavour. */
import { describe, expect, it } from "vitest";
import { reportMarkdown } from "../../src/views/reports/report-markdown.js";
import { applyReport, driftReport, planReport } from "../../src/views/reports/build-report.js";
import { actingText, getElements, renderMarkdown } from "../helpers/markdown.js";
import {
  sampleAudit,
  endings,
  everything,
  hostile,
  samplePlan,
  planWith,
  sampleResult,
} from "../unit/views/samples.js";

const ours = ["blockquote", "br", "code", "details", "h2", "li", "p", "pre", "strong", "summary", "ul"];

const problem = (text: string) =>
  ({ severity: "error", code: "protected", summary: text, detail: text }) as const;

describe("a plan as GitHub shows it", () => {
  const html = renderMarkdown(reportMarkdown(planReport(everything, [])));

  it("begins with a summary in a heading, then the destroyed resources in a frame", () => {
    expect(html).toMatch(/^<h2>[^<]*Plan: 2 to create/);
    expect(html).toMatch(/<blockquote>\s*<p>\[!WARNING\]\s*<strong>Data is destroyed permanently:<\/strong>/);
    expect(html.indexOf("</blockquote>")).toBeLessThan(html.search(/<details/));
  });

  it("folds each room, with its differences in one code block", () => {
    const rooms = html.split(/<details(?: open)?>/).slice(1);
    expect(rooms).toHaveLength(6);
    for (const room of rooms) {
      expect(room).toMatch(
        /^<summary><code>[^<]+<\/code>: [^<]+<\/summary>\n<pre><code class="language-diff">/,
      );
      expect(room.match(/<pre>/g)).toHaveLength(1);
      expect(room).toMatch(/<\/details>/);
    }
  });
});

describe.each([
  ["a plan", () => reportMarkdown(planReport(everything, [problem("Protected")]))],
  ["an apply", () => reportMarkdown(applyReport(everything, sampleResult(everything, endings)))],
  ["drift", () => reportMarkdown(driftReport(sampleAudit(everything)))],
  ["nothing", () => reportMarkdown(planReport(samplePlan([]), []))],
])("%s", (_name, markdown) => {
  it("contains only the intended markup, with every fold closed", () => {
    const html = renderMarkdown(markdown());
    expect(ours).toEqual(expect.arrayContaining([...getElements(html)]));
    expect(html.match(/<details(?: open)?>/g)?.length).toBe(html.match(/<\/details>/g)?.length);
  });
});

describe.each(hostile.map((text) => [text.slice(0, 40), text]))("untrusted text: %j", (_name, text) => {
  const plan = planWith(text);
  const failed = sampleResult(
    plan,
    plan.changes.map(
      () => ({ status: "skipped", because: text, afterRecovery: false, accepted: [] }) as const,
    ),
  );
  const reports = {
    plan: planReport(plan, [problem(text)]),
    apply: applyReport(plan, failed),
    drift: driftReport(sampleAudit(plan)),
  };

  it.each(Object.entries(reports))("is shown without an effect: %s", (_title, report) => {
    const html = renderMarkdown(reportMarkdown(report));
    expect(ours).toEqual(expect.arrayContaining([...getElements(html)]));
    expect(html.match(/<details(?: open)?>/g)?.length).toBe(html.match(/<\/details>/g)?.length);
    expect(actingText(html)).not.toMatch(/@\w|#\d|https?:|www\.|javascript:/);
  });
});
