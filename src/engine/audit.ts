import type { Api } from "../api/api.js";
import { readOnly } from "../api/read-only.js";
import type { Address } from "../core/address.js";
import { matchAnyPattern } from "../core/address-patterns.js";
import type { Audit, AuditFinding, Findings } from "../core/drift/audit.js";
import { getRepairable, ofClass, toDriftList, withoutIgnored } from "../core/drift/audit.js";
import type { Audited, AuditScope } from "../core/drift/audited.js";
import { auditScope } from "../core/drift/audited.js";
import type { CompareContext } from "../core/drift/compared.js";
import { compareAll, resourceToRead } from "../core/drift/compared.js";
import { toLeftList } from "../core/drift/left.js";
import { toUnread } from "../core/drift/left-problems.js";
import { repairChanges } from "../core/drift/repair.js";
import type { Change, DriftClass, Finding } from "../core/plan/change.js";
import type { Clock } from "../core/time/clock.js";
import type { Steps } from "../core/time/turns.js";
import { inTurns, mapInSteps, nextTurn } from "../core/time/turns.js";
import { byCodeUnit } from "../core/json/json.js";
import type { Kind } from "../core/kind/kind.js";
import type { Resource } from "../core/kind/resource.js";
import type { OrgIdentity } from "../core/org/org-identity.js";
import type { OrgPeople } from "../core/people/org-people.js";
import { departedOwner } from "../core/people/org-people.js";
import { namedAddress } from "../core/people/named-address.js";
import type { SharedDeclaration } from "../core/people/shared-declaration.js";
import type { Move } from "../core/state/moved-addresses.js";
import { getMoves, withoutFollowers } from "../core/state/state-moves.js";
import type { JournalEntry, State } from "../core/state/state.js";
import type { OnEvent } from "./events.js";
import { getDeparted, getEmails, toNames } from "./people/known-users.js";
import { getDepartedUsers, readLiveUsers, readOwners } from "./people/live-users.js";
import type { ResolvedPeople } from "./people/resolve-people.js";
import { findWithoutSettings } from "./people/vanished-users.js";
import type { OrgCheck } from "./plan/check-org.js";
import { checkOrg, refuseMissingRooms, whileChecking } from "./plan/check-org.js";
import { resolveDeclared } from "./plan/declared-resources.js";
import { followRenames, makeMoves } from "./plan/moves.js";
import { refuseUnknownKinds } from "./plan/unknown-kinds.js";
import { namingUsers, throwDiagnostics } from "./refresh/read-failed.js";
import type { Refreshed } from "./refresh/refresh.js";
import { refresh } from "./refresh/refresh.js";

export interface AuditRequest {
  readonly api: Api;
  readonly kinds: readonly Kind[];
  /** All declared resources. */
  readonly resources: readonly Resource[];
  /** The blocks for many users. */
  readonly shared: readonly SharedDeclaration[];
  /** The renamed addresses in the config; missing: none. */
  readonly moved?: readonly Move[];
  readonly state: State | undefined;
  /** Address patterns with `*` and `**`; empty: all. */
  readonly targets: readonly string[];
  readonly excludes: readonly string[];
  /** Patterns of known drift: addresses, or addresses with attributes, with `*` and `**`. */
  readonly ignores: readonly string[];
  /** The only class to find; undefined: both. */
  readonly only?: DriftClass | undefined;
  /** Repair makes changes that destroy data too. Default: they are left to a person. */
  readonly allowsDataLoss?: boolean | undefined;
  readonly parallelism: number;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent: OnEvent;
  readonly clock: Clock;
  /** The time in which the service must show a created object, in milliseconds. */
  readonly patienceMs: number;
}

/** An audit, with what a repair is made from. */
export interface AuditedOrg {
  readonly audit: Audit;
  /** The changes of a repair. */
  readonly changes: readonly Change[];
  readonly departed: OrgPeople["departed"];
  /** The state, with the addresses of the config. */
  readonly state: State | undefined;
  /** Journal entries from renames and resolving people. */
  readonly entries: readonly JournalEntry[];
}

