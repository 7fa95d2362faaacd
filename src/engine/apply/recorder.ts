import type { Address } from "../../core/address.js";
import type { Effect } from "../../core/calls/call.js";
import type { Change } from "../../core/plan/change.js";
import type { Clock } from "../../core/time/clock.js";
import { systemClock } from "../../core/time/clock.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { sameJson } from "../../core/json/json.js";
import type { Intent, JournalEntry, RecordedResource, State } from "../../core/state/state.js";
import { applyEffects } from "../../core/state/state.js";
import type { StateWriter } from "../../state/store.js";

/** A create that is about to be sent. */
export interface CreateRequest {
  readonly operation: string;
  readonly container: string | undefined;
  readonly body: JsonObject;
  readonly effects: readonly Effect[];
  /** Milliseconds since 1970, by our clock. */
  readonly at: number;
  /** Milliseconds since 1970, by the service's clock, at the earliest; undefined: not known. */
  readonly sentFrom: number | undefined;
}

/**
 * Writes down what is about to happen and what did, change by change. Entries are handed over in order; only an intent is
 * waited for before going on, as only a create must never be sent unrecorded. `flush` waits for all.
 */
export class Recorder {
  readonly #writer: StateWriter;
  readonly #before: State | undefined;
  readonly #pending = new Set<Promise<void>>();
  /** Created by this run, and not seen yet. */
  readonly #unseen = new Set<Address>();
  readonly #intents = new Map<Address, Intent>();
  readonly #clock: Pick<Clock, "now">;
  #failure: unknown;

  constructor(writer: StateWriter, before: State | undefined, clock: Pick<Clock, "now"> = systemClock) {
    this.#writer = writer;
    this.#before = before;
    this.#clock = clock;
  }

  /** The failure to write the state, if any. After it, nothing new may be started. */
  get failure(): unknown {
    return this.#failure;
  }

  recordFindings(entries: readonly JournalEntry[]): void {
    for (const entry of entries) this.#append(entry);
  }

  /** A change begins. What is known of an existing thing is recorded, if that is news. */
  recordStart(change: Change, id: string | undefined): void {
    if (id === undefined || change.record === null) return;
    const resource = recordOf(change, id, change.container);
    const known = this.#before?.resources[change.address];
    if (!sameJson(resource as unknown as Json, known as unknown as Json)) {
      this.#record(change.address, resource);
    }
  }

  /** Durable once it resolves: only then may the create be sent. */
  async recordIntent({ address, kind, record }: Change, create: CreateRequest): Promise<void> {
    const { operation, body, effects, container, at, sentFrom } = create;
    const intent: Intent = {
      address,
      kind,
      operation,
      ...(container === undefined ? {} : { container }),
      body,
      at: new Date(at).toISOString(),
      ...(sentFrom === undefined ? {} : { sent: { from: new Date(sentFrom).toISOString() } }),
      record: record ?? { applied: {} },
      effects,
    };
    this.#intents.set(address, intent);
    await this.#writer.append({ type: "intent", intent });
  }

  /**
   * Notes that a create has ended without a clear response.
   *
   * @param sent when, by the service's clock, in milliseconds since 1970; undefined: not known
   */
  recordLostResponse(
    { address }: Change,
    sent: { readonly from: number; readonly to: number } | undefined,
  ): void {
    const intent = this.#intents.get(address);
    if (intent === undefined || sent === undefined) return;
    const from = intent.sent?.from ?? new Date(sent.from).toISOString();
    this.#revise({ ...intent, sent: { from, to: new Date(sent.to).toISOString() } });
  }

  /** Notes that the service refused a create: whether it carried it out all the same is looked at before the next one. */
  recordRefused({ address }: Change): void {
    const intent = this.#intents.get(address);
    if (intent !== undefined) this.#revise({ ...intent, refused: true });
  }

  #revise(intent: Intent): void {
    this.#intents.set(intent.address, intent);
    this.#append({ type: "intent", intent });
  }

  /** @param at milliseconds since 1970 */
  recordCreated(
    change: Change,
    id: string,
    effects: readonly Effect[],
    container: string | undefined,
    at: number,
  ): void {
    const { address } = change;
    const resource = recordOf(change, id, container);
    const applied = applyEffects(resource.applied, effects);
    const created = new Date(at).toISOString();
    this.#unseen.add(address);
    this.#record(address, { ...resource, applied, created });
  }

  /** Records that a created object was read: from now on, a 404 means that it is gone. */
  recordSeen({ address }: Change): void {
    if (this.#unseen.delete(address)) this.#append({ type: "seen", address });
  }

  recordNotCreated({ address }: Change): void {
    this.#append({ type: "not-created", address });
  }

  recordEffects({ address, record }: Change, effects: readonly Effect[]): void {
    if (record !== null && effects.length > 0) this.#append({ type: "effects", address, effects });
  }

  recordForgotten({ address }: Change): void {
    this.#record(address, null);
  }

  /** Waits until everything so far is durable. @throws what kept it from being so */
  async flush(): Promise<void> {
    await Promise.all(this.#pending);
    if (this.#failure !== undefined) throw this.#failure as Error;
  }

  current(): State {
    return this.#writer.current();
  }

  /** With the time where what was recorded before goes: a room that is dropped stays known as a forgotten one. */
  #record(address: Address, resource: RecordedResource | null): void {
    const known = this.#before?.resources[address];
    const drops = known !== undefined && known.id !== resource?.id;
    const at = drops ? { at: new Date(this.#clock.now()).toISOString() } : {};
    this.#append({ type: "record", address, resource, ...at });
  }

  #append(entry: JournalEntry): void {
    const pending: Promise<void> = this.#writer
      .append(entry)
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .finally(() => this.#pending.delete(pending));
    this.#pending.add(pending);
  }
}

function recordOf({ kind, record }: Change, id: string, container: string | undefined): RecordedResource {
  return { ...(record ?? { applied: {} }), kind, id, ...(container === undefined ? {} : { container }) };
}
