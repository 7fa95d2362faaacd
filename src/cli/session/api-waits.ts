import type { ApiClient } from "../../api/client.js";
import type { Context } from "../context.js";
import { watchWaits } from "./watch-waits.js";

/** The same client, but as long as it is open, stderr tells what it waits for, and what was awaited when it was interrupted. */
export function withApiWaits(client: ApiClient, context: Context): ApiClient {
  const watch = watchWaits(() => client.waiting(), context);
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
      watch.end();
      const interrupted = client.interruptedWait();
      await client.close();
      // Waits also end when the credentials do, or a check fails: that is no interruption.
      const isInterrupted = context.stop.aborted || context.abort.aborted;
      if (interrupted !== undefined && isInterrupted) watch.lines.interrupted(interrupted);
    },
  };
}
