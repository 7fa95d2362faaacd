import type { Api } from "../api/api.js";
import { readOnly } from "../api/read-only.js";
import type { Audit } from "../core/drift/audit.js";
import {
  findAuditDrift,
  auditScope,
  withoutDeclaredValues,
  getUserIds,
  withoutIgnored,
} from "../core/drift/audit.js";
import type { Drift } from "../core/plan/change.js";
import type { Clock } from "../core/time/clock.js";
import { DiagnosticsError } from "../core/diagnostic.js";
import type { Kind } from "../core/kind/kind.js";
import type { Resource } from "../core/kind/resource.js";
import { matchAnyPattern, findUnmatchedPatterns } from "../core/plan/selection.js";
import type { State } from "../core/state/state.js";
import type { OnEvent } from "./events.js";
import type { OrgCheck } from "./plan/check-org.js";
import { checkOrg, refuseMissingRooms, whileChecking } from "./plan/check-org.js";
import { refuseUnknownKinds } from "./plan/unknown-kinds.js";
import { throwDiagnostics } from "./refresh/read-failed.js";
import { readUserNames, resolvePeople } from "./refresh/resolve-people.js";
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
  readonly parallelism: number;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent: OnEvent;
  readonly clock: Clock;
  /** The time in which the service must show a created object, in milliseconds. */
  readonly patienceMs: number;
}

/**
 * Compares live values with the applied ones. Only read operations are sent.
 *
 * @throws DiagnosticsError with each failed read and each unknown or ambiguous user or group; or, before these, a state of
 *   another org
 */
export async function audit(request: AuditRequest): Promise<Audit> {
  const { state, onEvent } = request;
  const check = (signal: AbortSignal): Promise<OrgCheck> =>
    checkOrg(readOnly(request.api), { state }, signal, onEvent);
  return whileChecking(check, request.signal, (signal, checked) => auditIn(checked, { ...request, signal }));
}

async function auditIn(checked: Promise<OrgCheck>, request: AuditRequest): Promise<Audit> {
  const { state, parallelism, signal, onEvent, clock, patienceMs } = request;
  const api = readOnly(request.api);
  const declared = new Set(request.resources.map(({ address }) => address));
  const idle = [
    ...findUnmatchedPatterns("--target", request.targets, declared),
    ...findUnmatchedPatterns("--exclude", request.excludes, declared),
  ];
  if (idle.length > 0) throw new DiagnosticsError(idle);
  const kinds = new Map(request.kinds.map((kind) => [kind.name, kind]));
  refuseUnknownKinds(kinds, state);
  const scope = auditScope(request.resources.filter(chosen(request)), state);
  const people = await throwDiagnostics(
    resolvePeople({ api, resources: scope.resources, state, refresh: true, signal, onEvent }),
  );
  if (people.problems.length > 0) throw new DiagnosticsError(people.problems);
  const { resources } = people;
  const known = { state, resources: new Map(resources.map((one) => [one.address, one])) };
  const { live, tokenUser } = await refresh({
    ...{ api, kinds, resources, known, parallelism, signal, onEvent, clock, patienceMs },
  });
  const remembered = request.resources.filter(({ id }) => id === undefined);
  const own = await checked;
  refuseMissingRooms(own, remembered, live, state);
  const context = { kinds, live, tokenUser, departed: new Map(), known };
  const undeclared = await withoutDeclared(request, api, context, findAuditDrift(context, resources));
  const { drift, ignored } = withoutIgnored(undeclared, request.ignores);
  const unnamed = [...getUserIds({ kinds }, drift)].filter((id) => people.names[id] === undefined);
  return {
    org: own.org,
    baseline: scope.baseline,
    audited: resources.map(({ address, kind }) => ({ address, kind })),
    drift,
    ignored,
    pending: scope.pending,
    uncertain: (state?.uncertain ?? [])
      .filter(({ refused }) => refused !== true)
      .map(({ address }) => address),
    people: { ...people.names, ...(await readUserNames(api, unnamed, signal)).names },
  };
}

/** Removes drift whose live value is declared. Resolves users only of drifted resources; unknown users are no error here. */
async function withoutDeclared(
  { resources, state, signal, onEvent }: AuditRequest,
  api: Api,
  context: Parameters<typeof withoutDeclaredValues>[0],
  drift: readonly Drift[],
): Promise<readonly Drift[]> {
  const changed = new Set(drift.filter(({ after }) => after !== null).map(({ address }) => address));
  const declared = resources.filter(({ address }) => changed.has(address));
  const people = await throwDiagnostics(
    resolvePeople({ api, resources: declared, state, refresh: false, signal, onEvent }),
  );
  return withoutDeclaredValues(context, drift, people.resources);
}

function chosen({ targets, excludes }: AuditRequest): (resource: Resource) => boolean {
  const [isTarget, isExcluded] = [matchAnyPattern(targets), matchAnyPattern(excludes)];
  return ({ address }) => (targets.length === 0 || isTarget(address)) && !isExcluded(address);
}
