import type { Api } from "../../api/api.js";
import { readOnly } from "../../api/read-only.js";
import type { Address } from "../../core/address.js";
import { defaultPatienceMs, toKnownBehavior } from "../../core/behavior/behavior.js";
import { DiagnosticsError } from "../../core/diagnostic.js";
import type { Finding } from "../../core/plan/change.js";
import { departedOwner } from "../../core/people/org-people.js";
import { toRecordedShared } from "../../core/people/reviewed-shared.js";
import type { SharedDeclaration } from "../../core/people/shared-declaration.js";
import { asJson, sameJson } from "../../core/json/json.js";
import type { Kind } from "../../core/kind/kind.js";
import type { LiveValue } from "../../core/kind/read.js";
import type { Resource } from "../../core/kind/resource.js";
import { findOrphans, needsRead } from "../../core/plan/changes/orphans.js";
import { findWithoutSettings } from "../people/vanished-users.js";
import type { OrgIdentity } from "../../core/org/org-identity.js";
import { defaultBudget } from "../../core/plan/request-budget.js";
import type { PlanOptions } from "../../core/plan/plan.js";
import type { PlannerOutput } from "../../core/plan/planner.js";
import type { PlannerInput } from "../../core/plan/planner-input.js";
import { makePlan } from "../../core/plan/planner.js";
import { findRemovedRooms } from "../../core/plan/renames/probable-renames.js";
import { indexBy } from "../../core/multimap.js";
import type { Move } from "../../core/state/moved-addresses.js";
import type { JournalEntry, State } from "../../core/state/state.js";
import { withEntries } from "../../core/state/state.js";
import type { OnEvent } from "../events.js";
import type { OrgCheck } from "./check-org.js";
import { checkOrg, refuseMissingRooms, whileChecking } from "./check-org.js";
import { namingUsers, throwDiagnostics } from "../refresh/read-failed.js";
import { getDeparted, getEmails, toNames } from "../people/known-users.js";
import { getDepartedUsers, readLiveUsers, readOwners } from "../people/live-users.js";
import { getPlanPeople } from "../people/plan-people.js";
import { resolveDeclared } from "./declared-resources.js";
import type { AdoptingRefresh } from "./forgotten-rooms.js";
import { findAdoptableRooms, refreshAdopting, refuseUnreadRooms, withJids } from "./forgotten-rooms.js";
import type { MovedState } from "./moves.js";
import { followRenames, makeMoves } from "./moves.js";
import { refuseUnknownKinds } from "./unknown-kinds.js";
import type { RecoverInput, Recovery } from "../recover/recover-creates.js";
import { recoverCreates } from "../recover/recover-creates.js";
import { ReadAhead } from "../refresh/read-ahead.js";
import type { Clock } from "../../core/time/clock.js";
import { inTurns, nextTurn } from "../../core/time/turns.js";

export interface PlanRequest {
  readonly api: Api;
  readonly kinds: readonly Kind[];
  /** All declared resources; empty to destroy. */
  readonly resources: readonly Resource[];
  /** The declarations for many users; missing: none. */
  readonly shared?: readonly SharedDeclaration[];
  /** The renamed addresses in the config; missing: none. */
  readonly moved?: readonly Move[];
  readonly state: State | undefined;
  readonly options: PlanOptions;
  /** True for a plan that a later run applies. Missing: this run applies it. */
  readonly isSaved?: boolean | undefined;
  readonly parallelism: number;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent: OnEvent;
  /** Called with the org of the credentials, as soon as it is known and the state belongs to it. */
  readonly onOrg?: ((org: OrgIdentity) => void) | undefined;
  readonly clock: Clock;
  /** The time to search for an uncertain create, in milliseconds. */
  readonly patienceMs?: number;
}

/**
 * Reads the live values and makes a plan. Only read operations are sent.
 *
 * @throws DiagnosticsError with each failed read, each id that does not exist, and each unknown or ambiguous user or group;
 *   or, before these, a state of another org
 */
