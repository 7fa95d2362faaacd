import type { ApiClient } from "../../../api/client.js";
import { systemClock } from "../../../core/time/clock.js";
import { asJson, canonicalJson } from "../../../core/json/json.js";
import type { Audit } from "../../../core/drift/audit.js";
import { kinds } from "../../../resources/index.js";
import { auditHeadline } from "../../../views/drift/drift-text.js";
import { auditVerdict } from "../../../views/drift/drift-json.js";
import type { RepairCounts, WatchFacts } from "../../../views/drift/metrics.js";
import { metricsText } from "../../../views/drift/metrics.js";
import type { Context, ExitCode } from "../../context.js";
import type { AuditRun } from "./run-audit.js";
import { serve } from "./drift-server.js";
import type { ShowErrorOptions } from "../../output/errors.js";
import { showError } from "../../output/errors.js";

export interface WatchOptions<Run extends AuditRun = AuditRun> {
  /** From the start of one run to the start of the next. A run that takes longer delays the next: they never overlap. */
  readonly everyMs: number;
  /** The address of /metrics and /healthz. */
  readonly listen: {
    readonly host: string;
    readonly port: number;
    /** Accepted Host headers, beside the host. */
    readonly allowedHosts: readonly string[];
  };
  /** Shows the error that stopped a run. */
  readonly errors: ShowErrorOptions;
  /** Runs the audit once. */
  readonly audit: () => Promise<Run>;
  /** Shows a run and writes its reports. @param isNew true if the result differs from the previous run's */
  readonly show: (run: Run, isNew: boolean) => Promise<void>;
  /** Sends notifications. @returns the number of undelivered ones */
  readonly notify: (run: Run) => Promise<number>;
  /** Returns what repairs did, for the metrics. */
  readonly repairs?: () => RepairCounts;
}

/** Audits at an interval until it is stopped. A failed run says nothing about drift; the next run follows. */
export async function watch<Run extends AuditRun>(
  api: ApiClient,
  options: WatchOptions<Run>,
  context: Context,
): Promise<ExitCode> {
  const watcher = new Watcher(api, options, context);
  const { host, port, allowedHosts } = options.listen;
  const { secrets } = context;
  const pages = { metrics: () => secrets.mask(watcher.metrics()), health: () => watcher.health() };
  const server = await serve(host, port, pages, allowedHosts);
  context.stderr.write(`Metrics: ${server.url}/metrics. To stop: Ctrl-C.\n`);
  try {
    await watcher.loop();
  } finally {
    await server.close();
  }
  return 0;
}

class Watcher<Run extends AuditRun> {
  readonly #api: ApiClient;
  readonly #options: WatchOptions<Run>;
  readonly #context: Context;
  readonly #runs = { "in-sync": 0, drift: 0, failed: 0 };
  #facts: Pick<WatchFacts, "audit" | "succeededAt" | "succeeded" | "runSeconds"> = {
    audit: undefined,
    succeededAt: undefined,
    succeeded: undefined,
    runSeconds: undefined,
  };
  #unnotified = 0;
  #shown: string | undefined;

  constructor(api: ApiClient, options: WatchOptions<Run>, context: Context) {
    this.#api = api;
    this.#options = options;
    this.#context = context;
  }

  async loop(): Promise<void> {
    const { stop, now } = this.#context;
    while (!stop.aborted) {
      const next = systemClock.monotonic() + this.#options.everyMs;
      // Credentials that were refused in one run may be accepted in the next.
      this.#api.tryCredentialsAgain();
      await this.#run(now().getTime());
      const leftMs = next - systemClock.monotonic();
      await systemClock.sleep(Math.max(0, leftMs), stop).catch(() => undefined);
    }
  }

  metrics(): string {
    const { requests, throttled } = this.#api.stats();
    const { repairs } = this.#options;
    const facts = {
      ...{ ...this.#facts, runs: this.#runs, unnotified: this.#unnotified, requests, throttled },
      ...(repairs === undefined ? {} : { repairs: repairs() }),
    };
    return metricsText(
      facts,
      kinds.map(({ name }) => name),
    );
  }

  /** Not healthy: the last run failed, so it is unknown whether there is drift. */
  health(): { readonly ok: boolean; readonly text: string } {
    const { succeeded, audit } = this.#facts;
    if (succeeded === undefined) return { ok: true, text: "the first run has not ended yet" };
    if (!succeeded) return { ok: false, text: "the last run failed" };
    return { ok: true, text: audit === undefined ? "" : auditHeadline(audit) };
  }

  async #run(startedAt: number): Promise<void> {
    const { stop, now } = this.#context;
    try {
      const run = await this.#options.audit();
      this.#runs[auditVerdict(run.audit)] += 1;
      this.#ended(startedAt, { audit: run.audit, succeededAt: now().getTime() / 1000, succeeded: true });
      await this.#show(run);
      this.#unnotified += await this.#options.notify(run);
    } catch (error) {
      if (stop.aborted) return;
      this.#runs.failed += 1;
      this.#ended(startedAt, { ...this.#facts, succeeded: false });
      this.#context.stderr.write(`${now().toISOString()} The run failed:\n`);
      await showError(error, this.#context, this.#options.errors);
    }
  }

  #ended(
    startedAt: number,
    facts: Omit<WatchFacts, "runs" | "unnotified" | "requests" | "throttled" | "runSeconds">,
  ): void {
    this.#facts = { ...facts, runSeconds: (this.#context.now().getTime() - startedAt) / 1000 };
  }

  async #show(run: Run): Promise<void> {
    const found = foundIn(run.audit);
    const isNew = found !== this.#shown;
    this.#shown = found;
    await this.#options.show(run, isNew);
  }
}

function foundIn({ drift, pending, uncertain, findings, left }: Audit): string {
  // The text of an error has an id that is new in each run.
  const reasons = left.map(({ address, reason, paths, code }) => [address, reason, paths, code ?? ""]);
  return canonicalJson(asJson({ drift, pending, uncertain, findings, reasons }));
}
