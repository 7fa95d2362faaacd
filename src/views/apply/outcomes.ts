import type { Plan } from "../../core/plan/plan.js";
import type { ChangeResult } from "../../engine/events.js";

/** The form in which text, JSON and reports show the end of a change. */
export interface Outcome {
  /** The value of `status` in JSON. */
  readonly json: ChangeResult["status"];
  /** The word in text and in reports: `rooms/lobby: not confirmed`. */
  readonly word: string;
  /** The ink of the word on a terminal. */
  readonly ink: "green" | "yellow" | "red";
  /** The count of reports that includes the change; `failed` fails its test in a JUnit report. */
  readonly inReports: "ok" | "failed" | "skipped";
  /** True if the change may have destroyed data, even if no call is known to be accepted. */
  readonly mayHaveHappened: boolean;
}

/** All outcomes, in the order in which summaries count them. */
const outcomes = {
  done: { json: "done", word: "done", ink: "green", inReports: "ok", mayHaveHappened: true },
  failed: { json: "failed", word: "failed", ink: "red", inReports: "failed", mayHaveHappened: false },
  notConfirmed: {
    json: "not-taken",
    word: "not confirmed",
    ink: "red",
    inReports: "failed",
    mayHaveHappened: true,
  },
  uncertain: {
    json: "uncertain",
    word: "uncertain",
    ink: "yellow",
    inReports: "failed",
    mayHaveHappened: true,
  },
  recovered: { json: "recovered", word: "recovered", ink: "yellow", inReports: "ok", mayHaveHappened: false },
  partlyRecovered: {
    json: "recovered",
    word: "recovered",
    ink: "yellow",
    inReports: "skipped",
    mayHaveHappened: false,
  },
  skipped: { json: "skipped", word: "skipped", ink: "yellow", inReports: "skipped", mayHaveHappened: false },
  interrupted: {
    json: "interrupted",
    word: "interrupted",
    ink: "yellow",
    inReports: "skipped",
    mayHaveHappened: false,
  },
  notStarted: {
    json: "interrupted",
    word: "not started",
    ink: "yellow",
    inReports: "skipped",
    mayHaveHappened: false,
  },
} as const satisfies Record<string, Outcome>;

const all: readonly Outcome[] = Object.values(outcomes);

/** The words of all outcomes, in the order in which the text summary counts them. */
export const outcomeWords: ReadonlySet<string> = new Set(all.map(({ word }) => word));

/** The statuses of all outcomes, in the order in which the JSON summary counts them. */
export const outcomeStatuses: ReadonlySet<ChangeResult["status"]> = new Set(all.map(({ json }) => json));

/** Returns the outcome that a result stands for. */
export function getOutcome(result: ChangeResult): Outcome {
  const { status } = result;
  if (status === "not-taken") return outcomes.notConfirmed;
  if (status === "recovered" && result.skippedCalls > 0) return outcomes.partlyRecovered;
  if (status === "interrupted" && !result.cutOff && result.accepted.length === 0) return outcomes.notStarted;
  return outcomes[status];
}

/** Returns true for a change that the run ended before. There may be thousands: they are counted. */
export function isNotStarted(result: ChangeResult): boolean {
  return getOutcome(result) === outcomes.notStarted;
}

/** Returns what applying a plan is called: "Repair" for that of a repair. */
export function getTitle({ options }: Pick<Plan, "options">): "Apply" | "Repair" {
  return options.mode === "repair" ? "Repair" : "Apply";
}
