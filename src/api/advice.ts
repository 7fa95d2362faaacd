import type { ApiFailure } from "./errors.js";

/** Advice for several codes. */
const again = "Run the command again later.";
const support = "If the error stays, give its correlation id to the support of Genesys Cloud.";
const correct =
  "Correct the value that the message names. If it names none, give the correlation id to the support of Genesys Cloud.";
const place = "Check the id, the region and the org of the credentials.";
const url = "Check that the URL is the URL of the API.";
const wayOfMessage =
  "Only the sender can edit a message, and only for some time: 60 s, unless the org sets another. " +
  "If that time is over, rename the message in the config: the old one is deleted and a new one sent.";

/**
 * The next step after a failed call, by its code: one of chatform, or one that the platform publishes. A permission is never the next
 * step here: `permissionCodes` has the codes that one fixes. Source: the vendor's OpenAPI description, error codes.
 */
const advice: Readonly<Record<string, string>> = {
  "connection.failed": "Check the network, the proxy and the region.",
  timeout: "Run the command again, or raise --timeout.",
  "not.trusted": "Check the host, and the proxy's certificate.",
  "bad.answer": url,
  "answer.too.large": url,
  "wait.too.long": "Run the command again later, or allow a longer wait, for example: --max-wait 1h.",
  // 400
  "bad.request": correct,
  "invalid.value": correct,
  "invalid.property": correct,
  "constraint.validation": correct,
  "invalid.date": "Write times as in ISO 8601, for example: --query before=2026-07-01T08:00:00Z.",
  "not.a.user": "Use the access token of a user: set GENESYSCLOUD_ACCESS_TOKEN.",
  "client.failed.request": `Run the command again. ${support}`,
  "response.entity.too.large": "Request less at once, for example with a smaller --query limit=NUMBER.",
  // 401
  "authentication.required":
    "Check that no proxy or gateway removes the header Authorization, and that the token is one of this region.",
  "bad.credentials": "Check that the credentials are those of this region and org.",
  "credentials.expired": "Get a new access token, and run the command again.",
  "ip.not.authorized":
    "Run chatform from an IP address that the OAuth client allows, or allow the address of this machine.",
  // 403
  forbidden: "The service does not say why. Check what the org allows these credentials.",
  "not.authorized":
    "The service does not say why. Check that these credentials may see the object, and may change what other users made.",
  "app.not.authorized.for.scope": "Add the scope to the OAuth client. A permission does not help.",
  "authz.policy.denied":
    "Ask an administrator of the org which access policy denies this. A permission does not help.",
  // 404, 405
  "not.found": place,
  "resource.not.found": place,
  "general.resource.not.found": place,
  "method.not.allowed": "This service does not have the operation.",
  // 408 to 415
  "client.timeout":
    "Run the command again, and check the connection: the service did not get the request in time.",
  "request.conflict":
    "Plan again: the live object may have changed, or the service may not allow this change.",
  "request.entity.too.large": "Shorten what is sent: a request has at most 512,000 bytes.",
  "unsupported.media.type": "Check that no proxy or gateway changes the header Content-Type.",
  // 429
  "too.many.requests": `${again} Others may use up the rate limit, too.`,
  "too.many.requests.retry.after": `${again} Others may use up the rate limit, too.`,
  // 500 to 504
  "internal.server.error": `${again} ${support}`,
  "service.unavailable": again,
  "request.timeout": again,
  "authentication.request.timeout": "Run the command again: the service could not check the token in time.",
};

/** Advice for the codes of one operation, where it differs. */
const operationAdvice: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // Source: the vendor's OpenAPI description, which has this code for this operation only.
  deleteChatsRoomParticipant: {
    forbidden: "The service does not allow the removal of this user. A permission does not help.",
  },
  deleteChatsUsersMeSettings: {
    "method.not.allowed":
      "This service does not have the operation. To keep the settings as they are: chatform state forget me/settings",
  },
  ...Object.fromEntries(
    // Undocumented: whether the service enforces the time, and with which code.
    ["patchChatsRoomMessage", "patchChatsUserMessage"].map((name) => [
      name,
      Object.fromEntries(
        ["bad.request", "forbidden", "not.authorized", "request.conflict"].map((code) => [
          code,
          wayOfMessage,
        ]),
      ),
    ]),
  ),
  "oauth.token": {
    "bad.credentials": "Check GENESYSCLOUD_OAUTHCLIENT_ID, GENESYSCLOUD_OAUTHCLIENT_SECRET and the region.",
  },
};

/** The codes of a 403 by which the service itself says that a permission is missing. */
const permissionCodes: ReadonlySet<string> = new Set([
  "missing.permissions",
  "missing.any.permissions",
  "missing.division.permission",
  "missing.any.division.permissions",
]);

/** Returns whether a code says that a permission is missing. */
export function isPermissionCode(code: string): boolean {
  return permissionCodes.has(code);
}

/** Returns what to do about a failed call, as sentences; undefined where nothing is known beyond its reason. */
export function getAdvice({ operation, code, permissions = [] }: ApiFailure): string | undefined {
  if (!isPermissionCode(code)) return operationAdvice[operation]?.[code] ?? advice[code] ?? proxyAdvice(code);
  if (permissions.length === 0) return "Give the credentials the permission that the message names.";
  const where = code.includes("division") ? " in the division" : "";
  return `Give the credentials one of these permissions${where}: ${permissions.join(", ")}.`;
}

/** Returns advice for a response without a code of the platform. */
function proxyAdvice(code: string): string | undefined {
  if (!/^http\.[45]/.test(code)) return undefined;
  return "Check the proxy or gateway on the way: the response is not one of Genesys Cloud.";
}
