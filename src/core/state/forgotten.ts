import type { Address } from "../address.js";
import { idKey } from "../jid.js";
import { byCodeUnit } from "../json/json.js";
import { addToMultimap } from "../multimap.js";

/** The kind of rooms. The API neither lists nor deletes rooms, so a room whose jid is lost can never be found again. */
export const roomKind = "rooms/*";

/** A room that was dropped from the state. */
export interface ForgottenRoom {
  /** The last address of the room in the state. */
  readonly address: Address;
  readonly jid: string;
  readonly kind: string;
  /** The subject that was applied last, if any. */
  readonly subject?: string;
  /** The time of forgetting: ISO 8601, UTC. */
  readonly forgotten: string;
}

/** The members of a recorded resource that this list reads. */
interface Recorded {
  readonly kind: string;
  readonly id: string;
  readonly applied: Readonly<Record<string, unknown>>;
}

/**
 * The forgotten rooms of a state under change. A jid is either recorded or forgotten, never both, and forgotten under one
 * address only: the last one. An update costs the same whatever the size of the state.
 */
export class ForgottenRooms {
  readonly #byJid = new Map<string, ForgottenRoom>();
  /** The keys of `#byJid` that each address had, also earlier. */
  readonly #keys = new Map<Address, string[]>();
  /** The number of addresses that record each jid. */
  readonly #recorded = new Map<string, number>();

  constructor(rooms: readonly ForgottenRoom[], recorded: Iterable<Recorded>) {
    for (const room of rooms) this.#add(room);
    for (const one of recorded) this.#count(one, 1);
  }

  /**
   * Updates the list after a change of the resource that an address records.
   *
   * @param at the time of the change (ISO 8601, UTC); undefined: nothing is forgotten
   */
  replaced(
    address: Address,
    before: Recorded | undefined,
    after: Recorded | undefined,
    at: string | undefined,
  ): void {
    if (before !== undefined) this.#count(before, -1);
    if (after !== undefined) this.#count(after, 1);
    if (after?.kind === roomKind) this.#byJid.delete(idKey(after.id));
    if (before?.kind !== roomKind || at === undefined || this.#recorded.has(idKey(before.id))) return;
    const { kind, id: jid, applied } = before;
    const subject = applied["subject"];
    this.#add({
      address,
      jid,
      kind,
      ...(typeof subject === "string" ? { subject } : {}),
      forgotten: at,
    });
  }

  /** Drops the forgotten rooms of an address for good. */
  purge(address: Address): void {
    for (const key of this.#keys.get(address) ?? [])
      if (this.#byJid.get(key)?.address === address) this.#byJid.delete(key);
    this.#keys.delete(address);
  }

  /** Returns the forgotten rooms, sorted by address, then by time, then by jid. */
  list(): readonly ForgottenRoom[] {
    return [...this.#byJid.values()].sort(
      (a, b) =>
        byCodeUnit(a.address, b.address) || byCodeUnit(a.forgotten, b.forgotten) || byCodeUnit(a.jid, b.jid),
    );
  }

  #add(room: ForgottenRoom): void {
    const key = idKey(room.jid);
    this.#byJid.set(key, room);
    addToMultimap(this.#keys, room.address, key);
  }

  #count({ kind, id }: Recorded, by: 1 | -1): void {
    if (kind !== roomKind) return;
    const key = idKey(id);
    const count = (this.#recorded.get(key) ?? 0) + by;
    if (count > 0) this.#recorded.set(key, count);
    else this.#recorded.delete(key);
  }
}

/** Describes a forgotten room: `adhoc-…@conference.acme.orgspan.com ("Lobby")`. */
export function forgottenRoomText({ jid, subject }: Pick<ForgottenRoom, "jid" | "subject">): string {
  return subject === undefined ? jid : `${jid} (${JSON.stringify(subject)})`;
}