/**
 * Compares live values with the applied ones. Only read operations are sent.
 *
 * A resource that cannot be read, or of which a source cannot, is left to a person.
 *
 * @throws DiagnosticsError with each failed read if nothing can be read; where nothing was ever applied, each unknown, ambiguous or
 *   unreadable user or source; or, before these, a state of another org
 */
export async function audit(request: AuditRequest): Promise<Audit> {
  const audited = await auditOrg(request);
  const moves = getMoves(audited.entries);
  const { people } = audited.audit;
  for (const text of moveNotices(withoutFollowers(moves), people)) request.onEvent({ type: "notice", text });
  return moves.length === 0 ? audited.audit : { ...audited.audit, moves };
}

/** The most moves that are told one by one. */
const mostNotices = 10;

function moveNotices(moves: readonly Move[], people: Audit["people"]): readonly string[] {
  const more = moves.length - mostNotices;
  return [
    ...moves
      .slice(0, mostNotices)
      .map(
        ({ from, to }) =>
          `${namedAddress(from, people)} has moved to ${to}. The state takes the new address at the next apply or repair.`,
      ),
    ...(more > 0 ? [`${more} more addresses have moved too.`] : []),
  ];
}

/** Audits, and returns what a repair needs too. @throws DiagnosticsError as `audit` does */
export async function auditOrg(request: AuditRequest): Promise<AuditedOrg> {
  const { state, onEvent } = request;
  const check = (signal: AbortSignal): Promise<OrgCheck> =>
    checkOrg(readOnly(request.api), { state }, signal, onEvent);
  return whileChecking(check, request.signal, (signal, checked) => auditIn(checked, { ...request, signal }));
}

async function auditIn(checked: Promise<OrgCheck>, request: AuditRequest): Promise<AuditedOrg> {
  const { parallelism, signal, onEvent, clock, patienceMs } = request;
  const api = readOnly(request.api);
  const kinds = new Map(request.kinds.map((kind) => [kind.name, kind]));
  await nextTurn(signal);
  refuseUnknownKinds(kinds, request.state);
  const moved = makeMoves(request.state, request.moved ?? []);
  const { targets, excludes } = request;
  const [isTarget, isExcluded] = [matchAnyPattern(targets), matchAnyPattern(excludes)];
  const isSelected = (address: string): boolean =>
    (targets.length === 0 || isTarget(address)) && !isExcluded(address);
  const isUnapplied = Object.keys(moved.state?.resources ?? {}).length === 0;
  const {
    resources,
    unselected,
    getAddresses,
    people,
    findings: found,
  } = await resolveDeclared({
    ...{ api, kinds, resources: request.resources, shared: request.shared, moved: request.moved ?? [] },
    ...{ state: moved.state, options: { refresh: true, targets, excludes }, signal, onEvent },
    isFatal: () => isUnapplied,
  });
  await nextTurn(signal);
  const addresses = getAddresses();
  const followed = followRenames(moved.state, [...resources, ...unselected], addresses);
  const { state } = followed;
  const scoping = auditScope({
    ...{ kinds, state, isSelected, allDeclared: addresses, departed: people.departed, people: people.names },
    declared: resources.filter(({ address }) => isSelected(address)),
    shared: people.shared,
    sources: people.sources,
  });
  const scope = await inTurns(scoping, signal);
  const owners = await throwDiagnostics(
    readOwners(
      api,
      scope.audited.map(({ recorded: one }) => one),
      people.users,
      signal,
    ),
  );
  const ofDeparted = { departed: getDeparted(owners) };
  const owned = scope.audited.filter(({ recorded: one }) => departedOwner(one, ofDeparted) === undefined);
  const readable = await inTurns(mapInSteps(owned, resourceToRead), signal);
  const recorded = { state, resources: byAddress(readable) };
  const reading = refresh({
    ...{ api, kinds, resources: readable, known: recorded, parallelism, signal, onEvent, clock, patienceMs },
    leavesUnread: true,
  });
  const { live, tokenUser, unread } = await namingUsers(people.names, reading);
  const own = await checked;
  const unnamedRooms = request.resources.filter(({ id }) => id === undefined);
  refuseMissingRooms(own, unnamedRooms, live, state);
  const lists = { kinds, resources: readable, live, state };
  onEvent({ type: "phase", phase: "resolve", total: 0 });
  const users = await throwDiagnostics(readLiveUsers(api, lists, owners, signal));
  onEvent({ type: "phase", phase: "compare", total: 0 });
  await nextTurn(signal);
  const names = toNames([...Object.entries(people.names), ...getEmails(users)]);
  const all = new Map([...byAddress(request.resources), ...byAddress(resources)]);
  const context = {
    ...{ kinds, baseline: scope.baseline, live, tokenUser, recorded, people: names, sources: people.sources },
    departed: getDepartedUsers(users, lists),
    declared: { state, resources: all, live },
  };
  await nextTurn(signal);
  const concluded = concludeAudit({
    ...{ request, context, scope, owned, state, people, unread },
    org: own.org,
    remarks: [...found, ...findWithoutSettings(users, lists)],
    names: { ...names, ...Object.fromEntries(getEmails(users)) },
  });
  return {
    ...(await inTurns(concluded, signal)),
    departed: context.departed,
    state,
    entries: [...moved.entries, ...followed.entries, ...people.journal],
  };
}

