import type { Diagnostic, SourceRange } from "../../core/diagnostic.js";
import { escapeMarkup } from "./markup.js";
import type { Report, ReportItem } from "./report.js";
import type { SourceLocations } from "../source-locations.js";

/**
 * A report as JUnit XML: a test case for each resource. What failed is a failure, and so is what was changed outside:
 * a drift report fails where there is drift. Planned changes are passed tests with their details as output,
 * and so is, without any, what is as it should be. A case says where the files declare what it is about, if they do.
 */
export function reportJunit(report: Report, where: SourceLocations): string {
  const isDrift = report.title === "Drift";
  const name = escapeMarkup(`chatform ${report.title.toLowerCase()}`);
  const cases = [
    ...report.problems.map((problem) => problemCase(problem, where)),
    ...report.items.map((item) => itemCase(item, isDrift, placeOf(where.declared.get(item.address), where))),
    ...report.unchanged.map(({ address, kind }) => {
      const place = placeOf(where.declared.get(address), where);
      return element("testcase", { classname: kind, name: address, ...place }, []);
    }),
  ];
  const failed = report.items.filter((item) => isFailure(item, isDrift)).length + report.problems.length;
  const skipped = report.items.filter(({ status }) => status === "skipped").length;
  const counts = `tests="${cases.length}" failures="${failed}" errors="0" skipped="${skipped}"`;
  const summary = [report.headline, ...report.facts.map(([fact, value]) => `${fact}: ${value}`)].join("\n");
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${name}" ${counts}>`,
    `  <testsuite name="${name}" ${counts}>`,
    ...cases.map((one) => `    ${one}`),
    `    ${element("system-out", {}, [escapeMarkup(summary)])}`,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function isFailure({ status }: ReportItem, isDrift: boolean): boolean {
  return status === "failed" || (isDrift && status === "changed");
}

/** The attributes that say where; none where it stands in no file. */
interface Place {
  readonly file?: string;
  readonly line?: string;
}

function placeOf(range: SourceRange | undefined, { pathOf }: SourceLocations): Place {
  return range === undefined ? {} : { file: pathOf(range.file), line: String(range.start.line) };
}

function placeLine({ file, line }: Place): readonly string[] {
  return file === undefined ? [] : [`${file}:${line ?? ""}`];
}

/** Problems of one code are told apart by what they are about: who counts cases takes those of one name for one. */
function problemCase(
  { code, summary, detail, help, address, range }: Diagnostic,
  where: SourceLocations,
): string {
  const place = placeOf(range, where);
  const about = address ?? placeLine(place)[0];
  const name = about === undefined ? summary : `${summary}: ${about}`;
  const body = [...placeLine(place), ...[detail, help].filter((text) => text !== undefined)].join("\n");
  return element("testcase", { classname: code, name, ...place }, [
    element("failure", { message: summary, type: code }, [escapeMarkup(body)]),
  ]);
}

function itemCase(item: ReportItem, isDrift: boolean, place: Place): string {
  const { address, kind, symbol, text, lines, problems, remarks, status } = item;
  const body = escapeMarkup(
    [
      `${symbol} ${address} ${text}`,
      ...placeLine(place),
      ...problems,
      ...remarks.map((one) => one.text),
      ...lines.map((line) => line.text),
    ].join("\n"),
  );
  const content = isFailure(item, isDrift)
    ? element("failure", { message: problems[0] ?? text, type: text }, [body])
    : status === "skipped"
      ? element("skipped", { message: problems[0] ?? text }, [])
      : element("system-out", {}, [body]);
  return element("testcase", { classname: kind, name: address, ...place }, [content]);
}

function element(
  name: string,
  attributes: Readonly<Record<string, string>>,
  content: readonly string[],
): string {
  const list = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escapeMarkup(value).replaceAll("\n", "&#10;")}"`)
    .join("");
  return content.length === 0 ? `<${name}${list}/>` : `<${name}${list}>${content.join("")}</${name}>`;
}
