import type { Behavior } from "../../core/behavior/behavior.js";
import { toBound } from "../../core/behavior/behavior.js";
import { isSameValue } from "../../core/diff/compare.js";
import { byCodeUnit, isArray } from "../../core/json/json.js";
import type { JsonObject } from "../../core/json/json.js";
import type { LiveValue } from "../../core/kind/read.js";
import { isResetToDefaults } from "../../core/plan/change.js";
import type { Pointer } from "../../core/json/pointer.js";
import { leaves, valueAt } from "../../core/json/pointer.js";
import type { Clock } from "../../core/time/clock.js";
import type { Attempt } from "../../core/time/retry.js";
import { backoffMs, retry } from "../../core/time/retry.js";
import type { ChangedDuringRun, OnEvent, StoredValue } from "../events.js";
import type { Reader, ReadBack } from "./read-back.js";
import { hasEffects } from "./read-back.js";
import type { ChangeRun } from "./change-run.js";
import { addEffects, isComplete } from "./change-run.js";
import { toObservation } from "./expected-refusals.js";
import type { ExplainInput } from "./refusals.js";
import { explainRefusals, forgetIfComplete } from "./refusals.js";

export interface VerifyInput extends ExplainInput {
  readonly reader: Reader;
  readonly clock: Clock;
  /** In milliseconds. */
  readonly patienceMs: number;
  readonly onEvent: OnEvent;
}

/** The first wait between reads, in milliseconds. It doubles each time. */
const firstMs = 100;

/**
 * Reads changes back until they show or the patience ends. Sends only reads: values that others changed meanwhile are
 * reported and kept. A call refused with 404 or 409 counts as done if its effects show.
 *
 * @returns the values that the last reads showed; undefined for a change that could not be read
 */
export async function verify(
  input: VerifyInput,
  runs: readonly ChangeRun[],
): Promise<ReadonlyMap<ChangeRun, LiveValue | undefined>> {
  let pending = runs;
  let waited = 0;
  let slowestMs = 0;
  let readFirstAt: number | undefined;
  const seen = new Map<ChangeRun, LiveValue | undefined>();
  const total = runs.length;
  input.onEvent({ type: "phase", phase: "verify", total });
  // A finished read does not confirm a change yet, but a long wait needs a progress display.
  const firstReads = (done: number, reads: number): void => {
    const share = Math.floor((total * done) / reads);
    if (share < total) input.onEvent({ type: "progress", phase: "verify", done: share, total });
  };
  if (total === 0) return seen;
  const attempt = async (number: number): Promise<Attempt<undefined>> => {
    const found = await input.reader.readBack(pending, waited === 0 ? firstReads : undefined);
    readFirstAt ??= input.clock.monotonic();
    const left: ChangeRun[] = [];
    const ended: ChangeRun[] = [];
    for (const run of pending) {
      const readBack = found.get(run) ?? { live: undefined, error: undefined };
      seen.set(run, readBack.live);
      if (await isConfirmed(input, run, readBack)) continue;
      if (run.uncertainCalls.length > 0) {
        // No wait changes a refusal because of a user who departed.
        await explainRefusals(input, [run], "uncertainCalls");
        if (await isConfirmed(input, run, readBack)) continue;
      }
      run.isLate = true;
      (isFinal(readBack) ? ended : left).push(run);
    }
    for (const run of ended) giveUp(input, run, undefined);
    pending = left;
    // A change that shows at the first read says nothing: it may have been made long before.
    if (waited > 0 && ended.length + left.length < found.size) slowestMs = waited;
    input.onEvent({ type: "progress", phase: "verify", done: total - left.length, total });
    // Reads count too: where the service is out of order, each of them takes several attempts.
    const leftMs = input.patienceMs - (input.clock.monotonic() - readFirstAt);
    if (pending.length === 0 || leftMs <= 0) return { value: undefined };
    return { waitMs: backoffMs(number, { firstMs, maxMs: leftMs }) };
  };
  await retry(attempt, async ({ waitMs }) => {
    await input.clock.sleep(waitMs, input.abort);
    waited += waitMs;
  });
  if (slowestMs > 0) input.recorder.recordObserved(toLag(slowestMs, input.clock.now()));
  for (const run of pending)
    if (!(await isExplained(input, run, seen.get(run)))) giveUp(input, run, seen.get(run));
  return seen;
}

