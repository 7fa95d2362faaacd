import type { ApiFailure } from "./errors.js";

/** Ways out of a failed call, by its code: the platform's, or ours. */
const advice: ReadonlyMap<string, string> = new Map([
  ["connection.failed", "Check the network, the proxy and the region."],
  ["timeout", "Try again; --timeout gives it longer."],
  ["not.trusted", "Check the host, and the proxy's certificate."],
  ["bad.answer", "Check that the URL is the API's."],
  ["answer.too.large", "Check that the URL is the API's."],
  ["wait.too.long", "Run the command again later, or allow a longer wait, for example: --max-wait 1h."],
  ["ip.not.authorized", "Run chatform from an address that the OAuth client allows, or add this one to it."],
  ["app.not.authorized.for.scope", "Add the scope to the OAuth client. A permission does not help."],
  ["authz.policy.denied", "Ask an administrator of the org which of its access policies denies this."],
  ["response.entity.too.large", "Ask for less at once: for --query limit, give a smaller number."],
  ["authentication.request.timeout", "Try again: the service could not check the token in time."],
]);

/** Codes of a 403 that no permission fixes. */
const notPermissions: ReadonlySet<string> = new Set(["app.not.authorized.for.scope", "authz.policy.denied"]);

/** Whether one of the operation's permissions fixes a refusal with this status and code. */
export function isFixedByPermission(status: number, code: string): boolean {
  return status === 403 && !notPermissions.has(code);
}

/** Returns what to do about a failed call: a sentence; undefined where there is nothing to say beyond its reason. */
export function getAdvice({ code, permissions }: ApiFailure): string | undefined {
  if (permissions === undefined || permissions.length === 0) return advice.get(code);
  const place = /^missing\.(?:any\.)?division\.permissions?$/.test(code) ? " in the division" : "";
  return `The credentials need one of these permissions${place}: ${permissions.join(", ")}.`;
}
