import { createHash } from "node:crypto";
import { callsInOrder } from "../../core/calls/topological-order.js";
import type { Reason } from "../../core/plan/because.js";
import type { Action, Change, Drift, PatchOperation } from "../../core/plan/change.js";
import { getDriftPatch } from "../../core/drift/to-drift.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { asJson, canonicalJson, isArray, isObject } from "../../core/json/json.js";
import { toCounts } from "../../core/plan/counts.js";
import type { Plan } from "../../core/plan/plan.js";
import { isRef } from "../../core/calls/reference.js";
import { getMoves } from "../../core/state/state-moves.js";
import { VERSION } from "../../core/version.js";

/** The version of the `chatform` part of the JSON plan. It changes when an older chatform could misread a plan. */
export const planFormat = 1;

/** Facts that the JSON plan holds beside the plan itself. */
export interface PlanJsonExtra {
  /** Terraform's name of each kind: `chat_room` for `rooms/*`. */
  readonly types: ReadonlyMap<string, string>;
  /** True if the plan may be applied. */
  readonly applyable: boolean;
  /** The problems for which the plan was refused, as JSON. */
  readonly diagnostics: readonly JsonObject[];
  /** Missing: unknown. */
  readonly origin?: PlanOrigin | undefined;
}

/** The config and the state that a plan was made with, so that it can be applied from any working directory. */
export interface PlanOrigin {
  /** The paths of -f, relative to the folder of the saved plan. Standard input is left out. */
  readonly config: readonly string[];
  /** The state, without credentials: its backend, where one was declared, and the path of a local one, relative as above. */
  readonly state: { readonly backend?: string; readonly path?: string };
}

/**
 * Returns a plan in the shape of `terraform show -json`, which tools and policies for Terraform plans can read. chatform's own part
 * is under `chatform`. A saved plan is this same object.
 */
export function planToJson(plan: Plan, extra: PlanJsonExtra): JsonObject {
  const { types, applyable, diagnostics, origin } = extra;
  const toType = (kind: string): string => types.get(kind) ?? kind;
  const moves = getMoves(plan.findings);
  const previous = new Map(moves.map(({ from, to }) => [to, from]));
  return {
    format_version: "1.2",
    variables: {},
    planned_values: { root_module: { resources: plannedResources(plan, toType) } },
    resource_drift: plan.drift.map((drift) =>
      driftToJson(drift, toType(drift.kind), previous.get(drift.address)),
    ),
    resource_changes: plan.changes.map((change) =>
      changeToJson(change, toType(change.kind), previous.get(change.address)),
    ),
    output_changes: {},
    prior_state: {
      format_version: "1.0",
      values: { root_module: { resources: priorResources(plan, toType) } },
    },
    configuration: { root_module: {} },
    applyable,
    complete: plan.options.targets.length === 0 && plan.options.excludes.length === 0,
    errored: diagnostics.length > 0,
    ...(diagnostics.length === 0 ? {} : { diagnostics }),
    chatform: {
      format: planFormat,
      version: VERSION,
      org: { ...plan.org },
      counts: { ...toCounts(plan.changes, moves, plan.uncertain) },
      checksum: plan.checksum,
      cost: asJson(plan.cost),
      calls: callsInOrder(plan.changes).map(({ id, operation }) => ({ id, operation })),
      ...(origin === undefined ? {} : { origin: asJson(origin) }),
      integrity: planIntegrity(plan, extra),
      plan: asJson(plan),
    },
  };
}

/** Returns the SHA-256 (hex) of the whole plan, its problems and its origin, by which an edited plan is detected. */
function planIntegrity(plan: Plan, { applyable, diagnostics, origin }: PlanJsonExtra): string {
  return createHash("sha256")
    .update(canonicalJson(asJson(plan)))
    .update(applyable ? "" : "not applyable")
    .update(diagnostics.length === 0 ? "" : canonicalJson(diagnostics))
    .update(origin === undefined ? "" : canonicalJson(asJson(origin)))
    .digest("hex");
}

function changeToJson(change: Change, type: string, previous: string | undefined): JsonObject {
  const { address, action, id, before, after, patch, replaces, because, remarks } = change;
  const shownAfter = after === null || action === "delete" || action === "forget" ? null : known(after);
  const reason = actionReason(change);
  return {
    ...identity(address, type, previous),
    ...(reason === undefined ? {} : { action_reason: reason }),
    because: asJson(because),
    ...(remarks.length === 0 ? {} : { findings: asJson(remarks) }),
    change: {
      actions: terraformActions(change),
      before,
      after: shownAfter,
      after_unknown: after === null ? {} : unknown(after),
      before_sensitive: {},
      after_sensitive: {},
      ...patchToJson(shownAfter === null ? [] : patch),
      ...(action === "adopt" && id !== undefined ? { importing: { id } } : {}),
      ...(action === "forget" && id !== undefined ? { forgetting: { id } } : {}),
      ...(replaces === undefined ? {} : { replacing: { id: replaces } }),
    },
  };
}

