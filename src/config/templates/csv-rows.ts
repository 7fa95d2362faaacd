import type { Diagnostic } from "../../core/diagnostic.js";
import type { Problem } from "../problem.js";
import type { PlaceOf } from "../read/read-yaml.js";
import type { Place } from "../read/source.js";
import { badCell, badHeader, noHeader, wrongCount } from "./csv-messages.js";
import type { CsvTable } from "./csv-table.js";
import { cellPlace, readCsvTable, rowPlace } from "./csv-table.js";
import type { Row, Rows } from "./row.js";

/**
 * Reads the rows of a CSV file: the first row names the columns. Columns without a name and value, with which spreadsheets end, are left
 * out.
 */
export function readCsv(file: string, bytes: Uint8Array): Rows {
  const { table, problem } = readCsvTable(file, bytes);
  if (table === undefined) return { rows: [], diagnostics: [problem] };
  return { ...toRows(table), source: { file, bytes, placeOf: csvPlaces(table) } };
}

function toRows(table: CsvTable): Rows {
  const { source, header, records } = table;
  if (header === undefined)
    return { rows: [], diagnostics: [toDiagnostic(noHeader, source.placeAt([0, 0]))] };
  const columns = fitted(header.cells, 1);
  const widths = new Set(records.map(({ cells }) => cells.length));
  const problem = badHeader(columns, records.length > 1 && widths.size === 1 ? [...widths][0] : undefined);
  if (problem !== undefined)
    return { rows: [], diagnostics: [toDiagnostic(problem, rowPlace(table, header))] };
  const rows: Row[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const [index, record] of records.entries()) {
    const cells = fitted(record.cells, columns.length);
    if (cells.length === columns.length) rows.push(new CsvRow(table, index, toValues(columns, cells)));
    else {
      const place = rowPlace(table, record);
      diagnostics.push(toDiagnostic(wrongCount(cells.length, columns.length, place.sourceLine), place));
    }
  }
  return { rows, diagnostics };
}

/** A row of a CSV file, of which there may be 100,000: paths and places are made when they are needed. */
class CsvRow implements Row {
  readonly values: Row["values"];
  readonly unusable: NonNullable<Row["unusable"]>;
  readonly #table: CsvTable;
  readonly #index: number;

  constructor(table: CsvTable, index: number, { values, unusable }: Pick<CsvRow, "values" | "unusable">) {
    this.values = values;
    this.unusable = unusable;
    this.#table = table;
    this.#index = index;
  }

  get path(): readonly string[] {
    return [String(this.#index)];
  }

  cellPath(name: string): readonly string[] {
    return [...this.path, name];
  }

  place(): Place {
    return csvPlaces(this.#table)(this.path, false);
  }
}

function csvPlaces(table: CsvTable): PlaceOf {
  return ([index, column]) => {
    const record = table.records[Number(index)];
    if (record === undefined) return table.source.placeAt([0, 0]);
    return column === undefined ? rowPlace(table, record) : cellPlace(table, record, column);
  };
}

/** Returns cells without the empty ones at the end that go beyond a number of columns. */
function fitted(cells: readonly string[], columns: number): readonly string[] {
  if (cells.length <= columns) return cells;
  const last = cells.findLastIndex((cell) => cell !== "");
  return cells.slice(0, Math.max(last + 1, columns));
}

function toDiagnostic(problem: Problem, place: Place): Diagnostic {
  return { severity: "error", ...problem, ...place };
}

const allUsable: NonNullable<Row["unusable"]> = {};

function toValues(columns: readonly string[], cells: readonly string[]): Pick<CsvRow, "values" | "unusable"> {
  const values: Record<string, string | null> = {};
  let unusable = allUsable;
  for (const [index, column] of columns.entries()) {
    const cell = cells[index] ?? "";
    const problem = badCell(cell);
    if (problem === undefined) values[column] = cell === "" ? null : cell;
    else unusable = { ...unusable, [column]: problem };
  }
  return { values, unusable };
}
