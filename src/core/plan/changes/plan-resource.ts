import type { Address } from "../../address.js";
import { topLevelAddress } from "../../address.js";
import { changeRecord, toChangeRecord } from "./change-record.js";
import type { Finding } from "../change.js";
import { normalizeSets } from "../../diff/compare.js";
import { diffAttributes, toAttributeChanges } from "../../diff/diff-attributes.js";
import type { Diagnostic } from "../../diagnostic.js";
import type { UnlinkedChange } from "./build-change.js";
import { buildChange } from "./build-change.js";
import { roomKind } from "../../state/forgotten.js";
import { sameId } from "../../jid.js";
import type { Json, JsonObject } from "../../json/json.js";
import { isArray } from "../../json/json.js";
import type { Kind } from "../../kind/kind.js";
import type { LiveValue } from "../../kind/read.js";
import type { Resource, ResolvedResource } from "../../kind/resource.js";
import type { PlannedResource, PlannerContext } from "../planner-input.js";
import { getKind } from "../../kind/kinds.js";
import { leaves, valueAt, withValueAt } from "../../json/pointer.js";
import type { OrgPeople } from "../../people/org-people.js";
import { departedOwner, withoutDeparted } from "../../people/org-people.js";
import { emptySourceProblems } from "../../people/empty-sources.js";
import { conflictFindings, explainChange } from "../../explain/explain-change.js";
import { protectionProblem } from "../policy.js";
import { substitute } from "../../calls/reference.js";

/** Plans the change of a declared resource. Adds problems that forbid the apply to `diagnostics`. */
export function planResource(
  context: PlannerContext,
  { resource, resolved, live }: PlannedResource,
  diagnostics: Diagnostic[],
): UnlinkedChange {
  const kind = getKind(context.kinds, resource.kind);
  const draft =
    departedOwner(resource, context) !== undefined
      ? leaveAlone(context, kind, resolved)
      : live?.present === true
        ? changeExisting(context, kind, resolved, live.attributes, diagnostics)
        : create(context, kind, resolved);
  const remarks = joined(
    conflictFindings(resolved, context.people),
    context.remarks?.get(resource.address) ?? none,
  );
  const withoutUser = userProblem(kind, resolved, live, draft, context);
  if (withoutUser !== undefined) diagnostics.push(withoutUser);
  return remarks.length === 0 ? draft : { ...draft, remarks: [...draft.remarks, ...remarks] };
}

/** Returns the change of a departed user's settings, message or pins, which are neither read nor changed, and stay recorded. */
function leaveAlone(context: PlannerContext, kind: Kind, resolved: ResolvedResource): UnlinkedChange {
  const recorded = context.state?.resources[resolved.address];
  const record = recorded === undefined ? null : toChangeRecord(recorded);
  const values = { action: "no-op", type: null, before: null, after: null, attributes: [] } as const;
  return buildChange(kind, resolved, context, { ...values, record });
}

function create(context: PlannerContext, kind: Kind, resolved: ResolvedResource): UnlinkedChange {
  const recorded = context.state?.resources[resolved.address];
  const after = normalizeSets(withoutDepartedUsers(kind, resolved.attributes, context), kind.live.sets);
  const cause = recorded === undefined ? "config" : "drift";
  const values = {
    action: "create",
    before: null,
    after,
    attributes: leaves(after).map(([path, value]) => ({ path, cause, after: value }) as const),
  } as const;
  return buildChange(kind, resolved, context, {
    ...values,
    type: "create",
    record: changeRecord(kind, resolved, null, recorded, context),
    because: explainChange(context, kind, resolved, values),
    ...(kind.plan.adopts && recorded !== undefined
      ? { replaces: recorded.id, remarks: goneRemarks(kind, resolved, recorded.id) }
      : {}),
  });
}

/** Returns the attributes with the departed users left out of the lists of people. */
function withoutDepartedUsers(kind: Kind, attributes: JsonObject, people: OrgPeople): JsonObject {
  return kind.live.users.reduce((result, path) => {
    const list = valueAt(result, path);
    const active = isArray(list) ? withoutDeparted(list, people) : list;
    return active === list ? result : withValueAt(result, path, active);
  }, attributes);
}

/** Returns the finding of a replaced resource; none if its container is missing, as the resource was not read then. */
function goneRemarks(kind: Kind, { address, container }: ResolvedResource, id: string): readonly Finding[] {
  if (typeof container === "object") return [];
  const text = `${address} was ${id}, which no longer exists (404, checked twice). A new ${kind.title} is created.`;
  return [{ code: "replaces-missing", severity: kind.name === roomKind ? "warning" : "note", text }];
}

