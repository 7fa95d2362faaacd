import type { Address } from "../../core/address.js";
import { isWithin } from "../../core/address.js";
import type { Resource } from "../../core/kind/resource.js";
import { moveEntries, findRenames } from "../../core/state/state-moves.js";
import type { JournalEntry, State } from "../../core/state/state.js";
import type { OnEvent } from "../events.js";
import { withEntries } from "../recover/recover-creates.js";

/** A state whose rooms and users have their names from the config. */
export interface FollowedRenames {
  readonly state: State;
  /** The entries that rename them. */
  readonly findings: readonly JournalEntry[];
  /** Returns the new name of an address of the state. */
  readonly nameOf: (address: Address) => Address;
}

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
  let moved = state;
  const findings: JournalEntry[] = [];
  for (const { from, to } of renames) {
    onEvent({
      type: "notice",
      text: `${from} is ${to} now. The state takes the new name at the next apply or repair.`,
    });
    const entries = moveEntries(moved, from, to);
    moved = withEntries(moved, entries);
    findings.push(...entries);
  }
  const nameOf = (address: Address): Address => {
    const rename = renames.find(({ from }) => isWithin(address, from));
    return rename === undefined ? address : rename.to + address.slice(rename.from.length);
  };
  return { state: moved, findings, nameOf };
}
