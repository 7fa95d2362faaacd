import type { Api } from "../../api/api.js";
import { readOnly } from "../../api/read-only.js";
import type { Diagnostic } from "../../core/diagnostic.js";
import { DiagnosticsError } from "../../core/diagnostic.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { canonicalJson, isArray, isObject } from "../../core/json/json.js";
import type { Clock } from "../../core/time/clock.js";
import type { Change } from "../../core/plan/change.js";
import { normalizeSets } from "../../core/diff/compare.js";
import { leaves, valueAt } from "../../core/json/pointer.js";
import type { Kind } from "../../core/kind/kind.js";
import { getKind } from "../../core/kind/kinds.js";
import type { Plan } from "../../core/plan/plan.js";
import type { State } from "../../core/state/state.js";
import { withEntries } from "../../core/state/state.js";
import type { OnEvent } from "../events.js";
import { checkOrg } from "./check-org.js";
import { refresh } from "../refresh/refresh.js";

export interface StalenessInput {
  readonly api: Api;
  readonly kinds: readonly Kind[];
  readonly plan: Plan;
  readonly state: State | undefined;
  /** True for a plan from a file. */
  readonly isSaved: boolean;
  /** True to continue if the plan's org can't be verified. */
  readonly allowUnverified?: boolean | undefined;
  readonly parallelism: number;
  readonly signal?: AbortSignal;
  readonly onEvent: OnEvent;
  readonly clock: Clock;
  /** The time in which the service must show a created object, in milliseconds. */
  readonly patienceMs: number;
}

/**
 * Compares the state, and the live values that a plan changes or relies on, with those at the time of planning.
 *
 * @returns a problem per difference; none if the plan may be applied
 */
export async function findStaleness(input: StalenessInput): Promise<readonly Diagnostic[]> {
  const { plan, state } = input;
  const stateProblem = staleState(input);
  if (stateProblem !== undefined) return [stateProblem];
  const orgProblems = await orgMismatch(input);
  if (orgProblems.length > 0) return orgProblems;
  const changed = reliedOn(plan.changes);
  const api = readOnly(input.api);
  const kinds = new Map(input.kinds.map((kind) => [kind.name, kind]));
  const resources = changed.map((change) => ({
    address: change.address,
    kind: change.kind,
    ...(change.id === undefined ? {} : { id: change.id }),
    ...(change.container === undefined ? {} : { container: change.container }),
    attributes: change.before ?? {},
    ...(change.record?.options === undefined ? {} : { options: change.record.options }),
    pointer: "",
  }));
  const found = state && withEntries(state, plan.findings);
  const known = {
    state: found,
    resources: new Map(resources.map((resource) => [resource.address, resource])),
  };
  const { live } = await refresh({ ...input, api, kinds, resources, known });
  return changed.flatMap((change) => {
    const value = live.get(change.address);
    const attributes =
      value?.present === true ? normalizeSets(value.attributes, getKind(kinds, change.kind).live.sets) : null;
    return findChanges(change, attributes, plan.people).map((what) => ({
      ...stalePlan(
        input,
        `${change.address} has changed since the plan was ${input.isSaved ? "saved" : "made"}: ${what}`,
      ),
      address: change.address,
    }));
  });
}

/**
 * Returns the changes whose live values the plan relies on: those with calls, rooms that are emptied, and messages that the
 * calls pin or reply to.
 */
function reliedOn(changes: readonly Change[]): readonly Change[] {
  const named = new Set(
    changes.flatMap(({ calls }) =>
      calls.flatMap(({ body }) => (body === undefined ? [] : [...textsIn(body)])),
    ),
  );
  return changes.filter(({ action, calls, before, id, container }) => {
    if (before === null) return false;
    if (calls.length > 0 || action === "forget") return true;
    const thread = before["threadId"];
    const isNamed = named.has(id ?? "") || (typeof thread === "string" && named.has(thread));
    return container !== undefined && isNamed;
  });
}

function* textsIn(value: Json): Generator<string> {
  if (typeof value === "string") yield value;
  else if (isArray(value)) for (const item of value) yield* textsIn(item);
  else if (isObject(value)) for (const inner of Object.values(value)) yield* textsIn(inner ?? null);
}

/** Returns the problem of a plan or a state of another org. */
async function orgMismatch({
  api,
  plan,
  state,
  allowUnverified,
  signal,
  onEvent,
}: StalenessInput): Promise<readonly Diagnostic[]> {
  try {
    await checkOrg(readOnly(api), { plan, state, allowUnverified }, signal, onEvent);
    return [];
  } catch (error) {
    if (error instanceof DiagnosticsError) return error.diagnostics;
    throw error;
  }
}

function staleState(input: StalenessInput): Diagnostic | undefined {
  const { plan, state } = input;
  const planned = plan.state;
  const same = planned?.lineage === state?.lineage && planned?.serial === state?.serial;
  if (same) return undefined;
  const was = planned === null ? "no state" : `serial ${planned.serial} of ${planned.lineage}`;
  const is = state === undefined ? "no state" : `serial ${state.serial} of ${state.lineage}`;
  return stalePlan(
    input,
    `The state has changed since the plan was saved: it was ${was}, it is ${is}. A plan can be applied only once.`,
  );
}

/** Returns the differences between the planned and the live values of a change, each as the end of a sentence. */
function findChanges({ before }: Change, live: JsonObject | null, people: Plan["people"]): readonly string[] {
  if (live === null) return ["the resource no longer exists."];
  const planned = before ?? {};
  const paths = new Set([...leaves(planned), ...leaves(live)].map(([path]) => path));
  return [...paths]
    .filter((path) => canonicalJson(valueAt(planned, path)) !== canonicalJson(valueAt(live, path)))
    .map((path) => {
      const [was, is] = [valueAt(planned, path), valueAt(live, path)].map((value) =>
        shortJson(canonicalJson(named(value, people))),
      );
      return `${path.slice(1)} was ${was ?? ""} and is ${is ?? ""}.`;
    });
}

/** Returns a value with the e-mails of users in the place of their ids. */
function named(value: Json | undefined, people: Plan["people"]): Json | undefined {
  if (isArray(value)) return value.map((one) => named(one, people) ?? one);
  return typeof value === "string" && Object.hasOwn(people, value) ? people[value] : value;
}

function shortJson(text: string): string {
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

/** The commands that plan and apply at once, by the mode of the plan. */
const commands: Readonly<Record<Plan["options"]["mode"], string>> = {
  normal: "apply",
  "refresh-only": "apply --refresh-only",
  destroy: "destroy",
  repair: "repair",
};

function stalePlan({ plan, isSaved }: StalenessInput, detail: string): Diagnostic {
  const command = isSaved ? "plan --out FILE" : commands[plan.options.mode];
  return {
    severity: "error",
    code: "plan-stale",
    summary: `${isSaved ? "Saved plan" : "Plan"} is stale`,
    detail,
    help: `Plan again: chatform ${command}.`,
  };
}