export async function plan(request: PlanRequest): Promise<PlannerOutput> {
  const { state, onEvent, onOrg } = request;
  const check = async (signal: AbortSignal): Promise<OrgCheck> => {
    const checked = await checkOrg(readOnly(request.api), { state }, signal, onEvent);
    onOrg?.(checked.org);
    return checked;
  };
  return whileChecking(check, request.signal, (signal, checked) => planIn(checked, { ...request, signal }));
}

async function planIn(checked: Promise<OrgCheck>, request: PlanRequest): Promise<PlannerOutput> {
  const api = readOnly(request.api);
  const kinds = new Map(request.kinds.map((kind) => [kind.name, kind]));
  const { options, parallelism, signal, onEvent, clock } = request;
  await nextTurn(signal);
  refuseUnknownKinds(kinds, request.state);
  const patienceMs = request.patienceMs ?? defaultPatienceMs;
  const shared = { api, kinds, parallelism, signal, onEvent, clock, patienceMs };
  const moved = makeMoves(request.state, request.moved ?? []);
  if ((moved.state?.uncertain.length ?? 0) > 0) onEvent({ type: "phase", phase: "recover", total: 0 });
  const recovery =
    moved.state === undefined || !options.refresh
      ? { findings: [], recovered: [], uncertain: stillUncertain(moved.state), listed: [] }
      : await throwDiagnostics(recoverCreates(shared, moved.state));
  const remembered = moved.state && withEntries(moved.state, recovery.findings);
  // A selection is known only once the users are.
  const isWhole = options.refresh && options.targets.length + options.excludes.length === 0;
  const certain = request.resources.filter(({ address }) => isWhole && !recovery.uncertain.has(address));
  const ahead = new ReadAhead({ ...shared, resources: certain, state: remembered });
  try {
    return await planRecovered(checked, request, {
      shared: { ...shared, api: ahead.api },
      moved,
      recovery,
      remembered,
    });
  } finally {
    ahead.stop();
  }
}

/** The result of recovering the creates of earlier runs. */
interface Recovered {
  readonly shared: RecoverInput & Pick<PlanRequest, "onEvent">;
  readonly moved: MovedState;
  readonly recovery: Recovery;
  /** The state with what was recovered. */
  readonly remembered: State | undefined;
}

