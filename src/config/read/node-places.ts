import type { Span } from "./source.js";

/** A key of a mapping; without a name if the key can't be used as one. */
export interface Key {
  readonly name: string | undefined;
  readonly span: Span;
}

/** Numbers of a node in the table: the start of its key. */
const keyStart = 0;
const keyEnd = 1;
const valueStart = 2;
const valueEnd = 3;
/** The first node behind all that is within this one; 0 while the node is open. */
const behind = 4;
/** The node that an alias stands for; 0 for other nodes. */
const target = 5;
const width = 6;

/** The name of keys that can't be used as one. No other key has it. */
const unusable = "<<";

/** The children of a node that are found without an index. */
const fewChildren = 16;

/** Children of a node by name or position; `next` is the first child that is not yet among them. */
interface Children {
  readonly byName: Map<string, number>;
  next: number;
}

/**
 * The places of a document's nodes, in the order of the text. A file of 100,000 users has 500,000 nodes: six integers for
 * each take 12 MB, objects would take ten times as much.
 */
export class NodePlaces {
  #table = new Int32Array(64 * width);
  /** Names of members; nothing for items of a list. */
  readonly #names: (string | undefined)[] = [];
  /** Children of the nodes with many that were asked for: a search for each would take quadratic time. */
  readonly #children = new Map<number, Children>();

  /** Adds a node; nodes that are added before its `close` are within it. Returns its number. */
  open(key: Key | undefined, [start, end]: Span): number {
    const node = this.#names.length;
    const at = node * width;
    if (at === this.#table.length) {
      const larger = new Int32Array(at * 2);
      larger.set(this.#table);
      this.#table = larger;
    }
    this.#table[at + keyStart] = key === undefined ? -1 : key.span[0];
    this.#table[at + keyEnd] = key === undefined ? -1 : key.span[1];
    this.#table[at + valueStart] = start;
    this.#table[at + valueEnd] = end;
    this.#names.push(key === undefined ? undefined : (key.name ?? unusable));
    return node;
  }

  /** Ends a node. @param end of its value, in the text */
  close(node: number, end: number): void {
    // The place of an empty item is its hyphen, behind the end.
    this.#table[node * width + valueEnd] = Math.max(end, this.#number(node, valueEnd));
    this.#table[node * width + behind] = this.#names.length;
  }

  /** Sets the node that an alias stands for. */
  setTarget(alias: number, node: number): void {
    this.#table[alias * width + target] = node;
  }

  /** Returns the span of a member's key, of the first one with this name. */
  getKey(mapping: number, name: string): Span | undefined {
    const child = this.#child(mapping, name);
    return child === undefined ? undefined : this.#key(child);
  }

  /**
   * Returns the place of a value, or of its key; if there is none, the place of the innermost value around it.
   *
   * @param path member names and list positions from the top
   */
  placeOf(path: readonly string[], atKey: boolean): Span {
    return this.#placeWithin(0, path, atKey) ?? this.#value(0) ?? [0, 0];
  }

  /** Returns the innermost place on a path below a node; undefined if there is none. @param depth of the node */
  #placeWithin(node: number, path: readonly string[], atKey: boolean, depth = 0): Span | undefined {
    const token = path[depth];
    const child = token === undefined ? undefined : this.#child(node, token);
    if (child === undefined) return undefined;
    const isValue = depth === path.length - 1 && !atKey;
    return (
      this.#placeWithin(child, path, atKey, depth + 1) ??
      (isValue ? (this.#value(child) ?? this.#key(child)) : (this.#key(child) ?? this.#value(child)))
    );
  }

  /** Returns the child with a name or position: of a duplicate key, the first. The children of an alias are those of its target. */
  #child(node: number, token: string): number | undefined {
    const aliased = this.#number(node, target);
    if (aliased !== 0) return this.#child(aliased, token);
    const end = this.#number(node, behind) || this.#names.length;
    let child = node + 1;
    for (let position = 0; position < fewChildren; position++) {
      if (child >= end) return undefined;
      if ((this.#names[child] ?? String(position)) === token) return child;
      child = this.#number(child, behind);
    }
    return this.#indexed(node, end).get(token);
  }

  #indexed(node: number, end: number): ReadonlyMap<string, number> {
    const known = this.#children.get(node);
    const children = known ?? { byName: new Map<string, number>(), next: node + 1 };
    if (known === undefined) this.#children.set(node, children);
    while (children.next < end) {
      const name = this.#names[children.next] ?? String(children.byName.size);
      // Of a duplicate key, the first counts.
      if (!children.byName.has(name)) children.byName.set(name, children.next);
      children.next = this.#number(children.next, behind);
    }
    return children.byName;
  }

  #key(node: number): Span | undefined {
    const start = this.#number(node, keyStart);
    return start < 0 ? undefined : [start, this.#number(node, keyEnd)];
  }

  /** Returns the place of a node's value; undefined if the value is left empty. */
  #value(node: number): Span | undefined {
    const span: Span = [this.#number(node, valueStart), this.#number(node, valueEnd)];
    return span[0] === span[1] ? undefined : span;
  }

  #number(node: number, column: number): number {
    return this.#table[node * width + column] ?? 0;
  }
}
