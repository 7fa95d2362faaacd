import { Secrets } from "../../../../src/cli/masking/secrets.js";
import { describe, expect, it } from "vitest";
import { getFailure, readJunit } from "../../../helpers/junit.js";
import { reportHtml } from "../../../../src/views/reports/html/report-html.js";
import { reportJunit } from "../../../../src/views/reports/report-junit.js";
import { prose, reportMarkdown } from "../../../../src/views/reports/report-markdown.js";
import { withOrigin } from "../../../../src/views/reports/report-origin.js";
import { applyReport, driftReport, planReport } from "../../../../src/views/reports/build-report.js";
import {
  sampleAudit,
  sampleChange,
  endings,
  everything,
  hostile,
  samplePlan,
  planWith,
  sampleResult,
  sampleLocations,
} from "../samples.js";

const protectedProblem = {
  severity: "error",
  code: "protected",
  summary: "Protected",
  detail: "The plan would remove this room.",
  address: "rooms/lobby",
} as const;

const nowhere = { declared: new Map(), toReportPath: (file: string) => file };

/** A plan that changes so many rooms, with texts that long. */
function large(rooms: number, size: number) {
  return samplePlan(
    Array.from({ length: rooms }, (_, at) =>
      sampleChange({
        address: `rooms/r${String(at).padStart(5, "0")}`,
        action: "update",
        attributes: Array.from({ length: size }, (_none, n) => ({
          path: `/a${n}`,
          cause: "config" as const,
          before: "before",
          after: "after",
        })),
      }),
    ),
  );
}

describe("planReport of a refresh-only plan", () => {
  const options = { ...everything.options, mode: "refresh-only" } as const;

  it("has changes though there is no call", () => {
    const { verdict, headline } = planReport({ ...samplePlan([]), drift: everything.drift, options }, []);
    expect(everything.drift.length).toBeGreaterThan(0);
    expect(verdict).toBe("changes");
    expect(headline).toContain(`${everything.drift.length} resource`);
  });

  it("is ok without drift", () => {
    expect(planReport({ ...samplePlan([]), drift: [], options }, []).verdict).toBe("ok");
  });
});

