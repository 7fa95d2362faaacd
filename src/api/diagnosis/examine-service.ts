import type { Check } from "../../core/doctor/check.js";
import { passed } from "../../core/doctor/check.js";
import { durationOfMs } from "../../core/time/duration.js";
import { NetworkError } from "../../http/network-error.js";
import type { ProxyStatus } from "../../http/proxy-status.js";
import type { Api } from "../api.js";
import { ApiError } from "../errors.js";
import type { Identity } from "../identity/identity.js";
import { readIdentity } from "../identity/identity.js";
import { checkClock } from "./clock-check.js";
import { explainFailedRequest, getHost } from "./failed-request.js";
import { checkLimits } from "./limit-check.js";
import type { ServiceHost, ServicePlace } from "./service-place.js";

/** The service, and what its client noted beside the responses. */
export interface ServiceInput {
  readonly api: Api;
  readonly place: ServicePlace;
  /** Returns the duration of the fastest request to the API, in milliseconds; undefined without a response. */
  readonly fastestMs: () => number | undefined;
  /** Returns the life of the token in seconds; undefined where the login does not tell it. */
  readonly tokenSeconds: () => number | undefined;
  /** Asks the proxy for a connection to a host; undefined where no proxy is on the way. */
  readonly askProxy: (host: ServiceHost) => Promise<ProxyStatus | undefined>;
  /** Returns the local time, in milliseconds since 1970. */
  readonly now: () => number;
  readonly signal?: AbortSignal | undefined;
}

/** The checks of the service, and the identity of the token where the service told it. */
export interface ServiceExamination {
  readonly checks: readonly Check[];
  readonly identity?: Identity;
}

/** Reads who the token is, and checks what the responses tell. A failed request is one failure. @throws the signal's reason */
export async function examineService(input: ServiceInput): Promise<ServiceExamination> {
  const { api, place, signal } = input;
  try {
    const identity = await readIdentity(api, signal);
    const limits = checkLimits(api.budget()?.perMinute, place.tokenPoolSize);
    return { identity, checks: [connected(input), ...clock(input), token(input), limits] };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const failure = explainFailedRequest(error, place, await askAfter(error, input));
    const isReached = failure.topic !== "connection";
    return { checks: [...(isReached ? [connected(input)] : []), ...clock(input), failure] };
  }
}

/** Asks the proxy, if it may be the reason for a missing response. */
async function askAfter(
  { cause, failure }: ApiError,
  { place, askProxy }: ServiceInput,
): Promise<ProxyStatus | undefined> {
  return cause instanceof NetworkError ? askProxy(getHost(failure, place)) : undefined;
}

function connected({ place: { api, login }, fastestMs }: ServiceInput): Check {
  const ms = fastestMs();
  const text = ms === undefined ? `${login.name} responds.` : `${api.name} responds in ${durationOfMs(ms)}.`;
  return passed("connection", text);
}

function clock({ api, now }: ServiceInput): readonly Check[] {
  const time = api.serviceTime();
  return time === undefined ? [] : [checkClock(time, now())];
}

function token({ place: { credentials }, tokenSeconds }: ServiceInput): Check {
  const { type, settings } = credentials;
  if (type === "token")
    return passed("token", `The service accepts the access token (${settings}). When it ends is not told.`);
  const seconds = tokenSeconds();
  const life = seconds === undefined ? "for an unknown time" : `for ${durationOfMs(seconds * 1000)}`;
  return passed("token", `The login gives the OAuth client a token, valid ${life} (${settings}).`);
}