/**
 * Returns the code of the finding that explains the action, in snake case as Terraform's reasons are; else Terraform's own reason for a
 * resource that leaves the state.
 */
function actionReason({ action, remarks, because }: Change): string | undefined {
  const explains = remarks.find(({ code }) => reasonCodes.has(code));
  if (explains !== undefined) return explains.code.replaceAll("-", "_");
  const whole = because.find(({ path }) => path === undefined);
  return action === "delete" || action === "forget" ? deleteReasons[whole?.reason ?? "destroyed"] : undefined;
}

/** A user who is no longer in an entry for many users is like a key that is no longer in `for_each`. */
const deleteReasons: Readonly<Partial<Record<Reason, string>>> = {
  "not-in-config": "delete_because_no_resource_config",
  "left-source": "delete_because_each_key",
  "joined-excepted": "delete_because_each_key",
  departed: "delete_because_each_key",
  recreated: "delete_because_each_key",
};

const reasonCodes: ReadonlySet<string> = new Set([
  "already-gone",
  "forgotten-room-absent",
  "forgotten-room-adopted",
  "replaces-missing",
  "replaces-recorded",
]);

function terraformActions({ action, attributes }: Change): readonly string[] {
  return action === "adopt" ? [attributes.length > 0 ? "update" : "no-op"] : [action];
}

/** Returns the action that had the effect of drift. */
export function driftAction({ after, class: name }: Drift): Action {
  if (after !== null) return "update";
  return name === "membership" ? "forget" : "delete";
}

/** Returns drift in Terraform's format, with its class, its reasons and the patch from `before` to `after`. */
export function driftToJson(drift: Drift, type: string, previous?: string): JsonObject {
  const { address, before, after, because } = drift;
  const actions = [driftAction(drift)];
  return {
    ...identity(address, type, previous),
    class: drift.class,
    because: asJson(because),
    change: {
      ...{ actions, before, after, after_unknown: {}, before_sensitive: {}, after_sensitive: {} },
      ...patchToJson(getDriftPatch(drift)),
    },
  };
}

/** Returns the member `patch`: RFC 6902 operations, where there are any. A value known only after apply is left out, as in `after`. */
function patchToJson(patch: readonly PatchOperation[]): JsonObject {
  const operations = patch.flatMap(({ op, path, value }): readonly JsonObject[] => {
    if (!isRef(value)) return [{ op, path, value: knownValue(value) }];
    return op === "add" ? [] : [{ op: "remove", path }];
  });
  return operations.length === 0 ? {} : { patch: operations };
}

function plannedResources(plan: Plan, toType: (kind: string) => string): readonly JsonObject[] {
  return plan.changes
    .filter(({ action }) => action !== "delete" && action !== "forget")
    .map(({ address, kind, after }) => ({
      ...identity(address, toType(kind)),
      schema_version: 0,
      values: known(after ?? {}),
      sensitive_values: {},
    }));
}

function priorResources(plan: Plan, toType: (kind: string) => string): readonly JsonObject[] {
  return plan.changes.flatMap(({ address, kind, before }) =>
    before === null
      ? []
      : [{ ...identity(address, toType(kind)), schema_version: 0, values: before, sensitive_values: {} }],
  );
}

/** @param previous the address in the state, where it is renamed */
function identity(address: string, type: string, previous?: string): JsonObject {
  return {
    ...{ address, mode: "managed", type, name: address, provider_name: "chatform" },
    ...(previous === undefined ? {} : { previous_address: previous }),
  };
}

/** Returns a value without references that are known after apply: left out of objects, null in lists. */
function known(value: JsonObject): JsonObject {
  return knownValue(value) as JsonObject;
}

function knownValue(value: Json): Json {
  if (isArray(value)) return value.map((item) => (isRef(item) ? null : knownValue(item)));
  if (!isObject(value)) return value;
  const members = Object.entries(value).flatMap(([name, inner]): [string, Json][] =>
    inner === undefined || isRef(inner) ? [] : [[name, knownValue(inner)]],
  );
  return Object.fromEntries(members);
}

/** Returns an object with `true` for each value that is known after apply. */
function unknown(value: JsonObject): JsonObject {
  const members = Object.entries(value).flatMap(([name, inner]): [string, Json][] => {
    if (isRef(inner)) return [[name, true]];
    if (isArray(inner)) return inner.some(isRef) ? [[name, inner.map((item) => isRef(item))]] : [];
    const below = isObject(inner) ? unknown(inner) : {};
    return Object.keys(below).length === 0 ? [] : [[name, below]];
  });
  return Object.fromEntries(members);
}
