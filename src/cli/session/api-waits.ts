import type { ApiClient } from "../../api/client.js";
import type { Context } from "../context.js";
import { tellFinishing, watchWaits } from "./watch-waits.js";

/** Returns the same client, with lines on stderr when a command waits for the service or is interrupted in a wait. */
export function withApiWaits(client: ApiClient, context: Context): ApiClient {
  const watch = watchWaits(() => client.waiting(), context);
  const endTelling = tellFinishing(() => client.running(), context);
  return {
    call: (request, signal) => client.call(request, signal),
    ...(client.endpoint === undefined ? {} : { endpoint: client.endpoint }),
    budget: () => client.budget(),
    serviceTime: () => client.serviceTime(),
    stats: () => client.stats(),
    pausedMs: () => client.pausedMs(),
    waiting: () => client.waiting(),
    running: () => client.running(),
    interruptedWait: () => client.interruptedWait(),
    expectClientLimit: (requests) => {
      client.expectClientLimit(requests);
    },
    tryCredentialsAgain: () => {
      client.tryCredentialsAgain();
    },
    async close() {
      watch.end();
      endTelling();
      const interrupted = client.interruptedWait();
      await client.close();
      // Waits also end when the credentials expire or a check fails: those are not interruptions.
      const isInterrupted = context.stop.aborted || context.abort.aborted;
      if (interrupted !== undefined && isInterrupted) watch.lines.interrupted(interrupted);
    },
  };
}
