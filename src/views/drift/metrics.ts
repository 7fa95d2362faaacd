import type { Audit } from "../../core/drift/audit.js";
import { driftClasses } from "../../core/drift/to-drift.js";
import { leftReasons } from "../../core/drift/left.js";
import type { DriftClass } from "../../core/plan/change.js";
import type { PeopleCounts } from "../../core/plan/counts.js";
import { countPeopleInDrift } from "../../core/plan/counts.js";
import { VERSION } from "../../core/version.js";
import { auditVerdict } from "./drift-json.js";

/** Facts about the runs of `drift --every` and `repair --every`. */
export interface WatchFacts {
  /** The last audit that succeeded. */
  readonly audit: Audit | undefined;
  /** When it ended, in seconds since 1970. */
  readonly succeededAt: number | undefined;
  /** True if the last run succeeded; undefined before the end of the first run. */
  readonly succeeded: boolean | undefined;
  /** The duration of the last run, in seconds. */
  readonly runSeconds: number | undefined;
  readonly runs: Readonly<Record<"in-sync" | "drift" | "failed", number>>;
  /** Notifications that could not be delivered. */
  readonly unnotified: number;
  /** Requests that were sent, retries included, and how many of them got a response with status 429. */
  readonly requests: number;
  readonly throttled: number;
  /** Of `repair --every`. */
  readonly repairs?: RepairCounts;
}

/** The results of the runs of `repair --every`. */
export interface RepairCounts {
  /** Runs that changed something, changed nothing, or failed. */
  readonly runs: Readonly<Record<"repaired" | "nothing" | "failed", number>>;
  /** Resources that were repaired, by class. */
  readonly resources: Readonly<Record<DriftClass, number>>;
  /** Calls that the service accepted. */
  readonly calls: number;
  /** The entries that the last run left to a person. */
  readonly left: number | undefined;
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/**
 * Returns the facts as Prometheus reads them. Unknown facts have no sample: a failed run says nothing about drift.
 *
 * @param kinds the names of all kinds
 * Source of the format: Prometheus' text-based exposition format, version 0.0.4.
 */
export function metricsText(facts: WatchFacts, kinds: readonly string[]): string {
  const { audit, succeededAt, succeeded, runSeconds, runs, unnotified, requests, throttled } = facts;
  const byKind = (resources: readonly { readonly kind: string }[] | undefined): readonly Sample[] =>
    resources === undefined
      ? []
      : kinds.map((kind) => [{ kind }, resources.filter((one) => one.kind === kind).length]);
  return [
    metric("chatform_build_info", "gauge", "The version that is running; always 1.", [
      [{ version: VERSION }, 1],
    ]),
    metric(
      "chatform_drift_in_sync",
      "gauge",
      "1 if the last successful audit found no drift, else 0.",
      one(audit === undefined ? undefined : Number(auditVerdict(audit) === "in-sync")),
    ),
    metric(
      "chatform_drift_resources",
      "gauge",
      "Resources that were changed outside, by kind.",
      byKind(audit?.drift.filter((drift) => drift.class === "drift")),
    ),
    metric(
      "chatform_drift_membership_resources",
      "gauge",
      "Resources whose sources give other people than at the last apply, by kind.",
      byKind(audit?.drift.filter((drift) => drift.class === "membership")),
    ),
    metric(
      "chatform_drift_removed_people",
      "gauge",
      "Participants who left rooms outside, or leave them when a repair follows the sources, by class.",
      byClass(audit, "removed"),
    ),
    metric(
      "chatform_drift_added_people",
      "gauge",
      "Participants who entered rooms outside, or enter them when a repair follows the sources, by class.",
      byClass(audit, "added"),
    ),
    metric(
      "chatform_drift_audited_resources",
      "gauge",
      "Resources that were audited, by kind.",
      byKind(audit?.audited),
    ),
    metric(
      "chatform_drift_left",
      "gauge",
      "What repair leaves to a person, by reason.",
      leftReasons.flatMap((reason): readonly Sample[] =>
        audit === undefined ? [] : [[{ reason }, audit.left.filter((left) => left.reason === reason).length]],
      ),
    ),
    metric(
      "chatform_drift_last_success_timestamp_seconds",
      "gauge",
      "The time when the last successful audit ended.",
      one(succeededAt),
    ),
    metric(
      "chatform_drift_last_run_success",
      "gauge",
      "1 if the last run succeeded, with or without drift, else 0.",
      one(succeeded === undefined ? undefined : Number(succeeded)),
    ),
    metric("chatform_drift_last_run_seconds", "gauge", "The duration of the last run.", one(runSeconds)),
    metric(
      "chatform_drift_runs_total",
      "counter",
      "Runs, by result.",
      Object.entries(runs).map(([result, value]) => [{ result }, value]),
    ),
    metric(
      "chatform_drift_notification_failures_total",
      "counter",
      "Notifications that could not be delivered.",
      one(unnotified),
    ),
    metric(
      "chatform_api_requests_total",
      "counter",
      "Requests to the service, retries included.",
      one(requests),
    ),
    metric(
      "chatform_api_throttled_requests_total",
      "counter",
      "Requests that got a response with status 429.",
      one(throttled),
    ),
    ...(facts.repairs === undefined ? [] : repairMetrics(facts.repairs)),
  ].join("");
}

function byClass(audit: Audit | undefined, counted: keyof PeopleCounts): readonly Sample[] {
  if (audit === undefined) return [];
  return driftClasses.map((name) => {
    const drift = audit.drift.filter((one) => one.class === name);
    return [{ class: name }, countPeopleInDrift(drift)[counted]];
  });
}

function repairMetrics({ runs, resources, calls, left }: RepairCounts): readonly string[] {
  return [
    metric(
      "chatform_repair_runs_total",
      "counter",
      "Repairs, by result.",
      Object.entries(runs).map(([result, value]) => [{ result }, value]),
    ),
    metric(
      "chatform_repair_resources_total",
      "counter",
      "Resources that were repaired, by class.",
      Object.entries(resources).map(([name, value]) => [{ class: name }, value]),
    ),
    metric("chatform_repair_calls_total", "counter", "Calls of repairs that were accepted.", one(calls)),
    metric("chatform_repair_left", "gauge", "What the last repair left to a person.", one(left)),
  ];
}

function one(value: number | undefined): readonly Sample[] {
  return value === undefined ? [] : [[{}, value]];
}

function metric(name: string, type: "gauge" | "counter", help: string, samples: readonly Sample[]): string {
  const lines = samples.map(([labels, value]) => `${name}${labelText(labels)} ${String(value)}`);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ""].join("\n");
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => {
    const text = value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
    return `${name}="${text}"`;
  });
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}
