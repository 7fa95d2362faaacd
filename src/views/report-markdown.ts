import type { Diagnostic } from "../core/diagnostic.js";
import { escapeMarkup } from "./markup.js";
import type { Report, ReportGroup, ReportItem } from "./report.js";
import { alarmsOf, countsOf, groupsOf } from "./report.js";
import { count, safeLine } from "./terminal.js";

/** The most that a comment on GitHub may hold, in characters. GitLab's limit is higher. */
const maxLength = 65_535;

/** Alarms and problems that are listed before the rest is counted. */
const maxListed = 50;

/** Kept free for the note of what was cut. */
const reserve = 400;

const icons = { ok: "✅", changes: "📝", failed: "❌" } as const;

/**
 * A report for a comment on a pull request: what it comes to, what is destroyed, then the details, folded. Text of
 * others can't act: it stands in code, or is escaped.
 *
 * @param limit in characters; what does not fit is counted at the end
 */
export function reportMarkdown(report: Report, limit = maxLength): string {
  const head = [
    `## ${icons[report.verdict]} chatform: ${prose(report.headline)}`,
    ...problemLines(report.problems),
    ...alarmLines(report),
    ...(report.facts.length === 0 ? [] : [facts(report)]),
  ].join("\n\n");
  const groups = groupsOf(report.items);
  let text = `${head}\n`;
  let left = report.items.length;
  for (const group of groups) {
    const part = fitting(group, limit - reserve - text.length);
    if (part === undefined) break;
    text += `\n${part}\n`;
    left -= group.items.length;
  }
  if (left === 0) return text;
  const rest = `${count(left, "more resource")} of ${report.items.length.toLocaleString("en-US")}`;
  return `${text}\n**Cut here:** ${rest} would not fit. The text, JSON and HTML reports hold all.\n`;
}

/** The most of a group that fits; undefined: nothing does. */
function fitting(group: ReportGroup, room: number): string | undefined {
  return [details(group), outline(group)].find((part) => part.length <= room);
}

function problemLines(problems: readonly Diagnostic[]): readonly string[] {
  if (problems.length === 0) return [];
  const lines = problems.slice(0, maxListed).map(({ summary, detail, help, address, range }) => {
    const place = range === undefined ? address : `${range.file}:${range.start.line}:${range.start.column}`;
    const at = place === undefined ? "" : ` at ${code(place)}`;
    return `> - ${prose(summary)}${at}: ${prose([detail, help].filter(Boolean).join(" "))}`;
  });
  return [["> [!CAUTION]", "> It can't be applied:", ">", ...lines, ...moreLine(problems.length)].join("\n")];
}

function alarmLines(report: Report): readonly string[] {
  const alarms = alarmsOf(report);
  if (alarms.length === 0) return [];
  const lines = alarms
    .slice(0, maxListed)
    .map(({ address, remark }) => `> - ${code(address)}: ${prose(remark.text)}`);
  return [
    ["> [!WARNING]", "> **Data is destroyed for good:**", ">", ...lines, ...moreLine(alarms.length)].join(
      "\n",
    ),
  ];
}

function moreLine(length: number): readonly string[] {
  return length <= maxListed ? [] : [`> - and ${count(length - maxListed, "more", "more")}`];
}

function facts({ facts: entries }: Report): string {
  return entries.map(([name, value]) => `${prose(name)}: ${code(value)}`).join("  \n");
}

function details(group: ReportGroup): string {
  return [
    `<details><summary><code>${escapeMarkup(group.name)}</code>: ${escapeMarkup(countsOf(group.items))}</summary>`,
    "",
    fenced(group.items.flatMap(itemLines)),
    "",
    "</details>",
  ].join("\n");
}

function outline(group: ReportGroup): string {
  return `- ${code(group.name)}: ${prose(countsOf(group.items))} (details cut)`;
}

function itemLines({ address, symbol, text, lines, remarks, problems }: ReportItem): readonly string[] {
  return [
    `${symbol} ${safeLine(address)} ${text}`,
    ...lines.map((line) => `    ${line}`).map(diffMark),
    ...problems.map((problem) => `! ${safeLine(problem)}`),
    ...remarks.map(({ severity, text: remark }) => `! ${severity}: ${safeLine(remark)}`),
  ];
}

/** GitHub colours lines of a difference by their first character: the mark moves there, and ~ becomes !. */
function diffMark(line: string): string {
  const [, indent = "", mark = ""] = /^(\s+)([+~-]) /.exec(line) ?? [];
  if (mark === "") return line;
  return `${mark === "~" ? "!" : mark}${indent.slice(1)}  ${line.slice(indent.length + 2)}`;
}

/** Lines in a fence that none of them can close. */
function fenced(lines: readonly string[]): string {
  const text = lines.join("\n");
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}diff\n${text}\n${fence}`;
}

/** Text as code within a line: longer marks than any within it. */
function code(text: string): string {
  const line = safeLine(text, 500);
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const mark = "`".repeat(longest + 1);
  const space = longest > 0 || line === "" ? " " : "";
  return `${mark}${space}${line}${space}${mark}`;
}

/** Prose as it is; anything with a character that could act (mentions, links, markup) as code. */
function prose(text: string): string {
  const line = safeLine(text, 1000);
  return /^[\p{L}\p{N} .,;:'()%?…-]*$/u.test(line) && !/:\/\/|www\./i.test(line) ? line : code(line);
}
