import type { Audit } from "../../core/drift/audit.js";
import type { Drift } from "../../core/plan/change.js";
import type { Counts } from "../../core/plan/counts.js";
import { countActions, countPeopleInDrift } from "../../core/plan/counts.js";
import { withoutFollowers } from "../../core/state/state-moves.js";
import type { JsonObject } from "../../core/json/json.js";
import { asJson } from "../../core/json/json.js";
import { valueAt } from "../../core/json/pointer.js";
import { VERSION } from "../../core/version.js";
import { jsonText } from "../text/json-text.js";
import { driftAction, driftToJson } from "../plan/plan-json.js";

/** The version of the `chatform` part. It changes when an older reader could misread it. */
const auditFormat = 1;

/**
 * Returns an audit in the shape of `terraform show -json` of a refresh-only plan, with the drift in `resource_drift`. chatform's own
 * part is under `chatform`.
 *
 * @param types Terraform's name of each kind: `chat_room` for `rooms/*`
 */
export function auditToJson(audit: Audit, types: ReadonlyMap<string, string>): JsonObject {
  const { baseline, audited, drift, ignored, pending, uncertain, left, findings, people } = audit;
  const previous = new Map((audit.moves ?? []).map(({ from, to }) => [to, from]));
  return {
    format_version: "1.2",
    resource_drift: drift.map((one) =>
      driftToJson(one, types.get(one.kind) ?? one.kind, previous.get(one.address)),
    ),
    resource_changes: [],
    output_changes: {},
    applyable: false,
    complete: pending.length === 0 && uncertain.length === 0,
    errored: false,
    chatform: {
      format: auditFormat,
      version: VERSION,
      verdict: auditVerdict(audit),
      org: { ...audit.org },
      counts: { ...auditCounts(audit) },
      baseline,
      audited: audited.length,
      drift: drift.map(driftToDetails),
      ignored,
      pending,
      uncertain,
      left: asJson(left),
      findings: asJson(findings),
      people,
    },
  };
}

/** Returns the numbers of what happened outside: a resource that drifted by both classes counts twice. */
export function auditCounts({ drift, moves = [], uncertain }: Audit): Counts {
  return {
    ...countActions(drift.map((one) => ({ action: driftAction(one) }))),
    move: withoutFollowers(moves).length,
    uncertain: uncertain.length,
    removedPeople: countPeopleInDrift(drift).removed,
  };
}

export type Verdict = "in-sync" | "drift";

/** Returns the verdict of an audit. What could not be read or resolved counts as drift: the live values or the reviewed ones are unknown. */
export function auditVerdict({ drift, left }: Pick<Audit, "drift" | "left">): Verdict {
  return drift.length === 0 && left.every((one) => !isUnknown(one)) ? "in-sync" : "drift";
}

/** Returns true if it is unknown whether there is drift. */
function isUnknown({ reason }: Audit["left"][number]): boolean {
  return reason === "unknown" || reason === "unread";
}

function driftToDetails({ address, kind, before, after, paths, because, ...drift }: Drift): JsonObject {
  return {
    address,
    kind,
    class: drift.class,
    because: asJson(because),
    gone: after === null,
    attributes: paths.map((path) => ({
      path,
      before: valueAt(before, path) ?? null,
      after: valueAt(after ?? {}, path) ?? null,
    })),
  };
}

/** Returns what a repair leaves to a person as a line of JSON, in the form of the events of an apply. */
export function leftJson(left: Audit["left"], at: Date): string {
  const message = `Left to you: ${String(left.length)}.`;
  const line = {
    ...{ "@level": "warn", "@message": message, "@module": "chatform.ui" },
    ...{ "@timestamp": at.toISOString(), type: "left", left: asJson(left) },
  };
  return jsonText(line, 0);
}
