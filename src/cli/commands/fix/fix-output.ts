import { createTwoFilesPatch } from "diff";
import type { PlacedEntry } from "../../../config/edit/people-file.js";
import type { JsonObject } from "../../../core/json/json.js";
import { tokens } from "../../../core/json/pointer.js";
import type { DepartedUser } from "../../../core/people/org-people.js";
import { escaped, safeLine } from "../../../core/safe-text.js";
import { positionToJson } from "../../../views/diagnostics/diagnostics-json.js";
import { jsonText } from "../../../views/text/json-text.js";
import type { Line } from "../../../views/text/line.js";
import { line, signed } from "../../../views/text/line.js";
import { count } from "../../../views/text/terminal.js";
import type { FileEdit } from "./replace-files.js";

/** An entry of a config file, or of a file of rows, that names somebody who is not active. */
export interface FixedEntry extends PlacedEntry {
  readonly id?: string;
  readonly email?: string;
  readonly state: DepartedUser["state"] | "unknown";
  /** Why the entry stays, in sentences. Missing: it is removed. */
  readonly reason?: string;
}

/** The result of `fix --departed`. */
export interface FixResult {
  /** True if the files were only checked. */
  readonly isCheck: boolean;
  /** In the order of the files. */
  readonly entries: readonly FixedEntry[];
  readonly notices: readonly string[];
}

/** Returns a line for each entry, and a summary. */
export function fixLines(
  { entries, isCheck }: FixResult,
  repeatOptions: (text: string) => string,
): readonly Line[] {
  if (entries.length === 0) return [line("No departed users in the config.")];
  const isEdited = !isCheck && entries.some(({ reason }) => reason === undefined);
  return [
    ...entries.map(entryLine),
    line(summarize(entries, isCheck)),
    ...(isEdited ? [line(repeatOptions("To see the effect: chatform plan"))] : []),
  ];
}

function entryLine(entry: FixedEntry): Line {
  const { place, user, state, within, role, reason } = entry;
  const { file, start } = place.range;
  const email = entry.email === undefined || user.includes("@") ? "" : `, ${entry.email}`;
  const where = role === "block" ? "" : `${role === "row" ? ", row of" : " from"} ${toPath(within)}`;
  const what = role === "block" ? toPath(within) : user;
  const at = `${safeLine(file)}:${start.line}:${start.column}`;
  const text = `${at} ${safeLine(what)} (${state}${safeLine(email)})`;
  return reason === undefined
    ? signed("-", text, safeLine(where))
    : signed("?", text, safeLine(where.replace(" from", " in")), `: ${safeLine(reason)}`);
}

function toPath(pointer: string): string {
  return tokens(pointer).join("/");
}

function summarize(entries: readonly FixedEntry[], isCheck: boolean): string {
  const removed = entries.filter(({ reason }) => reason === undefined);
  const files = count(new Set(removed.map(({ place }) => place.range.file)).size, "file");
  const done = `${count(removed.length, "entry", "entries")} ${isCheck ? "to remove" : "removed"} from ${files}`;
  const left = `${count(entries.length - removed.length, "entry", "entries")} left for a person`;
  if (removed.length === 0) return `Nothing to remove, ${left}.`;
  return removed.length === entries.length ? `${done}.` : `${done}, ${left}.`;
}

/** Returns the JSON of `fix --json`. */
export function fixJson({ entries, isCheck, notices }: FixResult, diff: string | undefined): string {
  return jsonText({
    format_version: "1.0",
    check: isCheck,
    removed: entries.filter(({ reason }) => reason === undefined).map(entryJson),
    left: entries.filter(({ reason }) => reason !== undefined).map(entryJson),
    notices,
    ...(diff === undefined ? {} : { diff }),
  });
}

function entryJson({ user, id, email, state, role, within, place, reason }: FixedEntry): JsonObject {
  return {
    user,
    ...(id === undefined ? {} : { id }),
    ...(email === undefined ? {} : { email }),
    state,
    role,
    path: toPath(within),
    filename: place.range.file,
    start: positionToJson(place.range.start),
    end: positionToJson(place.range.end),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** Returns the changes of files as a patch. */
export function diffText(edits: readonly FileEdit[]): string {
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
  return edits
    .filter(({ before, after }) => Buffer.compare(before, after) !== 0)
    .map(({ file, before, after }) =>
      createTwoFilesPatch(`a/${file}`, `b/${file}`, text(before), text(after)).replace(/^=+\n/, ""),
    )
    .join("");
}

/** Returns a patch for a terminal: without control characters. */
export function diffLines(diff: string): readonly Line[] {
  return diff
    .trimEnd()
    .split("\n")
    .map((text) =>
      line([/^-(?!--)/.test(text) ? "red" : text.startsWith("+") ? "green" : "dim", escaped(text).trimEnd()]),
    );
}
