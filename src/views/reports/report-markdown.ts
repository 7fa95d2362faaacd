import { escapeMarkup } from "./template.js";
import type { Report, ReportGroup, ReportItem } from "./report.js";
import { countItems, groupItems } from "./report.js";
import type { Notice, NoticeEntry } from "./report-notices.js";
import { reportNotices } from "./report-notices.js";
import { safeLine } from "../../core/safe-text.js";
import type { Line } from "../text/line.js";
import { lineText, plainLine } from "../text/line.js";
import { count, number } from "../text/terminal.js";

/** The limit of a comment on GitHub, in characters. GitLab's limit is higher. */
const maxLength = 65_535;

/** Entries of a notice that are listed before the rest is counted; and the shares of the limit that one and all may take. */
const maxListed = 50;
const noticeShare = 1 / 4;
const noticesShare = 3 / 4;

/** Characters that are kept free for the note about the rest. */
const reserve = 400;

const icons = { ok: "✅", changes: "📝", attention: "⚠️", failed: "❌" } as const;

/**
 * Returns a report for a comment on a pull request: the headline, the notices, then the details, folded. Others' text can't act:
 * it stands in code, or is escaped.
 *
 * @param limit in characters; items that do not fit are counted at the end
 */
export function reportMarkdown(report: Report, limit = maxLength): string {
  const notices = reportNotices(report);
  const share = Math.min(noticeShare, noticesShare / notices.length);
  const head = [
    `## ${icons[report.verdict]} chatform${environmentText(report)}: ${prose(report.headline)}`,
    ...notices.map((notice) => noticeText(notice, limit * share)),
    ...(report.nextSteps.length === 0 ? [] : [report.nextSteps.map((step) => `- ${prose(step)}`).join("\n")]),
    ...(report.facts.length === 0 ? [] : [facts(report)]),
  ].join("\n\n");
  const groups = groupItems(report.items);
  let text = `${head}\n`;
  let left = report.items.length;
  for (const group of groups) {
    const part = fitting(group, limit - reserve - text.length);
    if (part === undefined) break;
    text += `\n${part}\n`;
    left -= group.items.length;
  }
  if (left === 0) return text;
  const rest = `${count(left, "more resource")} of ${number(report.items.length)}`;
  return `${text}\n**Truncated:** ${rest} did not fit. The JSON and HTML reports list all.\n`;
}

/** Returns the details or the outline of a group, whichever fits; undefined where neither does. */
function fitting(group: ReportGroup, room: number): string | undefined {
  return [details(group), outline(group)].find((part) => part.length <= room);
}

const alerts = { problem: "CAUTION", loss: "WARNING", warning: "WARNING", note: "NOTE" } as const;

function noticeText({ title, weight, help, entries }: Notice, room: number): string {
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
  const end = help === undefined ? [] : [">", `> ${prose(help)}`];
  return [`> [!${alerts[weight]}]`, `> **${title}:**`, ">", ...lines, ...more, ...end].join("\n");
}

function entryLine({ summary, at, text }: NoticeEntry): string {
  const place = at === undefined ? "" : code(at);
  const start = summary === undefined ? place : `${prose(summary)}${place === "" ? "" : ` at ${place}`}`;
  return `> - ${start}${text === "" ? "" : `: ${prose(text)}`}`;
}

function environmentText({ environment }: Report): string {
  return environment === undefined ? "" : ` in ${prose(environment)}`;
}

function facts({ facts: entries, run }: Report): string {
  // The URL of the run is safe; without marks around it, it is shown in full.
  const shown = (value: string): string => (value === run ? `<${value}>` : code(value));
  return entries.map(([name, value]) => `${prose(name)}: ${shown(value)}`).join("  \n");
}

function details(group: ReportGroup): string {
  return [
    `<details><summary><code>${escapeMarkup(safeLine(group.name, 500))}</code>: ${escapeMarkup(countItems(group.items))}</summary>`,
    "",
    fenced(group.items.flatMap(itemLines)),
    "",
    "</details>",
  ].join("\n");
}

function outline(group: ReportGroup): string {
  return `- ${code(group.name)}: ${prose(countItems(group.items))} (details omitted)`;
}

function itemLines(item: ReportItem): readonly string[] {
  const { address, sign, text, reason, lines, findings, problems } = item;
  return [
    `${sign} ${safeLine(address)} ${text}${reason === undefined ? "" : `  ${reason}`}`,
    ...lines.map(diffLine),
    ...problems.map((problem) => `! ${safeLine(problem)}`),
    ...findings.map(({ severity, text: finding }) => `! ${severity}: ${safeLine(finding)}`),
  ];
}

/** Returns a line with its sign at the start, by which GitHub colours it; ~ becomes !. */
function diffLine(line: Line): string {
  const { sign, indent } = line;
  if (sign !== "+" && sign !== "-" && sign !== "~") return `    ${plainLine(line)}`;
  return `${sign === "~" ? "!" : sign}   ${" ".repeat(indent + 1)} ${lineText(line)}`.trimEnd();
}

/** Returns lines in a fence that is longer than any run of backticks in them. */
function fenced(lines: readonly string[]): string {
  const text = lines.join("\n");
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}diff\n${text}\n${fence}`;
}

/** Returns text as inline code, between marks that are longer than any run of backticks in it. */
export function code(text: string): string {
  const line = safeLine(text, 500);
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const mark = "`".repeat(longest + 1);
  const space = longest > 0 || line === "" ? " " : "";
  return `${mark}${space}${line}${space}${mark}`;
}

/** Matches words that GitHub or GitLab turn into references or emoji: `GH-12`, a commit, `%milestone`, `:tada:`. */
const reference = /:\/\/|www\.|\bGH-\d|\b[0-9a-f]{7,}\b|%["\p{L}\p{N}]|:[\w-]+:/iu;

/** Returns plain prose unchanged, and text with a character that could act (mentions, links, markup) as code. */
export function prose(text: string): string {
  const line = safeLine(text, 1000);
  return /^[\p{L}\p{N} .,;:'"()%?…-]*$/u.test(line) && !reference.test(line) ? line : code(line);
}
