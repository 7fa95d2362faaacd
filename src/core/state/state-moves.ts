import type { Address } from "../address.js";
import { addressMatcher, topLevelAddress } from "../address.js";
import { idKey, sameId } from "../jid.js";
import { byCodeUnit } from "../json/json.js";
import type { Resource } from "../kind/resource.js";
import { groupBy } from "../multimap.js";
import { shellWord } from "../shell-word.js";
import type { Move } from "./moved-addresses.js";
import type { JournalEntry, State } from "./state.js";
import { stateAddresses } from "./state.js";

/** The forms of the addresses that can change. Pins and settings follow their room or user. */
const movableForms = ["rooms/*", "rooms/*/messages/*", "users/*/messages/*", "userSettings/*"] as const;
const matchers = movableForms.map(addressMatcher);

/**
 * Returns why an address cannot move to another one, as a whole sentence; undefined if it can.
 *
 * @param rename returns the new address of a room that moves too
 */
export function moveObstacle(move: Move, rename: RenameAddress = (room) => room): string | undefined {
  const { from, to } = move;
  const obstacle = formObstacle(move);
  if (obstacle !== undefined) return obstacle;
  const [chat, other] = [topLevelAddress(from), topLevelAddress(to)];
  if (from !== chat && rename(chat) !== rename(other))
    return `${from} cannot move to ${to}: a message stays in its room or 1:1 chat.`;
  return undefined;
}

/** Returns why an address cannot move to one of another form, as a whole sentence; undefined if both have the same form. */
export function formObstacle({ from, to }: Move): string | undefined {
  const form = matchers.findIndex((matches) => matches(from));
  if (form < 0) return `${from} cannot move: only addresses of the forms ${movableForms.join(", ")} can.`;
  return matchers[form]?.(to) === true
    ? undefined
    : `${from} cannot move to ${to}: addresses of its kind have the form ${movableForms[form]}.`;
}

/** Returns the new address of an address, of a renamed resource or within one. */
export type RenameAddress = (address: Address) => Address;

/** Returns a function that makes each move once. The move of a message goes before that of its room. */
export function renamer(moves: readonly Move[]): RenameAddress {
  const targets = new Map(moves.map(({ from, to }) => [from, to]));
  return (address) => {
    for (let end = address.length; end > 0; end = address.lastIndexOf("/", end - 1)) {
      const to = targets.get(address.slice(0, end));
      if (to !== undefined) return to + address.slice(end);
    }
    return address;
  };
}

/**
 * Returns a function that makes all moves, one after the other; undefined for an address that they lead into a cycle. Each address is
 * followed once: a chain may have thousands of moves.
 *
 * @param moves between addresses of the same form (`formObstacle`): another one could lead on without end
 */
export function moveFollower(moves: readonly Move[]): (address: Address) => Address | undefined {
  const rename = renamer(moves);
  const known = new Map<Address, Address | undefined>();
  return (address) => {
    const passed = new Set<Address>();
    let current = address;
    let next = rename(current);
    while (next !== current && !known.has(current) && !passed.has(current)) {
      passed.add(current);
      current = next;
      next = rename(current);
    }
    const last = known.has(current) ? known.get(current) : passed.has(current) ? undefined : current;
    for (const one of passed) known.set(one, last);
    return last;
  };
}

/**
 * Returns the changes that the moves of a config make to the addresses of a state. None for moves that are done.
 *
 * @param moves each may lead to an address that another one renames, but not in a cycle
 */
export function findPendingMoves(state: State, moves: readonly Move[]): readonly Move[] {
  if (moves.length === 0) return [];
  const follow = moveFollower(moves);
  return changedAddresses(state, (address) => follow(address) ?? address);
}

/**
 * Returns the changes of the addresses of a state: of resources, uncertain creates, forgotten rooms, and of the entries of
 * `userSettings` that were applied. Sorted.
 */
export function changedAddresses(state: State, rename: RenameAddress): readonly Move[] {
  const known = new Set(stateAddresses(state));
  const given = Object.values(state.resources).flatMap(({ from }) => from?.entry ?? []);
  const entries = [...given, ...(state.shared ?? []).map(({ entry }) => entry)];
  // A forgotten room only matters at an address without a room.
  const forgotten = (state.forgotten ?? [])
    .map(({ address }) => address)
    .filter((address) => !known.has(rename(address)));
  return [...new Set([...known, ...entries, ...forgotten])]
    .map((from) => ({ from, to: rename(from) }))
    .filter(({ from, to }) => from !== to)
    .sort((a, b) => byCodeUnit(a.from, b.from));
}

