import type { Diagnostic } from "../../core/diagnostic.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import { pointer } from "../../core/json/pointer.js";
import type { BlockLayout } from "../../core/kind/block-layout.js";
import type { Document } from "../document.js";
import { environmentsMember } from "../environments/choose-environment.js";
import { isForbiddenName } from "../names.js";
import type { Problem } from "../problem.js";
import type { YamlContent } from "../read/read-yaml.js";
import type { Place } from "../read/source.js";
import { forbiddenKey } from "../read/value-messages.js";
import type { Scope, Variables } from "../variables/interpolate.js";
import { interpolate, variableReferences } from "../variables/interpolate.js";
import type { RowFiles } from "./read-rows.js";
import { toRows } from "./read-rows.js";
import type { Row, Rows, Template } from "./row.js";
import { rowsMember } from "./row.js";
import { emptyCell, loopKey, noRows, sameName } from "./template-messages.js";

/** A document, and its problems. */
export interface Inserted {
  readonly document: Document;
  /** The blocks of the file that were written for rows. */
  readonly templates: readonly Template[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Top-level members whose references are replaced where they are used. */
const usedEarlier: ReadonlySet<string> = new Set(["variables", "include"]);

/**
 * Inserts the values of variables into a document, and writes blocks with `forEach` once for each row. Never throws for
 * what a user wrote.
 */
export async function insertValues(content: YamlContent, context: InsertionContext): Promise<Inserted> {
  return new Insertion(content, context).run();
}

/** The sources of the values. */
export interface InsertionContext {
  readonly variables: Variables;
  readonly layout: BlockLayout;
  readonly rowFiles: RowFiles;
  /** The name of the chosen environment: the values of others may not be known. */
  readonly environment?: string | undefined;
}

/** A block that was written for a row, or under a name with references. */
interface Generated {
  readonly name: string;
  readonly row?: Row;
}

class Insertion {
  readonly #content: YamlContent;
  readonly #context: InsertionContext;
  readonly #diagnostics: Diagnostic[] = [];
  readonly #templates: Template[] = [];
  readonly #untyped = new Set<string>();
  readonly #written = new Map<string, string>();
  readonly #unresolved: Set<string>;
  readonly #partial: Set<string>;
  /** By pointer of the new block. */
  readonly #generated = new Map<string, Generated>();

  constructor(content: YamlContent, context: InsertionContext) {
    this.#content = content;
    this.#context = context;
    this.#unresolved = new Set(content.unresolved);
    this.#partial = new Set(content.partial);
  }

  async run(): Promise<Inserted> {
    const { value } = this.#content;
    const result: Record<string, Json> = {};
    if (isObject(value)) {
      for (const [name, inner = null] of Object.entries(value)) {
        if (usedEarlier.has(name)) result[name] = inner;
        else if (name === environmentsMember) result[name] = this.#environments(inner);
        else if (this.#context.layout.named.has(name) && isObject(inner))
          result[name] = await this.#blocks(name, inner);
        else result[name] = this.#insert(inner, [name], this.#context.variables);
      }
    }
    const document: Document = {
      value: isObject(value) ? result : value,
      untyped: this.#untyped,
      written: this.#written,
      unresolved: this.#unresolved,
      partial: this.#partial,
      placeOf: (path, atKey) =>
        withRow(this.#content.placeOf(this.#pathInFile(path), atKey), this.#rowOf(path)),
    };
    return { document, templates: this.#templates, diagnostics: this.#diagnostics };
  }

  /** Inserts values into the chosen environment only. */
  #environments(environments: Json): Json {
    if (!isObject(environments)) return environments;
    const members = Object.entries(environments).map(([name, block = null]) => {
      const path = [environmentsMember, name];
      if (name === this.#context.environment)
        return [name, this.#insert(block, path, this.#context.variables)] as const;
      this.#markUnread(block, path);
      return [name, block] as const;
    });
    return Object.fromEntries(members);
  }

  /** Marks texts whose references are not replaced. */
  #markUnread(value: Json, path: readonly string[]): void {
    if (typeof value === "string" && value.includes("${")) this.#unresolved.add(pointer(...path));
    else if (isArray(value))
      for (const [index, item] of value.entries()) this.#markUnread(item, [...path, String(index)]);
    else if (isObject(value))
      for (const [name, inner = null] of Object.entries(value)) this.#markUnread(inner, [...path, name]);
  }

  /** Inserts values into named blocks: `rooms`, `users`. */
  async #blocks(block: string, members: JsonObject): Promise<JsonObject> {
    const result: Record<string, Json> = {};
    const namesUsers = this.#context.layout.lowerCase.has(block);
    for (const [name, inner = null] of Object.entries(members)) {
      if (isObject(inner) && Object.hasOwn(inner, rowsMember)) {
        const { [rowsMember]: written = null, ...template } = inner;
        const rows = await this.#rows(written, [block, name, rowsMember]);
        this.#templates.push({ at: [block, name], rows });
        for (const row of rows.rows) this.#addBlock(result, template, [block, name], row);
      } else if (isObject(inner) && otherLoop(inner) !== undefined) this.#reportLoop([block, name], inner);
      else if (namesUsers && name.includes("${")) this.#addBlock(result, inner, [block, name]);
      else result[name] = this.#insert(inner, [block, name], this.#context.variables);
    }
    return result;
  }

  /** Reports a block whose rows have the key of another tool, and leaves the block out. */
  #reportLoop(path: readonly string[], block: JsonObject): void {
    const key = otherLoop(block) ?? "";
    this.#problem(loopKey(key), this.#content.placeOf([...path, key], true));
    this.#partial.add(pointer(...path.slice(0, -1)));
  }

  async #rows(rows: Json, at: readonly string[]): Promise<Rows> {
    const value = this.#insert(rows, [...at], this.#context.variables);
    if (this.#unresolved.has(pointer(...at))) return { rows: [], diagnostics: [] };
    const { placeOf, file } = this.#content;
    const read =
      typeof value === "string"
        ? await this.#context.rowFiles.read(value, { place: placeOf(at, false), file, member: rowsMember })
        : toRows(value, placeOf, at);
    this.#diagnostics.push(...read.diagnostics);
    if (typeof value === "string" && read.rows.length === 0 && read.diagnostics.length === 0)
      this.#diagnostics.push({ severity: "warning", ...noRows(value), ...placeOf(at, false) });
    return read;
  }

  /** Adds a block whose name has references. @param from its path in the file */
  #addBlock(
    result: Record<string, Json>,
    block: Json,
    from: readonly [outer: string, name: string],
    row?: Row,
  ): void {
    const [outer, name] = from;
    const scope: Scope =
      row === undefined
        ? this.#context.variables
        : { ...this.#context.variables, each: row.values, unusable: row.unusable };
    const { value, problems } = interpolate(name, scope);
    for (const { part, ...problem } of problems)
      this.#problem(problem, this.#content.placeWithin(from, true, part), row);
    if (problems.length > 0) return;
    const newName = typeof value === "string" ? value : JSON.stringify(value);
    const place = this.#content.placeOf(from, true);
    if (value === null) this.#problem(emptyCell(name), place, row);
    else if (isForbiddenName(newName)) this.#problem(forbiddenKey(newName), place, row);
    else if (Object.hasOwn(result, newName)) this.#problem(sameName(`${outer}/${newName}`, name), place, row);
    else {
      const at = pointer(outer, newName);
      this.#generated.set(at, row === undefined ? { name } : { name, row });
      this.#copyMarks(pointer(...from), at);
      result[newName] = this.#insert(block, [outer, newName], scope);
    }
  }

  /** Marks the values of a new block that could not be read in the block of the file. */
  #copyMarks(from: string, to: string): void {
    for (const [marks, original] of [
      [this.#unresolved, this.#content.unresolved],
      [this.#partial, this.#content.partial],
    ] as const) {
      for (const at of original)
        if (at === from || at.startsWith(`${from}/`)) marks.add(to + at.slice(from.length));
    }
  }

  /** @param path of the value in the new document; the same again after the call */
  #insert(value: Json, path: string[], scope: Scope): Json {
    if (typeof value === "string")
      return value.includes("${") ? this.#interpolate(value, path, scope) : value;
    if (isArray(value))
      return value.map((item, index) => {
        const inserted = this.#insertChild(item, path, String(index), scope);
        if (inserted === null && typeof item === "string") this.#checkItem(item, [...path, String(index)]);
        return inserted;
      });
    if (!isObject(value)) return value;
    const result: Record<string, Json> = {};
    for (const [name, member = null] of Object.entries(value)) {
      const inserted = this.#insertChild(member, path, name, scope);
      // A key whose value is an empty cell counts as not written.
      if (inserted !== null || member === null || this.#unresolved.has(pointer(...path, name)))
        result[name] = inserted;
    }
    return result;
  }

  /** Reports an item of a list that is an empty cell. */
  #checkItem(written: string, path: readonly string[]): void {
    const at = pointer(...path);
    if (this.#unresolved.has(at)) return;
    this.#unresolved.add(at);
    const place = this.#content.placeOf(this.#pathInFile(path), false);
    this.#problem(emptyCell(written), place, this.#rowOf(path));
  }

  #insertChild(value: Json, path: string[], name: string, scope: Scope): Json {
    path.push(name);
    const inserted = this.#insert(value, path, scope);
    path.pop();
    return inserted;
  }

  #interpolate(text: string, path: readonly string[], scope: Scope): Json {
    const { value, whole, problems } = interpolate(text, scope);
    const at = pointer(...path);
    // The values of rows are no secrets: messages show them.
    if (variableReferences(text).length > 0 || problems.length > 0) this.#written.set(at, text);
    if (problems.length > 0) this.#unresolved.add(at);
    else if (whole) this.#untyped.add(at);
    for (const { part, ...problem } of problems)
      this.#problem(
        problem,
        this.#content.placeWithin(this.#pathInFile(path), false, part),
        this.#rowOf(path),
      );
    return value;
  }

  #pathInFile(path: readonly string[]): readonly string[] {
    const [block = "", name = "", ...rest] = path;
    const generated = this.#generated.get(pointer(block, name));
    return generated === undefined ? path : [block, generated.name, ...rest];
  }

  #rowOf([block = "", name = ""]: readonly string[]): Row | undefined {
    return this.#generated.get(pointer(block, name))?.row;
  }

  #problem(problem: Problem, place: Place, row?: Row): void {
    this.#diagnostics.push({ severity: "error", ...problem, ...withRow(place, row) });
  }
}

function withRow(place: Place, row: Row | undefined): Place {
  return row === undefined ? place : { ...place, related: [{ ...row.place(), label: "in this row" }] };
}

/** The keys of other tools for a block that is written several times. */
const loopKeys = new Set(["foreach", "withitems", "loop", "count", "range", "matrix"]);

function otherLoop(block: JsonObject): string | undefined {
  return Object.keys(block).find((name) => loopKeys.has(name.toLowerCase().replaceAll(/[_-]/g, "")));
}
