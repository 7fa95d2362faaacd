import { describe, expect, it } from "vitest";
import { diagnosticCodes } from "../../../../src/core/diagnostic-codes.js";
import type { Diagnostic } from "../../../../src/core/diagnostic.js";
import { sarif } from "../../../../src/views/diagnostics/sarif.js";
import { sarifErrors } from "../../../helpers/sarif.js";

const options = {
  root: "file:///repo/",
  toUri: (file: string) => file,
  org: {},
  origin: { made: "2026-01-02T03:04:05Z", config: ["chatform.yaml"] },
};
type Part = Readonly<Record<string, unknown>>;
interface Run {
  readonly tool: { readonly driver: { readonly rules: Part[]; readonly notifications: Part[] } };
  readonly invocations: readonly Part[];
  readonly results: readonly Part[];
}

function toRun(...diagnostics: readonly Diagnostic[]): Run {
  const document = JSON.parse(JSON.stringify(sarif(diagnostics, options))) as { readonly runs: Run[] };
  expect(sarifErrors(document)).toEqual([]);
  const [run, ...others] = document.runs;
  expect(others).toEqual([]);
  if (run === undefined) throw new Error("There is no run.");
  return run;
}

const at = (line: number, column: number, offset: number) => ({ line, column, offset });
const unknownKey: Diagnostic = {
  severity: "error",
  code: "unknown-key",
  summary: "Unknown key",
  detail: '"subjct" is not known here.',
  help: 'Did you mean "subject"?',
  range: { file: "chat/rooms.yaml", start: at(4, 5, 31), end: at(4, 11, 37) },
  sourceLine: "    subjct: Lobby",
};

describe("sarif", () => {
  it("is checked against a schema that rejects invalid documents", () => {
    expect(sarifErrors({ version: "2.1.0" })).not.toEqual([]);
    expect(sarifErrors({ version: "2.1.0", runs: [{ tool: { driver: {} } }] })).not.toEqual([]);
  });

  it("has the place of a problem, from 1, with an end behind the last character", () => {
    const { results } = toRun(unknownKey);

    expect(results).toEqual([
      {
        ruleId: "unknown-key",
        ruleIndex: 0,
        level: "error",
        message: { text: '"subjct" is not known here. Did you mean "subject"?' },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: "chat/rooms.yaml", uriBaseId: "%SRCROOT%" },
              region: { startLine: 4, startColumn: 5, endLine: 4, endColumn: 11 },
              contextRegion: { startLine: 4, endLine: 4, snippet: { text: "    subjct: Lobby" } },
            },
          },
        ],
      },
    ]);
  });

  it("has a rule for each code, with its meaning", () => {
    const { tool, results } = toRun(unknownKey, unknownKey, { ...unknownKey, code: "bad-name" });

    expect(tool.driver.rules.map(({ id }) => id)).toEqual(["bad-name", "unknown-key"]);
    expect(results.map(({ ruleIndex }) => ruleIndex)).toEqual([1, 1, 0]);
    expect(tool.driver.rules[1]).toMatchObject({
      shortDescription: { text: "Unknown key" },
      fullDescription: { text: diagnosticCodes["unknown-key"] },
      help: { text: "See unknown-key in docs/diagnostics.md of chatform." },
      defaultConfiguration: { level: "error" },
    });
  });

  it("has problems without a place as notifications", () => {
    const missing = { ...unknownKey, code: "file-not-found" as const };
    delete (missing as { range?: unknown }).range;
    const { results, invocations, tool } = toRun(missing);

    expect(results).toEqual([]);
    expect(invocations[0]).toMatchObject({
      executionSuccessful: false,
      toolConfigurationNotifications: [{ level: "error", descriptor: { id: "file-not-found", index: 0 } }],
    });
    expect(tool.driver.notifications).toMatchObject([{ id: "file-not-found" }]);
  });

  it("has the other places of a problem", () => {
    const related = [
      { range: { file: "a.yaml", start: at(1, 1, 0), end: at(2, 1, 9) }, label: "first declared here" },
    ];
    const { results } = toRun({ ...unknownKey, related });

    expect(results[0]?.["relatedLocations"]).toEqual([
      {
        id: 1,
        message: { text: "first declared here" },
        physicalLocation: {
          artifactLocation: { uri: "a.yaml", uriBaseId: "%SRCROOT%" },
          region: { startLine: 1, startColumn: 1, endLine: 2, endColumn: 1 },
        },
      },
    ]);
  });

  it("gives an absolute URI no base", () => {
    const range = {
      ...(unknownKey.range ?? { start: at(1, 1, 0), end: at(1, 1, 0) }),
      file: "file:///x.yaml",
    };
    const [result] = toRun({ ...unknownKey, range }).results;

    expect(JSON.stringify(result)).toContain('{"uri":"file:///x.yaml"}');
  });

  it("shows braces, links and controls as they are written", () => {
    const detail = "${env:A} [here](1) \u001b[31m";
    const [result] = toRun({ ...unknownKey, detail, help: "x" }).results;

    expect(result?.["message"]).toEqual({ text: "${{env:A}} \\[here\\](1) \\\\u{{1b}}\\[31m x" });
  });

  it("names the commit, the environment and the run", () => {
    const origin = { ...options.origin, repository: "https://git.example.com/chat", commit: "a1b2c3d" };
    const org = { environment: "prod", region: "eu-central-1" };
    const [run] = sarif([], { ...options, org, origin: { ...origin, run: "https://git.example.com/1" } })[
      "runs"
    ] as readonly Part[];

    expect(run).toMatchObject({
      versionControlProvenance: [{ repositoryUri: "https://git.example.com/chat", revisionId: "a1b2c3d" }],
      invocations: [{ endTimeUtc: "2026-01-02T03:04:05Z" }],
      properties: { environment: "prod", region: "eu-central-1", run: "https://git.example.com/1" },
    });
    expect(sarifErrors(sarif([], { ...options, org, origin }))).toEqual([]);
    expect(toRun()).not.toHaveProperty("versionControlProvenance");
  });

  it("is valid without any problem", () => {
    expect(toRun()).toMatchObject({ results: [], invocations: [{ executionSuccessful: true }] });
  });
});
