import { dirname, extname, isAbsolute, join, resolve } from "node:path";
import type { Diagnostic } from "../../core/diagnostic.js";
import type { Json } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import type { Problem } from "../problem.js";
import { readFiles } from "../files/file-set.js";
import type { Project } from "../files/project.js";
import type { PlaceOf } from "../read/read-yaml.js";
import { ambiguousTexts } from "../read/ambiguous-texts.js";
import { readYaml } from "../read/read-yaml.js";
import type { Place } from "../read/source.js";
import type { Row, Rows } from "./row.js";

/** Reads each file of rows once. */
export class RowFiles {
  readonly #cwd: string;
  readonly #project: Project | undefined;
  readonly #read = new Map<string, Promise<Rows>>();

  /** @param project that links may not lead out of; undefined: they may lead anywhere */
  constructor(cwd: string, project: Project | undefined) {
    this.#cwd = cwd;
    this.#project = project;
  }

  /**
   * Reads the rows of a file: CSV, YAML or JSON.
   *
   * @param path relative to the file that names it
   * @param place of the path in that file
   */
  async read(path: string, { place, file: namedIn }: { place: Place; file: string }): Promise<Rows> {
    const file = isAbsolute(path) ? path : join(dirname(namedIn), path);
    const absolute = resolve(this.#cwd, file);
    const known = this.#read.get(absolute);
    const rows = known ?? this.#readFile(file);
    this.#read.set(absolute, rows);
    const { rows: found, diagnostics } = await rows;
    if (known !== undefined) return { rows: found, diagnostics: [] };
    return {
      rows: found,
      diagnostics: diagnostics.map((one) => (one.range === undefined ? { ...one, ...place } : one)),
    };
  }

  async #readFile(file: string): Promise<Rows> {
    const type = extname(file).toLowerCase();
    if (![".csv", ".tsv", ".yaml", ".yml", ".json"].includes(type)) return failed(unknownType(file));
    const { files, diagnostics } = await readFiles([file], this.#cwd, this.#project);
    const [content] = files;
    if (content === undefined) return { rows: [], diagnostics };
    if (type === ".csv" || type === ".tsv") {
      const { readCsv } = await import("./csv-rows.js");
      return readCsv(file, content.bytes);
    }
    const read = await readYaml(file, content.bytes);
    if (read.content === undefined) return { rows: [], diagnostics: read.diagnostics };
    const { value, placeOf } = read.content;
    const { rows, diagnostics: others } = toRows(value, placeOf, []);
    const known = [...read.diagnostics, ...others];
    return { rows, diagnostics: [...known, ...ambiguousTexts(read.content, known)] };
  }
}

/** Returns the rows that a list or a mapping gives. @param at the path of the value */
export function toRows(value: Json, placeOf: PlaceOf, at: readonly string[]): Rows {
  if (isArray(value)) {
    return combine(
      value.map((item, index) => toRow(item, isScalar(item) ? item : undefined, place(String(index), false))),
    );
  }
  if (isObject(value))
    return combine(Object.entries(value).map(([key, item]) => toRow(item ?? null, key, place(key, true))));
  return failed({ ...notRows, ...placeOf(at, false) });

  function place(name: string, atKey: boolean): () => Place {
    return () => placeOf([...at, name], atKey);
  }
}

function combine(rows: readonly (Row | Diagnostic)[]): Rows {
  return {
    rows: rows.filter((row): row is Row => "values" in row),
    diagnostics: rows.filter((row): row is Diagnostic => !("values" in row)),
  };
}

/** @param key of the row; undefined for a mapping in a list, which has a key only if one of its members is called so */
function toRow(item: Json, key: Json | undefined, place: () => Place): Row | Diagnostic {
  if (isArray(item)) return { severity: "error", ...listAsRow, ...place() };
  const values: Record<string, Json> = {};
  if (isObject(item)) Object.assign(values, item);
  else values["value"] = item;
  if (key !== undefined) values["key"] = key;
  return { values, place };
}

function isScalar(value: Json): boolean {
  return value !== null && typeof value !== "object";
}

function failed(problem: Problem & Partial<Place>): Rows {
  return { rows: [], diagnostics: [{ severity: "error", ...problem }] };
}

function unknownType(file: string): Problem {
  return {
    code: "bad-for-each",
    summary: "Unknown type of file",
    detail: `${file} is no file of rows.`,
    help: "Name a file that ends in .csv, .yaml, .yml or .json.",
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
