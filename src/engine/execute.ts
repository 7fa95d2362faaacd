import type { Api, ApiAnswer } from "../api/api.js";
import { ApiError } from "../api/errors.js";
import type { OperationName } from "../api/operations.js";
import { operation } from "../api/operations.js";
import type { Address } from "../core/address.js";
import type { Call, Effect } from "../core/call.js";
import { InternalError } from "../core/diagnostic.js";
import type { Json } from "../core/json.js";
import type { Plan } from "../core/plan.js";
import { Captured } from "./captured.js";
import type { OnEvent } from "./events.js";
import type { CallNode } from "./graph.js";
import { CallGraph } from "./graph.js";
import type { ChangeRun } from "./outcome.js";
import { changeRun } from "./outcome.js";
import type { Recorder } from "./recorder.js";
import type { Clock } from "../core/clock.js";

export interface ExecuteInput {
  readonly plan: Plan;
  readonly api: Api;
  readonly recorder: Recorder;
  readonly parallelism: number;
  /** Start nothing new; let what is in flight finish. */
  readonly stop: AbortSignal;
  /** Give up what is in flight too. */
  readonly abort: AbortSignal;
  readonly clock: Clock;
  readonly onEvent: OnEvent;
  /** Looks whether a create that was never answered did happen. */
  readonly find: (address: Address) => Promise<Found>;
  /** Looks whether these effects of a change are so already. */
  readonly isSo: (run: ChangeRun, effects: readonly Effect[]) => Promise<boolean>;
  /** Whether what is done here is read back afterwards. */
  readonly verify: boolean;
}

/** What looking for a create came to. */
export type Found =
  | { readonly status: "found"; readonly id: string }
  | { readonly status: "absent" }
  | { readonly status: "unknown"; readonly wayOn: string };

/** Waits between tries while a service is slow to show what was made a moment ago. In milliseconds. */
const freshDelaysMs = [200, 400, 800, 1600, 3200, 6400];

/**
 * Walks the graph of calls: each is made once, when those it depends on have succeeded; a failure stops what depends on
 * it and nothing else. It knows nothing of chat.
 *
 * @throws what keeps it from recording outcomes; then nothing new was started
 */
export async function execute(input: ExecuteInput): Promise<ReadonlyMap<Address, ChangeRun>> {
  const { plan, recorder, onEvent } = input;
  const runs = new Map(plan.changes.map((change) => [change.address, changeRun(change)]));
  recorder.findings(plan.findings);
  for (const { change } of runs.values()) {
    if (change.calls.length > 0) continue;
    if (change.record === null) recorder.forgotten(change);
    else recorder.begin(change, change.id);
  }
  const graph = new CallGraph(runs.values());
  onEvent({ type: "phase", phase: "apply", total: graph.size });
  try {
    await new Execution(input, runs, graph).run();
    await recorder.settled();
  } catch (error) {
    tellCreated(runs.values(), onEvent);
    throw error;
  }
  return runs;
}

/** Where nothing can be recorded any more, the ids of what was created have to be shown: perhaps nobody could find it. */
function tellCreated(runs: Iterable<ChangeRun>, onEvent: OnEvent): void {
  for (const { change, id } of runs) {
    if (change.action === "create" && change.idFrom === undefined && id !== undefined)
      onEvent({ type: "notice", text: `${change.address}: created (${id})` });
  }
}

class Execution {
  readonly #input: ExecuteInput;
  readonly #runs: ReadonlyMap<Address, ChangeRun>;
  readonly #graph: CallGraph;
  readonly #captured = new Captured();
  #inFlight = 0;
  #failure: unknown;

  constructor(input: ExecuteInput, runs: ReadonlyMap<Address, ChangeRun>, graph: CallGraph) {
    this.#input = input;
    this.#runs = runs;
    this.#graph = graph;
  }

  /** Makes calls until all have ended, or it was stopped. */
  async run(): Promise<void> {
    await new Promise<void>((finish) => {
      this.#pump(finish);
    });
    if (this.#failure !== undefined) throw this.#failure as Error;
    this.#recordUncalled();
    const { ended, size } = this.#graph;
    if (ended < size && !this.#stopping())
      throw new InternalError("some calls of the plan wait for each other");
  }

  #pump(finish: () => void): void {
    while (this.#inFlight < this.#input.parallelism && !this.#stopping()) {
      const node = this.#graph.take();
      if (node === undefined) break;
      this.#inFlight++;
      void this.#attempt(node).finally(() => {
        this.#inFlight--;
        this.#pump(finish);
      });
    }
    if (this.#inFlight === 0) finish();
  }

