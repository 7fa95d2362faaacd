import { extname, resolve } from "node:path";
import type { Diagnostic } from "../../core/diagnostic.js";
import type { Json } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import type { Problem } from "../problem.js";
import type { FileSurroundings, NamedAt } from "../files/file-set.js";
import { readNamedFile, toPath } from "../files/file-set.js";
import type { PlaceOf } from "../read/read-yaml.js";
import { ambiguousTexts } from "../read/ambiguous-texts.js";
import { readYaml } from "../read/read-yaml.js";
import type { Place } from "../read/source.js";
import { startKeys } from "../read/source.js";
import { saveAsCsv } from "./csv-messages.js";
import type { Row, Rows } from "./row.js";

/** Reads each file of rows once. */
export class RowFiles {
  readonly #surroundings: FileSurroundings;
  readonly #read = new Map<string, Promise<Rows>>();
  /** The files, as paths that work from the working directory. */
  readonly files: string[] = [];

  constructor(surroundings: FileSurroundings) {
    this.#surroundings = surroundings;
  }

  /** Reads the rows of a file: CSV, YAML or JSON. @param path relative to the file that names it */
  async read(path: string, at: NamedAt): Promise<Rows> {
    const absolute = resolve(this.#surroundings.cwd, toPath(path, at.file));
    const known = this.#read.get(absolute);
    const rows = known ?? this.#readFile(path, at);
    this.#read.set(absolute, rows);
    return known === undefined ? rows : { ...(await rows), diagnostics: [] };
  }

  async #readFile(path: string, at: NamedAt): Promise<Rows> {
    if (!isCsv(path) && ![".yaml", ".yml", ".json"].includes(extname(path).toLowerCase()))
      return failed({ ...unknownType(path), ...at.place });
    const { files, diagnostics } = await readNamedFile(path, at, this.#surroundings);
    const [content] = files;
    if (content === undefined) return { rows: [], diagnostics };
    const { file, bytes } = content;
    this.files.push(file);
    if (isCsv(file)) {
      const { readCsv } = await import("./csv-rows.js");
      return readCsv(file, bytes);
    }
    const read = await readYaml(file, bytes);
    if (read.content === undefined) return { rows: [], diagnostics: read.diagnostics };
    const { value, placeOf } = read.content;
    const other = otherContent(value);
    if (other !== undefined) return failed({ ...other, ...placeOf([], false) });
    const { rows, diagnostics: others } = toRows(value, placeOf, []);
    const known = [...read.diagnostics, ...others];
    return {
      rows,
      diagnostics: [...known, ...ambiguousTexts(read.content, startKeys(known))],
      source: { file, bytes, placeOf },
    };
  }
}

/** Returns true for the name of a CSV file, rather than a YAML or JSON file. */
export function isCsv(file: string): boolean {
  return [".csv", ".tsv"].includes(extname(file).toLowerCase());
}

/** Returns the rows that a list or a mapping gives. @param at the path of the value */
export function toRows(value: Json, placeOf: PlaceOf, at: readonly string[]): Rows {
  if (isArray(value)) {
    return combine(
      value.map((item, index) =>
        toRow(item, isScalar(item) ? item : undefined, located(String(index), false)),
      ),
    );
  }
  if (isObject(value))
    return combine(Object.entries(value).map(([key, item]) => toRow(item ?? null, key, located(key, true))));
  return failed({ ...notRows, ...placeOf(at, false) });

  function located(name: string, atKey: boolean): Pick<Row, "path" | "place"> {
    const path = [...at, name];
    return { path, place: () => placeOf(path, atKey) };
  }
}

function combine(rows: readonly (Row | Diagnostic)[]): Rows {
  return {
    rows: rows.filter((row): row is Row => "values" in row),
    diagnostics: rows.filter((row): row is Diagnostic => !("values" in row)),
  };
}

/** @param key of the row; undefined for a mapping in a list, which has a key only if one of its members is called so */
function toRow(item: Json, key: Json | undefined, located: Pick<Row, "path" | "place">): Row | Diagnostic {
  if (isArray(item)) return { severity: "error", ...listAsRow, ...located.place() };
  const values: Record<string, Json> = {};
  if (isObject(item)) Object.assign(values, item);
  else values["value"] = item;
  if (key !== undefined) values["key"] = key;
  const isWithin = (name: string): boolean => isObject(item) && !(name === "key" && key !== undefined);
  return {
    ...located,
    values,
    cellPath: (name) => (isWithin(name) ? [...located.path, name] : located.path),
  };
}

function isScalar(value: Json): boolean {
  return value !== null && typeof value !== "object";
}

function failed(problem: Problem & Partial<Place>): Rows {
  return { rows: [], diagnostics: [{ severity: "error", ...problem }] };
}

function unknownType(path: string): Problem {
  const items = path.split(/[,;]/).map((item) => item.trim());
  const isList = !/[./\\]/.test(path);
  const isWorkbook = /\.(?:xls[xmb]?|ods|numbers)$/i.test(path);
  return {
    code: "bad-for-each",
    summary: "Unknown type of file",
    detail: `${path} is not the path of a CSV, YAML or JSON file.`,
    help: isWorkbook
      ? saveAsCsv
      : `Name a file that ends in .csv, .tsv, .yaml, .yml or .json${isList ? `, or write a list: forEach: [${items.join(", ")}]` : ""}.`,
  };
}

/** Returns the problem of a file that has its rows elsewhere, or none. */
function otherContent(value: Json): Problem | undefined {
  if (!isObject(value)) return undefined;
  const [[name, only] = [], ...others] = Object.entries(value);
  if (value["version"] !== undefined)
    return {
      ...notRows,
      detail: "This is a config file, not a file of rows.",
      help: "Name the file under include:, or name a file of rows here.",
    };
  if (name === undefined || others.length > 0 || !isArray(only)) return undefined;
  return {
    ...notRows,
    detail: `The rows are under the key ${name}. A file of rows holds only the rows.`,
    help: `Remove the line ${name}:, and begin the file with the first row.`,
  };
}

const notRows: Problem = {
  code: "bad-for-each",
  summary: "Not a list of rows",
  detail: "forEach takes a list, a mapping, or the path of a CSV, YAML or JSON file.",
  help: "Write forEach: [one, two], or forEach: rooms.csv.",
};

const listAsRow: Problem = {
  code: "bad-for-each",
  summary: "Invalid row",
  detail: "A row is a text, a number or a mapping, not a list.",
  help: "Write one mapping of names to values for each row.",
};
