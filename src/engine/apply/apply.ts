import type { Api } from "../../api/api.js";
import type { ApiError } from "../../api/errors.js";
import type { Address } from "../../core/address.js";
import { defaultPatienceMs, getPatienceMs } from "../../core/behavior/behavior.js";
import type { Effect } from "../../core/calls/call.js";
import { byCodeUnit } from "../../core/json/json.js";
import type { Kind } from "../../core/kind/kind.js";
import { departedUsers } from "../../core/people/org-people.js";
import { isResetToDefaults } from "../../core/plan/change.js";
import type { OrgIdentity } from "../../core/org/org-identity.js";
import type { Plan } from "../../core/plan/plan.js";
import { getMoves, withoutFollowers } from "../../core/state/state-moves.js";
import type { State } from "../../core/state/state.js";
import { withEntries } from "../../core/state/state.js";
import type { StateWriter } from "../../state/store.js";
import type { ApplyResult, OnEvent } from "../events.js";
import { confirm } from "./confirm.js";
import { execute } from "./execute.js";
import { DepartedPeople } from "./departed-people.js";
import { Reader } from "./read-back.js";
import { explainRefusals, forgetIfComplete } from "./refusals.js";
import type { ChangeRun } from "./change-run.js";
import { toChangeResult } from "./change-run.js";
import { getMissingOrg, getOrgToRecord, writeOrgFirst } from "./org-writer.js";
import { Recorder } from "./recorder.js";
import type { Clock } from "../../core/time/clock.js";

export interface ApplyRequest {
  readonly plan: Plan;
  readonly api: Api;
  readonly kinds: readonly Kind[];
  /** The state that the plan was made with. */
  readonly state: State | undefined;
  /** The result of `getOrgToRecord`, where it was called before. */
  readonly org?: Promise<OrgIdentity> | undefined;
  readonly writer: StateWriter;
  readonly parallelism: number;
  /** True to read back changes. A call that was refused as if there were nothing to change is always read back. */
  readonly verify: boolean;
  readonly stop: AbortSignal;
  readonly abort: AbortSignal;
  readonly clock: Clock;
  /** The time to wait for the service to show a write, in milliseconds. */
  readonly patienceMs?: number;
  readonly onEvent: OnEvent;
}

/**
 * Makes the calls of a plan, records the result of each, and reads the changes back. If the state can't be written, the run stops
 * without reading back, and the result holds the error.
 *
 * @throws the abort signal's reason. Earlier records are kept.
 */
export async function apply(request: ApplyRequest): Promise<ApplyResult> {
  const { plan, api, parallelism, stop, abort, clock, onEvent } = request;
  const patienceMs = request.patienceMs ?? defaultPatienceMs;
  const readPatienceMs = getPatienceMs(patienceMs, request.state?.behavior, "readLagMs", clock.now());
  const kinds = new Map(request.kinds.map((kind) => [kind.name, kind]));
  const org =
    plan.changes.length === 0 ? plan.org : await (request.org ?? getOrgToRecord(plan.org, request, api));
  const before = request.state && withEntries(request.state, plan.findings);
  const recorder = new Recorder(writeOrgFirst(request.writer, request.state, org), before, clock);
  recorder.recordFindings([...getMissingOrg(request.state, org), ...plan.findings]);
  // Calls change resources by their new addresses.
  if (getMoves(plan.findings).length > 0) await recorder.settled();
  const departed = new DepartedPeople(departedUsers(plan.departed), kinds);
  const reader = new Reader(api, kinds, parallelism, departed, abort);
  const shared = { api, recorder, clock, patienceMs, departed, abort, onEvent };
  const showsEffects = async (run: ChangeRun, effects: readonly Effect[]): Promise<boolean> => {
    const live = (await reader.readBack([run])).get(run)?.live;
    return live?.present === true && reader.shows(run, live.attributes, effects);
  };
  const { runs, credentialsEnded } = await execute({
    ...{ ...shared, plan, kinds, parallelism, stop, showsEffects },
    readTokenUser: () => reader.readTokenUser(),
    verify: request.verify,
  });
  const canRead = (): boolean => !abort.aborted && recorder.failure === undefined;
  if (credentialsEnded === undefined && canRead())
    await unlessAborted(abort, explainRefusals(shared, runs.values(), "failed"));
  const touched = [...runs.values()].filter(
    (run) =>
      run.started &&
      run.id !== undefined &&
      !run.recovered &&
      (run.uncertainCalls.length > 0 ||
        (request.verify && run.accepted.length + run.needless.length > 0 && !isResetToDefaults(run.change))),
  );
  if (credentialsEnded !== undefined) for (const run of touched) run.unread = credentialsEnded;
  else if (touched.length > 0 && canRead())
    await unlessAborted(abort, confirm({ ...shared, reader, patienceMs: readPatienceMs }, touched));
  if (!request.verify) {
    for (const run of runs.values()) if (run.needless.length > 0) forgetIfComplete(run, recorder);
  }
  recordClientLimit(api, recorder, clock);
  await recorder.settled();
  const interrupted = stop.aborted || abort.aborted;
  const { failure: stateError } = recorder;
  return {
    ...summarize(plan, runs, credentialsEnded, interrupted, onEvent),
    ...(stateError === undefined ? {} : { stateError }),
  };
}

/** Records the limit of all tokens of the client together, if the service told it, for the runs that follow. */
function recordClientLimit(api: Api, recorder: Recorder, clock: Clock): void {
  const limit = api.budget()?.clientLimit;
  if (limit === null) recorder.recordContradicted("clientRateLimit");
  if (limit === undefined || limit === null) return;
  const evidence =
    "Apply: the service told the limit when it refused requests for the rate, or in its headers.";
  const date = new Date(clock.now()).toISOString();
  recorder.recordObserved({ clientRateLimit: { value: limit, date, evidence } });
}

/** Waits for reads after the calls. After an abort, the results are reported without them. */
async function unlessAborted(abort: AbortSignal, reads: Promise<void>): Promise<void> {
  await reads.catch((error: unknown) => {
    if (!abort.aborted) throw error;
  });
}

function summarize(
  { uncertain: leftAlone, findings }: Plan,
  runs: ReadonlyMap<Address, ChangeRun>,
  credentialsEnded: ApiError | undefined,
  interrupted: boolean,
  onEvent: OnEvent,
): ApplyResult {
  const results: ApplyResult["results"] = new Map(
    [...runs.values()]
      .filter(
        ({ change }) => change.calls.length > 0 || change.action === "adopt" || change.action === "forget",
      )
      .map((run) => [run.change.address, { change: run.change, result: toChangeResult(run) }] as const)
      .sort(([a], [b]) => byCodeUnit(a, b)),
  );
  for (const { change, result } of results.values()) onEvent({ type: "change-ended", change, result });
  const calls = [...runs.values()].reduce(
    (sum, run) => sum + run.change.calls.length - run.left - run.skipped + (run.cutOff ? 1 : 0),
    0,
  );
  const moved = withoutFollowers(getMoves(findings));
  const accepted = [...runs.values()].reduce((sum, run) => sum + run.accepted.length, 0);
  return {
    ...{ results, interrupted, leftAlone, calls, accepted },
    ...(moved.length === 0 ? {} : { moved }),
    ...(credentialsEnded === undefined ? {} : { credentialsEnded }),
  };
}
