import type { Span } from "./source.js";

/**
 * The places of a document's nodes. A file of 100,000 users has 600,000 nodes: each is a few numbers in one list (start
 * and end of its key, of its value, the node behind all that is within it, the node that an alias stands for).
 */
const width = 6;

/** The name of a key that is not usable as a name: no readable key is called so. */
const unusable = "<<";

export class NodePlaces {
  readonly #numbers: number[] = [];
  /** Of members of a mapping the name, of items of a list nothing. */
  readonly #names: (string | undefined)[] = [];
  /** Children by name or position, of the nodes that were asked for: finding each by a search would take quadratic time. */
  readonly #children = new Map<number, ReadonlyMap<string, number>>();

  /** Adds a node; what is added before its `close` is within it. @returns its number */
  open(
    key: { readonly name?: string | undefined; readonly span: Span } | undefined,
    [start, end]: Span,
  ): number {
    const node = this.#names.length;
    const [keyStart, keyEnd] = key?.span ?? [-1, -1];
    this.#numbers.push(keyStart, keyEnd, start, end, node + 1, -1);
    this.#names.push(key === undefined ? undefined : (key.name ?? unusable));
    return node;
  }

  close(node: number, end: number): void {
    this.#numbers[node * width + 3] = end;
    this.#numbers[node * width + 4] = this.#names.length;
  }

  /** Says which node an alias stands for. */
  setTarget(alias: number, target: number): void {
    this.#numbers[alias * width + 5] = target;
  }

  /**
   * Returns the place of a value, or of its name; if the document does not have it, of the innermost value around it.
   *
   * @param path member names and list positions from the top
   */
  placeOf(path: readonly string[], atKey: boolean): Span {
    let node = 0;
    let place = this.#value(0) ?? [0, 0];
    for (const [depth, token] of path.entries()) {
      const child = this.#childrenOf(node).get(token);
      if (child === undefined) break;
      const [key, value] = [this.#key(child), this.#value(child)];
      const isValue = depth === path.length - 1 && !atKey;
      place = (isValue ? (value ?? key) : (key ?? value)) ?? place;
      node = child;
    }
    return place;
  }

  #childrenOf(node: number): ReadonlyMap<string, number> {
    const target = this.#number(node, 5);
    if (target >= 0) return this.#childrenOf(target);
    const known = this.#children.get(node);
    if (known !== undefined) return known;
    const children = new Map<string, number>();
    const behind = this.#number(node, 4);
    for (let child = node + 1; child < behind; child = this.#number(child, 4)) {
      const name = this.#names[child] ?? String(children.size);
      // Of a key that is written twice, the first counts.
      if (!children.has(name)) children.set(name, child);
    }
    this.#children.set(node, children);
    return children;
  }

  #key(node: number): Span | undefined {
    const start = this.#number(node, 0);
    return start < 0 ? undefined : [start, this.#number(node, 1)];
  }

  /** The place of a node's value; undefined if the value is left empty. */
  #value(node: number): Span | undefined {
    const span: Span = [this.#number(node, 2), this.#number(node, 3)];
    return span[0] === span[1] ? undefined : span;
  }

  #number(node: number, at: number): number {
    return this.#numbers[node * width + at] ?? -1;
  }
}
