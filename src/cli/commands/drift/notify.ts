import type { Api } from "../../../api/api.js";
import { isLoopback } from "../../../http/loopback.js";
import { ApiError } from "../../../api/errors.js";
import { NetworkError } from "../../../http/network-error.js";
import { proxyFor } from "../../../http/proxy.js";
import { Transport } from "../../../http/transport.js";
import type { Diagnostic } from "../../../core/diagnostic.js";
import { DiagnosticsError } from "../../../core/diagnostic.js";
import { basicAuthorization, decoded } from "../../../http/url-credentials.js";
import type { JsonObject } from "../../../core/json/json.js";
import type { Verdict } from "../../../views/drift/drift-json.js";
import { notificationText, webhookBody } from "../../../views/drift/notification.js";
import type { Context } from "../../context.js";
import type { AuditRun } from "./drift-run.js";
import { UsageError } from "../../parse/usage-error.js";

/** A change of the verdict. */
export interface Notice {
  readonly run: AuditRun;
  readonly previous: Verdict;
}

/** Somebody who is told. */
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

/** Those whom `--notify` names; to be called before anything is contacted. @throws UsageError */
export function notifiers(specs: readonly string[], env: Context["env"]): readonly Notifier[] {
  return specs.map((spec) => {
    const [, type, target = ""] = /^(webhook|room)=(.+)$/s.exec(spec) ?? [];
    if (type === undefined) throw new UsageError("--notify takes webhook=URL or room=ADDRESS.");
    return type === "webhook" ? webhook(target, env) : room(target);
  });
}

/** Tries of one notification, and how long to wait before each. */
const waitsMs = [0, 1000, 3000] as const;

function webhook(target: string, env: Context["env"]): Notifier {
  const url = URL.canParse(target) ? new URL(target) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new UsageError("--notify webhook= takes an http or https URL.");
  if (url.protocol === "http:" && !isLoopback(url))
    throw new UsageError(`--notify webhook=: plain http to ${url.host} could be read on the way. Use https.`);
  const problems: Diagnostic[] = [];
  const proxy = proxyFor(url.href, env, problems);
  if (problems.length > 0) throw new DiagnosticsError(problems);
  return {
    name: `the webhook at ${url.host}`,
    async send({ run, previous }, _api, context) {
      const body = webhookBody(run.audit, context.now(), previous);
      const transport = new Transport(url.origin, { connections: 1, proxy, responseTimeoutMs: 10_000 });
      try {
        await post(transport, url, body, context.stop);
      } finally {
        await transport.close();
      }
    },
  };
}

/** Sends, and again if there was no answer or the receiver was busy: being told twice does no harm. */
async function post(transport: Transport, url: URL, body: JsonObject, signal: AbortSignal): Promise<void> {
  const { systemClock } = await import("../../../core/time/clock.js");
  const [user, password] = [decoded(url.username), decoded(url.password)];
  const request = {
    method: "POST",
    target: `${url.pathname}${url.search}`,
    headers: {
      "content-type": "application/json",
      ...(user === "" && password === "" ? {} : { authorization: basicAuthorization(user, password) }),
    },
    body: JSON.stringify(body),
    signal,
  };
  let reason = "";
  for (const waitMs of waitsMs) {
    await systemClock.sleep(waitMs, signal);
    try {
      const { status } = await transport.send(request);
      if (status >= 200 && status < 300) return;
      reason = `it answered ${status}`;
      if (status !== 429 && status < 500) break;
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      reason = error.message;
    }
  }
  throw new UndeliveredError(reason);
}

function room(target: string): Notifier {
  return {
    name: target,
    async send({ run }, api, { stop }) {
      const jid = jidOf(target, run);
      const request = { params: { roomJid: jid }, body: { message: notificationText(run.audit) } };
      await api.call({ operation: "postChatsRoomMessages", ...request }, stop);
    },
  };
}

/** The room that an address names, or the jid itself. @throws UndeliveredError when nobody knows it */
function jidOf(target: string, { loaded, state }: AuditRun): string {
  if (target.includes("@")) return target;
  const declared = loaded.resources.find(({ address }) => address === target)?.id;
  const jid = typeof declared === "string" ? declared : state?.resources[target]?.id;
  if (jid === undefined || !target.startsWith("rooms/"))
    throw new UndeliveredError(`nobody knows its jid: it is no room that was applied or has a jid`);
  return jid;
}

/** Why a notification failed, for people; undefined: something else went wrong. */
export function undelivered(error: unknown): string | undefined {
  return error instanceof UndeliveredError || error instanceof ApiError ? error.message : undefined;
}
