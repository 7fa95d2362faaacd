import { isSameValue, normalizeSets } from "../../core/plan/compare.js";
import { diffAttributes } from "../../core/plan/diff.js";
import { byCodeUnit, isArray } from "../../core/json/json.js";
import type { JsonObject } from "../../core/json/json.js";
import type { LiveValue } from "../../core/kind/read.js";
import type { Pointer } from "../../core/json/pointer.js";
import { leaves, valueAt } from "../../core/json/pointer.js";
import type { Clock } from "../../core/time/clock.js";
import type { Attempt } from "../../core/time/retry.js";
import { backoffMs, retry } from "../../core/time/retry.js";
import type { ChangedDuringRun, OnEvent, StoredValue } from "../events.js";
import type { Reader, ReadBack } from "./read-back.js";
import { hasEffects, subjectOfRun } from "./read-back.js";
import type { ChangeRun } from "./change-run.js";
import type { Recorder } from "./recorder.js";

export interface VerifyInput {
  readonly looker: Reader;
  readonly recorder: Recorder;
  readonly clock: Clock;
  /** In milliseconds. */
  readonly patienceMs: number;
  readonly abort: AbortSignal;
  readonly onEvent: OnEvent;
}

/** The first wait between looks at what a slow service doesn't show yet; each is twice the one before. In milliseconds. */
const firstMs = 100;

/**
 * Reads back what was changed, until it shows or patience ends. Only reads: a value that changed meanwhile without being sent is
 * reported and left as it is. What was refused as if there was nothing to change counts as done if it shows.
 */
export async function verify(input: VerifyInput, runs: readonly ChangeRun[]): Promise<void> {
  let pending = runs;
  let waited = 0;
  const seen = new Map<ChangeRun, LiveValue | undefined>();
  const total = runs.length;
  input.onEvent({ type: "phase", phase: "verify", total });
  // A read does not prove that the change shows, but a wait for many reads has to show how far it is.
  const firstReads = (done: number, reads: number): void => {
    const share = Math.floor((total * done) / reads);
    if (share < total) input.onEvent({ type: "progress", phase: "verify", done: share, total });
  };
  if (total === 0) return;
  const attempt = async (number: number): Promise<Attempt<undefined>> => {
    const found = await input.looker.look(pending, waited === 0 ? firstReads : undefined);
    const left: ChangeRun[] = [];
    const ended: ChangeRun[] = [];
    for (const run of pending) {
      const readBack = found.get(run) ?? { live: undefined, error: undefined };
      seen.set(run, readBack.live);
      if (await hasTaken(input, run, readBack)) continue;
      (isFinal(readBack) ? ended : left).push(run);
    }
    for (const run of ended) giveUp(input, run, undefined);
    pending = left;
    input.onEvent({ type: "progress", phase: "verify", done: total - left.length, total });
    if (pending.length === 0 || waited >= input.patienceMs) return { value: undefined };
    return { waitMs: backoffMs(number, { firstMs, maxMs: input.patienceMs - waited }) };
  };
  await retry(attempt, async ({ waitMs }) => {
    await input.clock.sleep(waitMs, input.abort);
    waited += waitMs;
  });
  for (const run of pending) giveUp(input, run, seen.get(run));
}

/** Returns whether another read is of no use: the service refuses it. */
function isFinal({ error }: ReadBack): boolean {
  return error?.failure.outcome === "refused";
}

/** Returns whether all sent values show, and notes on the run those that don't. */
async function hasTaken(input: VerifyInput, run: ChangeRun, { live, error }: ReadBack): Promise<boolean> {
  run.unread = undefined;
  run.notConfirmed = [];
  run.stored = [];
  if (live === undefined) {
    // A user who has left a room may not be allowed to read it: the responses to the calls are the only evidence.
    const isConfirmed = run.change.record === null && run.uncertainCalls.length === 0 && isComplete(run);
    if (isConfirmed) input.recorder.recordForgotten(run.change);
    else if (error === undefined) run.notConfirmed = ["a part of it is not there"];
    else run.unread = error;
    return isConfirmed;
  }
  if (run.change.action === "delete") return hasGone(input, run, live);
  if (!live.present) {
    run.notConfirmed = ["it is not there"];
    return false;
  }
  input.recorder.recordSeen(run.change);
  const { attributes } = live;
  const shown = run.uncertainCalls.filter(({ call }) => hasEffects(attributes, call.effects));
  for (const doubt of shown) {
    run.uncertainCalls.splice(run.uncertainCalls.indexOf(doubt), 1);
    run.effects.push(...doubt.call.effects);
    input.recorder.recordEffects(run.change, doubt.call.effects);
  }
  const off = await notAsDeclared(input, run, attributes, live);
  run.notConfirmed = notShown(run, attributes, off);
  run.stored = storedValues(run, attributes);
  run.changedDuringRun = movedValues(run, attributes, off);
  const taken = run.notConfirmed.length === 0 && run.uncertainCalls.length === 0;
  if (taken && run.change.record === null && isComplete(run)) input.recorder.recordForgotten(run.change);
  return taken;
}

