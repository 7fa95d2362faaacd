import type { Diagnostic } from "../../core/diagnostic.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { asJson } from "../../core/json/json.js";
import type { Counts } from "../../core/plan/counts.js";
import { toCounts } from "../../core/plan/counts.js";
import type { LeftAlone, Plan } from "../../core/plan/plan.js";
import { getMoves, withoutFollowers } from "../../core/state/state-moves.js";
import { VERSION } from "../../core/version.js";
import type { ApplyResult, ChangeResult, EngineEvent, ChangedDuringRun } from "../../engine/events.js";
import { isComplete, isDone } from "../../engine/events.js";
import { diagnosticToJson } from "../diagnostics/diagnostics-json.js";
import { peopleText, planCounts } from "../plan/plan-summary.js";
import { namedAddress } from "../../core/people/named-address.js";
import { jsonText } from "../text/json-text.js";
import { applyCounts } from "./apply-counts.js";
import { leftAloneText, outcomeDetails } from "./outcome-details.js";
import { getOutcome, getTitle, isNotStarted, outcomeStatuses } from "./outcomes.js";

export interface ApplyJsonOptions {
  readonly output: { write(text: string): unknown };
  readonly now: () => Date;
  readonly plan: Plan;
}

type Level = "info" | "warn" | "error";

/**
 * Writes the progress of an apply as JSON, one object a line, in the shape of Terraform's machine-readable output: version,
 * planned_change, apply_start, apply_complete, apply_errored, diagnostic, change_summary. Source: Terraform's docs,
 * "Machine-Readable UI".
 */
export class ApplyJson {
  readonly #options: ApplyJsonOptions;
  readonly #startedAt = new Map<string, number>();

  constructor(options: ApplyJsonOptions) {
    this.#options = options;
    writePlanEvents(options);
  }

  onEvent(event: EngineEvent): void {
    switch (event.type) {
      case "change-started": {
        this.#startedAt.set(event.address, this.#options.now().getTime());
        const hook = { resource: toResource(event.address), action: event.action };
        this.#write("info", `${this.#named(event.address)}: ${event.action} starts`, "apply_start", { hook });
        return;
      }
      case "created": {
        const hook = {
          resource: toResource(event.address),
          action: "create",
          id_key: "id",
          id_value: event.id,
        };
        this.#write("info", `${this.#named(event.address)}: created (${event.id})`, "apply_progress", {
          hook,
        });
        return;
      }
      case "change-ended":
        if (isNotStarted(event.result) && !this.#startedAt.has(event.change.address)) return;
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

  /** Writes a diagnostic that belongs to no change. */
  diagnostic(diagnostic: Diagnostic): void {
    const { output, now } = this.#options;
    output.write(diagnosticLine(diagnostic, now()));
  }

  tick(): void {
    // JSON has no progress line.
  }

  done(): void {
    // JSON has no progress line.
  }

  finish(result: ApplyResult): void {
    const { results, interrupted, leftAlone, calls } = result;
    if (result.credentialsEnded !== undefined) this.#credentialsEnded(result.credentialsEnded.message);
    for (const one of leftAlone) this.#leftAlone(one);
    const all = [...results.values()];
    const counts = [...outcomeStatuses].map((status): [string, number] => [
      status.replaceAll("-", "_"),
      all.filter(({ result }) => result.status === status).length,
    ]);
    const counted = applyCounts(result);
    const changes = {
      ...countsToEvent(counted),
      operation: "apply",
      ...Object.fromEntries(counts),
      not_started: all.filter(({ result }) => isNotStarted(result)).length,
      left_alone: leftAlone.length,
      calls,
      accepted: result.accepted,
    };
    const complete = isComplete(result);
    const doneCount = all.filter(({ result }) => result.status === "done").length;
    const message = `${this.#title} ${complete ? "complete" : "incomplete"}: ${doneCount} of ${all.length} done${peopleText(counted.removedPeople)}.`;
    this.#write(complete ? "info" : "error", message, "change_summary", { changes, interrupted });
  }

  get #title(): string {
    return getTitle(this.#options.plan);
  }

  #credentialsEnded(message: string): void {
    const summary = `The credentials stopped working during the ${this.#title.toLowerCase()}`;
    const detail = `${message}. Nothing was sent after that.`;
    this.#write("error", summary, "diagnostic", { diagnostic: { severity: "error", summary, detail } });
  }

  #leftAlone(one: LeftAlone): void {
    const { address, text: detail } = one;
    const summary = `${this.#named(address)} ${leftAloneText(one)}`;
    this.#write("error", summary, "diagnostic", {
      diagnostic: { severity: "error", summary, detail, address },
    });
  }

  #ended(address: string, action: string, result: ChangeResult): void {
    const begun = this.#startedAt.get(address);
    const now = this.#options.now().getTime();
    const elapsed = begun === undefined ? {} : { elapsed_seconds: Math.round((now - begun) / 1000) };
    const hook = { resource: toResource(address), action, ...elapsed, ...resultToJson(result) };
    const complete = isDone(result);
    const type = complete ? "apply_complete" : "apply_errored";
    const { word } = getOutcome(result);
    const name = this.#named(address);
    this.#write(complete ? "info" : "error", `${name}: ${word}`, type, { hook });
    for (const { kind, text } of outcomeDetails(result, this.#options.plan.people)) {
      if (result.status === "done") this.#write("warn", `${name}: ${text}`, "log", {});
      if (kind !== "problem") continue;
      const summary = `${action} of ${name}: ${word}`;
      this.#write("error", text, "diagnostic", {
        diagnostic: { severity: "error", summary, detail: text, address },
      });
    }
  }

  /** Returns an address for a message, with the e-mail of a user whom it names by id. Other members hold the address alone. */
  #named(address: string): string {
    return namedAddress(address, this.#options.plan.people);
  }

  #write(level: Level, message: string, type: string, rest: JsonObject): void {
    const { output, now } = this.#options;
    output.write(eventLine(level, message, type, rest, now()));
  }
}

