import type { Address } from "../address.js";
import { isUserAddress } from "../address.js";
import { hasRefs, isRef } from "../calls/reference.js";
import type { JsonObject } from "../json/json.js";
import { leaves, withValueAt } from "../json/pointer.js";
import { sameId } from "../jid.js";
import type { Kinds } from "../kind/kinds.js";
import { getKind } from "../kind/kinds.js";
import type { Resource } from "../kind/resource.js";
import type { Emails, EntryKey, SourceMembers } from "../people/people-lists.js";
import { isSourceKey } from "../people/people-lists.js";
import type { LeftOrigin } from "../explain/origin-reasons.js";
import { givenBy, leftReason } from "../explain/origin-reasons.js";
import type { OrgPeople } from "../people/org-people.js";
import { ReviewedShared } from "../people/reviewed-shared.js";
import type { RecordedOrigin, ResolvedShared } from "../people/shared-declaration.js";
import { isMoved, originSources } from "../people/shared-declaration.js";
import type { Because } from "../plan/because.js";
import { toResource } from "../plan/changes/orphans.js";
import type { RecordedResource, State } from "../state/state.js";
import type { Steps } from "../time/turns.js";
import { mapInSteps } from "../time/turns.js";
import { reviewedLists, withPeople } from "./reviewed.js";
import type { ListsThenAndNow } from "./why.js";

/** The values that live values are compared to: the last applied ones or, where nothing was ever applied, the config's. */
export type Baseline = "applied" | "files";

/** A resource to audit, with the values to compare. References to people are replaced. */
export interface Audited {
  readonly address: Address;
  readonly declared: Resource;
  /** The record of the last apply; missing where nothing was ever applied, and for a user who joined a source since. */
  readonly record?: RecordedResource;
  /** The resource as recorded: its id, its options and its applied attributes. */
  readonly recorded: Resource;
  /** The recorded attributes, with the people that the reviewed entries give now. */
  readonly reviewed: JsonObject;
  readonly lists: ListsThenAndNow;
  /** The block for many users that the reviewed attributes come from. */
  readonly from: RecordedOrigin | undefined;
  /** The block that the attributes came from at the last apply, if the user left its sources. */
  readonly left?: LeftOrigin;
  /** Nothing was applied yet to the user that the resource belongs to: the user joined a source, or was created anew. */
  readonly joined?: true;
}

/** The recorded resource of a user who left the sources that gave it. */
export interface LeftMember {
  readonly address: Address;
  readonly record: RecordedResource;
  readonly because: Because;
  /** The sources among them that give nobody any more. The record is left to a person. */
  readonly emptied: readonly EntryKey[];
}

/** The resources that an audit compares, and those that wait for an apply. All sorted as declared. */
export interface AuditScope {
  readonly baseline: Baseline;
  readonly audited: readonly Audited[];
  readonly left: readonly LeftMember[];
  /** Resources that are declared but were never applied. */
  readonly pending: readonly Address[];
  /** Orphans that a person removed from the config. */
  readonly removed: readonly Address[];
}

export interface ScopeInput {
  readonly kinds: Kinds;
  /** The selected resources. References to people are replaced. */
  readonly declared: readonly Resource[];
  /** All declared addresses, selected or not. */
  readonly allDeclared: ReadonlySet<Address>;
  readonly state: State | undefined;
  /** The blocks for many users, in the order of the config. */
  readonly shared: readonly ResolvedShared[];
  /** Missing: none were read. */
  readonly sources?: SourceMembers | undefined;
  readonly departed: OrgPeople["departed"];
  /** E-mails by user id, for texts. */
  readonly people: Emails;
  /** Returns true for selected addresses. */
  readonly isSelected: (address: Address) => boolean;
}

/** Returns the scope of an audit. */
export function* auditScope({
  kinds,
  declared,
  allDeclared,
  state,
  shared,
  sources,
  departed,
  people,
  isSelected,
}: ScopeInput): Steps<AuditScope> {
  const recorded = state?.resources ?? {};
  if (Object.keys(recorded).length === 0) {
    return {
      baseline: "files",
      audited: yield* mapInSteps(declared.filter(hasOwnId), fromFiles),
      left: [],
      pending: declared.filter((one) => !hasOwnId(one)).map(({ address }) => address),
      removed: [],
    };
  }
  const blocks = new ReviewedShared(state?.shared ?? [], shared);
  // The user may still have the settings of a block whose users are unknown, whatever else gives settings now.
  const isUnknown = ({ address, from }: Pick<Resource, "address" | "from">): boolean =>
    blocks.isUnknown(recorded[address]?.from) && isMoved(from, recorded[address]?.from);
  const known = declared.filter((resource) => !isUnknown(resource));
  const toAudited = (resource: Resource): readonly Audited[] => {
    const record = recorded[resource.address];
    // An earlier run failed to give the user the settings of a block: nothing was applied.
    const isUnfinished = blocks.has(record?.from) && Object.keys(record?.applied ?? {}).length === 0;
    if (record !== undefined && !isUnfinished)
      return isOfAnotherUser(resource, record, kinds)
        ? []
        : [fromRecord(resource, record, blocks, { kinds, sources })];
    const from = blocks.getOrigin(resource.from, resource.attributes);
    return from === undefined ? [] : [joined(resource, from)];
  };
  const audited = (yield* mapInSteps(known, toAudited)).flat();
  const compared = new Set(audited.map(({ address }) => address));
  const orphans = Object.entries(recorded).filter(
    ([address, { from }]) => !allDeclared.has(address) && isSelected(address) && !blocks.isUnknown(from),
  );
  const toLeft = ([address, record]: (typeof orphans)[number]): readonly LeftMember[] =>
    leftMember(address, record, blocks, { departed, people, sources });
  const left = (yield* mapInSteps(orphans, toLeft)).flat();
  const forgotten = new Set(left.map(({ address }) => address));
  return {
    baseline: "applied",
    audited,
    left,
    pending: known.filter(({ address }) => !compared.has(address)).map(({ address }) => address),
    removed: orphans.map(([address]) => address).filter((address) => !forgotten.has(address)),
  };
}

