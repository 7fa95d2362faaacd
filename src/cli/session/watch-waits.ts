import { removeAbortListener, addAbortListener } from "../../core/time/abort.js";
import type { Wait } from "../../core/time/wait.js";
import type { WaitLinesOptions } from "../../views/apply/wait-lines.js";
import { WaitLines } from "../../views/apply/wait-lines.js";
import type { Context } from "../context.js";
import { isInterruption } from "../output/errors.js";
import { progressOutput } from "../output/style.js";
import { startProgressTimer } from "./progress-timer.js";

/** The interval of the checks for a long wait, in milliseconds. */
const checkEveryMs = 500;

/** The time from a signal to stop until a line tells what the command still waits for, in milliseconds. */
const graceMs = 350;

/** The time from a signal to stop until the requests that it ends have ended, in milliseconds. */
const endedMs = 50;

/** The lines on stderr about waits. */
export interface WaitWatch {
  readonly lines: WaitLines;
  end(): void;
}

/** Writes lines on stderr about long waits and about waits after a signal to stop. @param waiting returns the present wait */
export function watchWaits(waiting: () => Wait | undefined, context: Context): WaitWatch {
  const lines = new WaitLines({ ...linesOptions(context), waiting, status: context.status });
  const endTicking = startProgressTimer(lines, checkEveryMs);
  const endWatch = whenStillWaiting(waiting, context, (wait) => {
    lines.stopping(wait);
  });
  return {
    lines,
    end() {
      endTicking();
      endWatch();
      lines.end();
    },
  };
}

/** Does work while lines on stderr tell what it waits for, if it takes long. */
export async function watchingWait<T>(what: string, context: Context, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const waiting = (): Wait => ({ what, sinceMs: performance.now() - start, isFirst: true });
  const watch = watchWaits(waiting, context);
  try {
    return await work();
  } catch (error) {
    if (isInterruption(error, context)) watch.lines.interrupted(waiting());
    throw error;
  } finally {
    watch.end();
  }
}

/** Tells at once after a signal to stop how many requests the command still finishes. @returns a function that ends the watch */
export function tellFinishing(running: () => number, context: Context): () => void {
  const tellLeft = (): void => {
    const left = running();
    if (left > 0) new WaitLines({ ...linesOptions(context), waiting: () => undefined }).finishing(left);
  };
  return onStop(context, endedMs, tellLeft);
}

/** Checks twice after a signal to stop, and tells a wait that lasted in between. @returns a function that ends the checks */
function whenStillWaiting(
  waiting: () => Wait | undefined,
  context: Context,
  tell: (wait: Wait) => void,
): () => void {
  let before: Wait | undefined;
  return onStop(context, graceMs, (again) => {
    const wait = waiting();
    if (wait === undefined) return;
    const goesOn = before?.what === wait.what && wait.sinceMs >= before.sinceMs + graceMs / 2;
    before = wait;
    if (goesOn) tell(wait);
    else again();
  });
}

function linesOptions(context: Context): Omit<WaitLinesOptions, "waiting"> {
  return { output: progressOutput(context, "stderr"), now: () => context.now().getTime() };
}

/**
 * Calls a function some time after a signal to stop. @param check may ask to be called again after the same time
 *
 * @returns a function that ends the calls
 */
function onStop(
  { stop }: Pick<Context, "stop">,
  delayMs: number,
  check: (again: () => void) => void,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  const begin = (): void => {
    timer = setTimeout(() => {
      check(begin);
    }, delayMs);
  };
  if (stop.aborted) begin();
  else addAbortListener(stop, begin);
  return () => {
    removeAbortListener(stop, begin);
    clearTimeout(timer);
  };
}
