import type { Api } from "../../../api/api.js";
import { ApiError } from "../../../api/errors.js";
import type { Diagnostic } from "../../../core/diagnostic.js";
import { DiagnosticsError } from "../../../core/diagnostic.js";
import { systemClock } from "../../../core/time/clock.js";
import { withMoves } from "../../../engine/plan/moves.js";
import { isSuccess } from "../../../http/message.js";
import { NetworkError } from "../../../http/network-error.js";
import type { Proxy } from "../../../http/proxy.js";
import { proxyFor } from "../../../http/proxy.js";
import { sendRepeatable } from "../../../http/repeat.js";
import { Transport } from "../../../http/transport.js";
import { isClearText, parseHttpUrl } from "../../../http/url.js";
import { basicAuthorization, urlCredentials } from "../../../http/url-credentials.js";
import type { Verdict } from "../../../views/drift/drift-json.js";
import { notificationText, webhookBody } from "../../../views/drift/notification.js";
import type { Context } from "../../context.js";
import { UsageError } from "../../parse/usage-error.js";
import type { AuditRun } from "./run-audit.js";

/** A change of the verdict, or a repair. */
export interface Notice {
  readonly run: AuditRun;
  readonly previous: Verdict;
}

/** A receiver of notifications. */
export interface Notifier {
  /** For people; of a webhook only the host: its path may be a secret. */
  readonly name: string;
  /** @throws UndeliveredError, ApiError */
  send(notice: Notice, api: Api, context: Context): Promise<void>;
}

/** A notification could not be delivered. */
export class UndeliveredError extends Error {
  override readonly name = "UndeliveredError";
}

/**
 * Makes the notifiers that `--notify` names, before anything is contacted.
 *
 * @throws UsageError
 * @throws DiagnosticsError for a proxy that is not a URL
 */
export function notifiers(specs: readonly string[], env: Context["env"]): readonly Notifier[] {
  return specs.map((spec) => {
    const [, type, target = ""] = /^(webhook|room)=(.+)$/s.exec(spec) ?? [];
    if (type === undefined) throw new UsageError("--notify takes webhook=URL or room=ADDRESS.");
    return type === "webhook" ? webhook(target, env) : room(target);
  });
}

const maxAttempts = 3;
const backoff = { firstMs: 1000, maxMs: 10_000 };

function webhook(target: string, env: Context["env"]): Notifier {
  const url = parseHttpUrl(target);
  if (url === undefined) throw new UsageError("--notify webhook= takes an http or https URL.");
  if (isClearText(url))
    throw new UsageError(`--notify webhook=: plain http to ${url.host} could be read on the way. Use https.`);
  const problems: Diagnostic[] = [];
  const proxy = proxyFor(url, env, problems);
  if (problems.length > 0) throw new DiagnosticsError(problems);
  return {
    name: `the webhook at ${url.host}`,
    async send({ run, previous }, _api, context) {
      const body = JSON.stringify(webhookBody(run.audit, context.now(), previous, run.repaired));
      await post(url, proxy, context.secrets.mask(body), context.stop);
    },
  };
}

/** Sends the body; again where the receiver is unreachable or busy, as a second notification does no harm. */
async function post(url: URL, proxy: Proxy | undefined, body: string, signal: AbortSignal): Promise<void> {
  const credentials = urlCredentials(url);
  const hasCredentials = credentials.username !== "" || credentials.password !== "";
  const request = {
    method: "POST",
    target: `${url.pathname}${url.search}`,
    headers: {
      "content-type": "application/json",
      ...(hasCredentials ? { authorization: basicAuthorization(credentials) } : {}),
    },
    body,
    signal,
  };
  const transport = new Transport(url.origin, { connections: 1, proxy, responseTimeoutMs: 10_000 });
  try {
    const { result } = await sendRepeatable(() => transport.send(request), {
      maxAttempts,
      backoff,
      clock: systemClock,
      sleep: (ms) => systemClock.sleep(ms, signal),
    });
    if (result instanceof NetworkError) throw new UndeliveredError(result.message);
    if (!isSuccess(result)) throw new UndeliveredError(`the receiver responded with ${result.status}`);
  } finally {
    await transport.close();
  }
}

function room(target: string): Notifier {
  return {
    name: target,
    async send({ run }, api, { secrets, stop }) {
      const params = { roomJid: findJid(target, run) };
      const body = { message: secrets.mask(notificationText(run.audit, run.repaired)) };
      await api.call({ operation: "postChatsRoomMessages", params, body }, stop);
    },
  };
}

/** Returns the jid of the room with an address, or the jid itself. @throws UndeliveredError for an address without a known jid */
function findJid(target: string, { loaded, state: recorded }: AuditRun): string {
  if (target.includes("@")) return target;
  const { state, toAddress } = withMoves(recorded, loaded.moved);
  const room = toAddress(target);
  const declared = loaded.resources.find(({ address }) => address === room)?.id;
  const jid = typeof declared === "string" ? declared : state?.resources[room]?.id;
  if (jid === undefined || !room.startsWith("rooms/"))
    throw new UndeliveredError("its jid is unknown: not a room that was applied or has a jid in the config");
  return jid;
}

/** Returns why a notification failed, for people; undefined for any other error. */
export function undeliveredReason(error: unknown): string | undefined {
  return error instanceof UndeliveredError || error instanceof ApiError ? error.message : undefined;
}