  #stopping(): boolean {
    const { stop, abort, recorder } = this.#input;
    return stop.aborted || abort.aborted || recorder.failure !== undefined || this.#failure !== undefined;
  }

  async #attempt(node: CallNode): Promise<void> {
    const { run, call } = node;
    try {
      this.#begin(run);
      const creates = operation(call.operation as OperationName).safety === "creates";
      await (creates ? this.#create(node) : this.#repeat(node));
      this.#graph.succeed(node);
      if (run.left === 0) this.#complete(run);
    } catch (error) {
      if (error instanceof ApiError) {
        run.failed.push({ call, error });
        this.#graph.fail(node);
      } else if (!this.#input.abort.aborted) this.#failure ??= error;
    }
    const { ended, size } = this.#graph;
    this.#input.onEvent({ type: "progress", phase: "apply", done: ended, total: size });
  }

  #begin(run: ChangeRun): void {
    if (run.started) return;
    run.started = true;
    if (run.id === undefined && run.change.idFrom !== undefined)
      run.id = this.#captured.get(run.change.idFrom);
    const { address, action } = run.change;
    this.#input.onEvent({ type: "change-started", address, action });
    this.#input.recorder.begin(run.change, run.id);
  }

  /** What needs no call, but lives in something that was made in this run, is known by its id only now. */
  #recordUncalled(): void {
    for (const run of this.#runs.values()) {
      const { change } = run;
      if (change.calls.length > 0 || change.idFrom === undefined) continue;
      run.id = this.#captured.get(change.idFrom);
      this.#input.recorder.begin(change, run.id);
    }
  }

  /** All calls of a change have ended. What leaves, and surely left, is forgotten; doubts are looked into later. */
  #complete(run: ChangeRun): void {
    const clear = run.failed.length === 0 && run.skipped === 0 && run.doubtful.length === 0;
    // What is read back is forgotten when it shows that it is gone.
    const readBack = this.#input.verify && run.id !== undefined;
    if (run.change.record === null && clear && !readBack) this.#input.recorder.forgotten(run.change);
  }

  /** A call that does no harm when it is made twice. */
  async #repeat(node: CallNode): Promise<void> {
    const { run, call } = node;
    const effects = this.#captured.effects(call);
    const doubt = await this.#send(node, effects);
    if (doubt !== undefined) run.doubtful.push({ call, error: doubt });
    else {
      run.effects.push(...effects);
      this.#input.recorder.took(run.change, effects);
    }
  }

  /**
   * Sends a call; again while what it works on was made a moment ago and isn't visible yet.
   *
   * @returns an error that may mean that it was so already; undefined when the call succeeded
   */
  async #send(node: CallNode, effects: readonly Effect[]): Promise<ApiError | undefined> {
    const delays = this.#captured.isUsedBy(node.call) ? freshDelaysMs : [];
    for (let attempt = 0; ; attempt++) {
      try {
        this.#capture(node, await this.#request(node.call));
        return undefined;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const delay = error.failure.status === 404 ? delays[attempt] : undefined;
        if (delay === undefined) {
          if (mayBeSoAlready(node.call, error)) return error;
          throw error;
        }
        await this.#input.clock.sleep(delay, this.#input.abort);
        if (effects.length > 0 && (await this.#input.isSo(node.run, effects))) return undefined;
      }
    }
  }

  /** A call that makes a second thing when it is made twice: written down before it is sent, and after. */
  async #create(node: CallNode): Promise<void> {
    const { run, call } = node;
    const { recorder, clock, abort } = this.#input;
    const effects = this.#captured.effects(call);
    const container = this.#captured.container(call);
    run.container = container;
    const body = this.#captured.body(call);
    const delays = this.#captured.isUsedBy(call) ? freshDelaysMs : [];
    for (let attempt = 0; ; attempt++) {
      await recorder.intend(run.change, {
        operation: call.operation,
        body,
        effects,
        container,
        at: clock.now(),
      });
      try {
        this.#capture(node, await this.#request(call));
        break;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.failure.outcome === "unclear") {
          await this.#lookFor(node, error);
          break;
        }
        recorder.notCreated(run.change);
        const delay = error.failure.status === 404 ? delays[attempt] : undefined;
        if (delay === undefined) throw error;
        await clock.sleep(delay, abort);
      }
    }
    if (run.id === undefined) throw new InternalError(`${call.id} creates something and captures no id`);
    run.effects.push(...effects);
    recorder.created(run.change, run.id, effects, container, clock.now());
  }

  /**
   * A create was sent and not answered: goes on if it is there.
   *
   * @throws the error of the create if it is not, or nobody can tell
   */
  async #lookFor(node: CallNode, error: ApiError): Promise<void> {
    const { run, call } = node;
    const found = await this.#input.find(run.change.address);
    switch (found.status) {
      case "found":
        run.id = found.id;
        for (const field of Object.keys(call.captures ?? {})) {
          this.#captured.add(run.change.address, field, found.id);
        }
        return;
      case "absent":
        this.#input.recorder.notCreated(run.change);
        throw error;
      case "unknown":
        run.uncertain = { error, wayOn: found.wayOn };
        throw error;
      default:
        return found satisfies never;
    }
  }

  async #request(call: Call): Promise<ApiAnswer> {
    const params = this.#captured.params(call);
    const body = call.body === undefined ? {} : { body: this.#captured.body(call) };
    const query = call.query === undefined ? {} : { query: call.query };
    return this.#input.api.call(
      { operation: call.operation as OperationName, params, ...query, ...body },
      this.#input.abort,
    );
  }

  #capture({ run, call }: CallNode, answer: ApiAnswer): void {
    for (const [field, value] of this.#captured.take(call, run.change.address, answer.body)) {
      if (field === "jid" || field === "id") run.id = value as Json & string;
    }
  }
}

/** Being told that there is no such thing, or a conflict, by a call that adds or removes may mean that it was so already. */
function mayBeSoAlready(call: Call, { failure }: ApiError): boolean {
  const { method } = operation(call.operation as OperationName);
  return (method === "POST" || method === "DELETE") && (failure.status === 404 || failure.status === 409);
}
