import type { Event } from "js-yaml";
import { COLLECTION_STYLE, EVENT_ID, getScalarValue, SCALAR_STYLE } from "js-yaml";
import type { CollectionEvent, NodeEvent } from "../read/event-cursor.js";
import { aliasTargets, EventCursor } from "../read/event-cursor.js";
import { plainScalar } from "../read/scalars.js";

/** A value of a file with its places: offsets into the text, in UTF-16 code units. */
export interface SyntaxNode {
  readonly type: "scalar" | "alias" | "list" | "mapping";
  /** True for a list or mapping with brackets. */
  readonly isFlow: boolean;
  /** The list or mapping around the node; undefined for the root. */
  readonly parent: SyntaxNode | undefined;
  /** The start of the node as a member of its parent: of its dash, its `?`, its key, or of the node itself. */
  readonly lead: number;
  /** The key of a member of a mapping. */
  readonly key: SyntaxKey | undefined;
  /** The start of the node's anchor or tag, or of the value. */
  readonly start: number;
  /** The start of the value, behind anchor and tag. */
  readonly valueStart: number;
  /** Behind the last character of the value. */
  end: number;
  /** The node that an alias repeats. */
  readonly target: SyntaxNode | undefined;
  readonly members: SyntaxNode[];
}

interface SyntaxKey {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Builds the syntax tree of a valid document from the parser's events. */
export function buildSyntaxTree(text: string, events: readonly Event[]): SyntaxNode {
  return new TreeBuilder(text, events).build(undefined, 0);
}

/** Returns the first offset from here on that is neither in white space nor in a comment nor a comma that is skipped too. */
export function skipSpace(text: string, from: number, skipsCommas = false): number {
  const space = skipsCommas ? /(?:[\s,]|#[^\n\r]*)*/y : /(?:\s|#[^\n\r]*)*/y;
  space.lastIndex = from;
  space.test(text);
  return space.lastIndex;
}

/** Returns the node at a path of member names and list positions. Aliases around it are followed. */
export function findNode(root: SyntaxNode, path: readonly string[]): SyntaxNode | undefined {
  return path.reduce<SyntaxNode | undefined>(
    (node, name) => (node === undefined ? undefined : findMember(node, name)),
    root,
  );
}

/** Returns a member of a list or mapping, or of the one that an alias repeats. @param name or position */
export function findMember(node: SyntaxNode, name: string): SyntaxNode | undefined {
  const around = node.target ?? node;
  return around.type === "list" ? around.members[Number(name)] : membersByName(around).get(name);
}

/** The members of the mappings that were searched: a search for each would take quadratic time. */
const named = new WeakMap<SyntaxNode, ReadonlyMap<string, SyntaxNode>>();

function membersByName(mapping: SyntaxNode): ReadonlyMap<string, SyntaxNode> {
  const known = named.get(mapping);
  if (known !== undefined) return known;
  const members = new Map(
    mapping.members.flatMap((member) => (member.key === undefined ? [] : [[member.key.name, member]])),
  );
  named.set(mapping, members);
  return members;
}

/** Returns every node, a parent before its members. Aliases are not followed. */
export function* nodesIn(node: SyntaxNode): Generator<SyntaxNode> {
  yield node;
  for (const member of node.members) yield* nodesIn(member);
}

class TreeBuilder {
  readonly #text: string;
  readonly #cursor: EventCursor;
  readonly #targets: ReadonlyMap<number, number>;
  /** Nodes with an anchor, by the number of their event. */
  readonly #anchored = new Map<number, SyntaxNode>();

  constructor(text: string, events: readonly Event[]) {
    this.#text = text;
    this.#cursor = new EventCursor(text, events, new Set());
    this.#targets = aliasTargets(text, events);
  }

  build(parent: SyntaxNode | undefined, lead: number, key?: SyntaxKey): SyntaxNode {
    const { index, node: event } = this.#cursor;
    const [valueStart, end] = this.#cursor.enter();
    const node: SyntaxNode = {
      type: nodeTypes[event.type],
      isFlow: isCollection(event) && event.style === COLLECTION_STYLE.FLOW,
      parent,
      lead,
      key,
      start: propertiesStart(event) ?? valueStart,
      valueStart,
      end: withoutSpace(this.#text, valueStart, end),
      target: this.#anchored.get(this.#targets.get(index) ?? -1),
      members: [],
    };
    if (event.type !== EVENT_ID.ALIAS && event.anchorStart >= 0) this.#anchored.set(index, node);
    if (!isCollection(event)) return node;
    let behind = node.isFlow ? valueStart + 1 : valueStart;
    while (!this.#cursor.isAtEnd) {
      const member = this.#member(node, skipSpace(this.#text, behind, true));
      node.members.push(member);
      behind = Math.max(member.end, member.key?.end ?? 0);
    }
    this.#cursor.leave(event, index);
    node.end = withoutSpace(this.#text, valueStart, this.#cursor.end);
    return node;
  }

  #member(parent: SyntaxNode, lead: number): SyntaxNode {
    if (parent.type === "list") return this.build(parent, lead);
    const event = this.#cursor.node;
    const start = propertiesStart(event);
    const span = this.#cursor.skip();
    const name = event.type === EVENT_ID.SCALAR ? getScalarValue(this.#text, event) : "";
    const isPlain = event.type === EVENT_ID.SCALAR && event.style === SCALAR_STYLE.PLAIN;
    return this.build(parent, lead, {
      name: isPlain ? String(plainScalar(name)) : name,
      start: start ?? span[0],
      end: span[1],
    });
  }
}

const nodeTypes = {
  [EVENT_ID.SCALAR]: "scalar",
  [EVENT_ID.ALIAS]: "alias",
  [EVENT_ID.SEQUENCE]: "list",
  [EVENT_ID.MAPPING]: "mapping",
} as const;

function isCollection(event: NodeEvent): event is CollectionEvent {
  return event.type === EVENT_ID.SEQUENCE || event.type === EVENT_ID.MAPPING;
}

/** Returns the start of a node's anchor or tag, whichever comes first; undefined without both. */
function propertiesStart(event: NodeEvent): number | undefined {
  if (event.type === EVENT_ID.ALIAS) return undefined;
  const starts = [event.anchorStart - 1, event.tagStart].filter((start) => start >= 0);
  return starts.length === 0 ? undefined : Math.min(...starts);
}

/** Returns an end before white space: the text of a block scalar includes the empty lines behind it. */
function withoutSpace(text: string, start: number, end: number): number {
  let last = end;
  while (last > start && " \t\r\n".includes(text.charAt(last - 1))) last--;
  return last;
}
