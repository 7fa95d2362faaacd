import { retry } from "../../core/time/retry.js";
import type { ApiResponse } from "../../api/api.js";
import { ApiError } from "../../api/errors.js";
import type { OperationName } from "../../api/operations/operations.js";
import { operation } from "../../api/operations/operations.js";
import type { Address } from "../../core/address.js";
import type { Call, Effect } from "../../core/calls/call.js";
import { InternalError } from "../../core/diagnostic.js";
import { isResetToDefaults } from "../../core/plan/change.js";
import type { Plan } from "../../core/plan/plan.js";
import { CapturedValues } from "./captured-values.js";
import type { SendInput } from "./send-creates.js";
import { CreateSender, notVisibleDelaysMs } from "./send-creates.js";
import type { CallNode } from "./call-graph.js";
import { CallGraph } from "./call-graph.js";
import type { ChangeRun } from "./change-run.js";
import { addEffects, isUnsent, noteCutOff, startChangeRun } from "./change-run.js";
import { isExpectedRefusal } from "./expected-refusals.js";
import type { DepartedPeople } from "./departed-people.js";
import { countIfDone } from "./refusals.js";

export interface ExecuteInput extends SendInput {
  readonly plan: Plan;
  /** Reads a change back, and returns true if these effects show. */
  readonly showsEffects: (run: ChangeRun, effects: readonly Effect[]) => Promise<boolean>;
  /** True if the changes are read back at the end. */
  readonly verify: boolean;
  readonly departed: DepartedPeople;
}

/** The result of executing the calls of a plan. */
export interface Executed {
  readonly runs: ReadonlyMap<Address, ChangeRun>;
  /** The error that ended the credentials; nothing was sent afterwards. */
  readonly credentialsEnded: ApiError | undefined;
}

/**
 * Makes the calls of a plan, each once the calls that it depends on have succeeded. A failure stops only its dependents,
 * except the end of the credentials and an error of writing the state, which stop everything.
 */
export async function execute(input: ExecuteInput): Promise<Executed> {
  const { plan, recorder, onEvent } = input;
  const runs = new Map(plan.changes.map((change) => [change.address, startChangeRun(change)]));
  for (const { change } of runs.values()) {
    if (change.calls.length > 0) continue;
    // A departed user's resource that was never recorded has nothing to forget.
    if (change.record !== null) recorder.recordStart(change, change.id);
    else if (change.action !== "no-op") recorder.recordForgotten(change);
  }
  const graph = new CallGraph(runs.values());
  onEvent({ type: "phase", phase: "apply", total: graph.size });
  const execution = new Execution(input, runs, graph);
  await execution.run();
  await recorder.settled();
  return { runs, credentialsEnded: execution.credentialsEnded };
}

class Execution {
  readonly #input: ExecuteInput;
  /** Ends calls that have not been carried out. */
  readonly #untilSent: AbortSignal;
  readonly #runs: ReadonlyMap<Address, ChangeRun>;
  readonly #graph: CallGraph;
  readonly #captured = new CapturedValues();
  readonly #creates: CreateSender;
  /** Calls that have begun and not ended; the creates among them; those of them whose intent is being recorded. */
  #running = 0;
  #creating = 0;
  #recording = 0;
  #finish = (): void => undefined;
  #failure: unknown;
  credentialsEnded: ApiError | undefined;

  constructor(input: ExecuteInput, runs: ReadonlyMap<Address, ChangeRun>, graph: CallGraph) {
    this.#input = input;
    this.#runs = runs;
    this.#graph = graph;
    this.#untilSent = AbortSignal.any([input.stop, input.abort]);
    this.#creates = new CreateSender(input, this.#untilSent, (record) => this.#besideOthers(record));
  }

  /** Makes calls until all have ended or the run is stopped. */
  async run(): Promise<void> {
    await new Promise<void>((finish) => {
      this.#finish = finish;
      this.#pump();
    });
    if (this.#failure !== undefined) throw this.#failure as Error;
    this.#recordUncalled();
    const { ended, size } = this.#graph;
    if (ended < size && !this.#stopping())
      throw new InternalError("some calls of the plan wait for each other");
  }

  #pump(): void {
    const { parallelism } = this.#input;
    while (this.#running - this.#recording < parallelism && !this.#stopping()) {
      const node = this.#graph.take(this.#creating < parallelism);
      if (node === undefined) break;
      this.#running++;
      if (node.creates) this.#creating++;
      void this.#attempt(node).finally(() => {
        this.#running--;
        if (node.creates) this.#creating--;
        this.#pump();
      });
    }
    if (this.#running === 0) this.#finish();
  }