function hasGone(input: VerifyInput, run: ChangeRun, live: LiveValue): boolean {
  run.notConfirmed = live.present ? ["it is still there"] : [];
  if (live.present) return false;
  run.uncertainCalls.length = 0;
  if (isComplete(run)) input.recorder.recordForgotten(run.change);
  return true;
}

function isComplete(run: ChangeRun): boolean {
  return run.failed.length === 0 && run.skipped === 0 && run.left === 0;
}

/** Paths of declared values that are not so. */
async function notAsDeclared(
  { looker }: VerifyInput,
  run: ChangeRun,
  attributes: JsonObject,
  live: LiveValue,
): Promise<readonly Pointer[]> {
  if (run.change.record === null) return [];
  const kind = looker.kind(run);
  const tokenUser = await looker.tokenUser(run, live);
  const wanted = normalizeSets(
    kind.plan.goal(subjectOfRun(run), attributes, tokenUser).attributes,
    kind.live.sets,
  );
  return diffAttributes(attributes, wanted).paths;
}

/** Paths of what was sent and does not show. */
function notShown(run: ChangeRun, attributes: JsonObject, off: readonly Pointer[]): readonly Pointer[] {
  const missing = run.effects.filter((effect) => !hasEffects(attributes, [effect])).map(({ path }) => path);
  // A later call of the same change may have changed a set value: then the goal decides.
  const counts = (path: Pointer): boolean =>
    run.change.record === null ||
    off.includes(path) ||
    run.effects.some((one) => one.path === path && "remove" in one);
  return [...new Set(missing.filter(counts))].sort(byCodeUnit);
}

/** Returns the single values that were sent and do not show, with the values that show instead. */
function storedValues(
  { effects, notConfirmed: notTaken }: ChangeRun,
  attributes: JsonObject,
): readonly StoredValue[] {
  return notTaken.flatMap((path): readonly StoredValue[] => {
    const effect = effects.findLast((one) => one.path === path);
    if (effect === undefined || !("set" in effect) || isArray(effect.set)) return [];
    const now = valueAt(attributes, path);
    return [{ path, sent: effect.set, ...(now === undefined ? {} : { now }) }];
  });
}

/**
 * Values that were not sent and are others than when the plan was made: somebody changed them meanwhile, or the service did.
 * Undocumented: whether changing some settings resets the others. Lists count only where they are declared: people join and leave
 * rooms all the time.
 */
function movedValues(
  run: ChangeRun,
  attributes: JsonObject,
  off: readonly Pointer[],
): readonly ChangedDuringRun[] {
  const { change, notConfirmed: notTaken } = run;
  const { before } = change;
  if (before === null) return [];
  const planned = new Set(change.attributes.map(({ path }) => path));
  const declared = off.filter(
    (path) => !notTaken.includes(path) && !run.failed.some(({ call }) => sets(call, path)),
  );
  const others = leaves(before).flatMap(([path, value]) => {
    const isMoved = !isArray(value) && !isSameValue(value, valueAt(attributes, path));
    return isMoved && !planned.has(path) && !off.includes(path) ? [path] : [];
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

/** Patience has ended: what was refused and does not show has failed, and what was to go and is still there is still ours. */
function giveUp({ recorder }: VerifyInput, run: ChangeRun, live: LiveValue | undefined): void {
  run.failed.push(...run.uncertainCalls.splice(0));
  if (live?.present !== true) return;
  const kept = run.effects.flatMap((effect) => {
    if (!("remove" in effect)) return [];
    const there = valueAt(live.attributes, effect.path);
    const add = isArray(there) ? effect.remove.filter((one) => there.includes(one)) : [];
    return add.length === 0 ? [] : [{ path: effect.path, add }];
  });
  recorder.recordEffects(run.change, kept);
}