/** Returns true if the config or the directory gives the id, rather than the state. */
function hasOwnId({ id }: Resource): boolean {
  return id !== undefined && !isRef(id);
}

/** Without a record, the config is what was reviewed. A value that depends on a resource to be created is unknown. */
function fromFiles(declared: Resource): Audited {
  const known = leaves(declared.attributes)
    .filter(([, value]) => !hasRefs(value))
    .reduce<JsonObject>((result, [path, value]) => withValueAt(result, path, value), {});
  const recorded = { ...declared, attributes: known };
  const { address, from } = declared;
  return { address, declared, recorded, reviewed: known, lists: { then: {}, now: {} }, from };
}

function joined(declared: Resource, from: RecordedOrigin): Audited {
  const { address, attributes } = declared;
  return {
    ...{ address, from, declared, recorded: declared, reviewed: attributes },
    ...{ lists: { then: {}, now: {} }, joined: true as const },
  };
}

/** Returns true for a message or pins of a user who was created anew: the recorded ones are in the chat with the former user. */
function isOfAnotherUser(
  { address, id, container }: Resource,
  record: RecordedResource,
  kinds: Kinds,
): boolean {
  const [now, then] = [container ?? id, record.container ?? record.id];
  return (
    isUserAddress(address) &&
    !getKind(kinds, record.kind).plan.restores &&
    typeof now === "string" &&
    !sameId(now, then)
  );
}

function fromRecord(
  declared: Resource,
  record: RecordedResource,
  blocks: ReviewedShared,
  { kinds, sources }: Pick<ScopeInput, "kinds" | "sources">,
): Audited {
  const { address, ignore, pointer } = declared;
  const then = record.lists ?? {};
  const now = reviewedLists(then, declared.lists, sources);
  // Settings always exist: somebody who was created anew with the same e-mail has none of the applied ones.
  const isRecreated =
    getKind(kinds, record.kind).plan.restores &&
    typeof declared.id === "string" &&
    !sameId(declared.id, record.id);
  const moves = isMoved(declared.from, record.from);
  const attributes = moves ? declared.attributes : record.applied;
  // Only an edit moves a user from their own block.
  const from = moves && !blocks.has(record.from) ? undefined : blocks.getOrigin(declared.from, attributes);
  return {
    address,
    declared,
    record,
    recorded: {
      ...toResource(address, record),
      ...(ignore === undefined ? {} : { ignore }),
      ...(isRecreated ? { id: declared.id } : {}),
      pointer,
    },
    ...(isRecreated ? { joined: true } : {}),
    reviewed:
      from === undefined
        ? Object.keys(now).length === 0
          ? record.applied
          : withPeople(record.applied, now)
        : attributes,
    lists: { then, now },
    from: from ?? record.from,
    ...(from !== undefined && record.from !== undefined && blocks.hasLeft(record.from, record.id)
      ? { left: blocks.toLeft(record.from, record.id, sources) }
      : {}),
  };
}

/** Returns the member if none of its sources gives the user any more, and not because of an edit. */
function leftMember(
  address: Address,
  record: RecordedResource,
  blocks: ReviewedShared,
  { departed, people, sources }: Pick<ScopeInput, "departed" | "people" | "sources">,
): readonly LeftMember[] {
  const { from, id } = record;
  if (from === undefined || !blocks.hasLeft(from, id)) return [];
  const state = departed.get(id)?.state;
  const because: Because = {
    user: id,
    ...(state === undefined
      ? leftReason(blocks.toLeft(from, id, sources), people)
      : { reason: "departed", text: "departed", ...givenBy(from.source, people) }),
  };
  const isEmpty = (key: EntryKey): boolean =>
    isSourceKey(key) && blocks.getUsers(from.entry, key)?.length === 0;
  return [
    { address, record, because, emptied: state === undefined ? originSources(from).filter(isEmpty) : [] },
  ];
}
