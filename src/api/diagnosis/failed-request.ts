import { getAdvice } from "../advice.js";
import type { ApiError, ApiFailure } from "../errors.js";
import type { Check } from "../../core/doctor/check.js";
import { failed } from "../../core/doctor/check.js";
import { NetworkError } from "../../http/network-error.js";
import type { ProxyStatus } from "../../http/proxy-status.js";
import { explainNetworkError, explainProxy, explainProxyLogin } from "./failed-connection.js";
import type { ServiceHost, ServicePlace } from "./service-place.js";

/** Returns the failure for a request that failed. @param asked the response of the proxy on the way, where it was asked */
export function explainFailedRequest(
  { failure, cause }: ApiError,
  place: ServicePlace,
  asked?: ProxyStatus,
): Check {
  const { status, code } = failure;
  const host = getHost(failure, place);
  const proxied = asked === undefined ? undefined : explainProxy(asked, host, place);
  if (proxied !== undefined) return proxied;
  if (cause instanceof NetworkError) return explainNetworkError(cause, host);
  if (status === 407) return explainProxyLogin(host.proxy, place);
  if (status !== undefined && status >= 500) return explainServerError(failure, host);
  if (host === place.login) return explainLogin(failure, host, place);
  if (status === 429 || code === "wait.too.long") return explainThrottle(failure);
  if (status === 401) return explainUnauthorized(failure, host, place);
  return failed("connection", "bad.answer", {
    text: `${host.name} does not respond as Genesys Cloud does: ${facts(failure)}.`,
    help: getAdvice(failure) ?? `Check the host: ${host.setting}.`,
  });
}

/** Returns the host that a request was sent to. */
export function getHost({ operation }: ApiFailure, { api, login }: ServicePlace): ServiceHost {
  return operation === "oauth.token" ? login : api;
}

/** Returns `401 bad.credentials (correlation id …)`, as far as they are known. */
function facts({ status, code, correlationId }: ApiFailure): string {
  const codes = [...(status === undefined ? [] : [status]), ...(code.startsWith("http.") ? [] : [code])];
  return `${codes.join(" ")}${correlationId === undefined ? "" : ` (correlation id ${correlationId})`}`;
}

function explainServerError(failure: ApiFailure, { name }: ServiceHost): Check {
  return failed("connection", "service-failing", {
    text: `${name} responds with ${facts(failure)}.`,
    help: "Run the command again in a few minutes. If the service still fails, ask the support of Genesys Cloud.",
  });
}

function explainThrottle({ reason }: ApiFailure): Check {
  return failed("limits", "rate-limited", {
    text: `The rate limit is used up: ${sentence(reason)}`,
    help: "Run the command again in a minute, and check which other programs use the same credentials.",
  });
}

function explainLogin(failure: ApiFailure, { name, setting }: ServiceHost, place: ServicePlace): Check {
  const { status, code, reason } = failure;
  if (code === "wait.too.long" || status === 429 || /^rate limit exceeded/i.test(reason))
    return failed("token", "rate-limited", {
      text: `${name} throttles requests for tokens: ${sentence(reason)}`,
      help: "Run the command again in a few minutes. If GENESYSCLOUD_TOKEN_POOL_SIZE is set, lower it.",
    });
  return failed("token", "bad.credentials", {
    text: `${name} refuses the OAuth client: ${facts(failure)}.`,
    help: `Check the id and the secret (${place.credentials.settings}), and the region (${setting}): a client exists in one region only.`,
  });
}

function explainUnauthorized(
  failure: ApiFailure,
  { name, setting }: ServiceHost,
  place: ServicePlace,
): Check {
  const { type, settings } = place.credentials;
  const refused = `${name} does not accept the token`;
  const region = `the region (${setting}): a token is accepted in its own region only`;
  const [text, help] =
    failure.code === "credentials.expired"
      ? ["The access token has expired", `Set a new token: ${settings}.`]
      : failure.code === "ip.not.authorized"
        ? [`${refused} from the address of this machine: ${facts(failure)}`, getAdvice(failure) ?? ""]
        : failure.code === "authentication.required"
          ? [
              `${name} receives no token: ${facts(failure)}`,
              "Check that the proxy or gateway on the way passes on the header Authorization.",
            ]
          : [
              `${refused}: ${facts(failure)}`,
              type === "token" ? `Check the token (${settings}), and ${region}.` : `Check ${region}.`,
            ];
  return failed("token", "token-refused", { text: `${text}.`, help });
}

/** Returns a reason of the service with one period at its end. */
function sentence(reason: string): string {
  return `${reason.replace(/\.$/, "")}.`;
}
