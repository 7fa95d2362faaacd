import type { Diagnostic, SourceRange } from "../../core/diagnostic.js";
import { needsPerson } from "../../core/drift/left.js";
import { groupBy } from "../../core/multimap.js";
import { plainLine } from "../text/line.js";
import { placeText } from "../text/reasons.js";
import type { FindingList } from "../plan/listed-findings.js";
import type { Report, ReportItem, ReportLeft } from "./report.js";
import type { SourceLocations } from "../source-locations.js";
import { Markup, xml } from "./template.js";

/**
 * Returns a report as JUnit XML: a test case for each resource. A failed change is a failure; in a drift report, drift is; and so is what
 * is left to a person, except changes of the config that wait for an apply. A resource with both fails once. Planned
 * changes are passed tests with their details as output, and unchanged resources are passed tests without output. The case of a
 * declared resource has the file and line of its declaration.
 */
export function reportJunit(report: Report, where: SourceLocations): string {
  const isDrift = report.title === "Drift";
  const name = `chatform ${report.title.toLowerCase()}`;
  // One address may have several failures: of drift and of membership.
  const failures = new Map(
    report.items.filter((item) => isFailure(item, isDrift)).map((item) => [item.address, item]),
  );
  const told = groupBy(
    report.left.filter((one) => needsPerson(one) && failures.has(one.address)),
    ({ address }) => address,
  );
  const left = report.left.filter((one) => !told.get(one.address)?.includes(one));
  const cases = [
    ...report.problems.map((problem) => problemCase(problem, where)),
    ...report.items.map((item) => {
      const place = declarationPlace(where.declared.get(item.address), where);
      const reasons = failures.get(item.address) === item ? (told.get(item.address) ?? []) : [];
      return itemCase(
        item,
        isDrift,
        place,
        reasons.flatMap((one) => leftLines(one, where)),
      );
    }),
    ...left.map((one) => leftCase(one, where)),
    ...report.unchanged.map(({ address, kind }) => {
      const place = declarationPlace(where.declared.get(address), where);
      return xml`    <testcase classname="${kind}" name="${address}"${placeAttributes(place)}/>`;
    }),
  ];
  const needs = left.filter(needsPerson).length;
  const failed =
    report.items.filter((item) => isFailure(item, isDrift)).length + report.problems.length + needs;
  const skipped = report.items.filter(({ status }) => status === "skipped").length + left.length - needs;
  const counts = xml`tests="${cases.length}" failures="${failed}" errors="0" skipped="${skipped}"`;
  const summary = [
    report.headline,
    ...report.nextSteps,
    ...report.findings.flatMap((list) => findingTexts(list, where)),
  ].join("\n");
  return xml`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="${name}" ${counts}>
  <testsuite name="${name}" ${counts}>
    <properties>
${report.facts.map(([fact, value]) => xml`      <property name="${fact}" value="${value}"/>`)}
    </properties>
${cases}
    <system-out>${summary}</system-out>
  </testsuite>
</testsuites>
`.text;
}

/** Returns a list of findings as lines of text. */
function findingTexts(
  { title, help, entries }: FindingList,
  { toReportPath }: SourceLocations,
): readonly string[] {
  return [
    `${title}:`,
    ...entries.map(({ at, place, text }) =>
      place === undefined ? `  ${at}  ${text}` : `  ${placeText(place, toReportPath)}  ${text}`,
    ),
    ...(help === undefined ? [] : [`  ${help}`]),
  ];
}

function isFailure({ status }: ReportItem, isDrift: boolean): boolean {
  return status === "failed" || (isDrift && status === "changed");
}

/** The attributes with the file and line of a declaration; none for a resource that is not declared. */
interface Place {
  readonly file?: string;
  readonly line?: string;
}

function declarationPlace(range: SourceRange | undefined, { toReportPath }: SourceLocations): Place {
  return range === undefined ? {} : { file: toReportPath(range.file), line: String(range.start.line) };
}

function placeAttributes({ file, line }: Place): Markup {
  return file === undefined ? new Markup("") : xml` file="${file}" line="${line ?? ""}"`;
}

function placeLine({ file, line }: Place): readonly string[] {
  return file === undefined ? [] : [`${file}:${line ?? ""}`];
}

/** Returns the case of a problem. Its name holds the address or place: readers of JUnit take cases of the same name as one. */
function problemCase(
  { code, summary, detail, help, address, range, related = [] }: Diagnostic,
  where: SourceLocations,
): Markup {
  const place = declarationPlace(range, where);
  const others = related.map((one) => ({
    ...one,
    at: placeLine(declarationPlace(one.range, where)).join(""),
  }));
  // Problems of several rows have one place in the template.
  const about = address ?? [...placeLine(place), ...others.map(({ at }) => at)].join(", ");
  const name = about === "" ? summary : `${summary}: ${about}`;
  const lines = [...placeLine(place), detail, ...others.map(({ label, at }) => `${label}: ${at}`), help];
  const body = lines.filter((text) => text !== undefined).join("\n");
  const failure = xml`<failure message="${summary}" type="${code}">${body}</failure>`;
  return testCase(code, name, place, failure);
}

/** @param left lines on what is left to a person of the resource */
function itemCase(item: ReportItem, isDrift: boolean, place: Place, left: readonly string[]): Markup {
  const { address, kind, sign, text, reason, lines, problems, findings, status } = item;
  const body = [
    `${sign} ${address} ${text}${reason === undefined ? "" : `  ${reason}`}`,
    ...placeLine(place),
    ...problems,
    ...findings.map((one) => one.text),
    ...lines.map(plainLine),
    ...left,
  ].join("\n");
  const message = problems[0] ?? text;
  const content = isFailure(item, isDrift)
    ? xml`<failure message="${message}" type="${text}">${body}</failure>`
    : status === "skipped"
      ? xml`<skipped message="${message}">${lines.map(plainLine).join("\n")}</skipped>`
      : xml`<system-out>${body}</system-out>`;
  return testCase(kind, address, place, content);
}

/** Returns the case of what is left to a person. Its class is the reason: the resource may have a case of its own. */
function leftCase(left: ReportLeft, where: SourceLocations): Markup {
  const { address, reason, text, help, user } = left;
  const place = leftPlace(left, where);
  const named = user === undefined ? [] : [`user: ${user}`];
  if (!needsPerson(left))
    return testCase(reason, address, place, xml`<skipped message="${text}">${named.join("")}</skipped>`);
  const body = [...named, ...placeLine(place), help].join("\n");
  return testCase(
    reason,
    address,
    place,
    xml`<failure message="${text}" type="left to you">${body}</failure>`,
  );
}

function leftLines(left: ReportLeft, where: SourceLocations): readonly string[] {
  return [`Left to you: ${left.text}`, ...placeLine(leftPlace(left, where)), left.help];
}

function leftPlace({ address, place }: ReportLeft, where: SourceLocations): Place {
  return place === undefined
    ? declarationPlace(where.declared.get(address), where)
    : { file: where.toReportPath(place.file), line: String(place.line) };
}

function testCase(classname: string, name: string, place: Place, content: Markup): Markup {
  return xml`    <testcase classname="${classname}" name="${name}"${placeAttributes(place)}>${content}</testcase>`;
}
