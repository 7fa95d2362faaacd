import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import type { Pointer } from "../../core/json/pointer.js";
import { pointer, tokens, valueAt } from "../../core/json/pointer.js";
import type { YamlContent } from "../read/read-yaml.js";
import type { Place } from "../read/source.js";
import type { Row, Rows, RowSource, Template } from "../templates/row.js";
import { rowsMember } from "../templates/row.js";
import type { Variables } from "../variables/interpolate.js";
import { interpolate, rowReferences } from "../variables/interpolate.js";

/** A place of a config file, or of a file of rows, that names a person. */
export interface PersonEntry {
  /** The e-mail or id, with the values of variables, as the file spells it. */
  readonly user: string;
  /** The text of the file, if it refers to variables. */
  readonly written?: string;
  /**
   * item: an entry of a list. block: a block under the person's name. manager: `reportsOf`. row: a row whose block is about the
   * person alone. cell: another value of a row.
   */
  readonly role: "item" | "block" | "manager" | "row" | "cell";
  readonly file: string;
  /** The place in the file's document. An anchored list has one for each of its aliases too. */
  readonly pointer: Pointer;
  /** The list or block of the config that the entry is a part of: `/rooms/lobby/participants`, `/users/jane@example.com`. */
  readonly within: Pointer;
  place(): Place;
}

/** A block that is written for a row. */
export interface RowUse {
  /** The file of the row, and the row's place in it. */
  readonly file: string;
  readonly pointer: Pointer;
  /** The block: `/rooms/lobby`. */
  readonly block: Pointer;
}

export interface PeopleFound {
  readonly people: readonly PersonEntry[];
  readonly uses: readonly RowUse[];
}

export interface SearchContext {
  /** The schema of the config, which shows where people are named. */
  readonly schema: JsonObject;
  readonly variables: Variables;
  /** The blocks of the file that are written for rows. Missing: none. */
  readonly templates?: readonly Template[];
}

/** Finds everything in a config file, and in the rows of its blocks, that names a person. */
export function findPeople(
  content: YamlContent,
  { schema, variables, templates = [] }: SearchContext,
): PeopleFound {
  const rows = new Map(templates.map((template) => [pointer(...template.at), template.rows]));
  const search = new Search(content, variables, rows);
  const { file, value, placeOf } = content;
  search.addFromValue({ origin: { file, placeOf }, value, at: "", within: "" }, schema);
  return search;
}

/** The document that a value stands in. */
type Origin = Pick<RowSource, "file" | "placeOf">;

interface Located {
  readonly origin: Origin;
  readonly value: Json | undefined;
  /** The value's place in its document. */
  readonly at: Pointer;
  /** The value's place in the config. */
  readonly within: Pointer;
  /** Set for a value of a row; cell: a text, which cannot be removed without its row. */
  readonly from?: "row" | "cell";
}

class Search implements PeopleFound {
  readonly people: PersonEntry[] = [];
  readonly uses: RowUse[] = [];
  readonly #content: YamlContent;
  readonly #variables: Variables;
  readonly #templates: ReadonlyMap<Pointer, Rows>;
  /** The row that the block is written for; what the block itself says is found without a row. */
  readonly #row: RowOfBlock | undefined;

  constructor(
    content: YamlContent,
    variables: Variables,
    templates: ReadonlyMap<Pointer, Rows>,
    row?: RowOfBlock,
  ) {
    this.#content = content;
    this.#variables = variables;
    this.#templates = templates;
    this.#row = row;
  }

  addFromValue(located: Located, schema: JsonObject): void {
    const { value } = located;
    const { items, properties, additionalProperties, propertyNames } = schema;
    if (isObject(items) && items["$ref"] === "#/$defs/person") this.#addFromList(located, located.within);
    if (!isObject(value)) return;
    const isByUser = isObject(propertyNames) && propertyNames["title"] === "user";
    for (const name of Object.keys(value)) {
      const member = this.#member(located, name);
      const inner = (isObject(properties) ? properties[name] : undefined) ?? additionalProperties;
      const rows = this.#templates.get(member.at);
      if (isByUser && rows === undefined) this.#add(member, "block", name, member.within);
      if (isObject(inner)) this.addFromValue(member, inner);
      if (isObject(inner) && rows !== undefined) this.#addFromRows(member, inner, { name, rows, isByUser });
    }
  }

