import type { Diagnostic } from "../../core/diagnostic.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import { pointer, tokens, valueAt } from "../../core/json/pointer.js";
import type { BlockLayout } from "../../core/kind/block-layout.js";
import type { Document } from "../document.js";
import { environmentsMember } from "../environments/choose-environment.js";
import { isForbiddenName } from "../names.js";
import type { Problem } from "../problem.js";
import type { YamlContent } from "../read/read-yaml.js";
import type { Place } from "../read/source.js";
import { forbiddenKey } from "../read/value-messages.js";
import type { Scope, Variables } from "../variables/interpolate.js";
import { forEachText } from "../variables/each-text.js";
import { interpolate } from "../variables/interpolate.js";
import type { BlockTemplate } from "./block-template.js";
import { BlockTemplates, getLoopKey, hasReferences } from "./block-template.js";
import type { RowFiles } from "./read-rows.js";
import { toRows } from "./read-rows.js";
import type { Row, Rows, Template } from "./row.js";
import { rowsMember } from "./row.js";
import { emptyCell, noRows, otherLoop, sameName } from "./template-messages.js";

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
  readonly row: Row | undefined;
}

class Insertion {
  readonly #content: YamlContent;
  readonly #context: InsertionContext;
  readonly #diagnostics: Diagnostic[] = [];
  readonly #templates: Template[] = [];
  readonly #unresolved: Set<string>;
  readonly #partial: Set<string>;
  readonly #blockTemplates: BlockTemplates;
  /** By top-level member and name of the new block. */
  readonly #generated = new Map<string, Map<string, Generated>>();

