import { removeAbortListener, addAbortListener } from "../../core/time/abort.js";
import type { Wait } from "../../core/time/wait.js";
import { WaitLines } from "../../views/apply/wait-lines.js";
import type { Context } from "../context.js";
import { progressOutput } from "../output/style.js";
import { startProgressTimer } from "./progress-timer.js";

/** How often it is looked whether a wait lasts, in milliseconds. */
const lookEveryMs = 500;

/** How long a run that was asked to stop may go on before it says what it waits for, in milliseconds. */
const graceMs = 350;

/** Lines on stderr of what a run waits for. */
export interface WaitWatch {
  readonly lines: WaitLines;
  end(): void;
}

/** Tells on stderr what a run waits for, while it lasts, and after a signal to stop. @param waiting what it waits for now */
export function watchWaits(waiting: () => Wait | undefined, context: Context): WaitWatch {
  const lines = new WaitLines({
    output: progressOutput(context, "stderr"),
    now: () => context.now().getTime(),
    waiting,
  });
  const endTicking = startProgressTimer(lines, lookEveryMs);
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

/** Looks twice after a signal to stop: only a wait that went on in between is told. @returns what ends the watch */
function whenStillWaiting(
  waiting: () => Wait | undefined,
  { stop }: Pick<Context, "stop">,
  tell: (wait: Wait) => void,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  const look = (before?: Wait): void => {
    timer = setTimeout(() => {
      const wait = waiting();
      if (wait === undefined) return;
      const goesOn = before?.what === wait.what && wait.sinceMs >= before.sinceMs + graceMs / 2;
      if (goesOn) tell(wait);
      else look(wait);
    }, graceMs);
  };
  const onStop = (): void => {
    look(waiting());
  };
  if (stop.aborted) onStop();
  else addAbortListener(stop, onStop);
  return () => {
    removeAbortListener(stop, onStop);
    clearTimeout(timer);
  };
}
