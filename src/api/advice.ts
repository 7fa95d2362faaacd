import type { ApiFailure } from "./errors.js";

/** The next step after a failed call, by its code. */
const advice: ReadonlyMap<string, string> = new Map([
  ["connection.failed", "Check the network, the proxy and the region."],
  ["timeout", "Run the command again, or raise --timeout."],
  ["not.trusted", "Check the host, and the proxy's certificate."],
  ["bad.answer", "Check that the URL is the URL of the API."],
  ["answer.too.large", "Check that the URL is the URL of the API."],
  ["wait.too.long", "Run the command again later, or allow a longer wait, for example: --max-wait 1h."],
  [
    "ip.not.authorized",
    "Run chatform from an IP address that the OAuth client allows, or allow the address of this machine.",
  ],
  ["app.not.authorized.for.scope", "Add the scope to the OAuth client. A permission does not help."],
  ["authz.policy.denied", "Ask an administrator of the org which access policy denies this."],
  // Source: the vendor's OpenAPI description, DELETE of a participant.
  ["forbidden", "The service does not allow the removal of this user. A permission does not help."],
  ["response.entity.too.large", "Request less at once, for example with a smaller --query limit=NUMBER."],
  ["authentication.request.timeout", "Run the command again: the service could not check the token in time."],
]);

/** Codes of a 403 that no permission fixes. */
const notPermissions: ReadonlySet<string> = new Set([
  "app.not.authorized.for.scope",
  "authz.policy.denied",
  "forbidden",
]);

/** Returns whether a permission fixes a refusal with this status and code. */
export function isFixedByPermission(status: number, code: string): boolean {
  return status === 403 && !notPermissions.has(code);
}

/** Returns what to do about a failed call, as a sentence; undefined where nothing is known beyond its reason. */
export function getAdvice({ code, permissions }: ApiFailure): string | undefined {
  if (permissions === undefined || permissions.length === 0) return advice.get(code);
  const where = /^missing\.(?:any\.)?division\.permissions?$/.test(code) ? " in the division" : "";
  return `Give the credentials one of these permissions${where}: ${permissions.join(", ")}.`;
}
