import type { OperationName } from "../../api/operations/operations.js";
import { operation } from "../../api/operations/operations.js";
import type { Call } from "../../core/calls/call.js";
import { InternalError } from "../../core/diagnostic.js";
import type { ChangeRun } from "./change-run.js";

/** A call in the graph. */
export interface CallNode {
  readonly call: Call;
  readonly run: ChangeRun;
  /** True if a second such call would create a second object. */
  readonly creates: boolean;
}

interface Node extends CallNode {
  waitsFor: number;
  ended: boolean;
  /** Calls that are skipped if this call fails or its create is recovered. */
  readonly dependents: Node[];
  /** Calls that wait only for the end of this call. */
  readonly later: Node[];
}

/**
 * The calls of a plan, in order: a call is ready once the calls that it depends on have succeeded and the calls that it
 * waits for have ended.
 */
export class CallGraph {
  readonly #nodes = new Map<string, Node>();
  readonly #creates = new ReadyCalls();
  readonly #others = new ReadyCalls();
  #readied = 0;
  #ended = 0;

  constructor(runs: Iterable<ChangeRun>) {
    for (const run of runs) {
      for (const call of run.change.calls) {
        const creates = operation(call.operation as OperationName).safety === "creates";
        this.#nodes.set(call.id, {
          call,
          run,
          creates,
          waitsFor: 0,
          ended: false,
          dependents: [],
          later: [],
        });
      }
    }
    for (const node of this.#nodes.values()) {
      const { dependsOn, waitsFor = [] } = node.call;
      for (const id of dependsOn) this.#node(id).dependents.push(node);
      for (const id of waitsFor) this.#node(id).later.push(node);
      node.waitsFor = dependsOn.length + waitsFor.length;
      if (node.waitsFor === 0) this.#makeReady(node);
    }
  }

  get size(): number {
    return this.#nodes.size;
  }

  /** Returns the number of calls that have ended: done, failed or skipped. */
  get ended(): number {
    return this.#ended;
  }

  /**
   * Returns the next ready call; undefined while there is none.
   *
   * @param mayCreate false to pass over creates
   */
  take(mayCreate: boolean): CallNode | undefined {
    const isCreate = mayCreate && this.#creates.nextTurn < this.#others.nextTurn;
    return (isCreate ? this.#creates : this.#others).take();
  }

  succeed({ call }: CallNode): void {
    const node = this.#node(call.id);
    this.#end(node);
    for (const dependent of node.dependents) this.#advance(dependent);
  }

  /** Ends a call that failed or whose create was recovered, and skips all its dependents. */
  endAlone({ call, run }: CallNode): void {
    const last = this.#node(call.id);
    this.#end(last);
    const skipped = [...last.dependents];
    // The list grows while it is walked: dependents of dependents are skipped too.
    for (const node of skipped) {
      if (node.ended) continue;
      this.#end(node);
      node.run.skipped++;
      if (node.run !== run) node.run.because ??= { address: run.change.address, recovered: run.recovered };
      skipped.push(...node.dependents);
    }
  }

  #end(node: Node): void {
    node.ended = true;
    node.run.left--;
    this.#ended++;
    for (const later of node.later) this.#advance(later);
  }

  /** Counts one ended call that `node` waits for. Skipped calls never become ready. */
  #advance(node: Node): void {
    node.waitsFor--;
    if (node.waitsFor === 0 && !node.ended) this.#makeReady(node);
  }

  #makeReady(node: Node): void {
    (node.creates ? this.#creates : this.#others).add(node, this.#readied++);
  }

  #node(id: string): Node {
    const node = this.#nodes.get(id);
    if (node === undefined) throw new InternalError(`the plan has no call ${id}, but another depends on it`);
    return node;
  }
}

/** Calls in the order in which they became ready. */
class ReadyCalls {
  readonly #calls: { readonly node: Node; readonly turn: number }[] = [];
  #next = 0;

  /** The turn of the next call among all calls; Infinity while there is none. */
  get nextTurn(): number {
    return this.#calls[this.#next]?.turn ?? Infinity;
  }

  add(node: Node, turn: number): void {
    this.#calls.push({ node, turn });
  }

  take(): Node | undefined {
    const node = this.#calls[this.#next]?.node;
    if (node !== undefined) this.#next++;
    return node;
  }
}
