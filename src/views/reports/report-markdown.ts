import { mapTexts } from "./map-texts.js";
import { escapeMarkup } from "./template.js";
import type { Report, ReportGroup, ReportItem } from "./report.js";
import { countItems, detailedItems, groupItems } from "./report.js";
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

/** Details of so few resources and characters are unfolded. */
const maxOpen = { items: 10, length: 2000 };

const icons = { ok: "✅", changes: "📝", attention: "⚠️", failed: "❌" } as const;

/**
 * Returns a report for a comment on a pull request: the headline, the notices, then the details, folded. Others' text can't act:
 * it stands in code, or is escaped.
 *
 * @param options.limit in characters; items that do not fit are counted at the end
 * @param options.mask hides secrets, which code in the midst of a text would cut in two
 */
export function reportMarkdown(
  given: Report,
  { limit = maxLength, mask }: { readonly limit?: number; readonly mask?: (text: string) => string } = {},
): string {
  const report = mask === undefined ? given : mapTexts(given, mask);
  const notices = reportNotices(report);
  const share = Math.min(noticeShare, noticesShare / notices.length);
  const head = [
    `## ${icons[report.verdict]} chatform${environmentText(report)}: ${prose(report.headline)}`,
    ...notices.map((notice) => noticeText(notice, limit * share)),
    ...(report.nextSteps.length === 0 ? [] : [report.nextSteps.map((step) => `- ${prose(step)}`).join("\n")]),
    ...(report.facts.length === 0 ? [] : [facts(report)]),
  ].join("\n\n");
  const items = detailedItems(report);
  const groups = groupItems(items);
  const isOpen =
    items.length <= maxOpen.items &&
    groups.reduce((sum, group) => sum + details(group).length, 0) <= maxOpen.length;
  let text = `${head}\n`;
  let left = items.length;
  for (const group of groups) {
    const part = fitting(group, isOpen, limit - reserve - text.length);
    if (part === undefined) break;
    text += `\n${part}\n`;
    left -= group.items.length;
  }
  if (left === 0) return text;
  const rest = `${count(left, "more resource")} of ${number(items.length)}`;
  return `${text}\n**Truncated:** ${rest} did not fit. A report in HTML shows all: ${code("--report html=FILE")}.\n`;
}

/** Returns the details or the outline of a group, whichever fits; undefined where neither does. */
function fitting(group: ReportGroup, isOpen: boolean, room: number): string | undefined {
  return [details(group, isOpen), outline(group)].find((part) => part.length <= room);
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
  const shown = (value: string): string => (value === run ? `<${value}>` : prose(value));
  return entries.map(([name, value]) => `${prose(name)}: ${shown(value)}`).join("  \n");
}

function details(group: ReportGroup, isOpen = false): string {
  return [
    `<details${isOpen ? " open" : ""}><summary>${groupTitle(group, (text) => `<code>${escapeMarkup(safeLine(text, 500))}</code>`)}: ${escapeMarkup(countItems(group.items))}</summary>`,
    "",
    fenced(group.items.flatMap(itemLines)),
    "",
    "</details>",
  ].join("\n");
}

/** Returns the name of a group, with the e-mail of a user whom it names by id. */
function groupTitle({ name, user }: ReportGroup, toCode: (text: string) => string): string {
  return user === undefined ? toCode(name) : `${toCode(name)} ${toCode(user)}`;
}

function outline(group: ReportGroup): string {
  return `- ${groupTitle(group, code)}: ${prose(countItems(group.items))} (details omitted)`;
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

/** Matches a command behind a colon, up to the end of its sentence: help ends in what to type. */
const command = /(?<=: )(?:chatform |--[a-z])(?:(?!\. \p{Lu}|[.…]$).)*/gu;

/** Matches words that begin a list, or are a rule. */
const listMark = /^(?:-+|\d+[.)])$/;

/** Returns text in which the words that could act (mentions, links, markup) and commands stand in code. */
export function prose(text: string): string {
  const line = safeLine(text, 1000);
  const parts: string[] = [];
  let end = 0;
  for (const { 0: found, index } of line.matchAll(command)) {
    parts.push(inertWords(line.slice(end, index)), code(found));
    end = index + found.length;
  }
  return [...parts, inertWords(line.slice(end))].join("");
}

/** Returns text with each run of words that could act as code, without the punctuation around it. */
function inertWords(text: string): string {
  return text.replaceAll(/[^ ]+(?: +[^ ]+)*/g, (words) => {
    const runs: { readonly isPlain: boolean; readonly words: string[] }[] = [];
    for (const [at, word] of words.split(" ").entries()) {
      const isPlain = isInert(word) && !(at === 0 && listMark.test(word));
      const last = runs.at(-1);
      if (last?.isPlain === isPlain) last.words.push(word);
      else runs.push({ isPlain, words: [word] });
    }
    return runs.map((run) => (run.isPlain ? run.words.join(" ") : codeWithin(run.words.join(" ")))).join(" ");
  });
}

function isInert(word: string): boolean {
  return /^[\p{L}\p{N}.,;:'"()%?…-]*$/u.test(word) && !reference.test(word);
}

/** Returns words as code, with the punctuation around them outside where it can't act. */
function codeWithin(words: string): string {
  const [, start = "", middle = "", end = ""] = /^(\(?)(.*?)([).,;:?]*)$/s.exec(words) ?? [];
  return middle === "" ? code(words) : `${start}${code(middle)}${end}`;
}
