import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import type { Pointer } from "../../core/json/pointer.js";
import { pointer } from "../../core/json/pointer.js";
import type { Variables } from "../variables/interpolate.js";
import { interpolate } from "../variables/interpolate.js";
import type { SyntaxNode } from "./syntax-tree.js";

/** A place of a config file that names a person. */
export interface PersonEntry {
  /** The e-mail or id, with the values of variables, as the file spells it. */
  readonly user: string;
  /** The text of the file, if it refers to variables. */
  readonly written?: string;
  /** item: an entry of a list. block: a block under the person's name. manager: `reportsOf`. */
  readonly role: "item" | "block" | "manager";
  /** The place in the file's document. An anchored list has one for each of its aliases too. */
  readonly pointer: Pointer;
  /** The list or block that the entry is a part of: `/rooms/lobby/participants`, `/users/jane@example.com`. */
  readonly within: Pointer;
  /** The member to remove; undefined if the syntax tree has none of this name. */
  readonly node: SyntaxNode | undefined;
}

/**
 * Finds everything that names a person in a file's document.
 *
 * @param document with references to variables
 * @param schema of the document, which shows where people are named
 */
export function findPeople(
  root: SyntaxNode,
  document: Json,
  { schema, variables }: { readonly schema: JsonObject; readonly variables: Variables },
): readonly PersonEntry[] {
  const found: PersonEntry[] = [];
  addFromValue({ node: root, value: document, at: "" }, schema, found);
  return found.flatMap((entry) => withVariables(entry, variables));
}

/** Returns an entry with the values of variables; nothing for one that only a row has a value for. */
function withVariables(entry: PersonEntry, variables: Variables): readonly PersonEntry[] {
  const { user } = entry;
  if (!user.includes("${")) return [entry];
  const { value, problems } = interpolate(user, variables);
  return problems.length > 0 || typeof value !== "string" ? [] : [{ ...entry, user: value, written: user }];
}

interface Located {
  readonly node: SyntaxNode | undefined;
  readonly value: Json | undefined;
  readonly at: Pointer;
}

function addFromValue(located: Located, schema: JsonObject, found: PersonEntry[]): void {
  const { value, at } = located;
  const { items, properties, additionalProperties, propertyNames } = schema;
  if (isObject(items) && items["$ref"] === "#/$defs/person") addFromList(located, at, found);
  if (!isObject(value)) return;
  const isByUser = isObject(propertyNames) && propertyNames["title"] === "user";
  const members = membersByName(located);
  for (const name of Object.keys(value)) {
    const member = { node: members.get(name), value: value[name], at: at + pointer(name) };
    if (isByUser) found.push(toEntry(member, "block", name, member.at));
    const inner = (isObject(properties) ? properties[name] : undefined) ?? additionalProperties;
    if (isObject(inner)) addFromValue(member, inner, found);
  }
}

function addFromList({ node, value, at }: Located, within: Pointer, found: PersonEntry[]): void {
  if (!isArray(value)) return;
  const { members = [] } = node?.target ?? node ?? {};
  for (const [index, item] of value.entries()) {
    const inner = { node: members[index], value: item, at: at + pointer(index) };
    if (typeof item === "string") found.push(toEntry(inner, "item", item, within));
    else if (isObject(item)) addFromSource(inner, within, found);
    else addFromList(inner, within, found);
  }
}

function addFromSource(source: Located, within: Pointer, found: PersonEntry[]): void {
  if (!isObject(source.value)) return;
  const members = membersByName(source);
  const { except, reportsOf } = source.value;
  const inner = (name: string, value: Json | undefined): Located => {
    return { node: members.get(name), value, at: source.at + pointer(name) };
  };
  if (typeof reportsOf === "string")
    found.push(toEntry(inner("reportsOf", reportsOf), "manager", reportsOf, within));
  addFromList(inner("except", except), within, found);
}

function toEntry(
  { node, at }: Located,
  role: PersonEntry["role"],
  user: string,
  within: Pointer,
): PersonEntry {
  return { user, role, pointer: at, within, node };
}

function membersByName({ node }: Located): ReadonlyMap<string, SyntaxNode> {
  const { members = [] } = node?.target ?? node ?? {};
  return new Map(members.flatMap((member) => (member.key === undefined ? [] : [[member.key.name, member]])));
}