function changeExisting(
  context: PlannerContext,
  kind: Kind,
  resolved: ResolvedResource,
  attributes: JsonObject,
  diagnostics: Diagnostic[],
): UnlinkedChange {
  const recorded = context.state?.resources[resolved.address];
  const live = normalizeSets(attributes, kind.live.sets);
  const goal = kind.plan.goal(withoutIgnored(resolved), live, context);
  const wanted = normalizeSets(goal.attributes, kind.live.sets);
  const earlier = withRecordedIds(context, wanted);
  const desiredAtApply = earlier === wanted ? wanted : normalizeSets(earlier, kind.live.sets);
  const diff = diffAttributes(live, wanted);
  const changed = toAttributeChanges(
    diff,
    live,
    wanted,
    withoutDrift(context, kind, resolved, live),
    desiredAtApply,
  );
  const adopt = kind.plan.adopts && !sameId(recorded?.id, resolved.id);
  const replaces = adopt ? recorded?.id : undefined;
  const action = adopt ? "adopt" : changed.length > 0 ? "update" : "no-op";
  const values = { action, before: live, after: diff.after, attributes: changed } as const;
  // Hot path: a literal with every member is made several times faster than one that spreads another object.
  const draft = buildChange(kind, resolved, context, {
    action,
    before: live,
    after: diff.after,
    attributes: changed,
    type: changed.length > 0 ? "update" : null,
    patch: diff.patch,
    record: changeRecord(kind, resolved, live, recorded, context),
    replaces,
    because: explainChange(context, kind, resolved, values),
    remarks: joined(goal.findings ?? none, droppedRemarks(kind, resolved.address, replaces)),
  });
  const problem = protectionProblem(kind, draft, resolved.protect ?? recorded?.protect ?? false);
  if (problem !== undefined) diagnostics.push(problem);
  diagnostics.push(...emptySourceProblems(context, kind, resolved, values, adopt ? undefined : recorded));
  return draft;
}

function droppedRemarks(kind: Kind, address: Address, id: string | undefined): readonly Finding[] {
  if (id === undefined) return none;
  const text = `${address} was ${id} until now. That ${kind.title} is removed from the state and otherwise kept.`;
  return [{ code: "replaces-recorded", severity: "note", text }];
}

/** Returns the live values that the recorded ones would give without drift. */
function withoutDrift(
  context: PlannerContext,
  kind: Kind,
  resolved: ResolvedResource,
  live: JsonObject,
): JsonObject {
  const recorded = context.state?.resources[resolved.address];
  if (recorded === undefined || !sameId(recorded.id, resolved.id)) return {};
  const before = { ...resolved, attributes: recorded.applied, ...pickOptions(recorded.options) };
  return normalizeSets(kind.plan.goal(before, live, context).attributes, kind.live.sets);
}

/** Replaces references by recorded ids, also of missing objects: their new ids are no change of the config. */
function withRecordedIds({ state }: PlannerContext, wanted: JsonObject): JsonObject {
  if (state === undefined) return wanted;
  return substitute(wanted, ({ $ref }) => state.resources[$ref]?.id);
}

function pickOptions(options: JsonObject | undefined): { readonly options?: JsonObject } {
  return options === undefined ? {} : { options };
}

function withoutIgnored(resolved: ResolvedResource): ResolvedResource {
  const ignore = resolved.ignore ?? [];
  if (ignore.length === 0) return resolved;
  const entries = Object.entries(resolved.attributes).filter(([name]) => !ignore.includes(name));
  return { ...resolved, attributes: Object.fromEntries<Json | undefined>(entries) };
}

/** Returns the problem of a change that only a user can make, with a token that belongs to none. */
export function userProblem(
  kind: Kind,
  resolved: ResolvedResource,
  live: LiveValue | undefined,
  { drafts }: Pick<UnlinkedChange, "drafts">,
  { tokenUser }: Pick<OrgPeople, "tokenUser">,
): Diagnostic | undefined {
  const needsUser = kind.plan.needsUser && kind.plan.dependsOnUser(resolved, live);
  if (drafts.length === 0 || !needsUser || tokenUser !== null) return undefined;
  return {
    severity: "error",
    code: "token-without-user",
    summary: "Token without a user",
    detail: `These credentials belong to no user, and only a user can create a ${kind.title}.`,
    help: "Set a user's access token: GENESYSCLOUD_ACCESS_TOKEN",
    address: resolved.address,
  };
}

/** Returns the problem of a declared id that does not exist. */
export function notFoundProblem(kind: Kind, { address, id, container }: Resource): Diagnostic {
  const chat = container === undefined ? "" : ` in ${topLevelAddress(address)}`;
  return {
    severity: "error",
    code: "not-found",
    summary: "Not found in Genesys Cloud",
    detail: `The service has no ${kind.title} with the id ${typeof id === "string" ? id : address}${chat}.`,
    help: "Check the id, the region and the org of the credentials.",
    address,
  };
}

const none = [] as const;

/** Returns one list of two, which mostly are empty. */
function joined<T>(first: readonly T[], second: readonly T[]): readonly T[] {
  if (second.length === 0) return first;
  return first.length === 0 ? second : [...first, ...second];
}