  #addFromRows(
    block: Located,
    schema: JsonObject,
    { name, rows, isByUser }: { readonly name: string; readonly rows: Rows; readonly isByUser: boolean },
  ): void {
    const { [rowsMember]: _, ...value } = isObject(block.value) ? block.value : {};
    const { members } = value;
    const isAboutOne = isArray(members) && members.length === 1 && typeof members[0] === "string";
    for (const row of rows.rows) {
      const of = new RowOfBlock(row, rows.source, this.#content, this.#variables);
      const [outer = ""] = tokens(block.at);
      const user = of.insert(name);
      const within = pointer(outer, user);
      const search = new Search(this.#content, this.#variables, new Map(), of);
      const located: Located = { ...of.located(row.path, within), value: null };
      this.uses.push({ file: located.origin.file, pointer: located.at, block: within });
      if (isByUser) search.#add(located, "row", user, within, of.getVariable(name));
      search.addFromValue({ ...block, value, within }, schema);
      this.people.push(
        ...search.people.map((entry): PersonEntry => {
          if (!isAboutOne || entry.role !== "cell" || entry.within !== `${within}/members`) return entry;
          return toEntry(located, "row", { ...entry, within });
        }),
      );
    }
  }

  #addFromList(list: Located, within: Pointer): void {
    if (!isArray(list.value)) return;
    for (const index of list.value.keys()) {
      const item = this.#member(list, String(index));
      if (typeof item.value === "string")
        this.#add(item, item.from === "cell" ? "cell" : "item", item.value, within);
      else if (isObject(item.value)) this.#addFromSource(item, within);
      else this.#addFromList(item, within);
    }
  }

  #addFromSource(source: Located, within: Pointer): void {
    const manager = this.#member(source, "reportsOf");
    if (typeof manager.value === "string") this.#add(manager, "manager", manager.value, within);
    this.#addFromList(this.#member(source, "except"), within);
  }

  #member({ value, at, ...around }: Located, name: string): Located {
    const inner = isArray(value) ? value[Number(name)] : isObject(value) ? value[name] : undefined;
    const within = around.within + pointer(name);
    const member = { ...around, within, value: inner, at: at + pointer(name) };
    return typeof inner === "string" && member.from === undefined
      ? (this.#row?.getCell(inner, within) ?? member)
      : member;
  }

  #add(located: Located, role: PersonEntry["role"], text: string, within: Pointer, variable?: string): void {
    if (this.#row !== undefined && located.from === undefined) return;
    const { value: user, problems } = interpolate(text, this.#variables);
    // Only a row has a value for other references.
    if (problems.length > 0 || typeof user !== "string") return;
    const written = variable ?? (text.includes("${") ? text : undefined);
    const named = written === undefined ? { user } : { user, written };
    this.people.push(toEntry(located, role, { ...named, within }));
  }
}

function toEntry(
  { origin, at }: Located,
  role: PersonEntry["role"],
  { user, written, within }: Pick<PersonEntry, "user" | "written" | "within">,
): PersonEntry {
  return {
    ...{ user, role, within, pointer: at, file: origin.file },
    ...(written === undefined ? {} : { written }),
    place: () => origin.placeOf(tokens(at), role === "block" || role === "row"),
  };
}

/** A row that a block is written for, with the document that the row stands in. */
class RowOfBlock {
  readonly #row: Row;
  readonly #source: RowSource | undefined;
  readonly #content: YamlContent;
  readonly #variables: Variables;

  constructor(row: Row, source: RowSource | undefined, content: YamlContent, variables: Variables) {
    this.#row = row;
    this.#source = source;
    this.#content = content;
    this.#variables = variables;
  }

  /** Returns a text of the block with the values of the row. */
  insert(text: string): string {
    const { value } = interpolate(text, { ...this.#variables, each: this.#row.values });
    return typeof value === "string" ? value : JSON.stringify(value);
  }

  /** Returns the place of a value of the row's document. */
  located(path: readonly string[], within: Pointer): Omit<Located, "value"> {
    return { origin: this.#source ?? this.#content, at: pointer(...path), within, from: "row" };
  }

  /** Returns the value that a text of the block gets from the row; undefined for another text. */
  getCell(text: string, within: Pointer): Located | undefined {
    const [name] = rowReferences(text);
    if (name === undefined) return undefined;
    const located = this.located(this.#row.cellPath(name), within);
    const value = text === `\${each.${name}}` ? this.#written(name) : this.insert(text);
    return typeof value === "object" ? { ...located, value } : { ...located, value, from: "cell" };
  }

  /** Returns the value of the row that a text of the block refers to, if the value refers to variables. */
  getVariable(text: string): string | undefined {
    return rowReferences(text)
      .map((name) => this.#written(name))
      .find((value): value is string => typeof value === "string" && value.includes("${"));
  }

  /** Returns a value as the row has it: the variables of rows in a config file are not replaced. */
  #written(name: string): Json | undefined {
    const { values, path } = this.#row;
    if (name === "key" && values[name] === path.at(-1)) return values[name];
    return this.#source === undefined
      ? valueAt(this.#content.value, pointer(...this.#row.cellPath(name)))
      : values[name];
  }
}
