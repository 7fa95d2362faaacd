import type { Address } from "../address.js";
import type { ChangeRecord } from "../plan/change.js";
import type { Effect } from "../calls/call.js";
import type { ForgottenRoom } from "./forgotten.js";
import { ForgottenRooms } from "./forgotten.js";
import type { Json, JsonObject } from "../json/json.js";
import { byCodeUnit, isArray, sameJson } from "../json/json.js";
import type { OrgIdentity } from "../org/org-identity.js";
import { valueAt, withValueAt } from "../json/pointer.js";

/** What chatform remembers of what it applied. Plain JSON; schemas/state.schema.json describes its file. */
export interface State {
  readonly version: 1;
  /** A uuid that is made with the state and never changes: two states with different lineages are unrelated. */
  readonly lineage: string;
  /** Goes up by one at every write. */
  readonly serial: number;
  readonly resources: Readonly<Record<Address, RecordedResource>>;
  /** Creates that were sent, or may have been, and whose outcome is not known. */
  readonly uncertain: readonly Intent[];
  /** User ids by e-mail in lower case, as last resolved: what `--no-refresh` and the views use. */
  readonly users: Readonly<Record<string, string>>;
  /** Rooms that the state knew and dropped, each jid once. Sorted. Missing: none. */
  readonly forgotten?: readonly ForgottenRoom[];
  /** The org of everything above; missing in a state that was last written before states knew it. */
  readonly org?: OrgIdentity;
}

export interface RecordedResource extends ChangeRecord {
  readonly kind: string;
  readonly id: string;
  readonly container?: string;
  /** When it was created (ISO 8601, UTC), as long as nobody has seen it since. */
  readonly created?: string;
}

/** A create that is about to be sent. */
export interface Intent {
  readonly address: Address;
  readonly kind: string;
  readonly operation: string;
  readonly container?: string;
  /** The body that is sent, to recognise the thing by. */
  readonly body: JsonObject;
  /** When, by our clock: ISO 8601, UTC. For people, and to bound how long to look for it. */
  readonly at: string;
  /**
   * By the service's own clock (ISO 8601, UTC): when it was sent at the earliest, and when it had surely arrived or was lost.
   * Missing: no response had told the service's time.
   */
  readonly sent?: { readonly from: string; readonly to?: string };
  /** The service refused it. Undocumented: whether it carried it out all the same. */
  readonly refused?: true;
  /** What to record once the created thing is found. */
  readonly record: ChangeRecord;
  /** What the create makes true. */
  readonly effects: readonly Effect[];
}

/** One line of the journal. Replayed in order over the state it belongs to. */
export type JournalEntry =
  | { readonly type: "intent"; readonly intent: Intent }
  /** The create of `address` surely did not happen. */
  | { readonly type: "not-created"; readonly address: Address }
  /**
   * The resource as it is now; null: forgotten. Settles its intent. `at` (ISO 8601, UTC) is when: with it, a room that the
   * address recorded until then is kept among the forgotten rooms.
   */
  | {
      readonly type: "record";
      readonly address: Address;
      readonly resource: RecordedResource | null;
      readonly at?: string;
    }
  /** Forgotten rooms take another address. */
  | { readonly type: "forgotten-moved"; readonly from: Address; readonly to: Address }
  /** The forgotten rooms of an address are dropped for good. */
  | { readonly type: "forgotten-purged"; readonly address: Address }
  /** What was created has been seen live. */
  | { readonly type: "seen"; readonly address: Address }
  | { readonly type: "effects"; readonly address: Address; readonly effects: readonly Effect[] }
  | { readonly type: "users"; readonly users: Readonly<Record<string, string>> }
  /** The org that the state belongs to, whole. */
  | { readonly type: "org"; readonly org: OrgIdentity };

export function emptyState(lineage: string): State {
  return { version: 1, lineage, serial: 0, resources: {}, uncertain: [], users: {} };
}

/** Attributes after these effects. Sets keep their order; new elements go to the end. */
export function applyEffects(attributes: JsonObject, effects: readonly Effect[]): JsonObject {
  return effects.reduce((result, effect) => {
    if ("set" in effect) return withValueAt(result, effect.path, effect.set);
    const current = valueAt(result, effect.path);
    const elements = isArray(current) ? current : [];
    return withValueAt(
      result,
      effect.path,
      "add" in effect ? union(elements, effect.add) : without(elements, effect.remove),
    );
  }, attributes);
}

