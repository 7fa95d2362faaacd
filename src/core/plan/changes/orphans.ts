import { topLevelAddress } from "../../address.js";
import type { Address } from "../../address.js";
import type { Removal } from "../../kind/resource-change.js";
import type { Resource, ResolvedResource } from "../../kind/resource.js";
import type { Kinds } from "../../kind/kinds.js";
import { getKind } from "../../kind/kinds.js";
import type { RecordedResource, State } from "../../state/state.js";

/** A resource that is recorded and no longer in the config. */
export interface Orphan {
  readonly address: Address;
  readonly recorded: RecordedResource;
  readonly removal: Removal;
  /** The resource with the attributes that have to be read for its removal. */
  readonly resource: Resource;
}

/**
 * Returns the resources that are recorded and no longer in the config.
 *
 * @param declared every declared address, selected or not
 */
export function findOrphans(
  state: State,
  declared: ReadonlySet<Address>,
  kinds: Kinds,
  destroy: boolean,
): readonly Orphan[] {
  const gone = Object.entries(state.resources).filter(([address]) => !declared.has(address));
  const goneAddresses = new Set(gone.map(([address]) => address));
  return gone.map(([address, recorded]) => {
    const kind = getKind(kinds, recorded.kind);
    const resolved: ResolvedResource = {
      ...toResource(address, recorded),
      id: recorded.id,
      applied: recorded.applied,
    };
    const container = topLevelAddress(address);
    const removal = kind.plan.remove(resolved, {
      destroy,
      containerRemoved: container !== address && goneAddresses.has(container),
      original: recorded.original ?? {},
    });
    const reads = removal.action === "reset" ? removal.reads : recorded.applied;
    return { address, recorded, removal, resource: { ...toResource(address, recorded), attributes: reads } };
  });
}

/** Returns a recorded resource as if it were declared with its applied values. */
export function toResource(address: Address, recorded: RecordedResource): Resource {
  const { kind, id, container, applied, options, protect, onRemove } = recorded;
  return {
    address,
    kind,
    id,
    ...(container === undefined ? {} : { container }),
    attributes: applied,
    ...(options === undefined ? {} : { options }),
    ...(protect === undefined ? {} : { protect }),
    ...(onRemove === undefined ? {} : { onRemove }),
    pointer: "",
  };
}

/** Returns true if the removal of an orphan needs its live values. */
export function needsRead({ removal }: Orphan): boolean {
  return removal.action !== "forget";
}
