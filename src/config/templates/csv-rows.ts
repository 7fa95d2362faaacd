import { CsvError, parse } from "csv-parse/sync";
import type { Diagnostic } from "../../core/diagnostic.js";
import type { Problem } from "../problem.js";
import { decode } from "../read/decode.js";
import type { Place } from "../read/source.js";
import { Source } from "../read/source.js";
import { badCell, badCsv, badHeader, noHeader, notCsv, saveAsCsv, wrongCount } from "./csv-messages.js";
import type { Row, Rows } from "./row.js";

/** Characters that separate the cells of a row. Spreadsheets write semicolons where the comma is a decimal sign. */
const separators = [",", ";", "\t"];

/** The first line that Excel writes and reads, which names the separator. */
const separatorLine = /^\s*sep=(.)[\r\n]/i;

/** The cells of a row, and the offset where the row before ends, in UTF-16 code units of the text. */
interface CsvRecord {
  readonly cells: readonly string[];
  readonly from: number;
}

/**
 * Reads the rows of a CSV file (RFC 4180): the first row names the columns. The separator is the one of the first row,
 * or of the line `sep=;` above it. Rows without any value and columns without a name and value, with which spreadsheets end, are left out.
 */
export function readCsv(file: string, bytes: Uint8Array): Rows {
  const { text = "", problem } = decode(file, bytes);
  const source = new Source(file, text, bytes.length - Buffer.byteLength(text));
  const otherFormat = notCsv(text, bytes);
  if (otherFormat !== undefined)
    return { rows: [], diagnostics: [toDiagnostic(otherFormat, source.placeAt([0, 0]))] };
  if (problem !== undefined) return { rows: [], diagnostics: [{ ...problem, help: saveAsCsv }] };
  const named = separatorLine.exec(text)?.[1];
  const delimiter = named ?? separatorOf(text);
  const records: CsvRecord[] = [];
  const utf8 = Buffer.from(text);
  let from = 0;
  let bytesRead = 0;
  try {
    parse(text, {
      delimiter,
      on_record(cells: string[], { bytes: end }) {
        records.push({ cells, from });
        from += utf8.toString("utf8", bytesRead, end).length;
        bytesRead = end;
        return null;
      },
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      // Some spreadsheets write quotes as they are between tabs.
      relax_quotes: delimiter === "\t",
      trim: true,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { rows: [], diagnostics: [toDiagnostic(badCsv(error), rowPlace(source, from))] };
  }
  return toRows(source, named === undefined ? records : records.slice(1));
}

function toRows(source: Source, records: readonly CsvRecord[]): Rows {
  const [header, ...others] = records.filter(({ cells }) => cells.some((cell) => cell !== ""));
  if (header === undefined)
    return { rows: [], diagnostics: [toDiagnostic(noHeader, source.placeAt([0, 0]))] };
  const columns = fitted(header.cells, 1);
  const widths = new Set(others.map(({ cells }) => cells.length));
  const problem = badHeader(columns, others.length > 1 && widths.size === 1 ? [...widths][0] : undefined);
  if (problem !== undefined)
    return { rows: [], diagnostics: [toDiagnostic(problem, rowPlace(source, header.from))] };
  const rows: Row[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const { cells: all, from } of others) {
    const place = (): Place => rowPlace(source, from);
    const cells = fitted(all, columns.length);
    if (cells.length === columns.length) rows.push({ ...toValues(columns, cells), place });
    else {
      const { sourceLine } = place();
      diagnostics.push(toDiagnostic(wrongCount(cells.length, columns.length, sourceLine), place()));
    }
  }
  return { rows, diagnostics };
}

/** Returns cells without the empty ones at the end that go beyond a number of columns. */
function fitted(cells: readonly string[], columns: number): readonly string[] {
  const last = cells.findLastIndex((cell) => cell !== "");
  return cells.slice(0, Math.max(last + 1, columns));
}

function toDiagnostic(problem: Problem, place: Place): Diagnostic {
  return { severity: "error", ...problem, ...place };
}

/** Returns the place of the row that begins behind an offset, its first line. */
function rowPlace(source: Source, from: number): Place {
  const { text } = source;
  const start = from + Math.max(text.slice(from).search(/\S/), 0);
  return source.placeAt([start, lineEnd(text, start)]);
}

function toValues(columns: readonly string[], cells: readonly string[]): Pick<Row, "values" | "unusable"> {
  const values: Record<string, string | null> = {};
  const unusable: Record<string, Problem> = {};
  for (const [index, column] of columns.entries()) {
    const cell = cells[index] ?? "";
    const problem = badCell(cell);
    if (problem === undefined) values[column] = cell === "" ? null : cell;
    else unusable[column] = problem;
  }
  return { values, ...(Object.keys(unusable).length === 0 ? {} : { unusable }) };
}

/** Returns the separator that stands most often in the first row. */
function separatorOf(text: string): string {
  const header = text.slice(0, lineEnd(text, text.search(/\S/))).replace(/"(?:[^"]|"")*"/g, "");
  const count = (separator: string): number => header.split(separator).length;
  return separators.reduce((best, one) => (count(one) > count(best) ? one : best));
}

function lineEnd(text: string, start: number): number {
  const end = text.slice(Math.max(start, 0)).search(/\r?\n|\r/);
  return end < 0 ? text.length : Math.max(start, 0) + end;
}
