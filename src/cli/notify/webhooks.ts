import type { JsonObject } from "../../core/json/json.js";
import type { Clock } from "../../core/time/clock.js";
import { systemClock } from "../../core/time/clock.js";
import { basicAuthorization, urlCredentials } from "../../http/url-credentials.js";
import { notificationText, notificationTitle, webhookBody } from "../../views/notifications/notification.js";
import { slackMessage } from "../../views/notifications/slack-message.js";
import type { Message } from "../../views/notifications/slack-message.js";
import { teamsCard } from "../../views/notifications/teams-card.js";
import type { Context } from "../context.js";
import { JsonServer, proxyTo, secureUrl } from "./json-server.js";
import type { Notice, Notifier } from "./notifier.js";
import { readCiRun } from "../ci-run.js";

/** The services that receive messages at a URL, by the name in `--notify`. */
export const webhookTypes = ["webhook", "slack", "teams"] as const;
type WebhookType = (typeof webhookTypes)[number];

type ToBody = (notice: Notice, context: Pick<Context, "env" | "now">) => JsonObject;

const bodies: Readonly<Record<WebhookType, ToBody>> = {
  webhook: ({ run, previous }, { env, now }) =>
    webhookBody(run.audit, { at: now(), previous, runUrl: readCiRun(env).url }, run.repaired),
  slack: (notice, { env }) => slackMessage(toMessage(notice, env)),
  teams: (notice, { env }) => teamsCard(toMessage(notice, env)),
};

function toMessage({ run: { audit, repaired } }: Notice, env: Context["env"]): Message {
  return {
    title: notificationTitle(audit),
    lines: notificationText(audit, repaired).split("\n"),
    runUrl: readCiRun(env).url,
  };
}

/** Makes the notifier of a webhook. @throws UsageError for a wrong URL, DiagnosticsError for a wrong proxy */
export function webhook(
  type: WebhookType,
  target: string,
  { env, secrets, clock = systemClock }: Notifying,
): Notifier {
  const url = secureUrl(`--notify ${type}=`, target);
  secrets.add(secretParts(url, target));
  const proxy = proxyTo(url, env);
  const credentials = urlCredentials(url);
  const hasCredentials = credentials.username !== "" || credentials.password !== "";
  const headers: Record<string, string> = hasCredentials
    ? { authorization: basicAuthorization(credentials) }
    : {};
  return {
    name: `the ${type === "webhook" ? "" : `${names[type]} `}webhook at ${url.host}`,
    target: `${type}=${target}`,
    type: "message",
    async send(notice, _api, context) {
      const body = context.secrets.mask(JSON.stringify(bodies[type](notice, context)));
      const server = new JsonServer(
        { url: new URL(url.origin), proxy, headers, maxWaitMs: 10_000, clock },
        context.stop,
      );
      try {
        await server.send({ method: "POST", target: `${url.pathname}${url.search}`, body });
      } finally {
        await server.close();
      }
    },
  };
}

const names = { slack: "Slack", teams: "Teams" } as const;

/** The parts of a run from which notifiers are made. */
export interface Notifying extends Pick<Context, "env" | "secrets"> {
  /** Default: the system's. */
  readonly clock?: Clock;
}

/** The length from which a part of a URL counts as a secret of its own. */
const shortestPart = 16;

/** Returns what of a webhook's URL must not be shown: its path and query, as they allow anybody to post. */
function secretParts({ pathname, search, searchParams }: URL, target: string): readonly string[] {
  const parts = [...pathname.split("/"), ...searchParams.values()];
  const path = `${pathname}${search}`;
  return [target, ...(path === "/" ? [] : [path]), ...parts.filter(({ length }) => length >= shortestPart)];
}
