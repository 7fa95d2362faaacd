import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import type { Pointer } from "../../core/json/pointer.js";
import { pointer } from "../../core/json/pointer.js";
import type { SyntaxNode } from "./syntax-tree.js";

/** A place of a config file that names a person. */
export interface PersonEntry {
  /** The e-mail or id, with variables replaced, as the file spells it. */
  readonly user: string;
  /** item: an entry of a list. block: a block under the person's name. manager: `reportsOf`. */
  readonly role: "item" | "block" | "manager";
  /** The place in the file's document. An anchored list has one for each of its aliases too. */
  readonly pointer: Pointer;
  /** The member to remove; undefined if the syntax tree has none of this name. */
  readonly node: SyntaxNode | undefined;
}

/**
 * Finds everything that names a person in a file's document.
 *
 * @param schema of the document, which shows where people are named
 */
export function findPeople(root: SyntaxNode, document: Json, schema: JsonObject): readonly PersonEntry[] {
  const found: PersonEntry[] = [];
  addFromValue({ node: root, value: document, at: "" }, schema, found);
  return found;
}

interface Located {
  readonly node: SyntaxNode | undefined;
  readonly value: Json | undefined;
  readonly at: Pointer;
}

function addFromValue(located: Located, schema: JsonObject, found: PersonEntry[]): void {
  const { value, at } = located;
  if (isArray(value) && isObject(schema["items"]) && namesPeople(schema["items"]))
    addFromList(located, found);
  if (!isObject(value)) return;
  const { properties, additionalProperties, propertyNames } = schema;
  const isByUser = isObject(propertyNames) && propertyNames["title"] === "user";
  const members = membersByName(located);
  for (const name of Object.keys(value)) {
    const member = { node: members.get(name), value: value[name], at: at + pointer(name) };
    if (isByUser) found.push({ user: name, role: "block", pointer: member.at, node: member.node });
    const inner = (isObject(properties) ? properties[name] : undefined) ?? additionalProperties;
    if (isObject(inner)) addFromValue(member, inner, found);
  }
}

/** Returns true if items of a list may be users. */
function namesPeople(items: JsonObject): boolean {
  const { title, $ref, anyOf } = items;
  if (title === "user" || $ref === "#/$defs/person") return true;
  return isArray(anyOf) && anyOf.some((one) => isObject(one) && namesPeople(one));
}

function addFromList({ node, value, at }: Located, found: PersonEntry[]): void {
  if (!isArray(value)) return;
  const { members = [] } = node?.target ?? node ?? {};
  for (const [index, item] of value.entries()) {
    const inner = { node: members[index], value: item, at: at + pointer(index) };
    if (typeof item === "string")
      found.push({ user: item, role: "item", pointer: inner.at, node: inner.node });
    else if (isObject(item)) addFromSource(inner, found);
    else addFromList(inner, found);
  }
}

function addFromSource(source: Located, found: PersonEntry[]): void {
  if (!isObject(source.value)) return;
  const { except, reportsOf } = source.value;
  const members = membersByName(source);
  if (typeof reportsOf === "string")
    found.push({
      user: reportsOf,
      role: "manager",
      pointer: source.at + pointer("reportsOf"),
      node: members.get("reportsOf"),
    });
  addFromList({ node: members.get("except"), value: except, at: source.at + pointer("except") }, found);
}

function membersByName({ node }: Located): ReadonlyMap<string, SyntaxNode> {
  const { members = [] } = node?.target ?? node ?? {};
  return new Map(members.flatMap((member) => (member.key === undefined ? [] : [[member.key.name, member]])));
}
