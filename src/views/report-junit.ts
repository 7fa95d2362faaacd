import { escapeMarkup } from "./markup.js";
import type { Report, ReportItem } from "./report.js";

/**
 * A report as JUnit XML: a test case for each resource. What failed is a failure, and so is what was changed outside:
 * a drift report fails where there is drift. Planned changes are passed tests with their details as output,
 * and so is, without any, what is as it should be.
 */
export function reportJunit(report: Report): string {
  const isDrift = report.title === "Drift";
  const name = escapeMarkup(`chatform ${report.title.toLowerCase()}`);
  const cases = [
    ...report.problems.map(({ code, summary, detail, help }) =>
      element("testcase", { classname: "problem", name: code }, [
        element("failure", { message: summary, type: code }, [
          escapeMarkup([detail, help].filter(Boolean).join(" ")),
        ]),
      ]),
    ),
    ...report.items.map((item) => testCase(item, isDrift)),
    ...report.unchanged.map(({ address, kind }) =>
      element("testcase", { classname: kind, name: address }, []),
    ),
  ];
  const failed = report.items.filter((item) => isFailure(item, isDrift)).length + report.problems.length;
  const skipped = report.items.filter(({ status }) => status === "skipped").length;
  const counts = `tests="${cases.length}" failures="${failed}" errors="0" skipped="${skipped}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${name}" ${counts}>`,
    `  <testsuite name="${name}" ${counts}>`,
    ...cases.map((one) => `    ${one}`),
    `    ${element("system-out", {}, [escapeMarkup(report.headline)])}`,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function isFailure({ status }: ReportItem, isDrift: boolean): boolean {
  return status === "failed" || (isDrift && status === "changed");
}

function testCase(item: ReportItem, isDrift: boolean): string {
  const { address, kind, symbol, text, lines, problems, remarks, status } = item;
  const body = escapeMarkup(
    [`${symbol} ${address} ${text}`, ...problems, ...remarks.map((one) => one.text), ...lines].join("\n"),
  );
  const content = isFailure(item, isDrift)
    ? element("failure", { message: problems[0] ?? text, type: text }, [body])
    : status === "skipped"
      ? element("skipped", { message: problems[0] ?? text }, [])
      : element("system-out", {}, [body]);
  return element("testcase", { classname: kind, name: address }, [content]);
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
