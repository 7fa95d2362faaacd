import type { Address } from "../address.js";
import type { Change, Drift } from "./change.js";
import { planChecksum } from "./plan-checksum.js";
import type { Diagnostic } from "../diagnostic.js";
import type { UnlinkedChange } from "./changes/build-change.js";
import { acceptDrift, findDrift } from "../drift/find-drift.js";
import { byCodeUnit } from "../json/json.js";
import { planOrphan } from "./changes/plan-orphan.js";
import { linkCalls } from "../calls/link-calls.js";
import { withRenameHints } from "./renames/rename-hints.js";
import { getCost } from "./cost.js";
import type { Plan } from "./plan.js";
import type { PlannerInput, PlannerContext } from "./planner-input.js";
import { resolveReferences } from "../calls/resolve-references.js";
import { getKind } from "../kind/kinds.js";
import { indexBy } from "../multimap.js";
import { departedOwner } from "../people/org-people.js";
import { emptySettingsProblems } from "../people/empty-sources.js";
import { probableRenameProblems } from "./renames/probable-renames.js";
import { planResource, notFoundProblem } from "./changes/plan-resource.js";
import { DeclaredIdentities } from "./duplicate-identity.js";
import { withDependents } from "./selection.js";
import type { Steps } from "../time/turns.js";
import { mapInSteps } from "../time/turns.js";

export interface PlannerOutput {
  readonly plan: Plan;
  /** Errors that prevent applying the plan. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Compares desired, recorded and live values, and returns the plan. Pure: equal values give an equal plan. */
export function* makePlan(input: PlannerInput): Steps<PlannerOutput> {
  const { state, live } = input;
  const known = { state, live, resources: indexBy(input.resources, ({ address }) => address) };
  const planned = yield* mapInSteps(input.resources, (resource) => ({
    resource,
    resolved: resolveReferences(resource, known),
    live: live.get(resource.address),
  }));
  const context = { ...input, known, planned };
  const diagnostics: Diagnostic[] = [];
  const drift = input.options.refresh ? yield* findDrift(context) : [];
  const { changes, held } =
    input.options.mode === "refresh-only"
      ? { changes: acceptDrift(context, drift), held: [] }
      : yield* allChanges(context, diagnostics);
  return { plan: yield* assemblePlan(input, changes, drift, held), diagnostics };
}

function* allChanges(
  context: PlannerContext,
  diagnostics: Diagnostic[],
): Steps<{ readonly changes: readonly Change[]; readonly held: Plan["uncertain"] }> {
  const unclear = withDependents(context.uncertain.keys(), context.resources);
  const missing = context.planned.filter(
    ({ resource, live }) =>
      live?.present !== true &&
      typeof resource.id === "string" &&
      !unclear.has(resource.address) &&
      departedOwner(resource, context) === undefined,
  );
  diagnostics.push(
    ...missing.map(({ resource }) => notFoundProblem(getKind(context.kinds, resource.kind), resource)),
  );
  const blocked = blockedBy(
    context,
    missing.map(({ resource }) => resource.address),
  );
  const same = new DeclaredIdentities(context);
  diagnostics.push(...same.problems(), ...emptySettingsProblems(context));
  const drafts = [
    ...(yield* mapInSteps(
      context.planned.filter(({ resource }) => !blocked.has(resource.address)),
      (planned) => planResource(context, planned, diagnostics),
    )),
    ...(yield* mapInSteps(
      context.orphans.filter(({ address }) => !blocked.has(address)),
      (orphan) => planOrphan(context, same.withoutRemoval(orphan), diagnostics),
    )),
  ];
  const { kept, held } = withoutRecovered(context, drafts);
  diagnostics.push(...kept.flatMap(blockingProblems), ...probableRenameProblems(context, kept));
  return { changes: linkCalls(withRenameHints(kept, context.orphans), context.known, diagnostics), held };
}

/**
 * Removes changes of recovered creates and of their dependents: this plan only records a recovered create, so that a person
 * sees it before the next plan changes it.
 */
function withoutRecovered(
  { recovered, resources, orphans, known }: PlannerContext,
  drafts: readonly UnlinkedChange[],
): { readonly kept: readonly UnlinkedChange[]; readonly held: Plan["uncertain"] } {
  if (recovered.size === 0) return { kept: drafts, held: [] };
  const all = [...resources, ...orphans.map(({ resource }) => resource)];
  const affected = withDependents(recovered, all);
  const waits = ({ address, drafts: calls }: UnlinkedChange): boolean =>
    affected.has(address) && calls.length > 0;
  const waiting = drafts.filter(waits);
  const held = [...recovered].flatMap((address) => {
    const own = withDependents([address], all);
    const waitingHere = waiting.filter((draft) => own.has(draft.address)).length;
    const id = known.state?.resources[address]?.id ?? "";
    return waitingHere === 0 ? [] : [{ address, text: recoveredText(id), recovered: true as const }];
  });
  return { kept: drafts.filter((draft) => !waits(draft)), held };
}

function recoveredText(id: string): string {
  return (
    `The response to the create request was lost. The object was found as ${id}: it has everything that was sent. ` +
    "This plan only records the object. After the apply, the next plan shows any differences."
  );
}

/** Returns findings that prevent applying, as diagnostics. */
export function blockingProblems({ address, remarks }: UnlinkedChange): readonly Diagnostic[] {
  if (remarks.length === 0) return [];
  return remarks
    .filter(({ severity }) => severity === "error")
    .map(({ code, text }) => ({
      severity: "error",
      code,
      summary: "Change not possible",
      detail: text,
      address,
    }));
}

/** Returns the plan of these changes. */
export function* assemblePlan(
  input: Pick<
    PlannerInput,
    | "options"
    | "org"
    | "state"
    | "uncertain"
    | "people"
    | "findings"
    | "departed"
    | "kinds"
    | "budget"
    | "isSaved"
    | "behavior"
  >,
  unsorted: readonly Change[],
  drift: readonly Drift[],
  held: Plan["uncertain"],
): Steps<Plan> {
  const changes = [...unsorted].sort((a, b) => byCodeUnit(a.address, b.address));
  yield;
  const cost = getCost(changes, input.kinds, input.budget, input.isSaved ?? false, input.behavior);
  yield;
  const checksum = planChecksum({ changes, org: input.org, findings: input.findings });
  yield;
  return {
    options: input.options,
    org: input.org,
    state: input.state === undefined ? null : { lineage: input.state.lineage, serial: input.state.serial },
    changes,
    drift,
    uncertain: [...[...input.uncertain].map(([address, text]) => ({ address, text })), ...held].sort((a, b) =>
      byCodeUnit(a.address, b.address),
    ),
    people: input.people,
    departed: Object.fromEntries(
      [...input.departed].sort(([a], [b]) => byCodeUnit(a, b)).map(([id, { state }]) => [id, state]),
    ),
    findings: input.findings,
    cost,
    checksum,
  };
}

/** Returns the addresses of uncertain creates and of missing ids, with their dependents. */
function blockedBy(context: PlannerContext, missing: readonly Address[]): ReadonlySet<Address> {
  const { uncertain, resources, orphans } = context;
  const all = [...resources, ...orphans.map(({ resource }) => resource)];
  return withDependents([...uncertain.keys(), ...missing], all);
}
