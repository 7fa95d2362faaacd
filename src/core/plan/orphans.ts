import { topLevelAddress } from "../address.js";
import type { Address } from "../address.js";
import type { Finding } from "./change.js";
import { attributeChanges, merged, normalized } from "./compare.js";
import type { Diagnostic } from "../diagnostic.js";
import type { DraftChange } from "./draft-change.js";
import { draftChange } from "./draft-change.js";
import type { Kind } from "../kind/kind.js";
import type { Removal } from "../kind/resource-change.js";
import type { Resource, ResolvedResource } from "../kind/resource.js";
import type { Planning } from "./planning.js";
import { kindOf } from "./planning.js";
import { protectionProblem } from "./policy.js";
import type { RecordedResource, State } from "../state/state.js";
import { resolveReferences } from "../calls/resolve-references.js";

/** Something that the state has and the files don't declare any more. */
export interface Orphan {
  readonly address: Address;
  readonly recorded: RecordedResource;
  readonly removal: Removal;
  /** As if it were declared with what has to be read for its removal. */
  readonly resource: Resource;
}

/**
 * What the state has and the files don't declare any more.
 *
 * @param declared every declared address, selected or not
 */
export function findOrphans(
  state: State,
  declared: ReadonlySet<Address>,
  kinds: ReadonlyMap<string, Kind>,
  destroy: boolean,
): readonly Orphan[] {
  const gone = Object.entries(state.resources).filter(([address]) => !declared.has(address));
  const goneAddresses = new Set(gone.map(([address]) => address));
  return gone.map(([address, recorded]) => {
    const kind = kindOf({ kinds }, recorded.kind);
    const subject: ResolvedResource = {
      ...asResource(address, recorded),
      id: recorded.id,
      applied: recorded.applied,
    };
    const container = topLevelAddress(address);
    const removal = kind.remove(subject, {
      destroy,
      containerRemoved: container !== address && goneAddresses.has(container),
      original: recorded.original ?? {},
    });
    const reads = removal.action === "reset" ? removal.reads : recorded.applied;
    return { address, recorded, removal, resource: { ...asResource(address, recorded), attributes: reads } };
  });
}

/** A recorded thing as if it were declared with what was applied. */
export function asResource(address: Address, recorded: RecordedResource): Resource {
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

/** What becomes of something that leaves the files. */
export function changeOrphan(planning: Planning, leaving: Orphan, diagnostics: Diagnostic[]): DraftChange {
  const kind = kindOf(planning, leaving.resource.kind);
  const draft = draftLeaving(planning, kind, leaving);
  const problem = protectionProblem(kind, draft, leaving.recorded.protect ?? false);
  if (problem !== undefined) diagnostics.push(problem);
  return draft;
}

function draftLeaving(planning: Planning, kind: Kind, { removal, resource, recorded }: Orphan): DraftChange {
  const subject = { ...resolveReferences(resource, planning.known), id: recorded.id };
  const live = planning.live.get(resource.address);
  const gone = {
    action: "forget",
    type: null,
    before: null,
    after: null,
    attributes: [],
    record: null,
  } as const;
  if (live?.present === false)
    return draftChange(kind, subject, planning.world, { ...gone, remarks: [alreadyGone] });
  if (live === undefined) return draftChange(kind, subject, planning.world, gone);
  const before = normalized(live.attributes, kind.sets);
  switch (removal.action) {
    case "forget":
      return draftChange(kind, subject, planning.world, gone);
    case "delete":
      return draftChange(kind, subject, planning.world, {
        ...gone,
        action: "delete",
        type: "delete",
        before,
      });
    case "reset": {
      const wanted = normalized(removal.goal(before), kind.sets);
      const attributes = attributeChanges(before, wanted, {}, wanted);
      const type = attributes.length > 0 ? "update" : null;
      return draftChange(kind, subject, planning.world, {
        ...gone,
        type,
        before,
        after: merged(before, wanted),
        attributes,
      });
    }
    default:
      return removal satisfies never;
  }
}

/** What is forgotten because the service has it no longer. */
export const alreadyGone: Finding = {
  code: "already-gone",
  severity: "note",
  text: "The service no longer has it (404).",
};

/** Whether what leaves has to be read. */
export function readsLive({ removal }: Orphan): boolean {
  return removal.action !== "forget";
}
