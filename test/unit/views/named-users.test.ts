/** Tests that every view shows the e-mail of a user whom an address names by id. */
import { describe, expect, it, test } from "vitest";
import type { LeftToPerson } from "../../../src/core/drift/left.js";
import type { Drift } from "../../../src/core/plan/change.js";
import type { Plan } from "../../../src/core/plan/plan.js";
import type { ChangeResult } from "../../../src/engine/events.js";
import { ApplyJson } from "../../../src/views/apply/apply-json.js";
import { renderApplyResult } from "../../../src/views/apply/apply-result-text.js";
import { renderAudit } from "../../../src/views/drift/drift-text.js";
import { changeComment, issueText } from "../../../src/views/notifications/issue-text.js";
import { issueMarker } from "../../../src/views/notifications/issue-marker.js";
import { notificationText, webhookBody } from "../../../src/views/notifications/notification.js";
import { moveLines } from "../../../src/views/plan/moves-text.js";
import { renderPlan } from "../../../src/views/plan/plan-text.js";
import { applyReport, driftReport, planReport } from "../../../src/views/reports/build-report.js";
import { reportHtml } from "../../../src/views/reports/html/report-html.js";
import { reportJunit } from "../../../src/views/reports/report-junit.js";
import { reportMarkdown } from "../../../src/views/reports/report-markdown.js";
import { lineText } from "../../../src/views/text/line.js";
import { styles } from "../../../src/views/text/terminal.js";
import { sampleAudit, sampleChange, sampleLocations, samplePlan, sampleResult } from "./samples.js";

const id = "11111111-1111-4111-8111-111111111111";
const email = "jane.doe@example.com";
const address = `users/${id}/settings`;
const plain = { style: styles(false), width: 500, full: false };

const values = { before: { muted: false }, after: { muted: true } };
const change = sampleChange({
  ...{ address, action: "update", kind: "users/*/settings", ...values },
  attributes: [{ path: "/muted", cause: "config", before: false, after: true }],
});
const plan = samplePlan([change], { people: { [id]: email } });
const drift: Drift = {
  ...{ address, kind: "users/*/settings", class: "drift", because: [], paths: ["/muted"] },
  ...values,
};
const audit = sampleAudit({ ...plan, drift: [drift] });
const leftTo = (reason: LeftToPerson["reason"]): LeftToPerson => ({
  ...{ address, reason, paths: [], text: "needs somebody" },
});
const leaving = (reason: LeftToPerson["reason"]) => sampleAudit(plan, { left: [leftTo(reason)] });
const where = sampleLocations(plan);
const failed: ChangeResult = { status: "interrupted", accepted: [], cutOff: true };

it.each([
  ["a plan", renderPlan(plan, plain)],
  ["drift", renderAudit(audit, plain)],
  ["what drift leaves to a person", renderAudit(leaving("missing"), plain)],
  ["what waits for an apply", renderAudit(sampleAudit(plan, { pending: [address] }), plain)],
  ["a result", renderApplyResult(sampleResult(plan, [failed]), { ...plain, people: plan.people })],
  ["a notification", notificationText(audit)],
  ["a notification of what is left", notificationText(leaving("missing"))],
])("the text of %s", (_what, text) => {
  expect(text).toContain(email);
});

test("the text of a webhook", () => {
  const { text } = webhookBody(audit, { at: new Date(0), previous: "in-sync" });
  expect(text).toContain(`- ${address} (${email}): muted`);
});

describe.each([
  ["a plan", planReport(plan, [])],
  ["an apply", applyReport(plan, sampleResult(plan, [failed]))],
  ["drift", driftReport(audit)],
  ["what drift leaves to a person", driftReport(leaving("missing"))],
  [
    "a repair that leaves something that an apply changes",
    planReport(plan, [], { audit: leaving("pending") }),
  ],
])("the report of %s", (_what, report) => {
  it.each([
    ["markdown", reportMarkdown(report)],
    ["HTML", reportHtml(report)],
    ["JUnit", reportJunit(report, where)],
  ])("in %s", (_format, text) => {
    expect(text).toContain(email);
  });
});

test("the titles of groups in reports, where their details are folded or left out", () => {
  const report = planReport(plan, []);
  expect(reportMarkdown(report)).toContain(
    `<summary><code>users/${id}</code> <code>${email}</code>: will be`,
  );
  const many = Array.from({ length: 60 }, (_none, at) => ({ ...change, address: `${address}${String(at)}` }));
  const cut = reportMarkdown(planReport({ ...plan, changes: many }, []), { limit: 2500 });
  expect(cut).toContain(`- \`users/${id}\` \`${email}\`: 60 will be updated (details omitted)`);
  expect(reportHtml(report)).toMatch(
    new RegExp(`<h2><code>users/${id}</code></h2>\\s*<code>${email}</code>`),
  );
});

test("a case of JUnit that waits for the next apply only", () => {
  const report = driftReport({ ...audit, drift: [] });
  const [left] = planReport(plan, [], { audit: leaving("pending") }).left;
  const text = reportJunit({ ...report, left: left === undefined ? [] : [left] }, where);
  expect(text).toContain(`<skipped message="needs somebody">user: ${email}</skipped>`);
});

test("an issue about drift, and its comments", () => {
  expect(issueText(driftReport(audit), 100)).toContain(email);
  const marker = issueMarker("key", audit);
  const comment = changeComment({ ...marker, entries: {} }, marker, audit, {});
  expect(comment).toContain(`- \`${address}\` \`${email}\` (new): muted`);
});

test("the messages in the JSON of an apply, whose addresses stay as they are", () => {
  let text = "";
  const output = { write: (line: string) => (text += line) };
  const json = new ApplyJson({ output, now: () => new Date(0), plan });
  json.onEvent({ type: "change-started", address, action: "update" });
  json.onEvent({ type: "change-ended", change, result: failed });
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const messages = lines.map((line) => line["@message"]).filter((one) => String(one).includes(address));
  expect(messages).toEqual([
    `${address} (${email}): plan to update`,
    `${address} (${email}): update starts`,
    expect.stringContaining(`${address} (${email}): `),
  ]);
  expect(lines.at(1)).toMatchObject({ change: { resource: { addr: address } } });
});

test("renamed addresses", () => {
  const moved: Plan["findings"] = [
    { type: "moved", moves: [{ from: `users/${id}/messages/a`, to: `users/${id}/messages/b` }] },
  ];
  expect(moveLines({ ...plan, findings: moved }, false).map(lineText)).toEqual([
    `# users/${id}/messages/a (${email}) has moved to users/${id}/messages/b`,
  ]);
  const report = planReport({ ...samplePlan([], { people: plan.people }), findings: moved }, []);
  expect(reportJunit(report, where)).toContain(`user: ${email}`);
});
