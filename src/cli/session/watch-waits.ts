import { removeAbortListener, addAbortListener } from "../../core/time/abort.js";
import type { Wait } from "../../core/time/wait.js";
import { WaitLines } from "../../views/apply/wait-lines.js";
import type { Context } from "../context.js";
import { progressOutput } from "../output/style.js";
import { startProgressTimer } from "./progress-timer.js";

/** The interval of the checks for a long wait, in milliseconds. */
const checkEveryMs = 500;

/** The time from a signal to stop until a line tells what the command still waits for, in milliseconds. */
const graceMs = 350;

/** The lines on stderr about waits. */
export interface WaitWatch {
  readonly lines: WaitLines;
  end(): void;
}

/** Writes lines on stderr about long waits and about waits after a signal to stop. @param waiting returns the present wait */
export function watchWaits(waiting: () => Wait | undefined, context: Context): WaitWatch {
  const lines = new WaitLines({
    output: progressOutput(context, "stderr"),
    now: () => context.now().getTime(),
    waiting,
  });
  const endTicking = startProgressTimer(lines, checkEveryMs);
  const endWatch = whenStillWaiting(waiting, context, (wait) => {
    lines.stopping(wait);
  });
  return {
    lines,
    end() {
      endTicking();
      endWatch();
    },
  };
}

/** Checks twice after a signal to stop, and tells a wait that lasted in between. @returns a function that ends the checks */
function whenStillWaiting(
  waiting: () => Wait | undefined,
  { stop }: Pick<Context, "stop">,
  tell: (wait: Wait) => void,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  const check = (before?: Wait): void => {
    timer = setTimeout(() => {
      const wait = waiting();
      if (wait === undefined) return;
      const goesOn = before?.what === wait.what && wait.sinceMs >= before.sinceMs + graceMs / 2;
      if (goesOn) tell(wait);
      else check(wait);
    }, graceMs);
  };
  const onStop = (): void => {
    check(waiting());
  };
  if (stop.aborted) onStop();
  else addAbortListener(stop, onStop);
  return () => {
    removeAbortListener(stop, onStop);
    clearTimeout(timer);
  };
}
