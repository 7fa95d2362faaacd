import { escapeMarkup } from "./markup.js";
import type { Report, ReportGroup, ReportItem } from "./report.js";
import { countsOf, groupsOf } from "./report.js";
import type { ReportLine } from "./report-line.js";
import type { Notice, NoticeEntry } from "./report-notices.js";
import { noticesOf } from "./report-notices.js";
import { safeLine } from "../../core/safe-text.js";
import { count } from "../text/terminal.js";

/** The most that a comment on GitHub may hold, in characters. GitLab's limit is higher. */
const maxLength = 65_535;

/** Entries of a notice that are listed before the rest is counted; and the share of the limit that they may take. */
const maxListed = 50;
const noticeShare = 1 / 4;

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
    ...noticesOf(report).map((notice) => noticeText(notice, limit * noticeShare)),
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
  return `${text}\n**Cut here:** ${rest} would not fit. The JSON and HTML reports hold all.\n`;
}

/** The most of a group that fits; undefined: nothing does. */
function fitting(group: ReportGroup, room: number): string | undefined {
  return [details(group), outline(group)].find((part) => part.length <= room);
}

const alerts = { problem: "CAUTION", loss: "WARNING" } as const;

function noticeText({ title, weight, entries }: Notice, room: number): string {
  const lines: string[] = [];
  let length = 0;
  for (const entry of entries.slice(0, maxListed)) {
    const line = entryLine(entry);
    length += line.length + 1;
    if (length > room) break;
    lines.push(line);
  }
  const rest = entries.length - lines.length;
  const more = rest === 0 ? [] : [`> - ${lines.length === 0 ? "" : "and "}${count(rest, "more", "more")}`];
  return [`> [!${alerts[weight]}]`, `> **${title}:**`, ">", ...lines, ...more].join("\n");
}

function entryLine({ summary, at, text }: NoticeEntry): string {
  const place = at === undefined ? "" : code(at);
  const subject = summary === undefined ? place : `${prose(summary)}${place === "" ? "" : ` at ${place}`}`;
  return `> - ${subject}${text === "" ? "" : `: ${prose(text)}`}`;
}

function facts({ facts: entries }: Report): string {
  return entries.map(([name, value]) => `${prose(name)}: ${code(value)}`).join("  \n");
}

function details(group: ReportGroup): string {
  return [
    `<details><summary><code>${escapeMarkup(safeLine(group.name, 500))}</code>: ${escapeMarkup(countsOf(group.items))}</summary>`,
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
    ...lines.map(diffLine),
    ...problems.map((problem) => `! ${safeLine(problem)}`),
    ...remarks.map(({ severity, text: remark }) => `! ${severity}: ${safeLine(remark)}`),
  ];
}

/** GitHub colours lines of a difference by their first character: the sign moves there, and ~ becomes !. */
function diffLine({ sign, text }: ReportLine): string {
  if (sign === " ") return `    ${text}`;
  const at = text.indexOf(sign);
  return `${sign === "~" ? "!" : sign}   ${text.slice(0, at)} ${text.slice(at + 1)}`;
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
  return /^[\p{L}\p{N} .,;:'"()%?…-]*$/u.test(line) && !/:\/\/|www\./i.test(line) ? line : code(line);
}