/** Returns the observation of a write that a later read showed. @param ms between the first read and that one */
function toLag(ms: number, now: number): Behavior {
  const evidence = "Apply: a change did not show at first when it was read back.";
  return { readLagMs: { value: toBound(ms), date: new Date(now).toISOString(), evidence } };
}

/** Returns true if a change is confirmed but for users who departed after the plan was made. */
async function isExplained(
  input: VerifyInput,
  run: ChangeRun,
  live: LiveValue | undefined,
): Promise<boolean> {
  const { reader, departed, api, abort } = input;
  if (live?.present !== true || run.notConfirmed.length === 0) return false;
  const effects = run.effects.filter((effect) => !reader.shows(run, live.attributes, [effect]));
  const users = departed.namedBy({ params: {}, effects }, run.change.kind);
  await departed.find(api, users, abort);
  return departed.includesAny(users) && isConfirmed(input, run, { live, error: undefined });
}

/** Returns true if the service refuses the read: another read is of no use. */
function isFinal({ error }: ReadBack): boolean {
  return error?.failure.outcome === "refused";
}

/** Returns true if all sent values show, and sets the unconfirmed ones on the run. */
async function isConfirmed(input: VerifyInput, run: ChangeRun, { live, error }: ReadBack): Promise<boolean> {
  run.unread = undefined;
  run.notConfirmed = [];
  run.stored = [];
  if (live === undefined) {
    // A user who was removed from a room may not be allowed to read the room: the responses to the calls are the only evidence.
    const isRemoved = run.change.record === null && run.uncertainCalls.length === 0 && isComplete(run);
    if (isRemoved) input.recorder.recordForgotten(run.change);
    else if (error === undefined) run.notConfirmed = ["some of its reads return 404"];
    else run.unread = error;
    return isRemoved;
  }
  if (run.change.action === "delete") return isDeleted(input, run, live);
  if (isResetToDefaults(run.change)) return isReset(input, run, live);
  if (!live.present) {
    run.notConfirmed = ["the resource does not exist"];
    return false;
  }
  input.recorder.recordSeen(run.change);
  const { reader } = input;
  const { attributes } = live;
  const shown = run.uncertainCalls.filter(({ call }) => hasEffects(attributes, call.effects));
  for (const uncertain of shown) {
    run.uncertainCalls.splice(run.uncertainCalls.indexOf(uncertain), 1);
    addEffects(run, uncertain.call.effects);
    input.recorder.recordEffects(run.change, uncertain.call.effects);
    input.recorder.recordObserved(toObservation(uncertain, input.clock.now()));
  }
  const different = run.change.record === null ? [] : await reader.findDifferences(run, live);
  run.notConfirmed = findUnconfirmed(input, run, attributes, different);
  run.stored = storedValues(run, attributes);
  run.changedDuringRun = findChangedDuringRun(run, attributes, different);
  const confirmed = run.notConfirmed.length === 0 && run.uncertainCalls.length === 0;
  if (confirmed) forgetIfComplete(run, input.recorder);
  return confirmed;
}

function isDeleted(input: VerifyInput, run: ChangeRun, live: LiveValue): boolean {
  run.notConfirmed = live.present ? ["the resource still exists"] : [];
  if (live.present) return false;
  run.uncertainCalls.length = 0;
  if (isComplete(run)) input.recorder.recordForgotten(run.change);
  return true;
}

