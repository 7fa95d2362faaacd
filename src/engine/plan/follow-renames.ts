import type { Address } from "../../core/address.js";
import type { Resource } from "../../core/kind/resource.js";
import { findRenames, moveEntries, renamer } from "../../core/state/state-moves.js";
import type { JournalEntry, State } from "../../core/state/state.js";
import type { OnEvent } from "../events.js";
import { withEntries } from "../recover/recover-creates.js";

/** A state whose rooms and users have their names from the config. */
export interface FollowedRenames {
  readonly state: State;
  /** The entries that rename them. */
  readonly findings: readonly JournalEntry[];
  /** Returns the new name of an address of the state. */
  readonly toNewName: (address: Address) => Address;
}

/** The most renames that are told one by one. */
const mostNotices = 10;

/**
 * Renames the recorded rooms and users that were renamed in the config: otherwise their messages would be deleted or
 * forgotten, and sent again.
 *
 * @param resources the declared and selected resources, with user ids
 * @param declared all declared addresses, selected or not
 */
export function followRenames(
  state: State,
  resources: readonly Resource[],
  declared: ReadonlySet<Address>,
  onEvent: OnEvent,
): FollowedRenames {
  const renames = findRenames(resources, declared, state);
  for (const { from, to } of renames.slice(0, mostNotices)) {
    onEvent({
      type: "notice",
      text: `${from} is ${to} now. The state takes the new name at the next apply or repair.`,
    });
  }
  if (renames.length > mostNotices)
    onEvent({ type: "notice", text: `${renames.length - mostNotices} more have a new name too.` });
  const findings = moveEntries(state, renames);
  return { state: withEntries(state, findings), findings, toNewName: renamer(renames) };
}
