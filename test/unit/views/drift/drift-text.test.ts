/** Tests that everything that names drift counts the people who leave and enter rooms. */
import { describe, expect, it } from "vitest";
import type { Audit } from "../../../../src/core/drift/audit.js";
import type { Drift, DriftClass } from "../../../../src/core/plan/change.js";
import { auditCounts } from "../../../../src/views/drift/drift-json.js";
import { auditHeadline } from "../../../../src/views/drift/drift-text.js";
import { notificationText, webhookBody } from "../../../../src/views/notifications/notification.js";
import { refreshOnlyText } from "../../../../src/views/plan/plan-summary.js";
import { driftReport } from "../../../../src/views/reports/build-report.js";
import { reportHtml } from "../../../../src/views/reports/html/report-html.js";
import { reportJunit } from "../../../../src/views/reports/report-junit.js";
import { reportMarkdown } from "../../../../src/views/reports/report-markdown.js";
import { sampleAudit, samplePlan } from "../samples.js";

const people = (before: readonly string[], after: readonly string[], name: DriftClass = "drift"): Drift => ({
  ...{ address: "rooms/ops", kind: "rooms/*", class: name, because: [], paths: ["/participants"] },
  ...{ before: { participants: before }, after: { participants: after } },
});
const audit = (drift: readonly Drift[], rest: Partial<Audit> = {}): Audit =>
  sampleAudit(samplePlan([]), { drift, audited: [{ address: "rooms/ops", kind: "rooms/*" }], ...rest });

const two = people(["a", "b", "c"], ["c", "d"]);
const one = people(["a", "c"], ["a", "b"], "membership");

describe("the headline of an audit", () => {
  it.each<[string, Audit, number]>([
    ["Drift: 1 of 1 resource changed outside chatform (2 people removed, 1 added).", audit([two]), 2],
    [
      "Drift: 1 of 1 resource changed outside chatform (1 person added).",
      audit([people(["a"], ["a", "b"])]),
      0,
    ],
    ["Drift: 1 of 1 resource differs from its sources (1 person to remove, 1 to add).", audit([one]), 1],
    [
      "Drift: 1 of 1 resource changed outside chatform (2 people removed, 1 added), 1 differs from its sources (1 person to remove, 1 to add).",
      audit([two, one]),
      3,
    ],
    [
      "Drift: 1 of 1 resource differs from the config (2 people missing, 1 not declared).",
      audit([two], { baseline: "files" }),
      2,
    ],
    ["Drift: 1 of 1 resource changed outside chatform.", audit([{ ...two, after: null }]), 0],
    ["Drift: 1 of 1 resource changed outside chatform.", audit([{ ...two, paths: ["/subject"] }]), 0],
  ])("is %s", (text, found, removed) => {
    expect(auditHeadline(found)).toBe(text);
    expect(auditCounts(found).removedPeople).toBe(removed);
  });

  it("stands in every report and notification", () => {
    const found = audit([two]);
    const report = driftReport(found);
    const where = { declared: new Map<string, never>(), toReportPath: (file: string) => file };
    for (const shown of [
      ...[reportMarkdown(report), reportHtml(report), reportJunit(report, where), notificationText(found)],
      refreshOnlyText({ ...samplePlan([]), drift: [two] }),
    ])
      expect(shown).toContain("(2 people removed, 1 added)");
  });
});

describe("a notification of a repair", () => {
  const repaired = { addresses: ["rooms/ops"], removedPeople: 2, left: [] };
  const facts = { at: new Date("2026-01-31T03:00:00Z"), previous: "drift" } as const;

  it("counts the people whom the repair removed", () => {
    expect(notificationText(audit([]), repaired)).toBe(
      "Repaired: 1 resource (2 people removed).\nNo drift. 1 resource matches the applied values.",
    );
    const body = webhookBody(audit([one]), facts, repaired);
    expect(body).toMatchObject({ removedPeople: 2, counts: { update: 1, removedPeople: 1 } });
  });

  it("says in which environment, and in which run", () => {
    const found = audit([]);
    const body = webhookBody(
      { ...found, org: { ...found.org, environment: "prod" } },
      { ...facts, runUrl: "https://ci.example/1" },
    );
    expect(body).toMatchObject({
      text: "chatform: prod\nNo drift. 1 resource matches the applied values.",
      org: { environment: "prod", region: "eu-central-1" },
      run: "https://ci.example/1",
    });
  });
});
