import type { Address } from "../../core/address.js";
import type { Behavior } from "../../core/behavior/behavior.js";
import { newObservations, withObservations } from "../../core/behavior/behavior.js";
import type { BehaviorKey } from "../../core/behavior/unknowns.js";
import type { Effect } from "../../core/calls/call.js";
import type { Change } from "../../core/plan/change.js";
import type { Clock } from "../../core/time/clock.js";
import { systemClock } from "../../core/time/clock.js";
import type { JsonObject } from "../../core/json/json.js";
import { asJson, sameJson } from "../../core/json/json.js";
import type { Intent, JournalEntry, RecordedResource, State } from "../../core/state/state.js";
import { applyEffects } from "../../core/state/state.js";
import type { StateWriter } from "../../state/store.js";

/** A create that is about to be sent. */
export interface CreateRequest {
  readonly operation: string;
  readonly container: string | undefined;
  readonly body: JsonObject;
  readonly effects: readonly Effect[];
  /** The attributes that later calls of the change touch, as they are afterwards. */
  readonly later: JsonObject;
  /** Milliseconds since 1970, by this machine's clock. */
  readonly at: number;
  /** The earliest time by the service's clock, in milliseconds since 1970; undefined if unknown. */
  readonly sentFrom: number | undefined;
  /** The id of the token's user, where it matters to recover the create. */
  readonly sender: string | undefined;
}

/**
 * Records the intents and results of changes in the journal, in order. Only an intent is awaited: a create must never be
 * sent unrecorded. `settled` waits for all entries.
 */
export class Recorder {
  readonly #writer: StateWriter;
  /** The state with the findings of the plan. */
  readonly #before: State | undefined;
  readonly #pending = new Set<Promise<unknown>>();
  /** Resources that this run created and has not read back yet. */
  readonly #unseen = new Set<Address>();
  readonly #intents = new Map<Address, Intent>();
  readonly #clock: Pick<Clock, "now">;
  readonly #failures = new Set<unknown>();
  #behavior: Behavior;

  constructor(writer: StateWriter, before: State | undefined, clock: Pick<Clock, "now"> = systemClock) {
    this.#writer = writer;
    this.#before = before;
    this.#behavior = before?.behavior ?? {};
    this.#clock = clock;
  }

  /** The first error of writing the state. After it, no new call may start. */
  get failure(): unknown {
    const [first] = this.#failures;
    return first;
  }

  /** Returns true for an error of writing the state. */
  hasFailedWith(error: unknown): boolean {
    return this.#failures.has(error);
  }

  /** Notes that a call is about to be sent: from then on, the state must not be lost. */
  noteCall(): void {
    this.#writer.noteCall();
  }

  recordFindings(entries: readonly JournalEntry[]): void {
    for (const entry of entries) this.#append(entry);
  }

  /** Records an existing resource at the start of its change, if the record differs. */
  recordStart(change: Change, id: string | undefined): void {
    if (id === undefined || change.record === null) return;
    const resource = toRecord(change, id, change.container);
    const known = this.#before?.resources[change.address];
    if (known === undefined || !sameJson(asJson(resource), asJson(known))) {
      this.#record(change.address, resource);
    }
  }

  /** Records the intent of a create. Resolves once the entry is durable: only then may the create be sent. */
  async recordIntent({ address, kind, record }: Change, create: CreateRequest): Promise<void> {
    const { operation, body, effects, later, container, at, sentFrom, sender } = create;
    const intent: Intent = {
      address,
      kind,
      operation,
      ...(container === undefined ? {} : { container }),
      body,
      at: new Date(at).toISOString(),
      ...(sentFrom === undefined ? {} : { sent: { from: new Date(sentFrom).toISOString() } }),
      ...(sender === undefined ? {} : { sender }),
      record: record ?? { applied: {} },
      effects,
      ...(Object.keys(later).length === 0 ? {} : { later }),
    };
    this.#intents.set(address, intent);
    try {
      await this.#writer.append({ type: "intent", intent });
    } catch (error) {
      this.#failures.add(error);
      throw error;
    }
  }

  /**
   * Records that the response to a create was lost.
   *
   * @param sent the time of sending by the service's clock, in milliseconds since 1970; undefined if unknown
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

  /** Records that the service refused a create. The next run checks that the create did not happen all the same. */
  recordRefused({ address }: Change): void {
    const intent = this.#intents.get(address);
    if (intent !== undefined) this.#revise({ ...intent, refused: true });
  }

  #revise(intent: Intent): void {
    this.#intents.set(intent.address, intent);
    this.#append({ type: "intent", intent });
  }

  /** Records a created resource. @param at milliseconds since 1970 */
  recordCreated(
    change: Change,
    id: string,
    effects: readonly Effect[],
    container: string | undefined,
    at: number,
  ): void {
    const { address } = change;
    const resource = toRecord(change, id, container);
    const applied = applyEffects(resource.applied, effects);
    const created = new Date(at).toISOString();
    this.#unseen.add(address);
    this.#record(address, { ...resource, applied, created });
  }

  /** Records that a created object was read: from now on, a 404 means that it is gone. */
  recordSeen({ address }: Change): void {
    if (this.#unseen.delete(address)) this.#append({ type: "seen", address });
  }

  /** Records observed behaviors, unless they are known already. */
  recordObserved(observed: Behavior): void {
    const news = newObservations(this.#behavior, observed, this.#clock.now());
    if (Object.keys(news).length === 0) return;
    this.#behavior = withObservations(this.#behavior, news);
    this.#append({ type: "behavior", observed: news });
  }

  /** Records that the service contradicted what was known of a behavior. */
  recordContradicted(key: BehaviorKey): void {
    this.#behavior = withObservations(this.#behavior, { [key]: null });
    this.#append({ type: "behavior", observed: { [key]: null } });
  }

  /** Returns what is known of the behavior of the service. */
  get behavior(): Behavior {
    return this.#behavior;
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

  /** Waits until all entries are durable, or could not be written: see `failure`. */
  async settled(): Promise<void> {
    this.#writer.hasten();
    await Promise.all(this.#pending);
  }

  current(): State {
    return this.#writer.current();
  }

  /** Records a resource. A time is added if the earlier record is dropped: a dropped room becomes a forgotten room. */
  #record(address: Address, resource: RecordedResource | null): void {
    const known = this.#before?.resources[address];
    const drops = known !== undefined && known.id !== resource?.id;
    const at = drops ? { at: new Date(this.#clock.now()).toISOString() } : {};
    this.#append({ type: "record", address, resource, ...at });
  }

  #append(entry: JournalEntry): void {
    const pending: Promise<unknown> = this.#writer.append(entry).then(
      () => this.#pending.delete(pending),
      (error: unknown) => {
        this.#failures.add(error);
        this.#pending.delete(pending);
      },
    );
    this.#pending.add(pending);
  }
}

function toRecord({ kind, record }: Change, id: string, container: string | undefined): RecordedResource {
  return { ...(record ?? { applied: {} }), kind, id, ...(container === undefined ? {} : { container }) };
}