/** Elements of `a`, then those of `b` that `a` does not have. */
export function union(a: readonly Json[], b: readonly Json[]): readonly Json[] {
  return [...a, ...without(b, a)];
}

/** Elements of `a` that are not in `b`. */
export function without(a: readonly Json[], b: readonly Json[]): readonly Json[] {
  const scalars = new Set(b.filter((item) => typeof item !== "object"));
  const others = b.filter((item) => typeof item === "object");
  return a.filter(
    (item) => !(typeof item === "object" ? others.some((other) => sameJson(item, other)) : scalars.has(item)),
  );
}

/**
 * A state under change: journal entries go in, snapshots come out. An entry costs the size of the entry, not of the
 * state, so that a journal of 10,000 entries replays at once.
 */
export class StateDraft {
  readonly #base: State;
  readonly #resources: Map<Address, RecordedResource>;
  readonly #uncertain: Map<Address, Intent>;
  readonly #users: Map<string, string>;
  readonly #forgotten: ForgottenRooms;
  #org: OrgIdentity | undefined;

  constructor(base: State) {
    this.#base = base;
    this.#resources = new Map(Object.entries(base.resources));
    this.#uncertain = new Map(base.uncertain.map((intent) => [intent.address, intent]));
    this.#users = new Map(Object.entries(base.users));
    this.#forgotten = new ForgottenRooms(base.forgotten ?? [], this.#resources.values());
    this.#org = base.org;
  }

  apply(entry: JournalEntry): void {
    switch (entry.type) {
      case "intent":
        this.#uncertain.set(entry.intent.address, entry.intent);
        return;
      case "not-created":
        this.#uncertain.delete(entry.address);
        return;
      case "record":
        this.#record(entry);
        return;
      case "forgotten-moved":
        this.#forgotten.move(entry.from, entry.to);
        return;
      case "forgotten-purged":
        this.#forgotten.purge(entry.address);
        return;
      case "seen": {
        const { created, ...seen } = this.#resources.get(entry.address) ?? {};
        if (created !== undefined) this.#resources.set(entry.address, seen as RecordedResource);
        return;
      }
      case "effects": {
        const resource = this.#resources.get(entry.address);
        if (resource === undefined) return;
        const applied = applyEffects(resource.applied, entry.effects);
        this.#resources.set(entry.address, { ...resource, applied });
        return;
      }
      case "users":
        for (const [email, id] of Object.entries(entry.users)) this.#users.set(email, id);
        return;
      case "org":
        this.#org = entry.org;
        return;
      default:
        return entry satisfies never;
    }
  }

  #record({ address, resource, at }: Extract<JournalEntry, { type: "record" }>): void {
    const before = this.#resources.get(address);
    this.#uncertain.delete(address);
    if (resource === null) this.#resources.delete(address);
    else this.#resources.set(address, resource);
    this.#forgotten.replaced(address, before, resource ?? undefined, at ?? resource?.created);
  }

  resource(address: Address): RecordedResource | undefined {
    return this.#resources.get(address);
  }

  /** Tells whether the outcome of the create of this address is not known. */
  isUncertain(address: Address): boolean {
    return this.#uncertain.has(address);
  }

  /** The state as it is now, sorted by address. The serial stays: it counts writes of the whole. */
  snapshot(): State {
    const { forgotten: _forgotten, ...base } = this.#base;
    const forgotten = this.#forgotten.list();
    return {
      ...base,
      resources: sortedRecord(this.#resources),
      uncertain: [...this.#uncertain.values()].sort((a, b) => byCodeUnit(a.address, b.address)),
      users: sortedRecord(this.#users),
      ...(forgotten.length === 0 ? {} : { forgotten }),
      ...(this.#org === undefined ? {} : { org: this.#org }),
    };
  }
}

function sortedRecord<T>(entries: ReadonlyMap<string, T>): Record<string, T> {
  return Object.fromEntries([...entries].sort(([a], [b]) => byCodeUnit(a, b)));
}
