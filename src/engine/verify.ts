import type { ApiError } from "../api/errors.js";
import { differences, normalized, sameValue } from "../core/compare.js";
import type { CallDraft } from "../core/call.js";
import type { AttributeChange } from "../core/change.js";
import type { JsonObject } from "../core/json.js";
import { isArray } from "../core/json.js";
import type { Live } from "../core/kind.js";
import { leaves, valueAt, withValueAt } from "../core/pointer.js";
import type { OnEvent } from "./events.js";
import type { Looker } from "./look.js";
import { isEffective, subjectOfRun } from "./look.js";
import type { ChangeRun } from "./outcome.js";
import type { Recorder } from "./recorder.js";
import type { Clock } from "../core/clock.js";

export interface VerifyInput {
  readonly looker: Looker;
  readonly recorder: Recorder;
  readonly clock: Clock;
  /** In milliseconds. */
  readonly patienceMs: number;
  readonly abort: AbortSignal;
  readonly onEvent: OnEvent;
  /** Makes one more call of a change. */
  readonly send: (draft: CallDraft) => Promise<ApiError | undefined>;
}

/** The first wait between looks at what a slow service doesn't show yet; each is twice the one before. In milliseconds. */
const firstDelayMs = 100;

/**
 * Reads back what was changed, until it shows or patience ends. What was refused as if it were so already is looked at
 * too: it counts as done if it is so.
 */
export async function verify(input: VerifyInput, runs: readonly ChangeRun[]): Promise<void> {
  let pending = runs;
  let waited = 0;
  const repaired = new Set<ChangeRun>();
  const seen = new Map<ChangeRun, Live | undefined>();
  const total = runs.length;
  input.onEvent({ type: "phase", phase: "verify", total });
  // What is read is not known to have taken, but a wait for many reads has to show how far it is.
  const firstReads = (done: number, reads: number): void => {
    const share = Math.floor((total * done) / reads);
    if (share < total) input.onEvent({ type: "progress", phase: "verify", done: share, total });
  };
  for (let delay = firstDelayMs; pending.length > 0; delay *= 2) {
    const lives = await input.looker.look(pending, waited === 0 ? firstReads : undefined);
    const left: ChangeRun[] = [];
    for (const run of pending) {
      const live = lives.get(run);
      seen.set(run, live);
      if (await hasTaken(input, run, live)) {
        const moved = live?.present === true ? collateral(run, live.attributes) : [];
        if (moved.length === 0) continue;
        run.notTaken = moved.map(({ path }) => path);
        if (!repaired.has(run)) await repair(input, run, live?.present === true ? live.attributes : {});
        repaired.add(run);
      }
      left.push(run);
    }
    pending = left;
    input.onEvent({ type: "progress", phase: "verify", done: total - left.length, total });
    if (pending.length === 0 || waited >= input.patienceMs) break;
    const wait = Math.min(delay, input.patienceMs - waited);
    await input.clock.sleep(wait, input.abort);
    waited += wait;
  }
  for (const run of pending) giveUp(input, run, seen.get(run));
}

/** Whether everything that was sent shows. Notes what doesn't yet. */
async function hasTaken(input: VerifyInput, run: ChangeRun, live: Live | undefined): Promise<boolean> {
  if (live === undefined) {
    // Who has left a room may not be let in to look: then the answers to the calls have to do.
    const answered = run.change.record === null && run.doubtful.length === 0 && isComplete(run);
    if (answered) input.recorder.forgotten(run.change);
    else run.notTaken = ["it could not be read back"];
    return answered;
  }
  if (run.change.action === "delete") return hasGone(input, run, live);
  if (!live.present) {
    run.notTaken = ["it is not there"];
    return false;
  }
  input.recorder.seen(run.change);
  const { attributes } = live;
  const so = run.doubtful.filter(({ call }) => isEffective(attributes, call.effects));
  for (const doubt of so) {
    run.doubtful.splice(run.doubtful.indexOf(doubt), 1);
    run.effects.push(...doubt.call.effects);
    input.recorder.took(run.change, doubt.call.effects);
  }
  run.notTaken = await missing(input, run, attributes, live);
  const taken = run.notTaken.length === 0 && run.doubtful.length === 0;
  if (taken && run.change.record === null && isComplete(run)) input.recorder.forgotten(run.change);
  return taken;
}

