import type { Action, Change } from "../../core/plan/change.js";
import type { Plan } from "../../core/plan/plan.js";
import { roomKind } from "../../core/state/forgotten.js";
import { safeLine } from "../../core/safe-text.js";
import type { ChangeResult, EngineEvent } from "../../engine/events.js";
import { namedAddress } from "../../core/people/named-address.js";
import type { Segment } from "../text/line.js";
import { line, paint } from "../text/line.js";
import type { Styles } from "../text/terminal.js";
import type { People } from "../text/values.js";
import { skipCause } from "./outcome-details.js";
import { getOutcome, isNotStarted } from "./outcomes.js";
import type { ProgressOptions } from "./progress.js";
import { ProgressLine } from "./progress.js";

const startedWords: Readonly<Record<Action, string>> = {
  create: "creating...",
  update: "updating...",
  delete: "deleting...",
  adopt: "adopting...",
  forget: "removing from the state...",
  "no-op": "recording...",
};

/** The word for a change that is done, by its action. */
export const doneWords: Readonly<Record<Action, string>> = {
  create: "created",
  update: "updated",
  delete: "deleted",
  adopt: "adopted",
  forget: "removed from the state",
  "no-op": "recorded",
};

/** Shows the progress of an apply: a line for each change, and below them a progress line on a terminal. */
export class ApplyText {
  readonly #progress: ProgressLine;
  readonly #style: Styles;
  readonly #people: People;
  /** Addresses whose beginning has been shown. */
  readonly #started = new Set<string>();
  /** Addresses whose create has been shown. */
  readonly #created = new Set<string>();

  /** @param options with the e-mails of `people` by user id */
  constructor(options: ProgressOptions & { readonly style: Styles } & Pick<Plan, "people">) {
    this.#progress = new ProgressLine(options);
    this.#style = options.style;
    this.#people = options.people;
  }

  onEvent(event: EngineEvent): void {
    switch (event.type) {
      case "phase":
      case "progress":
        this.#progress.onEvent(event);
        return;
      case "change-started":
        this.#started.add(event.address);
        this.#write(`${this.#named(event.address)}: ${startedWords[event.action as Action]}`);
        return;
      case "created":
        // Shown now: the log of a job that is cancelled next holds the id.
        this.#created.add(event.address);
        this.#write(...addressed(this.#named(event.address), doneWords.create, event.id));
        this.#progress.writeSoon();
        return;
      case "change-ended":
        if (event.result.status === "done" && this.#created.has(event.change.address)) return;
        if (isNotStarted(event.result) && !this.#started.has(event.change.address)) return;
        this.#write(...endedSegments(event.change, event.result, this.#people));
        return;
      case "notice":
        this.#write(safeLine(event.text));
        return;
      default:
        event satisfies never;
    }
  }

  /** Updates the progress line if it is time. */
  tick(): void {
    this.#progress.tick();
  }

  /** Removes the progress line. */
  done(): void {
    this.#progress.clear();
  }

  #named(address: string): string {
    return namedAddress(address, this.#people);
  }

  #write(...text: readonly Segment[]): void {
    this.#progress.line(paint([line(...text)], this.#style));
  }
}

function addressed(name: string, word: Segment, id?: string): readonly Segment[] {
  const shownId: readonly Segment[] = id === undefined ? [] : [" ", ["dim", `(${safeLine(id)})`]];
  return [["bold", name], ": ", word, ...shownId];
}

function endedSegments(
  { address, action, kind }: Change,
  result: ChangeResult,
  people: People,
): readonly Segment[] {
  const name = namedAddress(address, people);
  if (result.status === "done") {
    const hasId = action === "create" || (action === "forget" && kind === roomKind);
    return addressed(name, doneWords[action], hasId ? result.id : undefined);
  }
  const { word, ink } = getOutcome(result);
  const end = addressed(name, [ink, word], result.status === "recovered" ? result.id : undefined);
  if (result.status !== "skipped") return end;
  return [...end, ` because ${namedAddress(result.because, people)} ${skipCause(result)}`];
}
