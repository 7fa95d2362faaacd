import type { Diagnostic } from "../../core/diagnostic.js";
import type { Report, ReportItem } from "./report.js";

/** Something that has to stand above all details. */
export interface Notice {
  readonly title: string;
  /** What stands in the way, or what cannot be undone. */
  readonly weight: "problem" | "loss";
  /** Never empty. */
  readonly entries: readonly NoticeEntry[];
}

export interface NoticeEntry {
  /** What it is about, where that has no address of its own among the items. */
  readonly summary?: string;
  /** An address, or a place in a file. */
  readonly at?: string;
  readonly text: string;
  /** Where more is said of it. */
  readonly item?: ReportItem;
}

/** What has to stand above all details: what forbids to apply, what failed, what is destroyed for good; in this order. */
export function noticesOf(report: Report): readonly Notice[] {
  const notices: readonly Notice[] = [
    { title: report.problemsTitle, weight: "problem", entries: report.problems.map(problemEntry) },
    { title: "Failed", weight: "problem", entries: report.items.flatMap(failureEntries) },
    { title: "Data is destroyed for good", weight: "loss", entries: losses(report.items) },
  ];
  return notices.filter(({ entries }) => entries.length > 0);
}

function problemEntry({ summary, detail, help, address, range }: Diagnostic): NoticeEntry {
  const at = range === undefined ? address : `${range.file}:${range.start.line}:${range.start.column}`;
  const text = [detail, help].filter((part) => part !== undefined).join(" ");
  return { summary, ...(at === undefined ? {} : { at }), text };
}

function failureEntries(item: ReportItem): readonly NoticeEntry[] {
  return item.status === "failed"
    ? [{ at: item.address, text: item.problems.map(sentence).join(" "), item }]
    : [];
}

/** What needs to be allowed stands first. */
function losses(items: readonly ReportItem[]): readonly NoticeEntry[] {
  const destroying = items.filter(({ destroys }) => destroys);
  const entriesOf = (item: ReportItem, severities: readonly string[]): readonly NoticeEntry[] =>
    item.remarks
      .filter(({ severity }) => severities.includes(severity))
      .map(({ text }) => ({ at: item.address, text, item }));
  return [
    ...destroying.flatMap((item) => entriesOf(item, ["data-loss"])),
    ...destroying.flatMap((item) => (item.symbol === "-" ? entriesOf(item, ["warning"]) : [])),
  ];
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
