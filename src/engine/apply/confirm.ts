import type { Behavior } from "../../core/behavior/behavior.js";
import { getObservation, toKnownBehavior } from "../../core/behavior/behavior.js";
import { sameJson } from "../../core/json/json.js";
import type { LiveValue } from "../../core/kind/read.js";
import type { ReadBacks } from "../../core/plan/read-backs.js";
import { getOperation, splitReadBacks } from "../../core/plan/read-backs.js";
import type { ChangeRun } from "./change-run.js";
import { forgetIfComplete } from "./refusals.js";
import type { VerifyInput } from "./verify.js";
import { verify } from "./verify.js";

/**
 * Confirms changes by the responses to their calls where these show every value, and reads back the others and a sample. If the first
 * read of a sample does not show what its response showed, all changes by the same operation are read back: none of them may be
 * stored, or the next plan would still read the values before.
 */
export async function confirm(input: VerifyInput, runs: readonly ChangeRun[]): Promise<void> {
  const { reader, recorder, clock } = input;
  const known = toKnownBehavior(recorder.behavior, clock.now());
  const split = splitReadBacks(
    runs,
    ({ change }) => change,
    (run) => reader.isShownInResponse(run, known),
  );
  const start = clock.monotonic();
  const live = await verify(input, split.readBack);
  recorder.recordObserved(observeResponses(input, split.readBack, live));
  const doubted = findDoubted(split, (run) => reader.isShownInResponse(run, known));
  // All of these calls were made before the wait for the sample began.
  const patienceMs = Math.max(0, input.patienceMs - (clock.monotonic() - start));
  if (doubted.size > 0) await verify({ ...input, patienceMs }, [...doubted]);
  for (const run of split.confirmed) if (!doubted.has(run)) forgetIfComplete(run, recorder);
}

/** Returns the confirmed changes by operations whose response was contradicted. */
function findDoubted(
  { readBack, confirmed }: ReadBacks<ChangeRun>,
  isShownInResponse: (run: ChangeRun) => boolean,
): ReadonlySet<ChangeRun> {
  const contradicted = readBack.filter(
    (run) => (run.isLate || run.changedDuringRun.length > 0) && isShownInResponse(run),
  );
  const operations = new Set(contradicted.map(({ change }) => getOperation(change)));
  return new Set(confirmed.filter(({ change }) => operations.has(getOperation(change))));
}

/** Returns what the changes that were read back tell of responses. That they are whole is news only if they were not before. */
function observeResponses(
  { reader, recorder, clock }: VerifyInput,
  runs: readonly ChangeRun[],
  live: ReadonlyMap<ChangeRun, LiveValue | undefined>,
): Behavior {
  const date = new Date(clock.now()).toISOString();
  const observed: Record<string, Behavior[string]> = {};
  for (const run of runs) {
    const key = reader.kind(run).live.response;
    const value = live.get(run);
    if (key === undefined || value?.present !== true || run.accepted.length === 0) continue;
    const isWhole = sameJson(reader.responded(run) ?? null, value.attributes);
    const isNews = !isWhole || getObservation(recorder.behavior, key, clock.now()) !== undefined;
    if (!isNews || observed[key]?.value === "partial") continue;
    const evidence = `Apply: the response to ${getOperation(run.change)} ${isWhole ? "equals" : "differs from"} the settings read afterwards.`;
    observed[key] = { value: isWhole ? "whole" : "partial", date, evidence };
  }
  return observed;
}
