import type { Address } from "../address.js";
import type { Behavior, Observation, ProbeRoom } from "../behavior/behavior.js";
import { withObservations, withProbeRoom } from "../behavior/behavior.js";
import type { ChangeRecord } from "../plan/change.js";
import type { Effect } from "../calls/call.js";
import type { ForgottenRoom } from "./forgotten.js";
import { ForgottenRooms } from "./forgotten.js";
import type { Json, JsonObject } from "../json/json.js";
import { byCodeUnit, isArray, sameJson } from "../json/json.js";
import type { Move } from "./moved-addresses.js";
import { moveKeys, withMovedAddresses } from "./moved-addresses.js";
import type { OrgIdentity } from "../org/org-identity.js";
import { valueAt, withValueAt } from "../json/pointer.js";
import type { RecordedShared } from "../people/reviewed-shared.js";

/** The state: the resources that chatform applied, and their values. Plain JSON; see schemas/state.schema.json. */
export interface State {
  readonly version: 1;
  /** A uuid that is created with the state and never changes: states with different lineages are unrelated. */
  readonly lineage: string;
  /** Goes up by one at every write. */
  readonly serial: number;
  readonly resources: Readonly<Record<Address, RecordedResource>>;
  /** Uncertain creates: they were sent, or may have been, and their outcome is unknown. */
  readonly uncertain: readonly Intent[];
  /** User ids by e-mail in lower case, as last resolved, for `--no-refresh` and the views. */
  readonly users: Readonly<Record<string, string>>;
  /** The blocks for many users as last applied, in the order of the config. Missing: none. */
  readonly shared?: readonly RecordedShared[];
  /** Forgotten rooms, each jid once. Sorted. Missing: none. */
  readonly forgotten?: readonly ForgottenRoom[];
  /** The org of the state; missing if an older version of chatform wrote the state. */
  readonly org?: OrgIdentity;
  /** The observed behavior of the service, where it is undocumented. Missing: nothing was observed. */
  readonly behavior?: Behavior;
  /** The rooms of probes, one for each user. They are no resources. Missing: none. */
  readonly probeRooms?: readonly ProbeRoom[];
}

export interface RecordedResource extends ChangeRecord {
  readonly kind: string;
  readonly id: string;
  readonly container?: string;
  /** The time of creation (ISO 8601, UTC), until the resource has been read once. */
  readonly created?: string;
}

/** A create that is about to be sent. */
export interface Intent {
  readonly address: Address;
  readonly kind: string;
  readonly operation: string;
  readonly container?: string;
  /** The body of the request, to recognize the created object by. */
  readonly body: JsonObject;
  /** The time by this machine's clock: ISO 8601, UTC. For people, and to limit how long to search for the object. */
  readonly at: string;
  /**
   * By the service's clock (ISO 8601, UTC): the earliest time of sending, and the time when the request had arrived or was
   * lost. Missing: no response had told the service's time.
   */
  readonly sent?: { readonly from: string; readonly to?: string };
  /** The id of the token's user who sent the create. Missing: not known. */
  readonly sender?: string;
  /** The service refused the create. Undocumented: whether a refused create can have happened. */
  readonly refused?: true;
  /** The record to make once the created object is found. */
  readonly record: ChangeRecord;
  /** The effects of the create. */
  readonly effects: readonly Effect[];
  /** The attributes that later calls of the same change touch, as they are afterwards: the object may show them. Missing: none. */
  readonly later?: JsonObject;
}

/** One line of the journal. The entries are replayed in order on top of the state. */
export type JournalEntry =
  | { readonly type: "intent"; readonly intent: Intent }
  /** The create of `address` did not happen. */
  | { readonly type: "not-created"; readonly address: Address }
  /**
   * The new record of a resource; null: forgotten. Ends the intent of the address. With `at` (the time: ISO 8601, UTC), a room
   * that the address recorded before becomes a forgotten room.
   */
  | {
      readonly type: "record";
      readonly address: Address;
      readonly resource: RecordedResource | null;
      readonly at?: string;
    }
  /** Resources, uncertain creates, forgotten rooms and entries of `userSettings` get other addresses, all at once. */
  | { readonly type: "moved"; readonly moves: readonly Move[] }
  /** The forgotten rooms of an address are dropped for good. */
  | { readonly type: "forgotten-purged"; readonly address: Address }
  /** The created resource has been read. */
  | { readonly type: "seen"; readonly address: Address }
  | { readonly type: "effects"; readonly address: Address; readonly effects: readonly Effect[] }
  | { readonly type: "users"; readonly users: Readonly<Record<string, string>> }
  /** All blocks for many users, as they are applied now. */
  | { readonly type: "shared"; readonly shared: readonly RecordedShared[] }
  /** The org that the state belongs to, whole. */
  | { readonly type: "org"; readonly org: OrgIdentity }
  /** Observed behaviors by key; null: contradicted, and unknown again. */
  | { readonly type: "behavior"; readonly observed: Readonly<Record<string, Observation | null>> }
  /** The room of a user's probe; null: none. Without a jid, the entry is an intent. */
  | { readonly type: "probe-room"; readonly user: string; readonly room: Omit<ProbeRoom, "user"> | null };

/** Returns true for the intent of a create, which must be durable before the create is sent. */
export function isIntent(entry: JournalEntry): boolean {
  return (
    entry.type === "intent" ||
    (entry.type === "probe-room" && entry.room !== null && entry.room.jid === undefined)
  );
}

