import type { Address } from "../../core/address.js";
import type { Diagnostic } from "../../core/diagnostic.js";
import { DiagnosticsError } from "../../core/diagnostic.js";
import type { Resource } from "../../core/kind/resource.js";
import type { Move } from "../../core/state/moved-addresses.js";
import {
  changedAddresses,
  findPendingMoves,
  findRenames,
  findTakenMoves,
  moveEntries,
  moveFollower,
  renamer,
  takenHelp,
  takenText,
} from "../../core/state/state-moves.js";
import type { RenameAddress } from "../../core/state/state-moves.js";
import type { JournalEntry, State } from "../../core/state/state.js";
import { withEntries } from "../../core/state/state.js";

/** A state with the addresses of the config. */
export interface MovedState {
  readonly state: State | undefined;
  /** The entries that rename its addresses. */
  readonly entries: readonly JournalEntry[];
}

/**
 * Renames the addresses that `moved` in the config names.
 *
 * @throws DiagnosticsError address-taken
 */
export function makeMoves(state: State | undefined, declared: readonly Move[]): MovedState {
  if (state === undefined) return { state, entries: [] };
  const moves = findPendingMoves(state, declared);
  if (moves.length === 0) return { state, entries: [] };
  const taken = findTakenMoves(state, moves);
  if (taken.length > 0) throw new DiagnosticsError(taken.map(takenProblem));
  const entries = moveEntries(moves);
  return { state: withEntries(state, entries), entries };
}

/** A state with the addresses of the config, for a command that only looks them up. */
export interface LookedUpState {
  readonly state: State | undefined;
  /** Returns the address in the config of an address that may have been renamed. */
  readonly toAddress: RenameAddress;
}

/** Renames the addresses of a state as `makeMoves` does. @throws DiagnosticsError address-taken */
export function withMoves(state: State | undefined, declared: readonly Move[]): LookedUpState {
  const follow = moveFollower(declared);
  return {
    state: makeMoves(state, declared).state,
    toAddress: (address) => follow(address) ?? address,
  };
}

function takenProblem(move: Move): Diagnostic {
  return {
    severity: "error",
    code: "address-taken",
    summary: "Address already in the state",
    detail: takenText(move),
    help: takenHelp(move),
    address: move.to,
  };
}

/** A state whose rooms and users have their addresses in the config. */
export interface FollowedRenames extends MovedState {
  /** Returns the new address of an address of the state. */
  readonly rename: (address: Address) => Address;
}

/**
 * Renames the recorded rooms and users whose address differs in the config, but not their jid or user id: otherwise their messages
 * would be deleted or forgotten, and sent again.
 *
 * @param resources the declared resources; users are followed only with their ids
 * @param declared all declared addresses, selected or not
 */
export function followRenames(
  state: State | undefined,
  resources: readonly Resource[],
  declared: ReadonlySet<Address>,
): FollowedRenames {
  if (state === undefined) return { state, entries: [], rename: (address) => address };
  const renames = findRenames(resources, declared, state);
  if (renames.length === 0) return { state, entries: [], rename: (address) => address };
  const rename = renamer(renames);
  const entries = moveEntries(changedAddresses(state, rename));
  return { state: withEntries(state, entries), entries, rename };
}