/** Returns the moves to an address that the state has already, or that another move leads to. */
export function findTakenMoves(state: State, moves: readonly Move[]): readonly Move[] {
  const known = new Set(stateAddresses(state));
  const taken = new Set(known);
  for (const { from } of moves) taken.delete(from);
  return moves.filter(({ from, to }) => {
    if (!known.has(from)) return false;
    const isTaken = taken.has(to);
    taken.add(to);
    return isTaken;
  });
}

/** Describes a move to a taken address. */
export function takenText({ from, to }: Move): string {
  return `${from} cannot move to ${to}, which is already in the state.`;
}

/** Returns the help for a move to a taken address. */
export function takenHelp({ to }: Move): string {
  return `Move ${to} first, or remove it from the state: chatform state forget ${shellWord(to)}`;
}

/** Returns the journal entry of these moves, if there are any. A kill never leaves half of an entry. */
export function moveEntries(moves: readonly Move[]): readonly JournalEntry[] {
  return moves.length === 0 ? [] : [{ type: "moved", moves }];
}

/** Returns the moves of journal entries. */
export function getMoves(entries: readonly JournalEntry[]): readonly Move[] {
  return entries.flatMap((entry) => (entry.type === "moved" ? entry.moves : []));
}

/** Returns the moves without those of messages and pins that only follow their room. */
export function withoutFollowers(moves: readonly Move[]): readonly Move[] {
  const containers = new Set(moves.map(({ from }) => from));
  const rename = renamer(moves.filter(({ from }) => from === topLevelAddress(from)));
  return moves.filter(({ from, to }) => {
    const container = topLevelAddress(from);
    return from === container || !containers.has(container) || to !== rename(from);
  });
}

/**
 * Returns the rooms and users whose address in the state and in the config differ, identified by jid or user id, in an order in which
 * each finds its new address free.
 *
 * @param resources the declared resources; users are followed only with their ids
 * @param declared all declared addresses, selected or not
 */
export function findRenames(
  resources: readonly Resource[],
  declared: ReadonlySet<Address>,
  state: State,
): readonly Move[] {
  const used = new Set<Address>();
  for (const address of declared) used.add(topLevelAddress(address));
  const recorded = new Map<Address, string>();
  for (const [address, { id, container }] of Object.entries(state.resources))
    recorded.set(topLevelAddress(address), container ?? id);
  for (const { address, owner } of withOwners(resources))
    // The address of somebody else now.
    if (!sameId(recorded.get(address) ?? owner, owner)) used.delete(address);
  const free = [...recorded].filter(([from]) => !used.has(from));
  if (free.length === 0) return [];
  const current = new Map<string, Address>();
  for (const { address, owner } of withOwners(resources)) current.set(ownerKey(address, owner), address);
  const renames = free.flatMap(([from, owner]): readonly Move[] => {
    const to = current.get(ownerKey(from, owner));
    return to === undefined || to === from ? [] : [{ from, to }];
  });
  const waiting = groupBy(renames, ({ to }) => to);
  const found: Move[] = [];
  for (const first of renames) {
    // Each rename leaves an address for the one that waits for it.
    for (let next: Move | undefined = first; next !== undefined && !recorded.has(next.to);) {
      recorded.set(next.to, recorded.get(next.from) ?? "");
      recorded.delete(next.from);
      found.push(next);
      next = waiting.get(next.from)?.[0];
    }
  }
  return found;
}

/** Returns the rooms and users that these resources belong to, with their ids as far as they are known: one for each resource. */
function* withOwners(
  resources: readonly Resource[],
): Generator<{ readonly address: Address; readonly owner: string }> {
  for (const { address, id, container } of resources) {
    const owner = container ?? id;
    if (typeof owner === "string") yield { address: topLevelAddress(address), owner };
  }
}

function ownerKey(address: Address, id: string): string {
  return JSON.stringify([address.split("/")[0], idKey(id)]);
}