/** Returns a new state. */
export function emptyState(lineage: string): State {
  return { version: 1, lineage, serial: 0, resources: {}, uncertain: [], users: {} };
}

/** Returns all addresses of a state, sorted: of recorded resources and of uncertain creates. */
export function stateAddresses(state: State): readonly Address[] {
  const uncertain = state.uncertain.map(({ address }) => address);
  return [...new Set([...Object.keys(state.resources), ...uncertain])].sort(byCodeUnit);
}

/** Returns the state with these journal entries applied. */
export function withEntries(state: State, entries: readonly JournalEntry[]): State {
  if (entries.length === 0) return state;
  const draft = new StateDraft(state);
  for (const entry of entries) draft.apply(entry);
  return draft.snapshot();
}

/** Returns attributes after effects. Sets keep their order; new elements go to the end. */
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

/** Returns the elements of `a`, then those of `b` that are not in `a`. */
export function union(a: readonly Json[], b: readonly Json[]): readonly Json[] {
  return [...a, ...without(b, a)];
}

/** Returns the elements of `a` that are not in `b`. */
export function without(a: readonly Json[], b: readonly Json[]): readonly Json[] {
  const isOther = (item: Json): boolean =>
    b.some((other) => typeof other === "object" && sameJson(item, other));
  // A call adds one participant to a list of many: a set of all of them would take longer than to look for that one.
  const scalars = a.length > fewElements ? new Set(b) : undefined;
  const isScalar = (item: Json): boolean => scalars?.has(item) ?? b.includes(item);
  return a.filter((item) => !(typeof item === "object" ? isOther(item) : isScalar(item)));
}

const fewElements = 8;

/**
 * A state under change: applies journal entries, and returns snapshots. The cost of an entry other than a move, of which a run
 * writes at most two, depends on its size, not on that of the state, so that a journal of 10,000 entries replays at once.
 */
export class StateDraft {
  readonly #base: State;
  readonly #resources: Map<Address, RecordedResource>;
  readonly #uncertain: Map<Address, Intent>;
  readonly #users: Map<string, string>;
  #forgotten: ForgottenRooms;
  #shared: readonly RecordedShared[];
  #org: OrgIdentity | undefined;
  #behavior: Behavior;
  #probeRooms: readonly ProbeRoom[];

  constructor(base: State) {
    this.#base = base;
    this.#resources = new Map(Object.entries(base.resources));
    this.#uncertain = new Map(base.uncertain.map((intent) => [intent.address, intent]));
    this.#users = new Map(Object.entries(base.users));
    this.#forgotten = new ForgottenRooms(base.forgotten ?? [], this.#resources.values());
    this.#shared = base.shared ?? [];
    this.#org = base.org;
    this.#behavior = base.behavior ?? {};
    this.#probeRooms = base.probeRooms ?? [];
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
      case "moved":
        this.#move(entry.moves);
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
      case "shared":
        this.#shared = entry.shared;
        return;
      case "org":
        this.#org = entry.org;
        return;
      case "behavior":
        this.#behavior = withObservations(this.#behavior, entry.observed);
        return;
      case "probe-room":
        this.#probeRooms = withProbeRoom(this.#probeRooms, entry.user, entry.room);
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

  #move(moves: readonly Move[]): void {
    const addresses = new Map(moves.map(({ from, to }) => [from, to]));
    moveKeys(this.#resources, moves);
    moveKeys(this.#uncertain, moves);
    for (const [address, resource] of this.#resources)
      this.#resources.set(address, withMovedAddresses(resource, addresses));
    for (const [address, intent] of this.#uncertain)
      this.#uncertain.set(address, { ...withMovedAddresses(intent, addresses), address });
    this.#shared = withMovedAddresses(this.#shared, addresses);
    const forgotten = this.#forgotten.list();
    this.#forgotten = new ForgottenRooms(
      forgotten.map((room) => ({ ...room, address: addresses.get(room.address) ?? room.address })),
      this.#resources.values(),
    );
  }

  resource(address: Address): RecordedResource | undefined {
    return this.#resources.get(address);
  }

  /** Returns true if the create of this address is uncertain. */
  isUncertain(address: Address): boolean {
    return this.#uncertain.has(address);
  }

  /** Returns the present state, sorted by address. The serial stays the same: it counts writes of the whole state. */
  snapshot(): State {
    const {
      forgotten: _forgotten,
      shared: _shared,
      behavior: _behavior,
      probeRooms: _probeRooms,
      ...base
    } = this.#base;
    const forgotten = this.#forgotten.list();
    return {
      ...base,
      resources: sortedRecord(this.#resources),
      uncertain: [...this.#uncertain.values()].sort((a, b) => byCodeUnit(a.address, b.address)),
      users: sortedRecord(this.#users),
      ...(this.#shared.length === 0 ? {} : { shared: this.#shared }),
      ...(forgotten.length === 0 ? {} : { forgotten }),
      ...(this.#org === undefined ? {} : { org: this.#org }),
      ...(Object.keys(this.#behavior).length === 0 ? {} : { behavior: this.#behavior }),
      ...(this.#probeRooms.length === 0 ? {} : { probeRooms: this.#probeRooms }),
    };
  }
}

function sortedRecord<T>(entries: ReadonlyMap<string, T>): Record<string, T> {
  return Object.fromEntries([...entries].sort(([a], [b]) => byCodeUnit(a, b)));
}