describe("a report that stands alone", () => {
  const origin = {
    made: "2026-01-02T03:04:05Z",
    config: ["chat/chatform.yaml"],
    commit: "a1b2c3d",
    run: "https://git.example.com/gitlab/acme/chat/-/jobs/42",
  };
  const plan = { ...everything, org: { ...everything.org, environment: "prod" } };
  const report = withOrigin(planReport(plan, []), origin);
  const facts = [
    ["Environment", "prod"],
    ["Region", "eu-central-1 (api.mypurecloud.de)"],
    ["Config", "chat/chatform.yaml"],
    ["Commit", "a1b2c3d"],
    ["Run", origin.run],
  ] as const;

  it("names the environment first, and says what it was made from, in every format", () => {
    const [text, page, xml] = [reportMarkdown(report), reportHtml(report), reportJunit(report, nowhere)];
    expect(text).toMatch(/^## 📝 chatform in prod: Plan: 2 to create, 2 to update \(1 person removed\)/);
    expect(page).toContain("<p>chatform plan in prod</p>");
    for (const [name, value] of facts) {
      const inMarkdown = { Run: `<${value}>`, Config: `\`${value}\``, Commit: `\`${value}\`` };
      expect(text).toContain(`\n${name}: ${name in inMarkdown ? inMarkdown[name as "Run"] : value}`);
      expect(page).toContain(`<dt>${name}</dt>`);
      expect(xml).toContain(`<property name="${name}" value="${value}"/>`);
    }
    expect(page).toContain(`<a href="${origin.run}">${origin.run}</a>`);
  });

  it("says what to do about drift, about data that an apply would destroy, and after a failure", () => {
    const repeatOptions = (text: string) => text.replace("repair", "repair --env prod");
    const drift = driftReport(sampleAudit(plan), { repeatOptions });
    const step = "To restore the reviewed values: chatform repair --env prod";
    for (const shown of [reportMarkdown(drift), reportHtml(drift), reportJunit(drift, nowhere)])
      expect(shown.replaceAll("`", "")).toContain(step);
    const one = { address: "rooms/a", reason: "missing", paths: [], text: "no longer exists" } as const;
    const withEnv = (text: string) => text.replaceAll(/chatform (\w+)/g, "chatform $1 --env prod");
    const audit = { ...sampleAudit(plan), left: [one] };
    for (const [made, command] of [
      [driftReport(audit, { repeatOptions: withEnv }), "`chatform state --env prod forget rooms/a`"],
      [
        planReport(plan, [{ ...protectedProblem, help: "To see: chatform plan" }], {
          repeatOptions: withEnv,
        }),
        "`chatform plan --env prod`",
      ],
      [
        applyReport(plan, sampleResult(plan, endings), { audit, repeatOptions: withEnv }),
        "`chatform state --env prod forget rooms/a`",
      ],
    ] as const)
      expect(reportMarkdown(made)).toContain(command);
    const failed = applyReport(plan, sampleResult(plan, endings));
    expect(
      [reportMarkdown(report), reportMarkdown(failed)].map((text) => text.includes("--allow-data-loss")),
    ).toEqual([true, false]);
    expect(reportHtml(failed)).toContain("Run the command again to continue.");
  });
});

describe("reportMarkdown", () => {
  it("matches the golden file", async () => {
    await expect(reportMarkdown(planReport(everything, [protectedProblem]))).toMatchFileSnapshot(
      "golden/plan.md",
    );
    await expect(
      reportMarkdown(applyReport(everything, sampleResult(everything, endings))),
    ).toMatchFileSnapshot("golden/apply.md");
    await expect(reportMarkdown(driftReport(sampleAudit(everything)))).toMatchFileSnapshot("golden/drift.md");
  });

  it.each([
    ["1 to forget (2 people removed).", "1 to forget (2 people removed)."],
    ["kept: eve@example.com, and (@sam).", "kept: `eve@example.com`, and (`@sam`)."],
    [
      "To restore: chatform repair --env prod. Or: change it",
      "To restore: `chatform repair --env prod`. Or: change it",
    ],
    ["Find it: chatform import rooms/maybe JID.", "Find it: `chatform import rooms/maybe JID`."],
    ["To allow this: --allow-data-loss", "To allow this: `--allow-data-loss`"],
    ["it said: chatform keeps `that`", "it said: `` chatform keeps `that` ``"],
    ["see  [a](b) #1  and that", "see  `[a](b) #1`  and that"],
    ["1. begins a list", "`1`. begins a list"],
    ["- begins a list", "`-` begins a list"],
    ["---", "`---`"],
    ["``` and `", "```` ``` ```` and `` ` ``"],
    ["", ""],
  ])("writes %j as %j", (text, markdown) => {
    expect(prose(text)).toBe(markdown);
  });

  it("hides a secret that it would cut in parts", () => {
    const secrets = new Secrets(["my pass@word, (at) home."]);
    const text = "The value is my pass@word, (at) home.";
    const report = {
      ...planReport(everything, [{ ...protectedProblem, summary: text, detail: text, help: text }]),
      ...{ headline: text, environment: text, nextSteps: [text], facts: [["Org", text]] as const },
      items: planReport(everything, []).items.map((item) => ({
        ...item,
        status: "failed" as const,
        problems: [text],
      })),
      left: [{ address: "rooms/a", reason: "missing", paths: [], text, help: text } as const],
      findings: [
        {
          code: "departed-user",
          severity: "note",
          title: text,
          help: text,
          entries: [{ at: "a", text }],
        } as const,
      ],
    };
    const written = reportMarkdown(report, { mask: (one) => secrets.mask(one) });
    expect(secrets.mask(written)).not.toMatch(/my|home/);
    expect(written.match(/\*\*\*/g)?.length).toBeGreaterThan(12);
  });

  it("unfolds the details of a small report only", () => {
    const folds = (rooms: number, size: number): readonly string[] =>
      reportMarkdown(planReport(large(rooms, size), [])).match(/<details[^>]*>/g) ?? [];
    expect(folds(2, 1)).toEqual(["<details open>", "<details open>"]);
    expect(new Set([...folds(11, 1), ...folds(1, 1000)])).toEqual(new Set(["<details>"]));
  });

  it("shows counts first, then destroyed data, then the details", () => {
    const text = reportMarkdown(planReport(everything, []));
    const [counts, loss, details] = ["2 to create", "Data is destroyed", "<details>"].map((part) =>
      text.indexOf(part),
    );
    expect(counts).toBeGreaterThan(0);
    expect(loss).toBeGreaterThan(counts ?? 0);
    expect(details).toBeGreaterThan(loss ?? 0);
  });

  it.each([
    [5000, 1],
    [20, 2000],
    [1, 20_000],
  ])("counts the resources that did not fit: %i rooms, %i attributes each", (rooms, size) => {
    const report = planReport(large(rooms, size), []);
    const text = reportMarkdown(report);
    expect(text.length).toBeLessThanOrEqual(65_535);
    const [, cut = "0"] = /\*\*Truncated:\*\* ([\d,]+) more/.exec(text) ?? [];
    const shown = new Set(text.match(/rooms\/r\d{5}/g)).size;
    expect(shown + Number(cut.replaceAll(",", ""))).toBe(rooms);
    expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length);
  });

  it("counts the losses and problems that would fill the comment", () => {
    const long = "It says much about it. ".repeat(40);
    const remarks = [{ code: "shorter-retention", severity: "data-loss", text: long } as const];
    const losing = large(200, 1).changes.map((change) => sampleChange({ ...change, remarks }));
    const problems = Array.from({ length: 200 }, () => ({ ...protectedProblem, detail: long }));
    const text = reportMarkdown(planReport(samplePlan(losing), problems));
    expect(text.length).toBeLessThanOrEqual(65_535);
    const listed = text.match(/^> - `?(rooms|Protected)/gm)?.length ?? 0;
    const more = [...text.matchAll(/^> - and (\d+) more$/gm)].map(([, number]) => Number(number));
    expect(more).toHaveLength(2);
    expect(listed + (more[0] ?? 0) + (more[1] ?? 0)).toBe(400);
  });

  it("keeps the limit with many long notices", () => {
    const entries = Array.from({ length: 50 }, (_, at) => ({ at: `rooms/r${at}`, text: "@".repeat(900) }));
    const list = { code: "departed-user", severity: "warning", title: "Departed users", entries } as const;
    const report = { ...planReport(everything, []), findings: Array<typeof list>(8).fill(list) };
    expect(reportMarkdown(report).length).toBeLessThanOrEqual(65_535);
  });

  it("keeps a limit that is too small for any group", () => {
    expect(reportMarkdown(planReport(large(3, 1), []), { limit: 600 })).toContain(
      "**Truncated:** 3 more resources of 3",
    );
  });
});

describe("reportJunit", () => {
  it("has failures for failed changes, and skipped tests for skipped changes", () => {
    const xml = reportJunit(applyReport(everything, sampleResult(everything, endings)), nowhere);
    expect(xml).toContain('tests="9" failures="3" errors="0" skipped="4"');
    expect(xml.match(/<failure /g)).toHaveLength(3);
    expect(xml.match(/<skipped /g)).toHaveLength(4);
  });

  it("fails for drift, not for planned changes", () => {
    expect(reportJunit(driftReport(sampleAudit(everything)), nowhere)).toContain('tests="10" failures="2"');
    expect(reportJunit(planReport(everything, []), nowhere)).toContain('failures="0"');
    expect(reportJunit(planReport(everything, [protectedProblem]), nowhere)).toContain('failures="1"');
  });
});

describe("what is left to a person, in reportJunit", () => {
  const left = (address: string, reason: "conflict" | "missing") => ({
    ...{ address, reason, paths: [], text: `${reason} of ${address}` },
  });

  const audit = {
    ...sampleAudit(everything),
    left: [left("rooms/lobby", "conflict"), left("rooms/lost", "missing"), left("rooms/other", "conflict")],
  };

  it("fails the case of a resource that drifted, and no second one", async () => {
    const xml = reportJunit(driftReport(audit), nowhere);
    const { cases } = await readJunit(xml);
    const failed = cases.filter((one) => getFailure(one) !== undefined);
    expect(failed.map(({ name }) => name)).toEqual(["rooms/lobby", "rooms/lost", "rooms/other"]);
    expect(failed.slice(0, 2).map((one) => /Left to you: (.*)\n./.exec(getFailure(one) ?? "")?.[1])).toEqual([
      "conflict of rooms/lobby",
      "missing of rooms/lost",
    ]);
    expect(xml).toContain('tests="11" failures="3" errors="0" skipped="1"');
  });
});

describe("places in reportJunit", () => {
  it("tell the problems of a template's rows apart", async () => {
    const range = (file: string, line: number) => {
      const at = { line, column: 1, offset: 0 };
      return { file, start: at, end: at };
    };
    const problems = [2, 3].map((line) => ({
      ...({
        severity: "error",
        code: "bad-for-each",
        summary: "S",
        detail: "D",
        range: range("a.yaml", 4),
      } as const),
      related: [{ range: range("rooms.csv", line), label: "in this row" }],
    }));
    const { cases } = await readJunit(reportJunit(planReport(samplePlan([]), problems), nowhere));
    expect(cases.map(({ name }) => name)).toEqual(["S: a.yaml:4, rooms.csv:2", "S: a.yaml:4, rooms.csv:3"]);
    expect(getFailure(cases[0]!)).toContain("in this row: rooms.csv:2");
  });

  const where = sampleLocations(everything);

  it("are those of the declared resources, in the text of a failure too", async () => {
    const { cases } = await readJunit(reportJunit(driftReport(sampleAudit(everything)), where));
    const lobby = cases.find(({ name }) => name === "rooms/lobby");
    expect(lobby).toMatchObject({
      file: "chat/rooms.yaml",
      line: where.declared.get("rooms/lobby")?.start.line,
    });
    expect(getFailure(lobby ?? {})?.split("\n")[1]).toBe(`chat/rooms.yaml:${lobby?.line ?? "none"}`);
  });

  it("are missing for resources that are not declared", async () => {
    const { cases } = await readJunit(reportJunit(driftReport(sampleAudit(everything)), where));
    const lost = cases.find(({ name }) => name === "rooms/lost");
    expect(lost).not.toHaveProperty("file");
    expect(lost).not.toHaveProperty("line");
    expect(getFailure(lost ?? {})).toContain("no longer exists");
  });

  it("are those of problems, and tell problems apart", async () => {
    const at = (line: number) => ({ line, column: 1, offset: 0 });
    const problems = [3, 4].map((line) => ({
      severity: "error" as const,
      code: "unknown-key" as const,
      summary: "Unknown key",
      range: { file: "a.yaml", start: at(line), end: at(line) },
    }));
    const { cases } = await readJunit(reportJunit(planReport(samplePlan([]), problems), where));
    expect(cases).toMatchObject([
      { classname: "unknown-key", name: "Unknown key: chat/a.yaml:3", file: "chat/a.yaml", line: 3 },
      { classname: "unknown-key", name: "Unknown key: chat/a.yaml:4", file: "chat/a.yaml", line: 4 },
    ]);
  });

  it("survive hostile text", async () => {
    for (const text of hostile) {
      const plan = planWith(text);
      const { cases } = await readJunit(reportJunit(planReport(plan, []), sampleLocations(plan)));
      expect(cases).toHaveLength(3);
      expect(cases.flatMap(({ line }) => line ?? [])).toEqual([3, 3]);
    }
  });
});

describe("reportHtml", () => {
  const html = reportHtml(planReport(everything, [protectedProblem]));

  it("is one file that loads nothing", () => {
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).not.toMatch(/https?:\/\//);
    expect(html).toContain("default-src 'none'");
  });

  it("opens all rooms of a small report", () => {
    expect(html.match(/<details class="group" open>/g)).toHaveLength(6);
  });

  it("folds the rooms of a large report, and opens what needs attention", () => {
    const report = planReport(everything, []);
    const [item] = report.items;
    const many = Array.from({ length: 30 }, (_, at) => ({
      ...item!,
      address: `rooms/many-${at}`,
      findings: [],
    }));
    const page = reportHtml({ ...report, items: [...report.items, ...many] });
    expect(page).toMatch(
      /<details class="group" open>\s*<summary>\s*<span[^>]*>~<\/span>\s*<h2><code>settings<\/code>/,
    );
    expect(page).toMatch(
      /<details class="group" >\s*<summary>\s*<span[^>]*>x<\/span>\s*<h2><code>rooms\/gone<\/code>/,
    );
  });

  it("can be searched if it has items", () => {
    expect(html).toContain('<input id="search"');
    expect(reportHtml(planReport(samplePlan([]), []))).not.toContain("<input");
  });
});
