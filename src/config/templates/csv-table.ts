import { CsvError, parse } from "csv-parse/sync";
import type { Diagnostic } from "../../core/diagnostic.js";
import { decode } from "../read/decode.js";
import type { Place, Span } from "../read/source.js";
import { Source } from "../read/source.js";
import { badCsv, notCsv, saveAsCsv } from "./csv-messages.js";

/** Characters that separate the cells of a row. Spreadsheets write semicolons where the comma is a decimal sign. */
const separators = [",", ";", "\t"];

/** The first line that Excel writes and reads, which names the separator. */
const separatorLine = /^\s*sep=(.)[\r\n]/i;

/** The cells of a row, and its part of the text with the line break behind it. */
export interface CsvRecord {
  readonly cells: readonly string[];
  readonly span: Span;
}

/** A CSV file. */
export interface CsvTable {
  readonly source: Source;
  readonly separator: string;
  /** The row that names the columns; undefined in a file without any value. */
  readonly header: CsvRecord | undefined;
  /** The other rows. Rows without any value, with which spreadsheets end, are left out. */
  readonly records: readonly CsvRecord[];
}

/** A CSV file, or why it cannot be read. */
export type CsvRead =
  | { readonly table: CsvTable; readonly problem?: never }
  | { readonly table?: never; readonly problem: Diagnostic };

/** Reads a CSV file (RFC 4180). The separator is the one of the first row, or of the line `sep=;` above it. */
export function readCsvTable(file: string, bytes: Uint8Array): CsvRead {
  const { text = "", problem } = decode(file, bytes);
  const source = new Source(file, text, bytes.length);
  const otherFormat = notCsv(text, bytes);
  if (otherFormat !== undefined)
    return { problem: { severity: "error", ...otherFormat, ...source.placeAt([0, 0]) } };
  if (problem !== undefined) return { problem: { ...problem, help: saveAsCsv } };
  const named = separatorLine.exec(text)?.[1];
  const separator = named ?? commonSeparator(text);
  const records: CsvRecord[] = [];
  const utf8 = Buffer.from(text);
  const isAscii = utf8.length === text.length;
  let from = 0;
  let bytesRead = 0;
  try {
    parse(text, {
      delimiter: separator,
      on_record(cells: string[], { bytes: end }) {
        const to = isAscii ? end : from + utf8.toString("utf8", bytesRead, end).length;
        records.push({ cells, span: [from, to] });
        from = to;
        bytesRead = end;
        return null;
      },
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      // Some spreadsheets write quotes as they are between tabs.
      relax_quotes: separator === "\t",
      trim: true,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { problem: { severity: "error", ...badCsv(error), ...firstLine(source, from) } };
  }
  const [header, ...others] = records
    .slice(named === undefined ? 0 : 1)
    .filter(({ cells }) => cells.some((cell) => cell !== ""));
  return { table: { source, separator, header, records: others } };
}

/** Returns the place of a row: its first line. */
export function rowPlace({ source }: CsvTable, { span }: CsvRecord): Place {
  return firstLine(source, span[0]);
}

/** Returns the place of a cell, with its quotes; of the row if the cell is empty, or the row has no such column. */
export function cellPlace(table: CsvTable, record: CsvRecord, column: string): Place {
  const { source, header, separator } = table;
  const cell = new RegExp(`(?:(?!${separator})[^\\S\\r\\n])*("(?:[^"]|"")*"|[^${separator}\\r\\n]*)`, "y");
  let start = record.span[0];
  for (let at = header?.cells.indexOf(column) ?? -1; at >= 0; at--) {
    cell.lastIndex = start;
    const [whole = "", written = ""] = cell.exec(source.text) ?? [];
    const end = start + whole.trimEnd().length;
    if (at === 0 && written !== "") return source.placeAt([start + whole.length - written.length, end]);
    start = source.text.indexOf(separator, start + whole.length) + 1;
  }
  return rowPlace(table, record);
}

/** Returns the place of the line on which the first text behind an offset stands. */
function firstLine(source: Source, from: number): Place {
  const { text } = source;
  const start = from + Math.max(text.slice(from).search(/\S/), 0);
  return source.placeAt([start, lineEnd(text, start)]);
}

/** Returns the separator that stands most often in the first row. */
function commonSeparator(text: string): string {
  const header = text.slice(0, lineEnd(text, text.search(/\S/))).replace(/"(?:[^"]|"")*"/g, "");
  const count = (separator: string): number => header.split(separator).length;
  return separators.reduce((best, one) => (count(one) > count(best) ? one : best));
}

function lineEnd(text: string, start: number): number {
  const end = text.slice(Math.max(start, 0)).search(/\r?\n|\r/);
  return end < 0 ? text.length : Math.max(start, 0) + end;
}
