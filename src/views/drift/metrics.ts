import type { Audit } from "../../core/drift/audit.js";
import { VERSION } from "../../core/version.js";
import { verdictOf } from "./drift-json.js";

/** What is known of the runs of an audit that keeps running. */
export interface WatchFacts {
  /** The last audit that succeeded. */
  readonly audit: Audit | undefined;
  /** When it ended, in seconds since 1970. */
  readonly succeededAt: number | undefined;
  /** Whether the last run succeeded; undefined before the first has ended. */
  readonly succeeded: boolean | undefined;
  /** How long the last run took, in seconds. */
  readonly runSeconds: number | undefined;
  readonly runs: Readonly<Record<"in-sync" | "drift" | "failed", number>>;
  /** Notifications that could not be delivered. */
  readonly unnotified: number;
  /** Requests that were sent, retries too, and how many of them were answered by 429. */
  readonly requests: number;
  readonly throttled: number;
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/**
 * The facts as Prometheus reads them. What is not known has no sample: a run that failed says nothing of drift.
 *
 * @param kinds the names of all kinds
 * Source of the format: Prometheus' text-based exposition format, version 0.0.4.
 */
export function metricsText(facts: WatchFacts, kinds: readonly string[]): string {
  const { audit, succeededAt, succeeded, runSeconds, runs, unnotified, requests, throttled } = facts;
  const byKind = (things: readonly { readonly kind: string }[] | undefined): readonly Sample[] =>
    things === undefined
      ? []
      : kinds.map((kind) => [{ kind }, things.filter((thing) => thing.kind === kind).length]);
  return [
    metric("chatform_build_info", "gauge", "What is running; always 1.", [[{ version: VERSION }, 1]]),
    metric(
      "chatform_drift_in_sync",
      "gauge",
      "Whether the last audit that succeeded found no drift.",
      one(audit === undefined ? undefined : Number(verdictOf(audit) === "in-sync")),
    ),
    metric("chatform_drift_resources", "gauge", "Resources that drifted, by kind.", byKind(audit?.drift)),
    metric(
      "chatform_drift_audited_resources",
      "gauge",
      "Resources that were audited, by kind.",
      byKind(audit?.audited),
    ),
    metric(
      "chatform_drift_last_success_timestamp_seconds",
      "gauge",
      "When the last audit that succeeded ended.",
      one(succeededAt),
    ),
    metric(
      "chatform_drift_last_run_success",
      "gauge",
      "Whether the last run succeeded, drift or not.",
      one(succeeded === undefined ? undefined : Number(succeeded)),
    ),
    metric("chatform_drift_last_run_seconds", "gauge", "How long the last run took.", one(runSeconds)),
    metric(
      "chatform_drift_runs_total",
      "counter",
      "Runs, by what they came to.",
      Object.entries(runs).map(([result, value]) => [{ result }, value]),
    ),
    metric(
      "chatform_drift_notification_failures_total",
      "counter",
      "Notifications that could not be delivered.",
      one(unnotified),
    ),
    metric("chatform_api_requests_total", "counter", "Requests to the service, retries too.", one(requests)),
    metric(
      "chatform_api_throttled_requests_total",
      "counter",
      "Requests that the service answered with 429.",
      one(throttled),
    ),
  ].join("");
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