  /** Lets other calls use the place of a create until its intent is durable: the disk takes as long as a request. */
  async #besideOthers(record: () => Promise<void>): Promise<void> {
    this.#recording++;
    this.#pump();
    try {
      await record();
    } finally {
      this.#recording--;
    }
  }

  #stopping(): boolean {
    const { stop, abort, recorder } = this.#input;
    return (
      stop.aborted ||
      abort.aborted ||
      recorder.failure !== undefined ||
      this.#failure !== undefined ||
      this.credentialsEnded !== undefined
    );
  }

  async #attempt(node: CallNode): Promise<void> {
    const { run, call, creates } = node;
    try {
      this.#begin(run);
      const outcome = creates ? await this.#creates.send(node, this.#captured) : await this.#repeat(node);
      if (outcome === "recovered") this.#graph.endAlone(node);
      else this.#graph.succeed(node);
      if (run.left === 0) this.#complete(run);
    } catch (error) {
      if (error instanceof ApiError) {
        if (error.failure.credentialsEnded === true) this.credentialsEnded ??= error;
        run.failed.push({ call, error });
        this.#graph.endAlone(node);
      } else if (isUnsent(error, this.#input) || this.#input.abort.aborted) return;
      else if (!this.#input.recorder.hasFailedWith(error)) this.#failure ??= error;
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
    this.#input.recorder.recordStart(run.change, run.id);
  }

  /** Records changes without calls whose id another change of this run created. */
  #recordUncalled(): void {
    for (const run of this.#runs.values()) {
      const { change } = run;
      if (change.calls.length > 0 || change.idFrom === undefined) continue;
      run.id = this.#captured.get(change.idFrom);
      this.#input.recorder.recordStart(change, run.id);
    }
  }

  /** Records a removed resource as forgotten if all its calls succeeded. Uncertain calls are read back later. */
  #complete(run: ChangeRun): void {
    const clear = run.failed.length === 0 && run.skipped === 0 && run.uncertainCalls.length === 0;
    // With read-back, the resource is forgotten once it is read as gone.
    const readBack = this.#input.verify && run.id !== undefined && !isResetToDefaults(run.change);
    if (run.change.record === null && clear && !readBack) this.#input.recorder.recordForgotten(run.change);
  }

  /** Makes a call that is safe to repeat. */
  async #repeat(node: CallNode): Promise<"done"> {
    const { run, call } = node;
    const effects = this.#captured.effects(call);
    const { departed, recorder, clock } = this.#input;
    const error = await this.#send(node, effects);
    const isExpected =
      error !== undefined && isExpectedRefusal({ call, error }, recorder.behavior, clock.now());
    if (isExpected) {
      addEffects(run, effects);
      recorder.recordEffects(run.change, effects);
    } else if (error !== undefined) {
      const isDone = countIfDone({ call, error }, run, { departed, recorder });
      if (!isDone) run.uncertainCalls.push({ call, error });
    } else {
      run.accepted.push(call);
      addEffects(run, effects);
      recorder.recordEffects(run.change, effects);
    }
    return "done";
  }

  /**
   * Sends a call, and repeats it while an object that this run created is not visible yet.
   *
   * @returns an error that may mean that there was nothing to change; undefined if the call succeeded
   */
  async #send(node: CallNode, effects: readonly Effect[]): Promise<ApiError | undefined> {
    const delays = this.#captured.isUsedBy(node.call) ? notVisibleDelaysMs : [];
    return retry(
      async (number) => {
        const isShown =
          number > 1 && effects.length > 0 && (await this.#input.showsEffects(node.run, effects));
        if (isShown) return { value: undefined };
        try {
          const { body } = await this.#request(node);
          this.#captured.take(node.call, node.run.change.address, body);
          node.run.response = body;
          return { value: undefined };
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
          const waitMs = error.failure.status === 404 ? delays[number - 1] : undefined;
          if (waitMs !== undefined) return { waitMs };
          const removed = this.#input.departed.removedBy({ call: node.call, error }, node.run.change);
          if (mayBeUnneeded(node.call, error) || removed.length > 0) return { value: error };
          throw error;
        }
      },
      ({ waitMs }) => this.#input.clock.sleep(waitMs, this.#untilSent),
    );
  }

  async #request({ call, run }: CallNode): Promise<ApiResponse> {
    const params = this.#captured.params(call);
    const body = call.body === undefined ? {} : { body: this.#captured.body(call) };
    const query = call.query === undefined ? {} : { query: call.query };
    this.#input.recorder.noteCall();
    const request = { operation: call.operation as OperationName, params, ...query, ...body };
    try {
      return await this.#input.api.call({ ...request, untilSent: this.#untilSent }, this.#input.abort);
    } catch (error) {
      noteCutOff(run, error, this.#input);
      throw error;
    }
  }
}

/** Returns true for a 404 or 409 of a call that adds or removes: there may have been nothing to change. */
function mayBeUnneeded(call: Call, { failure }: ApiError): boolean {
  const { method } = operation(call.operation as OperationName);
  return (method === "POST" || method === "DELETE") && (failure.status === 404 || failure.status === 409);
}
