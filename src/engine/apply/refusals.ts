import type { Api } from "../../api/api.js";
import type { ChangeRun, FailedCall } from "./change-run.js";
import { addEffects, isComplete } from "./change-run.js";
import type { DepartedPeople } from "./departed-people.js";
import { mayBeAboutUser } from "./departed-people.js";
import type { Recorder } from "./recorder.js";

interface RefusalInput {
  readonly departed: DepartedPeople;
  readonly recorder: Recorder;
}

export interface ExplainInput extends RefusalInput {
  readonly api: Api;
  readonly abort: AbortSignal;
}

/** Counts a refused call as done and records its effects, if it only removes departed users. */
export function countIfDone(failed: FailedCall, run: ChangeRun, input: RefusalInput): boolean {
  const users = input.departed.removedBy(failed, run.change);
  if (users.length === 0) return false;
  run.needless.push(failed);
  addEffects(run, failed.call.effects);
  input.recorder.recordEffects(run.change, failed.call.effects);
  addDeparted(failed, users, run, input.departed, true);
  return true;
}

/**
 * Finds out whether refused calls name users who departed after the plan was made. A call that only removes such users counts as done;
 * another one has failed because of them. Sends one read for 100 users, and none if no call was refused.
 *
 * @param part the calls of each change
 * @throws the signal's reason
 */
export async function explainRefusals(
  input: ExplainInput,
  runs: Iterable<ChangeRun>,
  part: "failed" | "uncertainCalls",
): Promise<void> {
  const { departed, api, abort } = input;
  const refused = [...runs].flatMap((run) =>
    run[part].filter(({ error }) => mayBeAboutUser(error.failure)).map((failed) => ({ run, failed })),
  );
  const users = refused.flatMap(({ run, failed }) => departed.namedBy(failed.call, run.change.kind));
  await departed.find(api, [...new Set(users)], abort);
  for (const { run, failed } of refused) {
    const named = departed.namedBy(failed.call, run.change.kind).filter((user) => departed.byId.has(user));
    if (named.length === 0) continue;
    run[part].splice(run[part].indexOf(failed), 1);
    // With skipped dependents, the change is incomplete all the same.
    if (run.skipped === 0 && countIfDone(failed, run, input)) continue;
    run.failed.push(failed);
    addDeparted(failed, named, run, departed, false);
  }
}

/** Records a removed resource as forgotten if all its calls are done. */
export function forgetIfComplete(run: ChangeRun, recorder: Recorder): void {
  if (run.change.record === null && isComplete(run) && run.uncertainCalls.length === 0)
    recorder.recordForgotten(run.change);
}

function addDeparted(
  { error }: FailedCall,
  users: readonly string[],
  run: ChangeRun,
  departed: DepartedPeople,
  done: boolean,
): void {
  const { status = 0 } = error.failure;
  for (const user of users) {
    const known = departed.byId.get(user);
    const isAdded = run.departed.some((one) => one.user === user && one.done === done);
    if (known !== undefined && !isAdded) run.departed.push({ user, ...known, status, done });
  }
}
