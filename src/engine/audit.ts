import type { Api } from "../api/api.js";
import { readOnly } from "../api/read-only.js";
import type { Audit, Findings } from "../core/drift/audit.js";
import { getUserIds, ofClass, toDriftList, toLeftList, withoutIgnored } from "../core/drift/audit.js";
import { auditScope } from "../core/drift/audited.js";
import type { CompareContext } from "../core/drift/compared.js";
import { compareAll, resourceToRead } from "../core/drift/compared.js";
import type { DriftClass } from "../core/plan/change.js";
import type { Clock } from "../core/time/clock.js";
import { byCodeUnit } from "../core/json/json.js";
import { DiagnosticsError } from "../core/diagnostic.js";
import type { Kind } from "../core/kind/kind.js";
import type { Resource } from "../core/kind/resource.js";
import { matchAnyPattern, findUnmatchedPatterns } from "../core/plan/selection.js";
import type { JournalEntry, State } from "../core/state/state.js";
import type { OnEvent } from "./events.js";
import type { OrgCheck } from "./plan/check-org.js";
import { checkOrg, refuseMissingRooms, whileChecking } from "./plan/check-org.js";
import { refuseUnknownKinds } from "./plan/unknown-kinds.js";
import { throwDiagnostics } from "./refresh/read-failed.js";
import { getEmails, readUserStates, toNames } from "./people/known-users.js";
import { resolvePeople } from "./people/resolve-people.js";
import { refresh } from "./refresh/refresh.js";

export interface AuditRequest {
  readonly api: Api;
  readonly kinds: readonly Kind[];
  /** All declared resources. */
  readonly resources: readonly Resource[];
  readonly state: State | undefined;
  /** Address patterns with `*` and `**`; empty: all. */
  readonly targets: readonly string[];
  readonly excludes: readonly string[];
  /** Patterns of known drift: addresses, or addresses with attributes, with `*` and `**`. */
  readonly ignores: readonly string[];
  /** The only class to find; undefined: both. */
  readonly only?: DriftClass | undefined;
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
  readonly findings: Findings;
  readonly context: CompareContext;
  /** Journal entries from resolving people. */
  readonly entries: readonly JournalEntry[];
}

/**
 * Compares live values with the applied ones. Only read operations are sent.
 *
 * @throws DiagnosticsError with each failed read and, where nothing was ever applied, each unknown or ambiguous user or source; or,
 *   before these, a state of another org
 */
export async function audit(request: AuditRequest): Promise<Audit> {
  return (await auditOrg(request)).audit;
}

/** Audits, and returns what a repair needs too. @throws DiagnosticsError as `audit` does */
export async function auditOrg(request: AuditRequest): Promise<AuditedOrg> {
  const { state, onEvent } = request;
  const check = (signal: AbortSignal): Promise<OrgCheck> =>
    checkOrg(readOnly(request.api), { state }, signal, onEvent);
  return whileChecking(check, request.signal, (signal, checked) => auditIn(checked, { ...request, signal }));
}

async function auditIn(checked: Promise<OrgCheck>, request: AuditRequest): Promise<AuditedOrg> {
  const { state, parallelism, signal, onEvent, clock, patienceMs } = request;
  const api = readOnly(request.api);
  const addresses = new Set(request.resources.map(({ address }) => address));
  const idle = [
    ...findUnmatchedPatterns("--target", request.targets, addresses),
    ...findUnmatchedPatterns("--exclude", request.excludes, addresses),
  ];
  if (idle.length > 0) throw new DiagnosticsError(idle);
  const kinds = new Map(request.kinds.map((kind) => [kind.name, kind]));
  refuseUnknownKinds(kinds, state);
  const isSelected = selection(request);
  const selected = request.resources.filter(({ address }) => isSelected(address));
  const people = await throwDiagnostics(
    resolvePeople({ api, kinds, resources: selected, state, refresh: true, signal, onEvent }),
  );
  const departed: CompareContext["departed"] = new Map();
  const scope = auditScope({
    ...{ declared: people.resources, allDeclared: addresses, state, shared: new Map(), departed, isSelected },
  });
  if (scope.baseline === "files" && people.problems.length > 0) throw new DiagnosticsError(people.problems);
  const readable = scope.audited.map(resourceToRead);
  const recorded = { state, resources: byAddress(readable) };
  const { live, tokenUser } = await refresh({
    ...{ api, kinds, resources: readable, known: recorded, parallelism, signal, onEvent, clock, patienceMs },
  });
  const own = await checked;
  const unnamedRooms = request.resources.filter(({ id }) => id === undefined);
  refuseMissingRooms(own, unnamedRooms, live, state);
  const declared = {
    state,
    resources: new Map([...byAddress(request.resources), ...byAddress(people.resources)]),
    live,
  };
  const context = { kinds, baseline: scope.baseline, live, tokenUser, departed, recorded, declared };
  const compared = { compared: compareAll(context, scope.audited), members: scope.left };
  const { ignored, ...kept } = withoutIgnored(compared, request.ignores);
  const findings = ofClass(kept, request.only);
  const drift = toDriftList(findings);
  const unnamed = [...getUserIds(kinds, drift)].filter((id) => people.names[id] === undefined);
  const users = await throwDiagnostics(readUserStates(api, unnamed, people.users, signal));
  const uncertain = getUncertain(state);
  return {
    audit: {
      org: own.org,
      baseline: scope.baseline,
      audited: [
        ...scope.audited.map(({ address, declared: { kind } }) => ({ address, kind })),
        ...scope.left.map(({ address, record: { kind } }) => ({ address, kind })),
      ].sort((a, b) => byCodeUnit(a.address, b.address)),
      drift,
      ignored,
      pending: scope.pending,
      uncertain,
      left: toLeftList(findings, scope, uncertain),
      findings: findings.compared.flatMap(({ audited: { address }, findings: own }) =>
        own.map((one) => ({ address, ...one })),
      ),
      people: toNames([...Object.entries(people.names), ...getEmails(users)]),
    },
    findings,
    context,
    entries: people.journal,
  };
}

function byAddress(resources: readonly Resource[]): Map<string, Resource> {
  return new Map(resources.map((one) => [one.address, one]));
}

function getUncertain(state: State | undefined): readonly string[] {
  const unclear = (state?.uncertain ?? []).filter(({ refused }) => refused !== true);
  return unclear.map(({ address }) => address);
}

function selection({ targets, excludes }: AuditRequest): (address: string) => boolean {
  const [isTarget, isExcluded] = [matchAnyPattern(targets), matchAnyPattern(excludes)];
  return (address) => (targets.length === 0 || isTarget(address)) && !isExcluded(address);
}