  constructor(content: YamlContent, context: InsertionContext) {
    this.#content = content;
    this.#context = context;
    this.#unresolved = new Set(content.unresolved);
    this.#partial = new Set(content.partial);
    this.#blockTemplates = new BlockTemplates(content);
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
        else result[name] = this.#insertInto(inner, [name]);
      }
    }
    const document: Document = {
      value: isObject(value) ? result : value,
      textAt: (at) => {
        const text = valueAt(value, pointer(...this.#pathInFile(tokens(at))));
        return typeof text === "string" ? text : undefined;
      },
      unresolved: this.#unresolved,
      partial: this.#partial,
      placeOf: (path, atKey) =>
        withRow(this.#content.placeOf(this.#pathInFile(path), atKey), this.#getGenerated(path)?.row),
    };
    return { document, templates: this.#templates, diagnostics: this.#diagnostics };
  }

  /** Inserts values into the chosen environment only. */
  #environments(environments: Json): Json {
    if (!isObject(environments)) return environments;
    const members = Object.entries(environments).map(([name, block = null]) => {
      const path = [environmentsMember, name];
      if (name === this.#context.environment) return [name, this.#insertInto(block, path)] as const;
      forEachText(block, (text, inner, atKey) => {
        // The references are not replaced.
        if (!atKey && text.includes("${")) this.#unresolved.add(pointer(...path, ...inner));
      });
      return [name, block] as const;
    });
    return Object.fromEntries(members);
  }

  /** Inserts values into named blocks: `rooms`, `users`. */
  async #blocks(outer: string, members: JsonObject): Promise<JsonObject> {
    const { mayRefer } = this.#content;
    const namesUsers = this.#context.layout.lowerCase.has(outer);
    const hasName = (name: string): boolean => namesUsers && name.includes("${");
    const isFinal = (name: string, inner: Json): boolean =>
      !(mayRefer && (hasName(name) || hasReferences(inner))) && getLoopKey(inner) === undefined;
    // Hot path: a file of 25,000 blocks without references needs no copy.
    if (Object.keys(members).every((name) => isFinal(name, members[name] ?? null))) return members;
    const result: Record<string, Json> = {};
    for (const name in members) {
      const inner = members[name] ?? null;
      if (isObject(inner) && Object.hasOwn(inner, rowsMember)) {
        const { [rowsMember]: written = null, ...block } = inner;
        const rows = await this.#rows(written, [outer, name, rowsMember]);
        this.#templates.push({ at: [outer, name], rows });
        const template = this.#blockTemplates.make(outer, name, block);
        for (const row of rows.rows) this.#addBlock(result, template, row);
      } else if (isObject(inner) && getLoopKey(inner) !== undefined) this.#reportLoop([outer, name], inner);
      else if (hasName(name)) this.#addBlock(result, this.#blockTemplates.make(outer, name, inner));
      else result[name] = this.#insertInto(inner, [outer, name]);
    }
    return result;
  }

  /** Reports a block whose rows have the key of another tool, and leaves the block out. */
  #reportLoop(path: readonly string[], block: JsonObject): void {
    const key = getLoopKey(block) ?? "";
    this.#problem(otherLoop(key), this.#content.placeOf([...path, key], true));
    this.#partial.add(pointer(...path.slice(0, -1)));
  }

  async #rows(rows: Json, at: readonly string[]): Promise<Rows> {
    const value = this.#insertInto(rows, at);
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

  /** Adds the block of a template for a row, or under a name with references. */
  #addBlock(result: Record<string, Json>, template: BlockTemplate, row?: Row): void {
    const { outer, name, block } = template;
    const { variables } = this.#context;
    const { env, vars, declared } = variables;
    // Hot path: a literal with every member is made several times faster than one that spreads another object.
    const scope: Scope =
      row === undefined ? variables : { env, vars, declared, each: row.values, unusable: row.unusable };
    const { value, problems } = interpolate(name, scope);
    if (problems.length > 0) {
      const place = this.#content.placeWithin([outer, name], true);
      for (const { part, ...problem } of problems) this.#problem(problem, place(part), row);
      return;
    }
    const newName = typeof value === "string" ? value : JSON.stringify(value);
    const problem =
      value === null
        ? emptyCell(name)
        : isForbiddenName(newName)
          ? forbiddenKey(newName)
          : Object.hasOwn(result, newName)
            ? sameName(`${outer}/${newName}`, name)
            : undefined;
    if (problem !== undefined) {
      this.#problem(problem, this.#content.placeOf([outer, name], true), row);
      return;
    }
    const known = this.#generated.get(outer);
    const generated = known ?? new Map<string, Generated>();
    if (known === undefined) this.#generated.set(outer, generated);
    generated.set(newName, { name, row });
    for (const at of template.unresolved) this.#unresolved.add(pointer(outer, newName) + at);
    for (const at of template.partial) this.#partial.add(pointer(outer, newName) + at);
    result[newName] = this.#insert(block, [outer, newName], scope);
  }

  /** Inserts values of variables. Returns the same value if it has no references. */
  #insertInto(value: Json, path: readonly string[]): Json {
    return hasReferences(value) ? this.#insert(value, [...path], this.#context.variables) : value;
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
    for (const name in value) {
      const member = value[name] ?? null;
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
    this.#problem(emptyCell(written), place, this.#getGenerated(path)?.row);
  }

  #insertChild(value: Json, path: string[], name: string, scope: Scope): Json {
    path.push(name);
    const inserted = this.#insert(value, path, scope);
    path.pop();
    return inserted;
  }

  #interpolate(text: string, path: readonly string[], scope: Scope): Json {
    const { value, problems } = interpolate(text, scope);
    if (problems.length === 0) return value;
    this.#unresolved.add(pointer(...path));
    const place = this.#content.placeWithin(this.#pathInFile(path), false);
    const row = this.#getGenerated(path)?.row;
    for (const { part, ...problem } of problems) this.#problem(problem, place(part), row);
    return value;
  }

  #pathInFile(path: readonly string[]): readonly string[] {
    const [block = "", , ...rest] = path;
    const generated = this.#getGenerated(path);
    return generated === undefined ? path : [block, generated.name, ...rest];
  }

  #getGenerated([block = "", name = ""]: readonly string[]): Generated | undefined {
    return this.#generated.get(block)?.get(name);
  }

  #problem(problem: Problem, place: Place, row?: Row): void {
    this.#diagnostics.push({ severity: "error", ...problem, ...withRow(place, row) });
  }
}

function withRow(place: Place, row: Row | undefined): Place {
  return row === undefined ? place : { ...place, related: [{ ...row.place(), label: "in this row" }] };
}
