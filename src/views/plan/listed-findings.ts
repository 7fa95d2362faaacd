/*
 * Findings about people and their settings. There may be one for each of thousands of people, in resources that do not change, so they
 * stand in lists of their own, a line each, rather than with the changes.
 */
import type { Address } from "../../core/address.js";
import { pathSegments, segmentName } from "../../core/address.js";
import type { DiagnosticCode } from "../../core/diagnostic-codes.js";
import { byCodeUnit } from "../../core/json/json.js";
import { groupBy } from "../../core/multimap.js";
import type { Place } from "../../core/plan/because.js";
import type { Change, Finding } from "../../core/plan/change.js";
import { safeLine } from "../../core/safe-text.js";
import type { Line, Segment } from "../text/line.js";
import { indented, line, paragraph } from "../text/line.js";
import { rowText } from "../text/reasons.js";
import { count } from "../text/terminal.js";
import { displayWidth } from "../text/wrap.js";

/** A finding with the address of its resource. */
export interface ResourceFinding extends Finding {
  readonly address: Address;
}

/** Findings with the same code. */
export interface FindingList {
  readonly code: DiagnosticCode;
  readonly severity: Finding["severity"];
  readonly title: string;
  readonly help?: string;
  readonly entries: readonly FindingEntry[];
}

export interface FindingEntry {
  /** The place in a config file; else the address. */
  readonly at: string;
  readonly place?: Place;
  readonly text: string;
}

interface ListTitle {
  readonly title: string;
  readonly help?: string;
}

/** The findings that are listed, in the order of their lists. */
const titles: Readonly<Record<string, ListTitle>> = {
  "departed-user": {
    title: "Departed users in the config",
    help: "To remove them from the config: chatform fix --departed",
  },
  "email-changed": { title: "E-mails that have changed", help: "Write the new e-mail in the config." },
  "login-name": { title: "Login names in place of e-mails", help: "Write the e-mails in the config." },
  "user-recreated": { title: "Users who were created again with the same e-mail" },
  "inactive-participant": { title: "Departed users in rooms" },
  "undeclared-participant": { title: "Participants who are not declared" },
  "settings-conflict": {
    title: "Different settings for one user",
    help: "The entry that stands first in the config counts. Name the users in except of the entry that must not count: except: [USER]",
  },
};

/** Returns true for findings that are listed by themselves. */
export function isListed({ code }: Pick<Finding, "code">): boolean {
  return titles[code] !== undefined;
}

/** Returns the findings of changes, in the order of the changes. */
export function getFindings(
  changes: readonly Pick<Change, "address" | "remarks">[],
): readonly ResourceFinding[] {
  return changes.flatMap(({ address, remarks }) => remarks.map((finding) => ({ ...finding, address })));
}

/** Returns the findings that are listed, by code. Equal findings at one place, such as those of a YAML alias, are one entry. */
export function listFindings(findings: readonly ResourceFinding[]): readonly FindingList[] {
  const byCode = groupBy(findings.filter(isListed), ({ code }) => code);
  return Object.entries(titles).flatMap(([name, title]): readonly FindingList[] => {
    const found = byCode.get(name as DiagnosticCode);
    const [first] = found ?? [];
    if (found === undefined || first === undefined) return [];
    const { code } = first;
    const severity = found.some((one) => one.severity === "warning") ? "warning" : first.severity;
    const help = title.help?.replace("USER", () => safeLine(addressName(first)));
    return [{ code, severity, ...title, ...(help === undefined ? {} : { help }), entries: toEntries(found) }];
  });
}