async function planRecovered(
  checked: Promise<OrgCheck>,
  request: PlanRequest,
  { shared, moved, recovery, remembered }: Recovered,
): Promise<PlannerOutput> {
  const { api, kinds, signal, onEvent, clock } = shared;
  const { options } = request;
  const declared = await resolveDeclared({
    ...{ api, kinds, resources: request.resources, shared: request.shared ?? [] },
    ...{ moved: request.moved ?? [], state: remembered, options, signal, onEvent },
  });
  const { people, resources } = declared;
  await nextTurn(signal);
  // Without a state, nothing asks for the addresses, of which there may be 100,000.
  const addresses = remembered === undefined ? new Set<Address>() : declared.getAddresses();
  const followed = followRenames(remembered, [...resources, ...declared.unselected], addresses);
  const { state, rename } = followed;
  const uncertain = new Map([...recovery.uncertain].map(([address, text]) => [rename(address), text]));
  await nextTurn(signal);
  const chosen = declared.select(state);
  const orphans =
    state === undefined
      ? []
      : findOrphans(state, addresses, kinds, options.mode === "destroy").filter(({ address }) =>
          chosen.has(address),
        );

  const removed = orphans.filter(needsRead).map(({ resource }) => resource);
  const owners = options.refresh
    ? await throwDiagnostics(readOwners(api, removed, people.users, signal))
    : people.users;
  const ofDeparted = { departed: getDeparted(owners) };
  const readable = [...resources, ...removed].filter(
    (resource) => !uncertain.has(resource.address) && departedOwner(resource, ofDeparted) === undefined,
  );
  const forgotten =
    options.mode === "refresh-only"
      ? new Map<string, never>()
      : findAdoptableRooms(resources, request.resources, state, uncertain);
  if (!options.refresh) refuseUnreadRooms(forgotten);
  const { live, tokenUser, adopted, remarks } = options.refresh
    ? await namingUsers(
        people.names,
        refreshAdopting(
          {
            ...shared,
            resources: readable,
            known: { state, resources: indexBy(resources, ({ address }) => address) },
          },
          forgotten,
        ),
      )
    : asRecorded(readable, state);
  const own = await checked;
  refuseMissingRooms(own, readable, live, state);
  const lists = { kinds, resources: readable, live, state };
  onEvent({ type: "phase", phase: "resolve", total: 0 });
  const users = options.refresh ? await throwDiagnostics(readLiveUsers(api, lists, owners, signal)) : owners;
  await nextTurn(signal);
  const input: PlannerInput = {
    kinds,
    org: own.org,
    resources: adopted.size === 0 ? resources : withJids(resources, (address) => adopted.get(address)),
    unselected: declared.unselected,
    shared: people.shared,
    sources: people.sources,
    orphans,
    state,
    live,
    tokenUser,
    departed: getDepartedUsers(users, lists),
    options,
    uncertain,
    recovered: new Set(recovery.recovered.map(rename)),
    removedRooms: state === undefined ? [] : findRemovedRooms(state, request.resources),
    remarks: joined(declared.findings, remarks, findWithoutSettings(users, lists)),
    people: toNames([...Object.entries(people.names), ...getEmails(users)]),
    findings: [
      ...moved.entries,
      ...recovery.findings,
      ...followed.entries,
      ...people.journal,
      ...getNewShared({ ...request, state: moved.state }, options),
    ],
    budget: api.budget() ?? defaultBudget,
    behavior: toKnownBehavior(state?.behavior, clock.now()),
    ...(request.isSaved === undefined ? {} : { isSaved: request.isSaved }),
  };
  onEvent({ type: "phase", phase: "compare", total: 0 });
  const output = await inTurns(makePlan(input), signal);
  // Changes that depend on an id that does not exist cannot be planned.
  const missing = output.diagnostics.filter(({ code }) => code === "not-found");
  if (missing.length > 0) throw new DiagnosticsError(missing);
  if (!options.refresh) return output;
  return {
    ...output,
    plan: { ...output.plan, people: await getPlanPeople(api, kinds, output.plan, users, signal) },
  };
}

/** Returns the entry that records the blocks for many users, if they changed. A part of the config does not apply them. */
function getNewShared(
  { shared = [], state }: PlanRequest,
  { mode, targets, excludes }: PlanOptions,
): readonly JournalEntry[] {
  if (mode === "refresh-only" || targets.length + excludes.length > 0) return [];
  const blocks = shared.map(toRecordedShared);
  return sameJson(asJson(blocks), asJson(state?.shared ?? [])) ? [] : [{ type: "shared", shared: blocks }];
}

/** Returns the last applied values as live values, for a plan without a refresh. */
function asRecorded(resources: readonly Resource[], state: State | undefined): AdoptingRefresh {
  const live = new Map<Address, LiveValue>();
  for (const { address, id } of resources) {
    const recorded = state?.resources[address];
    if (recorded !== undefined) live.set(address, { present: true, attributes: recorded.applied });
    else if (id !== undefined) live.set(address, neverApplied);
  }
  return { live, tokenUser: undefined, unread: new Map(), adopted: new Map(), remarks: new Map() };
}

const neverApplied: LiveValue = { present: true, attributes: {} };

function stillUncertain(state: State | undefined): ReadonlyMap<string, string> {
  const text =
    "The response to the create request was lost. Plan without --no-refresh to find out whether the resource exists.";
  const unclear = (state?.uncertain ?? []).filter(({ refused }) => refused !== true);
  return new Map(unclear.map(({ address }) => [address, text]));
}

function joined(
  ...maps: readonly ReadonlyMap<Address, readonly Finding[]>[]
): ReadonlyMap<Address, readonly Finding[]> {
  const all = new Map<Address, readonly Finding[]>();
  for (const map of maps)
    for (const [address, findings] of map) all.set(address, [...(all.get(address) ?? []), ...findings]);
  return all;
}
