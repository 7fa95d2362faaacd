import type { Diagnostic } from "../../core/diagnostic.js";
import { needsPerson } from "../../core/drift/left.js";
import { leftText } from "../drift/left-text.js";
import { count } from "../text/terminal.js";
import type { FindingList } from "../plan/listed-findings.js";
import type { Report, ReportItem } from "./report.js";

/** A notice above all details of a report. */
export interface Notice {
  readonly title: string;
  /** `problem`: an error. `loss`: data that is destroyed permanently. `warning`, `note`: a finding. */
  readonly weight: "problem" | "loss" | "warning" | "note";
  /** The next step. */
  readonly help?: string;
  /** Never empty. */
  readonly entries: readonly NoticeEntry[];
}

export interface NoticeEntry {
  /** The summary of a problem; missing for entries about an item. */
  readonly summary?: string;
  /** An address, or a place in a file. */
  readonly at?: string;
  readonly text: string;
  /** The item with the details. */
  readonly item?: ReportItem;
}

/** Returns the notices of a report: its problems, the failed items, those that were not started, what is left to a person, the data that is destroyed, and the findings; in this order. */
export function reportNotices(report: Report): readonly Notice[] {
  const notices: readonly Notice[] = [
    { title: report.problemsTitle, weight: "problem", entries: report.problems.map(problemEntry) },
    { title: "Failed", weight: "problem", entries: report.items.flatMap(failureEntries) },
    notStartedNotice(report.items),
    leftNotice(report.left),
    lossNotice(report),
    ...report.findings.map(findingNotice),
  ];
  return notices.filter(({ entries }) => entries.length > 0);
}

function notStartedNotice(items: readonly ReportItem[]): Notice {
  const found = items.filter((item) => item.isNotStarted === true);
  return {
    title: `Not started: ${count(found.length, "change")}`,
    weight: "note",
    entries: found.map((item) => ({ at: named(item), text: "" })),
  };
}

function leftNotice(left: Report["left"]): Notice {
  return {
    title: "Left to you",
    weight: left.some(needsPerson) ? "warning" : "note",
    entries: left.map((one) => ({ at: named(one), text: `${sentence(leftText(one))} ${one.help}` })),
  };
}

function findingNotice({ title, severity, help, entries }: FindingList): Notice {
  return {
    title,
    weight: severity === "note" ? "note" : "warning",
    ...(help === undefined ? {} : { help }),
    entries: entries.map(({ at, text }) => ({ at, text })),
  };
}

function problemEntry({ summary, detail, help, address, range }: Diagnostic): NoticeEntry {
  const at = range === undefined ? address : `${range.file}:${range.start.line}:${range.start.column}`;
  const text = [detail, help].filter((part) => part !== undefined).join(" ");
  return { summary, ...(at === undefined ? {} : { at }), text };
}

function failureEntries(item: ReportItem): readonly NoticeEntry[] {
  return item.status === "failed"
    ? [{ at: named(item), text: item.problems.map(sentence).join(" "), item }]
    : [];
}

function lossNotice({ items }: Report): Notice {
  const isPlanned = items.some(
    ({ status, findings }) =>
      status === "changed" && findings.some(({ severity }) => severity === "data-loss"),
  );
  return {
    title: "Data is destroyed permanently",
    weight: "loss",
    ...(isPlanned ? { help: "To allow this: --allow-data-loss" } : {}),
    entries: lossEntries(items),
  };
}

/** Returns the entries about destroyed data; those that need --allow-data-loss stand first. */
function lossEntries(items: readonly ReportItem[]): readonly NoticeEntry[] {
  const destroying = items.filter(({ destroys }) => destroys);
  const findingEntries = (item: ReportItem, severities: readonly string[]): readonly NoticeEntry[] =>
    item.findings
      .filter(({ severity }) => severities.includes(severity))
      .map(({ text }) => ({ at: named(item), text, item }));
  return [
    ...destroying.flatMap((item) => findingEntries(item, ["data-loss"])),
    ...destroying.flatMap((item) => (item.sign === "-" ? findingEntries(item, ["warning"]) : [])),
  ];
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Returns an address with the e-mail of a user whom it names by id. */
function named({ address, user }: Pick<ReportItem, "address" | "user">): string {
  return user === undefined ? address : `${address} (${user})`;
}
