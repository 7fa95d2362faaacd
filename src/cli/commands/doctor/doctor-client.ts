import type { Connection } from "../../../api/auth/connection.js";
import type { ApiClient } from "../../../api/client.js";
import { createApi } from "../../../api/client.js";
import type { ServiceInput } from "../../../api/diagnosis/examine-service.js";
import type { ServicePlace } from "../../../api/diagnosis/service-place.js";
import { cacheTokenReads } from "../../../engine/refresh/cached-reads.js";
import { askProxy } from "../../../http/proxy-status.js";
import type { Context } from "../../context.js";
import { withApiWaits } from "../../session/api-waits.js";
import { requestLog } from "../../session/session.js";

/** A dropped connection is tried once more; a refusal is reported at once. */
const maxAttempts = 2;

/** The longest wait that the service may ask for, in milliseconds. */
const maxWaitMs = 1000;

/** Opens a client that gives up soon, and notes what the checks need. */
export function openDoctorClient(
  connection: Connection,
  place: ServicePlace,
  { timeoutMs, debug }: { readonly timeoutMs: number; readonly debug: boolean },
  context: Context,
): { readonly client: ApiClient; readonly input: ServiceInput } {
  const log = debug ? requestLog(context) : undefined;
  let [fastest, tokenSeconds]: (number | undefined)[] = [];
  const api = createApi({
    connection: { ...connection, tokenPoolSize: 1 },
    ...{ parallelism: 4, maxAttempts, maxWaitMs },
    ...{ connectTimeoutMs: timeoutMs, responseTimeoutMs: timeoutMs },
    onRequest(entry) {
      if (typeof entry.result === "number") fastest = Math.min(fastest ?? Infinity, entry.milliseconds);
      log?.onRequest(entry);
    },
    onToken: (lifeSeconds) => (tokenSeconds = lifeSeconds),
    ...(log === undefined ? {} : { onRetry: log.onRetry }),
  });
  const client = withApiWaits(api, context);
  const input: ServiceInput = {
    api: cacheTokenReads(client),
    place,
    fastestMs: () => fastest,
    tokenSeconds: () => tokenSeconds,
    askProxy: ({ url, proxy }) =>
      proxy === undefined ? Promise.resolve(undefined) : askProxy(proxy, new URL(url), timeoutMs),
    now: () => context.now().getTime(),
    signal: context.stop,
  };
  return { client, input };
}
