import type { OperationName } from "../../src/api/operations/operations.js";
import { operation } from "../../src/api/operations/operations.js";
import type { Call } from "../../src/core/calls/call.js";
import { isArray, isObject, sameJson } from "../../src/core/json/json.js";
import type { Json } from "../../src/core/json/json.js";
import type { Plan } from "../../src/core/plan/plan.js";
import { hasRefs, isRef } from "../../src/core/calls/reference.js";
import type { LoggedRequest } from "../../src/emulator/index.js";

/** Requests that change something. */
export function writesIn(requests: readonly LoggedRequest[]): readonly LoggedRequest[] {
  return requests.filter(
    ({ method, path }) =>
      method !== "GET" && !path.endsWith("/search") && !path.startsWith("/oauth") && !path.startsWith("/_"),
  );
}

/** Calls of a plan that change something. */
export function plannedWrites({ changes }: Pick<Plan, "changes">): readonly Call[] {
  const calls = changes.flatMap((change) => change.calls);
  return calls.filter((call) => operation(call.operation as OperationName).method !== "GET");
}

/**
 * Compares the writes that a service received with the calls of a plan: each write has to be a call of it, and a call is only sent
 * again where an attempt failed.
 *
 * @returns the writes that no call of the plan explains
 */
export function unplannedWrites(
  plan: Pick<Plan, "changes">,
  requests: readonly LoggedRequest[],
): readonly string[] {
  // Those with references last: they would explain the writes of others, too.
  const calls = plannedWrites(plan);
  const unused = [
    ...calls.filter(({ params }) => !hasRefs(params)),
    ...calls.filter(({ params }) => hasRefs(params)),
  ];
  const failed: Call[] = [];
  return writesIn(requests).flatMap((write) => {
    const wentWrong = write.fault !== undefined || write.status === 0 || write.status >= 400;
    const again = failed.findIndex((call) => explains(call, write));
    const first = unused.findIndex((call) => explains(call, write));
    const call = first >= 0 ? unused.splice(first, 1)[0] : failed.splice(again, again < 0 ? 0 : 1)[0];
    if (call === undefined) return [`${write.method} ${write.path} ${JSON.stringify(write.body)}`];
    if (wentWrong) failed.push(call);
    return [];
  });
}

/** Tests that a request is this call, with any values for its references. */
function explains(call: Call, { method, path, body }: LoggedRequest): boolean {
  const template = operation(call.operation as OperationName);
  if (template.method !== method) return false;
  const parts = template.path.split("/");
  const given = path.split("/");
  const matches = parts.every((part, at) => {
    const param = /^\{(\w+)\}$/.exec(part)?.[1];
    const wanted = param === undefined ? part : call.params[param];
    return isRef(wanted) || wanted === decodeURIComponent(given[at] ?? "");
  });
  return matches && parts.length === given.length && isLike(call.body, body);
}

function isLike(planned: Json | undefined, sent: Json | undefined): boolean {
  if (isRef(planned)) return sent !== undefined;
  if (isArray(planned) && isArray(sent))
    return planned.length === sent.length && planned.every((one, at) => isLike(one, sent[at]));
  if (isObject(planned) && isObject(sent)) {
    const names = new Set([...Object.keys(planned), ...Object.keys(sent)]);
    return [...names].every((name) => isLike(planned[name], sent[name]));
  }
  return sameJson(planned, sent);
}
