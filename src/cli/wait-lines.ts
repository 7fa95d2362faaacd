import type { ApiClient } from "../api/client.js";
import { forget, whenAborted } from "../core/abort.js";
import { WaitLines } from "../views/wait-lines.js";
import type { Context } from "./context.js";
import { progressOutput } from "./style.js";
import { ticking } from "./ticking.js";

/** How often it is looked whether a wait lasts, in milliseconds. */
const lookEveryMs = 500;

/** How long a run that was asked to stop may go on before it says what it waits for, in milliseconds. */
const graceMs = 350;

/** The same client, but as long as it is open, stderr tells what it waits for, and what was awaited when it was interrupted. */
export function withWaitLines(client: ApiClient, context: Context): ApiClient {
  const lines = new WaitLines({
    output: progressOutput(context, "stderr"),
    now: () => context.now().getTime(),
    waiting: () => client.waiting(),
  });
  const endTicking = ticking(lines, lookEveryMs);
  const endWatch = whenStillWaiting(client, context, (wait) => {
    lines.stopping(wait);
  });
  return {
    call: (request, signal) => client.call(request, signal),
    ...(client.endpoint === undefined ? {} : { endpoint: client.endpoint }),
    budget: () => client.budget(),
    serviceTime: () => client.serviceTime(),
    stats: () => client.stats(),
    pausedMs: () => client.pausedMs(),
    waiting: () => client.waiting(),
    interruptedWait: () => client.interruptedWait(),
    tryCredentialsAgain: () => {
      client.tryCredentialsAgain();
    },
    async close() {
      endTicking();
      endWatch();
      const interrupted = client.interruptedWait();
      await client.close();
      // Waits also end when the credentials do, or a check fails: that is no interruption.
      const isInterrupted = context.stop.aborted || context.abort.aborted;
      if (interrupted !== undefined && isInterrupted) lines.interrupted(interrupted);
    },
  };
}

type StillWaiting = NonNullable<ReturnType<ApiClient["waiting"]>>;

/** Looks twice after a signal to stop: only a wait that went on in between is told. @returns what ends the watch */
function whenStillWaiting(
  client: ApiClient,
  { stop }: Pick<Context, "stop">,
  tell: (wait: StillWaiting) => void,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  const look = (before?: StillWaiting): void => {
    timer = setTimeout(() => {
      const wait = client.waiting();
      if (wait === undefined) return;
      const goesOn = before?.what === wait.what && wait.sinceMs >= before.sinceMs + graceMs / 2;
      if (goesOn) tell(wait);
      else look(wait);
    }, graceMs);
  };
  const onStop = (): void => {
    look(client.waiting());
  };
  whenAborted(stop, onStop);
  return () => {
    forget(stop, onStop);
    clearTimeout(timer);
  };
}