function toEntries(findings: readonly ResourceFinding[]): readonly FindingEntry[] {
  const same = groupBy(findings, ({ address, place, text }) => JSON.stringify([place ?? address, text]));
  const entries = [...same.values()].flatMap((some): readonly FindingEntry[] => {
    const [first] = some;
    if (first === undefined) return [];
    const { address, place, text } = first;
    if (place === undefined) return [{ at: address, text: `${text}${others(some)}` }];
    const who = first.code === "settings-conflict" ? unlessNamed(text, ` (${users(some)})`) : others(some);
    return [
      { at: `${place.file}:${place.line}:${place.column}${rowText(place)}`, place, text: `${text}${who}` },
    ];
  });
  return entries.sort(byPlace);
}

function others({ length }: readonly ResourceFinding[]): string {
  return length === 1 ? "" : ` (in ${count(length, "resource")})`;
}

/** Users that an entry names; more are counted. */
const maxUsers = 3;

function users(findings: readonly ResourceFinding[]): string {
  return findings.length > maxUsers
    ? count(findings.length, "user")
    : findings.map(addressName).sort(byCodeUnit).join(", ");
}

/** Returns names to add to a text; "" if the text has them: an entry of `userSettings` may name the user itself. */
function unlessNamed(text: string, names: string): string {
  return text.includes(names) ? "" : names;
}

/** Returns the name in the address of a finding's resource: the user of `users/NAME/settings`. */
function addressName({ address }: ResourceFinding): string {
  return segmentName(pathSegments(address)[1] ?? "");
}

/** Compares entries by file, line and column. Entries without a place stand last, in the order of their resources. */
function byPlace({ place: a }: FindingEntry, { place: b }: FindingEntry): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  const [rowA = 0, rowB = 0] = [a.row?.line, b.row?.line];
  return byCodeUnit(a.file, b.file) || a.line - b.line || a.column - b.column || rowA - rowB;
}

export interface FindingTextOptions {
  /** Of the output, in columns. */
  readonly width: number;
  /** True to show long lists in full. */
  readonly full: boolean;
  /** Adds to commands the options by which they find the same config and state. */
  readonly repeatOptions?: ((text: string) => string) | undefined;
}

/** Entries of a list that are shown before the rest is counted. */
const maxListed = 10;

/** Columns of places that stand beside their text; longer ones stand above. */
const maxPlace = 32;

/** Returns a list as lines: a title, then `chatform.yaml:12:7  jane@example.com was deleted ...` for each entry, then the help. */
export function findingLines(
  { code, severity, title, help, entries }: FindingList,
  { width, full, repeatOptions = (text) => text }: FindingTextOptions,
): readonly Line[] {
  const shown = full || entries.length <= maxListed ? entries : entries.slice(0, maxListed - 1);
  const rest = entries.length - shown.length;
  const places = shown.map(({ at }) => displayWidth(safeLine(at))).filter((columns) => columns <= maxPlace);
  const column = Math.max(0, ...places) + 2;
  return [
    line(labels[severity], " ", ["bold", title], " ", ["dim", `(${code})`]),
    ...indented(
      shown.flatMap((entry) => entryLines(entry, column, width - 2)),
      2,
    ),
    ...(rest > 0 ? [line(["dim", `  … and ${count(rest, "more", "more")} (--full shows all)`])] : []),
    ...(help === undefined
      ? []
      : paragraph(repeatOptions(help), { width, indent: 2, label: [["cyan", "help:"]] })),
  ];
}

const labels: Readonly<Record<Finding["severity"], Segment>> = {
  note: ["cyan", "Note:"],
  warning: ["boldYellow", "Warning:"],
  "data-loss": ["boldRed", "Data loss:"],
  error: ["boldRed", "Error:"],
};

function entryLines({ at, text }: FindingEntry, column: number, width: number): readonly Line[] {
  const place = safeLine(at);
  const lines = paragraph(safeLine(text, 1000), { width: Math.max(40, width - column) });
  const [first, ...rest] = lines;
  const columns = displayWidth(place);
  if (first === undefined || columns + 2 > column) return [line(["cyan", place]), ...indented(lines, 4)];
  const space = " ".repeat(column - columns);
  return [line(["cyan", place], space, ...first.text), ...indented(rest, column)];
}