/** Returns true if a refused reset left nothing to do: an applied value no longer shows. */
function isReset({ recorder }: VerifyInput, run: ChangeRun, live: LiveValue): boolean {
  const shows = run.change.attributes.every(
    ({ path, before }) => live.present && isSameValue(valueAt(live.attributes, path), before),
  );
  if (shows) return false;
  run.uncertainCalls.length = 0;
  if (isComplete(run)) recorder.recordForgotten(run.change);
  return true;
}

/** Returns the paths of sent values that do not show. */
function findUnconfirmed(
  { reader }: VerifyInput,
  run: ChangeRun,
  attributes: JsonObject,
  different: readonly Pointer[],
): readonly Pointer[] {
  const missing = run.effects
    .filter((effect) => !reader.shows(run, attributes, [effect]))
    .map(({ path }) => path);
  // A later call of the same change may have changed a set value: then the goal decides.
  const counts = (path: Pointer): boolean =>
    run.change.record === null ||
    different.includes(path) ||
    run.effects.some((one) => one.path === path && "remove" in one);
  return [...new Set(missing.filter(counts))].sort(byCodeUnit);
}

/** Returns the single values that were sent and do not show, with the values that show instead. */
function storedValues({ effects, notConfirmed }: ChangeRun, attributes: JsonObject): readonly StoredValue[] {
  return notConfirmed.flatMap((path): readonly StoredValue[] => {
    const effect = effects.findLast((one) => one.path === path);
    if (effect === undefined || !("set" in effect) || isArray(effect.set)) return [];
    const now = valueAt(attributes, path);
    return [{ path, sent: effect.set, ...(now === undefined ? {} : { now }) }];
  });
}

/**
 * Returns the values that were not sent and differ from those in the plan: others changed them meanwhile, or the service did.
 * Undocumented: whether changing some settings resets others. Lists count only if declared: people join and leave rooms
 * all the time.
 */
function findChangedDuringRun(
  run: ChangeRun,
  attributes: JsonObject,
  different: readonly Pointer[],
): readonly ChangedDuringRun[] {
  const { change, notConfirmed } = run;
  const { before, after } = change;
  if (before === null) return [];
  const planned = new Set(change.attributes.map(({ path }) => path));
  // A repair leaves values that the config changed too: they are as planned, though not as recorded.
  const isAsPlanned = (path: Pointer): boolean =>
    isSameValue(valueAt(after ?? {}, path), valueAt(attributes, path));
  const declared = different.filter(
    (path) =>
      !notConfirmed.includes(path) && !isAsPlanned(path) && !run.failed.some(({ call }) => sets(call, path)),
  );
  const others = leaves(before).flatMap(([path, value]) => {
    const isChanged = !isArray(value) && !isSameValue(value, valueAt(attributes, path));
    return isChanged && !planned.has(path) && !different.includes(path) ? [path] : [];
  });
  return [...declared, ...others].sort(byCodeUnit).map((path): ChangedDuringRun => {
    const [was, now] = [valueAt(before, path), valueAt(attributes, path)];
    return {
      path,
      ...(was === undefined ? {} : { planned: was }),
      ...(now === undefined ? {} : { now }),
      declared: declared.includes(path),
    };
  });
}

function sets({ effects }: ChangeRun["change"]["calls"][number], path: Pointer): boolean {
  return effects.some((effect) => effect.path === path);
}

/** Marks the uncertain calls as failed once the patience has ended, and records elements that were not removed as still applied. */
function giveUp({ recorder, departed }: VerifyInput, run: ChangeRun, live: LiveValue | undefined): void {
  run.failed.push(...run.uncertainCalls.splice(0));
  if (live?.present !== true) return;
  const attributes = departed.leaveOut(live.attributes, run.change.kind);
  const kept = run.effects.flatMap((effect) => {
    if (!("remove" in effect)) return [];
    const current = valueAt(attributes, effect.path);
    const add = isArray(current) ? effect.remove.filter((element) => current.includes(element)) : [];
    return add.length === 0 ? [] : [{ path: effect.path, add }];
  });
  recorder.recordEffects(run.change, kept);
}
