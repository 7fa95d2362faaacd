import type { PlannerInput } from "../planner-input.js";
import type { Address } from "../../address.js";
import type { Because } from "../because.js";
import type { Call, CallDraft } from "../../calls/call.js";
import type { Action, AttributeChange, Change, ChangeRecord, Finding, PatchOperation } from "../change.js";
import { hasRefs } from "../../calls/reference.js";
import type { JsonObject } from "../../json/json.js";
import { asJson } from "../../json/json.js";
import type { Kind } from "../../kind/kind.js";
import type { ResourceChange } from "../../kind/resource-change.js";
import type { OrgPeople } from "../../people/org-people.js";
import type { ResolvedResource } from "../../kind/resource.js";

/** A change whose calls have no ids and dependencies yet. */
export interface UnlinkedChange extends Omit<Change, "calls"> {
  readonly drafts: readonly CallDraft[];
  /** True if a call holds a reference. */
  readonly hasRefs: boolean;
  /** Addresses whose creating calls come before this change's. */
  readonly follows: readonly Address[];
}

export interface ChangeValues {
  readonly action: Action;
  /** The kind of calls; null: no calls. */
  readonly type: ResourceChange["type"] | null;
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
  readonly attributes: readonly AttributeChange[];
  /** Missing: none. */
  readonly patch?: readonly PatchOperation[];
  readonly record: ChangeRecord | null;
  readonly remarks?: readonly Finding[];
  /** Missing: none. */
  readonly because?: readonly Because[];
  readonly replaces?: string | undefined;
}

/** Builds a change with its calls, its findings and its number of deletions. */
export function buildChange(
  kind: Kind,
  resolved: ResolvedResource,
  { tokenUser, departed, behavior = () => undefined }: OrgPeople & Pick<PlannerInput, "behavior">,
  values: ChangeValues,
): UnlinkedChange {
  const { action, type, before, after, attributes, record } = values;
  const change =
    type === null
      ? null
      : {
          resource: resolved,
          type,
          before: before ?? {},
          after: after ?? {},
          attributes,
          tokenUser,
          departed,
        };
  const drafts = change === null ? none : kind.plan.calls(change);
  const existing = before === null ? 0 : kind.plan.countItems(before);
  const { patch = none, because = none, remarks = none, replaces } = values;
  const found = change === null ? none : kind.plan.findings(change, behavior);
  return {
    address: resolved.address,
    kind: kind.name,
    action,
    id: resolved.id,
    idFrom: resolved.idFrom,
    container: typeof resolved.container === "string" ? resolved.container : undefined,
    replaces,
    before,
    after,
    attributes,
    patch,
    drafts,
    // Here the calls are still in the processor's cache: looking for references later takes several times as long.
    hasRefs: drafts.some(
      ({ params, body, effects }) => hasRefs(params) || hasRefs(body) || hasRefs(asJson(effects)),
    ),
    follows: resolved.after ?? none,
    record,
    because,
    remarks: remarks.length === 0 ? found : [...remarks, ...found],
    deletions: type === "delete" ? existing : removals(drafts),
    existing,
  };
}

/** Returns the change with its calls. Hot path: listing the members is several times faster than omitting two. */
export function withCalls(draft: UnlinkedChange, calls: readonly Call[]): Change {
  return {
    address: draft.address,
    kind: draft.kind,
    action: draft.action,
    id: draft.id,
    idFrom: draft.idFrom,
    container: draft.container,
    replaces: draft.replaces,
    before: draft.before,
    after: draft.after,
    attributes: draft.attributes,
    patch: draft.patch,
    record: draft.record,
    because: draft.because,
    remarks: draft.remarks,
    deletions: draft.deletions,
    existing: draft.existing,
    calls,
  };
}

const none = [] as const;

function removals(drafts: readonly CallDraft[]): number {
  let removed = 0;
  for (const { effects } of drafts)
    for (const effect of effects) if ("remove" in effect) removed += effect.remove.length;
  return removed;
}
