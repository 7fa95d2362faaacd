import { expect, it } from "vitest";
import type { Report } from "../../../../src/views/reports/report.js";
import { groupItems } from "../../../../src/views/reports/report.js";
import { joinReports } from "../../../../src/views/reports/join-reports.js";

const report = (verdict: Report["verdict"], headline: string): Report => ({
  title: "Plan",
  verdict,
  headline,
  nextSteps: ["To restore the reviewed values: chatform repair"],
  facts: [
    ["Environment", "any"],
    ["Org", "Example"],
  ],
  items: [
    {
      address: "rooms/lobby",
      kind: "rooms/*",
      sign: "+",
      text: "will be created",
      status: "changed",
      lines: [],
      destroys: false,
      findings: [],
      problems: [],
    },
  ],
  unchanged: [{ address: "rooms/ops", kind: "rooms/*" }],
  problemsTitle: "Errors",
  problems: [{ severity: "error", code: "too-many-deletions", summary: "Too much", address: "rooms/lobby" }],
  left: [
    {
      address: "rooms/b",
      reason: "missing",
      paths: [],
      text: "no longer exists",
      help: "state forget rooms/b",
    },
  ],
  findings: [{ title: "Departed users", entries: [] } as unknown as Report["findings"][number]],
});

it("names the environment of everything, and takes the worst verdict", () => {
  const joined = joinReports("Plan", [
    { name: "prod", report: report("changes", "Plan: 1 to create.") },
    { name: "test", report: report("failed", "Plan: 1 error.") },
  ]);

  expect(joined).toMatchObject({
    title: "Plan",
    verdict: "failed",
    headline: "prod: Plan: 1 to create. test: Plan: 1 error.",
    facts: [
      ["Org (prod)", "Example"],
      ["Org (test)", "Example"],
    ],
    unchanged: [{ address: "prod: rooms/ops" }, { address: "test: rooms/ops" }],
    left: [
      { address: "prod: rooms/b", help: "state forget rooms/b" },
      { address: "test: rooms/b", help: "state forget rooms/b" },
    ],
    problems: [
      { summary: "prod: Too much", address: "prod: rooms/lobby" },
      { summary: "test: Too much", address: "test: rooms/lobby" },
    ],
  });
  expect(joined.findings.map(({ title }) => title)).toEqual(["prod: Departed users", "test: Departed users"]);
  expect(groupItems(joined.items).map(({ name }) => name)).toEqual([
    "prod: rooms/lobby",
    "test: rooms/lobby",
  ]);
});

it("is fine where all parts are", () => {
  expect(joinReports("Drift", [{ name: "prod", report: report("ok", "No drift.") }]).verdict).toBe("ok");
  expect(joinReports("Drift", [])).toMatchObject({ verdict: "ok", items: [] });
});
