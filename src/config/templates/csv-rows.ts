import { CsvError, parse } from "csv-parse/sync";
import type { Diagnostic } from "../../core/diagnostic.js";
import type { Problem } from "../problem.js";
import { decode } from "../read/decode.js";
import type { Place } from "../read/source.js";
import { Source } from "../read/source.js";
import type { Row, Rows } from "./row.js";

/** Characters that separate the cells of a row. Spreadsheets write semicolons where the comma is a decimal sign. */
const separators = [",", ";", "\t"];

/** The cells of a row, and the offset where the row before ends, in UTF-16 code units of the text. */
interface CsvRecord {
  readonly cells: readonly string[];
  readonly from: number;
}

/**
 * Reads the rows of a CSV file (RFC 4180): the first row names the columns. The separator is the one of the first row.
 * Rows without any value, with which spreadsheets end, are left out.
 */
export function readCsv(file: string, bytes: Uint8Array): Rows {
  const { text, problem } = decode(file, bytes);
  if (problem !== undefined) return { rows: [], diagnostics: [problem] };
  const source = new Source(file, text, bytes.length - Buffer.byteLength(text));
  const records: CsvRecord[] = [];
  const utf8 = Buffer.from(text);
  let from = 0;
  let bytesRead = 0;
  try {
    parse(text, {
      delimiter: separatorOf(text),
      on_record(cells: string[], { bytes: end }) {
        records.push({ cells, from });
        from += utf8.toString("utf8", bytesRead, end).length;
        bytesRead = end;
        return null;
      },
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      trim: true,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { rows: [], diagnostics: [toDiagnostic(badCsv(error), rowPlace(source, from))] };
  }
  return toRows(source, records);
}

function toRows(source: Source, records: readonly CsvRecord[]): Rows {
  const [header, ...others] = records.filter(({ cells }) => cells.some((cell) => cell !== ""));
  if (header === undefined)
    return { rows: [], diagnostics: [toDiagnostic(noHeader, source.placeAt([0, 0]))] };
  const columns = header.cells;
  const problem = headerProblem(columns);
  if (problem !== undefined)
    return { rows: [], diagnostics: [toDiagnostic(problem, rowPlace(source, header.from))] };
  const rows: Row[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const { cells, from } of others) {
    const place = (): Place => rowPlace(source, from);
    if (cells.length === columns.length) rows.push({ values: toValues(columns, cells), place });
    else diagnostics.push(toDiagnostic(wrongCount(cells.length, columns.length), place()));
  }
  return { rows, diagnostics };
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

function toValues(columns: readonly string[], cells: readonly string[]): Row["values"] {
  return Object.fromEntries(
    columns.map((column, index) => [column, cells[index] === "" ? null : (cells[index] ?? null)]),
  );
}

/** Returns the separator that stands most often in the first row. */
function separatorOf(text: string): string {
  const header = text.slice(0, lineEnd(text, text.search(/\S/))).replace(/"(?:[^"]|"")*"/g, "");
  const count = (separator: string): number => header.split(separator).length;
  return separators.reduce((best, one) => (count(one) > count(best) ? one : best));
}

function headerProblem(columns: readonly string[]): Problem | undefined {
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (columns.includes("") || columns.some((name) => /[{}\n]/.test(name) || name === "__proto__"))
    return badHeader("Every column needs a name without braces.");
  return twice === undefined ? undefined : badHeader(`Two columns have the name ${twice}.`);
}

function badHeader(detail: string): Problem {
  return {
    code: "bad-csv",
    summary: "Invalid header row",
    detail,
    help: "Name each column once in the first row.",
  };
}

const noHeader: Problem = {
  code: "bad-csv",
  summary: "No header row",
  detail: "The file is empty.",
  help: "Name the columns in the first row.",
};

function wrongCount(found: number, expected: number): Problem {
  return {
    code: "bad-csv",
    summary: "Wrong number of cells",
    detail: `This row has ${found === 1 ? "one cell" : `${found} cells`}; the header row has ${expected}.`,
    help: "Add or remove cells. Put a cell that contains the separator in double quotes.",
  };
}

function badCsv({ code }: CsvError): Problem {
  const isOpen = code === "CSV_QUOTE_NOT_CLOSED";
  return {
    code: "bad-csv",
    summary: "Invalid CSV",
    detail: isOpen ? "A double quote is never closed." : "A double quote stands within a cell.",
    help: 'Put the whole cell in double quotes, and write a double quote in it twice: "the ""big"" room".',
  };
}

function lineEnd(text: string, start: number): number {
  const end = text.slice(Math.max(start, 0)).search(/\r?\n|\r/);
  return end < 0 ? text.length : Math.max(start, 0) + end;
}