function hasGone(input: VerifyInput, run: ChangeRun, live: Live): boolean {
  run.notTaken = live.present ? ["it is still there"] : [];
  if (live.present) return false;
  run.doubtful.length = 0;
  if (isComplete(run)) input.recorder.forgotten(run.change);
  return true;
}

function isComplete(run: ChangeRun): boolean {
  return run.failed.length === 0 && run.skipped === 0 && run.left === 0;
}

/** Paths of what was sent and doesn't show. */
async function missing(
  { looker }: VerifyInput,
  run: ChangeRun,
  attributes: JsonObject,
  live: Live,
): Promise<readonly string[]> {
  const sent = new Set(run.effects.map(({ path }) => path));
  if (run.change.record === null) return isEffective(attributes, run.effects) ? [] : [...sent];
  const kind = looker.kind(run);
  const subject = subjectOfRun(run);
  const world = await looker.world(run, live);
  const wanted = normalized(kind.goal(subject, attributes, world).attributes, kind.sets);
  // What is no longer ours may stay as somebody else's: only the effect tells that it was to go.
  const kept = run.effects.filter((effect) => "remove" in effect && !isEffective(attributes, [effect]));
  const off = differences(attributes, wanted).filter((path) => sent.has(path));
  const all = new Set([...off, ...kept.map(({ path }) => path)]);
  // A set may have more than was sent, where a call of this change failed: what was sent counts.
  return run.failed.length > 0 && isEffective(attributes, run.effects) ? [] : [...all];
}

/**
 * Values that moved though nobody sent them: nobody outside knows whether changing some settings resets the others.
 * Lists are left out: people join and leave rooms all the time.
 */
function collateral(run: ChangeRun, live: JsonObject): readonly AttributeChange[] {
  const { before, after } = run.change;
  if (before === null || after === null || run.change.action === "delete") return [];
  return leaves(after).flatMap(([path, value]) => {
    const now = valueAt(live, path);
    if (isArray(value) || sameValue(value, now) || valueAt(before, path) === undefined) return [];
    return [{ path, cause: "drift" as const, ...(now === undefined ? {} : { before: now }), after: value }];
  });
}

/** Sends all values at once, so that nothing is left out that could be reset. Lists are left as they are. */
async function repair({ looker, send }: VerifyInput, run: ChangeRun, live: JsonObject): Promise<void> {
  const planned = run.change.after ?? {};
  const values = leaves(planned).filter(([, value]) => !isArray(value));
  const drafts = looker.kind(run).calls({
    subject: { ...subjectOfRun(run), attributes: planned },
    type: "update",
    before: live,
    after: values.reduce((after, [path, value]) => withValueAt(after, path, value), live),
    attributes: values.map(([path, value]): AttributeChange => ({ path, cause: "drift", after: value })),
    world: { actor: undefined },
  });
  // Whether it was refused shows in the next look.
  for (const draft of drafts) await send(draft);
}

/** Patience has ended: what is refused and not so has failed, and what was to go and is still there is still ours. */
function giveUp({ recorder }: VerifyInput, run: ChangeRun, live: Live | undefined): void {
  run.failed.push(...run.doubtful.splice(0));
  if (live?.present !== true) return;
  const kept = run.effects.flatMap((effect) => {
    if (!("remove" in effect)) return [];
    const there = valueAt(live.attributes, effect.path);
    const add = isArray(there) ? effect.remove.filter((one) => there.includes(one)) : [];
    return add.length === 0 ? [] : [{ path: effect.path, add }];
  });
  recorder.took(run.change, kept);
}
