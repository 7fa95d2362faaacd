import type { Diagnostic } from "../core/diagnostic.js";
import type { Json, JsonObject } from "../core/json.js";
import type { Plan } from "../core/plan.js";
import { VERSION } from "../core/version.js";
import type { ApplyResult, ChangeResult, EngineEvent } from "../engine/events.js";
import { isComplete } from "../engine/events.js";
import { diagnosticToJson } from "./diagnostics-json.js";
import { planCounts } from "./plan-summary.js";
import { jsonText } from "./json-text.js";

export interface ApplyJsonOptions {
  readonly output: { write(text: string): unknown };
  readonly now: () => Date;
  readonly plan: Plan;
}

type Level = "info" | "warn" | "error";

/**
 * How an apply goes as JSON, an object a line, in the shape of Terraform's machine-readable output: version,
 * planned_change, apply_start, apply_complete, apply_errored, diagnostic, change_summary. Source: Terraform's docs,
 * "Machine-Readable UI".
 */
export class ApplyJson {
  readonly #options: ApplyJsonOptions;
  readonly #startedAt = new Map<string, number>();

  constructor(options: ApplyJsonOptions) {
    this.#options = options;
    this.#write("info", `chatform ${VERSION}`, "version", { chatform: VERSION, ui: "1.2" });
    for (const { address, action, calls } of options.plan.changes) {
      if (action === "no-op") continue;
      const change = { resource: resourceOf(address), action, calls: calls.length };
      this.#write("info", `${address}: plan to ${action}`, "planned_change", { change });
    }
    const counts = planCounts(options.plan) ?? "No changes.";
    this.#write("info", counts, "change_summary", { changes: plannedCounts(options.plan) });
  }

  onEvent(event: EngineEvent): void {
    switch (event.type) {
      case "change-started": {
        this.#startedAt.set(event.address, this.#options.now().getTime());
        const hook = { resource: resourceOf(event.address), action: event.action };
        this.#write("info", `${event.address}: ${event.action} begins`, "apply_start", { hook });
        return;
      }
      case "change-ended":
        this.#ended(event.change.address, event.change.action, event.result);
        return;
      case "notice":
        this.#write("info", event.text, "log", {});
        return;
      case "phase":
      case "progress":
        return;
      default:
        event satisfies never;
    }
  }

  /** A problem that is about no change that was begun. */
  diagnostic(diagnostic: Diagnostic): void {
    const level = diagnostic.severity === "error" ? "error" : "warn";
    this.#write(level, diagnostic.summary, "diagnostic", { diagnostic: diagnosticToJson(diagnostic) });
  }

  tick(): void {
    // Machines don't mind waiting.
  }

  done(): void {
    // Lines are complete by themselves.
  }

  finish(result: ApplyResult): void {
    const { results, interrupted, leftAlone, calls } = result;
    for (const { address, text } of leftAlone) this.#leftAlone(address, text);
    const all = [...results.values()];
    const number = (status: ChangeResult["status"]): number =>
      all.filter(({ result }) => result.status === status).length;
    const done = (action: string): number =>
      all.filter(({ change, result }) => change.action === action && result.status === "done").length;
    const changes = {
      add: done("create"),
      change: done("update"),
      import: done("adopt"),
      remove: done("delete"),
      forget: done("forget"),
      operation: "apply",
      done: number("done"),
      failed: number("failed"),
      not_taken: number("not-taken"),
      uncertain: number("uncertain"),
      skipped: number("skipped"),
      interrupted: number("interrupted"),
      left_alone: leftAlone.length,
      calls,
    };
    const complete = isComplete(result);
    const message = `Apply ${complete ? "complete" : "incomplete"}: ${changes.done} of ${all.length} done.`;
    this.#write(complete ? "info" : "error", message, "change_summary", { changes, interrupted });
  }

  #leftAlone(address: string, detail: string): void {
    const summary = `${address} is uncertain, and left alone`;
    this.#write("error", summary, "diagnostic", {
      diagnostic: { severity: "error", summary, detail, address },
    });
  }

  #ended(address: string, action: string, result: ChangeResult): void {
    const begun = this.#startedAt.get(address);
    const now = this.#options.now().getTime();
    const elapsed = begun === undefined ? {} : { elapsed_seconds: Math.round((now - begun) / 1000) };
    const hook = { resource: resourceOf(address), action, ...elapsed, ...resultToJson(result) };
    const isDone = result.status === "done";
    const type = isDone ? "apply_complete" : "apply_errored";
    this.#write(isDone ? "info" : "error", `${address}: ${result.status}`, type, { hook });
    for (const detail of problemsOf(result)) {
      const diagnostic = {
        severity: "error",
        summary: `${action} of ${address}: ${result.status}`,
        detail,
        address,
      };
      this.#write("error", detail, "diagnostic", { diagnostic });
    }
  }

  #write(level: Level, message: string, type: string, rest: JsonObject): void {
    const { output, now } = this.#options;
    const head = { "@level": level, "@message": message, "@module": "chatform.ui" };
    output.write(jsonText({ ...head, "@timestamp": now().toISOString(), type, ...rest }, 0));
  }
}

function plannedCounts(plan: Plan): JsonObject {
  const number = (action: string): number => plan.changes.filter((change) => change.action === action).length;
  return {
    add: number("create"),
    change: number("update"),
    import: number("adopt"),
    remove: number("delete"),
    forget: number("forget"),
    operation: "plan",
    calls: plan.cost.calls,
  };
}

function resourceOf(address: string): JsonObject {
  return { addr: address, module: "", resource: address, resource_name: address };
}

function problemsOf(result: ChangeResult): readonly string[] {
  if (result.status === "failed") return result.errors.map(({ message }) => message);
  return result.status === "uncertain" ? [`${result.error.message}. ${result.wayOn}`] : [];
}

/** How a change went, as data. */
export function resultToJson(result: ChangeResult): JsonObject & { readonly status: ChangeResult["status"] } {
  switch (result.status) {
    case "done":
      return {
        status: result.status,
        ...(result.id === undefined ? {} : { id_key: "id", id_value: result.id }),
      };
    case "failed":
      return {
        status: result.status,
        errors: result.errors.map(({ message, failure }): Json => ({ message, ...failure })),
        skipped_calls: result.skippedCalls,
      };
    case "not-taken":
      return { status: result.status, attributes: result.paths };
    case "uncertain":
      return { status: result.status, error: result.error.message, way_on: result.wayOn };
    case "skipped":
      return { status: result.status, because: result.because };
    case "interrupted":
      return { status: result.status };
    default:
      return result satisfies never;
  }
}
