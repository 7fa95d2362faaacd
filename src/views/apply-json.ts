import type { JsonObject } from "../core/json.js";
import type { Plan } from "../core/plan.js";
import type { ApplyResult, ChangeResult, EngineEvent } from "../engine/events.js";
import { VERSION } from "../core/version.js";

export interface ApplyJsonOptions {
  readonly output: { write(text: string): unknown };
  readonly now: () => Date;
  readonly plan: Plan;
}

/** How an apply goes as JSON, an object a line, in the manner of Terraform's machine-readable output. */
export class ApplyJson {
  readonly #options: ApplyJsonOptions;

  constructor(options: ApplyJsonOptions) {
    this.#options = options;
    this.#write("version", { chatform: VERSION });
    for (const { address, action, calls } of options.plan.changes) {
      if (action !== "no-op")
        this.#write("planned_change", {
          change: { resource: { addr: address }, action, calls: calls.length },
        });
    }
  }

  onEvent(event: EngineEvent): void {
    if (event.type === "change-started") {
      this.#write("apply_start", { hook: { resource: { addr: event.address }, action: event.action } });
    } else if (event.type === "change-ended") {
      const { address, action } = event.change;
      const type = event.result.status === "done" ? "apply_complete" : "apply_errored";
      this.#write(type, { hook: { resource: { addr: address }, action, ...resultToJson(event.result) } });
    }
  }

  done(): void {
    // Lines are complete by themselves.
  }

  finish({ results, interrupted, calls }: ApplyResult): void {
    const statuses = [...results.values()].map(({ result }) => result.status);
    const number = (status: ChangeResult["status"]): number =>
      statuses.filter((one) => one === status).length;
    this.#write("change_summary", {
      changes: {
        done: number("done"),
        failed: number("failed"),
        not_taken: number("not-taken"),
        uncertain: number("uncertain"),
        skipped: number("skipped"),
        interrupted: number("interrupted"),
        calls,
        operation: "apply",
      },
      interrupted,
    });
  }

  #write(type: string, rest: JsonObject): void {
    const { output, now } = this.#options;
    output.write(`${JSON.stringify({ type, "@timestamp": now().toISOString(), ...rest })}\n`);
  }
}

function resultToJson(result: ChangeResult): JsonObject {
  switch (result.status) {
    case "done":
      return { status: result.status, ...(result.id === undefined ? {} : { id: result.id }) };
    case "failed":
      return {
        status: result.status,
        errors: result.errors.map(({ message, failure }) => ({ message, ...failure })),
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
