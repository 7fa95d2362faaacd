import type { Id } from "../calls/reference.js";
import type { Known } from "../calls/resolve-references.js";
import { resolveReferences } from "../calls/resolve-references.js";
import { normalizeSets } from "../diff/compare.js";
import { sameId } from "../jid.js";
import type { JsonObject } from "../json/json.js";
import type { Pointer } from "../json/pointer.js";
import { leaves, valueAt, withValueAt } from "../json/pointer.js";
import type { Kind } from "../kind/kind.js";
import type { Kinds } from "../kind/kinds.js";
import { getKind } from "../kind/kinds.js";
import type { LiveValue } from "../kind/read.js";
import type { Resource, ResolvedResource } from "../kind/resource.js";
import type { Address } from "../address.js";
import type { OrgPeople } from "../people/org-people.js";
import { isDeparted } from "../people/org-people.js";
import type { EntryKey, SourceMembers } from "../people/people-lists.js";
import type { Finding } from "../plan/change.js";
import type { Steps } from "../time/turns.js";
import { mapInSteps } from "../time/turns.js";
import type { Audited, Baseline } from "./audited.js";
import type { Difference } from "./compare.js";
import { compareValues } from "./compare.js";
import { emptiedSources } from "./reviewed.js";
import type { ExplainedDifference } from "./why.js";
import { explainDifferences } from "./why.js";

/** The comparison of one resource, from which the audit and the repair follow. */
export interface Compared {
  readonly audited: Audited;
  readonly kind: Kind;
  /** The resource as recorded. */
  readonly recorded: ResolvedResource;
  /** Live attributes; null: the resource does not exist. */
  readonly live: JsonObject | null;
  readonly differences: readonly ExplainedDifference[];
  /** Declared attributes that wait for an apply, sorted. */
  readonly pending: readonly Pointer[];
  /** Sources that give nobody any more, so that people would be removed. The resource is left to a person. */
  readonly emptied: readonly EntryKey[];
  /** Findings about people who are in a list without being declared. */
  readonly findings: readonly Finding[];
}

const rosterCodes: ReadonlySet<string> = new Set(["undeclared-participant", "inactive-participant"]);

export interface CompareContext extends OrgPeople {
  readonly kinds: Kinds;
  readonly baseline: Baseline;
  /** Missing: none were read. */
  readonly sources?: SourceMembers;
  /** Live values; missing: not read, as the resource is that of a departed user. */
  readonly live: ReadonlyMap<Address, LiveValue>;
  /** For references of recorded resources. */
  readonly recorded: Known;
  /** For references of declared resources. */
  readonly declared: Known;
}

/** Returns the resource to read for an audit: the recorded object, with the attributes that are applied and declared. */
export function resourceToRead({ recorded, declared, record }: Audited): Resource {
  if (record === undefined) return recorded;
  return { ...recorded, attributes: commonPart(declared.attributes, recorded.attributes) };
}

/** Returns the attributes that another object has too. */
function commonPart(attributes: JsonObject, other: JsonObject): JsonObject {
  return leaves(attributes)
    .filter(([path]) => valueAt(other, path) !== undefined)
    .reduce<JsonObject>((part, [path, value]) => withValueAt(part, path, value), {});
}

/** Compares the resources of an audit. */
export function* compareAll(
  context: CompareContext,
  audited: readonly Audited[],
): Steps<readonly Compared[]> {
  const compared = yield* mapInSteps(audited, (one) => {
    const live = context.live.get(one.address);
    return live === undefined ? undefined : compareOne(context, one, live);
  });
  return compared.filter((one) => one !== undefined);
}

function compareOne(context: CompareContext, audited: Audited, live: LiveValue): Compared {
  const kind = getKind(context.kinds, audited.declared.kind);
  const recorded = resolveReferences(audited.recorded, context.recorded);
  const none = { audited, kind, recorded, differences: [], pending: [], emptied: [], findings: [] };
  if (!live.present) return { ...none, live: null };
  const declared = resolveReferences(audited.declared, context.declared);
  const isSame = sameId(declared.id, recorded.id) && sameContainer(declared.container, recorded.container);
  // Live values count as the values before for a user who joined a source: nothing was applied to that user.
  const before = audited.joined === true ? { ...recorded, attributes: live.attributes } : recorded;
  const { differences, pending } = compareValues({
    ...{ kind, recorded: before, reviewed: audited.reviewed, live: live.attributes, people: context },
    desired: isSame ? declared : undefined,
  });
  const emptied = emptiedFor(audited, differences, context);
  const held = differences.map((one): Difference =>
    emptied.length === 0 ? one : { ...one, left: "emptied" },
  );
  const history = {
    applied: context.baseline === "files" ? undefined : (audited.record?.applied ?? {}),
    lists: audited.lists,
    from: audited.from,
    left: audited.left,
  };
  const present = normalizeSets(live.attributes, kind.live.sets);
  const explained = explainDifferences(kind, present, held, history, context);
  const goal = kind.plan.goal(isSame ? declared : recorded, present, context);
  const waiting = isSame ? pending : leaves(declared.attributes).map(([path]) => path);
  return {
    ...{ audited, kind, recorded, live: live.attributes, differences: explained, pending: waiting, emptied },
    findings: (goal.findings ?? []).filter(({ code }) => rosterCodes.has(code)),
  };
}

function sameContainer(a: Id | undefined, b: Id | undefined): boolean {
  const known = (id: Id | undefined): string | undefined => (typeof id === "string" ? id : undefined);
  return sameId(known(a), known(b));
}

/** Returns the emptied sources for which people who have not departed would be removed. */
function emptiedFor(
  { record, lists }: Audited,
  differences: readonly Difference[],
  people: OrgPeople,
): readonly EntryKey[] {
  if (record === undefined) return [];
  return Object.entries(emptiedSources(record, lists.now)).flatMap(([path, entries]) =>
    Object.entries(entries).flatMap(([key, ids]) => {
      const removes = (one: Difference): boolean =>
        one.path === path &&
        one.extra &&
        typeof one.element === "string" &&
        ids.includes(one.element) &&
        !isDeparted(one.element, people);
      return differences.some(removes) ? [key] : [];
    }),
  );
}