/** The values that an audit has read. */
interface AuditReads extends Pick<Refreshed, "unread"> {
  readonly request: AuditRequest;
  readonly org: OrgIdentity;
  readonly context: CompareContext;
  readonly scope: AuditScope;
  /** The resources to audit that belong to nobody who has departed. */
  readonly owned: readonly Audited[];
  readonly state: State | undefined;
  readonly people: ResolvedPeople;
  /** Findings about people, by address. */
  readonly remarks: readonly (readonly [Address, readonly Finding[]])[];
  /** E-mails by user id. */
  readonly names: Audit["people"];
}

/** Compares what was read. */
function* concludeAudit({
  request,
  context,
  scope,
  owned,
  state,
  people,
  ...reads
}: AuditReads): Steps<Pick<AuditedOrg, "audit" | "changes">> {
  const { only, allowsDataLoss = false } = request;
  const declared = [...context.declared.resources.values()];
  const unread = toUnread(reads.unread, declared, new Set(owned.map(({ address }) => address)));
  const left = new Set(unread.map(({ address }) => address));
  const comparable = owned.filter(
    (one) => !left.has(one.address) && departedOwner(one.recorded, context) === undefined,
  );
  yield;
  const compared = { compared: yield* compareAll(context, comparable), members: scope.left };
  const { ignored, ...kept } = withoutIgnored(compared, request.ignores);
  const findings = ofClass(kept, only);
  const uncertain = getUncertain(state);
  const { changes, prevented } =
    scope.baseline === "applied"
      ? yield* repairChanges({ context, findings, only, allowsDataLoss })
      : { changes: [], prevented: [] };
  yield;
  const audit: Audit = {
    org: reads.org,
    baseline: scope.baseline,
    audited: [
      ...comparable.map(({ address, declared: { kind } }) => ({ address, kind })),
      ...scope.left.map(({ address, record: { kind } }) => ({ address, kind })),
    ].sort((a, b) => byCodeUnit(a.address, b.address)),
    drift: yield* toDriftList(findings),
    ignored,
    pending: scope.pending,
    uncertain,
    left: yield* toLeftList(findings, {
      ...{ ...scope, uncertain, prevented, unread, shared: people.shared, sources: people.sources },
      unknown: new Map(people.problems.map((problem) => [problem.reference ?? "", problem])),
      people: context.people ?? {},
    }),
    repairable: getRepairable(findings, changes),
    findings: allFindings(findings, reads.remarks),
    people: reads.names,
  };
  return { audit, changes };
}

function allFindings(
  { compared }: Findings,
  found: readonly (readonly [string, readonly Finding[]])[],
): readonly AuditFinding[] {
  const rosters = compared.map(({ audited: { address }, findings }) => [address, findings] as const);
  return [...found, ...rosters]
    .flatMap(([address, some]) => some.map((one) => ({ address, ...one })))
    .sort((a, b) => byCodeUnit(a.address, b.address));
}

function byAddress(resources: readonly Resource[]): Map<string, Resource> {
  return new Map(resources.map((one) => [one.address, one]));
}

function getUncertain(state: State | undefined): readonly string[] {
  const unclear = (state?.uncertain ?? []).filter(({ refused }) => refused !== true);
  return unclear.map(({ address }) => address);
}
