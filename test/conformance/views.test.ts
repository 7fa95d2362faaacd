/** Tests that untrusted text has no effect in any output: on a terminal, a page, a comment, a CI log. */
import { describe, expect, it } from "vitest";
import { describeCall } from "../../src/cli/commands/plan/show-plan.js";
import type { Diagnostic } from "../../src/core/diagnostic.js";
import type { Plan } from "../../src/core/plan/plan.js";
import { ApplyJson } from "../../src/views/apply/apply-json.js";
import { renderApplyResult } from "../../src/views/apply/apply-result-text.js";
import { ApplyText } from "../../src/views/apply/apply-text.js";
import { diagnosticsToJson } from "../../src/views/diagnostics/diagnostics-json.js";
import { renderDiagnostics } from "../../src/views/diagnostics/diagnostics-text.js";
import { planToJson } from "../../src/views/plan/plan-json.js";
import { renderAudit } from "../../src/views/drift/drift-text.js";
import { renderPlan } from "../../src/views/plan/plan-text.js";
import { reportHtml } from "../../src/views/reports/html/report-html.js";
import { reportJunit } from "../../src/views/reports/report-junit.js";
import { reportMarkdown } from "../../src/views/reports/report-markdown.js";
import { applyReport, driftReport, planReport } from "../../src/views/reports/build-report.js";
import type { Report } from "../../src/views/reports/report.js";
import { styles } from "../../src/views/text/terminal.js";
import { goldenFolders, goldenPlan } from "../helpers/golden.js";
import {
  sampleAudit,
  endings,
  everything,
  hostile,
  planWith,
  sampleResult,
  sampleLocations,
} from "../unit/views/samples.js";

const plain = { style: styles(false), width: 80, people: {} };
const coloured = { style: styles(true), width: 80, people: {} };

const plans: readonly (readonly [string, Plan])[] = [
  ["one of everything", everything],
  ...(await Promise.all(goldenFolders().map(async (name) => [name, (await goldenPlan(name)).plan] as const))),
  ...hostile.map((text) => [JSON.stringify(text).slice(0, 40), planWith(text)] as const),
];

function problems(plan: Plan): readonly Diagnostic[] {
  const text = plan.changes[0]?.address ?? "";
  const range = {
    file: text,
    start: { line: 1, column: 3, offset: 2 },
    end: { line: 1, column: 9, offset: 8 },
  };
  return [
    {
      severity: "error",
      code: "wrong-type",
      summary: "S",
      detail: text,
      help: text,
      range,
      sourceLine: text,
    },
    { severity: "warning", code: "wrong-type", summary: text, address: text },
  ];
}

function getReports(plan: Plan): readonly Report[] {
  return [
    planReport(plan, problems(plan)),
    applyReport(plan, sampleResult(plan, endings)),
    driftReport(sampleAudit(plan)),
  ];
}

function applyText(plan: Plan): string {
  const texts: string[] = [];
  const view = new ApplyText({
    output: { write: (text) => texts.push(text) },
    now: () => 0,
    style: plain.style,
    people: plan.people,
  });
  for (const { change, result } of sampleResult(plan, endings).results.values()) {
    view.onEvent({ type: "change-started", address: change.address, action: change.action });
    view.onEvent({ type: "change-ended", change, result });
    view.onEvent({ type: "notice", text: change.address });
  }
  view.done();
  return texts.join("");
}

function applyJson(plan: Plan): string {
  const texts: string[] = [];
  const view = new ApplyJson({ output: { write: (text) => texts.push(text) }, now: () => new Date(0), plan });
  const result = sampleResult(plan, endings);
  for (const { change, result: ending } of result.results.values())
    view.onEvent({ type: "change-ended", change, result: ending });
  view.finish(result);
  return texts.join("");
}

const texts: Readonly<Record<string, (plan: Plan) => string>> = {
  plan: (plan) => renderPlan(plan, { ...plain, full: false }),
  "plan in full, with calls": (plan) => renderPlan(plan, { ...plain, full: true, calls: describeCall }),
  "apply, as it goes": applyText,
  "apply, at the end": (plan) => renderApplyResult(sampleResult(plan, endings), plain),
  drift: (plan) => renderAudit(sampleAudit(plan), { ...plain, full: false }),
  diagnostics: (plan) => renderDiagnostics(problems(plan), plain),
  markdown: (plan) =>
    getReports(plan)
      .map((report) => reportMarkdown(report))
      .join("\n"),
  junit: (plan) =>
    getReports(plan)
      .map((report) => reportJunit(report, sampleLocations(plan)))
      .join("\n"),
  html: (plan) =>
    getReports(plan)
      .map((report) => reportHtml(report))
      .join("\n"),
};