/** Writes what a plan changes, as lines: version, planned_change, change_summary. */
export function writePlanEvents({ output, now, plan }: ApplyJsonOptions): void {
  const write = (message: string, type: string, rest: JsonObject): void => {
    output.write(eventLine("info", message, type, rest, now()));
  };
  write(`chatform ${VERSION}`, "version", { chatform: VERSION, ui: "1.2" });
  for (const { from, to } of withoutFollowers(getMoves(plan.findings))) {
    const change = { resource: toResource(to), previous_resource: toResource(from), action: "move" };
    write(`${namedAddress(from, plan.people)} has moved to ${to}`, "planned_change", { change });
  }
  for (const { address, action, calls, because } of plan.changes) {
    if (action === "no-op") continue;
    const change = { resource: toResource(address), action, calls: calls.length, because: asJson(because) };
    write(`${namedAddress(address, plan.people)}: plan to ${action}`, "planned_change", { change });
  }
  const counts = planCounts(plan) ?? "No changes.";
  const changes = {
    ...countsToEvent(toCounts(plan.changes, getMoves(plan.findings), plan.uncertain)),
    operation: "plan",
    calls: plan.cost.calls,
  };
  write(counts, "change_summary", { changes, org: { ...plan.org } });
}

/** Returns a diagnostic as a line of an apply's JSON. */
export function diagnosticLine(diagnostic: Diagnostic, at: Date): string {
  const level = diagnostic.severity === "error" ? "error" : "warn";
  return eventLine(level, diagnostic.summary, "diagnostic", { diagnostic: diagnosticToJson(diagnostic) }, at);
}

function eventLine(level: Level, message: string, type: string, rest: JsonObject, at: Date): string {
  const head = { "@level": level, "@message": message, "@module": "chatform.ui" };
  return jsonText({ ...head, "@timestamp": at.toISOString(), type, ...rest }, 0);
}

/** Returns counts by the names that Terraform gives them, where it has them. */
function countsToEvent(counts: Counts): JsonObject {
  return {
    add: counts.create,
    change: counts.update,
    import: counts.adopt,
    remove: counts.delete,
    forget: counts.forget,
    ...(counts.move === 0 ? {} : { move: counts.move }),
    removed_people: counts.removedPeople,
  };
}

function toResource(address: string): JsonObject {
  return { addr: address, module: "", resource: address, resource_name: address };
}

/** Returns the result of a change as a JSON object. */
export function resultToJson(result: ChangeResult): JsonObject & { readonly status: ChangeResult["status"] } {
  const { departed = [] } = result;
  const end = endToJson(result);
  return departed.length === 0 ? end : { ...end, departed: departed.map((one): Json => ({ ...one })) };
}

function endToJson(result: ChangeResult): ReturnType<typeof resultToJson> {
  const { status } = result;
  const known = "id" in result ? result.id : undefined;
  const id = known === undefined ? {} : { id_key: "id", id_value: known };
  switch (result.status) {
    case "done":
      return { status, ...id, ...changedMeanwhileToJson(result.changedDuringRun) };
    case "failed":
      return {
        status,
        ...id,
        errors: result.errors.map(({ message, failure }): Json => ({ message, ...failure })),
        skipped_calls: result.skippedCalls,
        accepted_calls: result.accepted.map((call) => call.id),
      };
    case "not-taken":
      return {
        status,
        ...id,
        attributes: result.paths,
        ...(result.stored.length === 0 ? {} : { stored: result.stored.map((one): Json => ({ ...one })) }),
        ...(result.unread === undefined ? {} : { read_error: result.unread.message }),
        ...changedMeanwhileToJson(result.changedDuringRun),
      };
    case "uncertain":
      return { status, error: result.error.message, next_step: result.nextStep };
    case "recovered":
      return { status, ...id, skipped_calls: result.skippedCalls };
    case "skipped":
      return { status, because: result.because, after_recovery: result.afterRecovery };
    case "interrupted":
      return {
        status,
        ...id,
        accepted_calls: result.accepted.map((call) => call.id),
        may_have_happened: result.cutOff,
      };
    default:
      return result satisfies never;
  }
}

/** Returns the values that somebody else changed during the apply. */
function changedMeanwhileToJson(values: readonly ChangedDuringRun[]): JsonObject {
  return values.length === 0 ? {} : { changed_meanwhile: values.map((one): Json => ({ ...one })) };
}