/** Controls (but not line breaks), separators, direction marks, invisible characters, half characters. */
const acting =
  /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]|\p{Bidi_Control}|(?!\ufe0f|\u200d)\p{Default_Ignorable_Code_Point}|\p{M}{6}/u;

describe.each(Object.entries(texts))("%s", (_name, render) => {
  it.each(plans)("shows no control characters: %s", (_title, plan) => {
    const text = render(plan);
    expect(acting.exec(text)).toBeNull();
    expect(text.split("\n").filter((line) => /^\s*::|##(\[|vso\[)/.test(line))).toEqual([]);
  });

  it("is the same every time", () => {
    expect(render(everything)).toContain("rooms/");
    expect(render(everything)).toBe(render(structuredClone(everything)));
  });
});

describe("colours", () => {
  it.each(plans)("are the only escapes, and are closed within their line: %s", (_title, plan) => {
    const text = [
      renderPlan(plan, { ...coloured, full: false, calls: describeCall }),
      renderApplyResult(sampleResult(plan, endings), coloured),
      renderDiagnostics(problems(plan), coloured),
    ].join("");
    const withoutColours = text
      .split("\u001b[")
      .map((part, at) =>
        at === 0 ? part : part.replace(/^\d+m|^/, (code) => (code === "" ? "\u001b[" : "")),
      )
      .join("");
    expect(acting.exec(withoutColours)).toBeNull();
  });
});

describe.each(plans)("machine formats of %s", (_title, plan) => {
  it("are JSON that round-trips, in ASCII-safe lines", () => {
    const text = JSON.stringify(planToJson(plan, { types: new Map(), applyable: true, diagnostics: [] }));
    const back = JSON.parse(text) as { chatform: { plan: Plan } };
    expect(back.chatform.plan).toEqual(JSON.parse(JSON.stringify(plan)));
    JSON.parse(JSON.stringify(diagnosticsToJson(problems(plan))));
    for (const line of applyJson(plan).trimEnd().split("\n"))
      expect(() => JSON.parse(line) as unknown).not.toThrow();
  });

  it("are well-formed XML", () => {
    for (const report of getReports(plan))
      expect(openElements(reportJunit(report, sampleLocations(plan)))).toEqual([]);
  });

  it("are HTML without elements of untrusted text", () => {
    for (const report of getReports(plan)) {
      const html = reportHtml(report);
      expect(html.match(/<script/g)).toHaveLength(1);
      expect(html).not.toMatch(/<img|javascript:alert\(1\)["']|onerror=["']?alert\(1\)["'\s]*>/);
      expect(html).not.toMatch(/<[^>]*\s(src|href)=(?!"#c\d+">)/);
    }
  });

  it("are Markdown whose fences and folds untrusted text cannot close", () => {
    for (const report of getReports(plan)) {
      const markdown = reportMarkdown(report);
      expect(markdown.length).toBeLessThanOrEqual(65_535);
      const outside = withoutCode(markdown);
      expect(outside.match(/<details(?: open)?>/g)?.length).toBe(outside.match(/<\/details>/g)?.length);
      expect(outside).not.toMatch(/@\w|<(?!\/?(details( open)?|summary|code)>)|https?:|!\[|\]\(/);
    }
  });
});

/** Names of elements that are still open at the end; throws for one that is closed wrongly. */
function openElements(xml: string): readonly string[] {
  const open: string[] = [];
  for (const [, close, name = "", rest = ""] of xml.matchAll(
    /<(\/?)([\w-]+)((?:\s+[\w-]+="[^"<]*")*\s*\/?)>/g,
  )) {
    if (close === "/") expect(open.pop()).toBe(name);
    else if (!rest.endsWith("/")) open.push(name);
  }
  const text = xml.replaceAll(/<[^<>]*>/g, "");
  expect(text).not.toMatch(/[<>]|&(?!(amp|lt|gt|quot|#\d+);)/);
  return open;
}

/** Markdown without its fences, code spans and `<code>`: where text could act. */
function withoutCode(markdown: string): string {
  return markdown
    .replaceAll(/^(`{3,})diff\n[\s\S]*?\n\1$/gm, "")
    .replaceAll(/<code>[^<]*<\/code>/g, "<code></code>")
    .replaceAll(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, "");
}
