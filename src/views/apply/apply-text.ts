import type { Action, Change } from "../../core/plan/change.js";
import { roomKind } from "../../core/state/forgotten.js";
import type { ChangeResult, EngineEvent } from "../../engine/events.js";
import { endings, skipCause, statusName } from "./outcome-text.js";
import { ProgressLine } from "./progress.js";
import type { ProgressOptions } from "./progress.js";
import type { Styles } from "../text/terminal.js";
import { safeLine } from "../../core/safe-text.js";

const beginnings: Readonly<Record<Action, string>> = {
  create: "creating...",
  update: "changing...",
  delete: "deleting...",
  adopt: "taking over...",
  forget: "letting go...",
  "no-op": "",
};

/** Shows how an apply goes, line by line, with a progress line below where the terminal can. */
export class ApplyText {
  readonly #progress: ProgressLine;
  readonly #style: Styles;
  /** Addresses of what was told to be created. */
  readonly #created = new Set<string>();

  constructor(options: ProgressOptions & { readonly style: Styles }) {
    this.#progress = new ProgressLine(options);
    this.#style = options.style;
  }

  onEvent(event: EngineEvent): void {
    switch (event.type) {
      case "phase":
      case "progress":
        this.#progress.onEvent(event);
        return;
      case "change-started":
        this.#progress.line(`${safeLine(event.address)}: ${beginnings[event.action as Action]}`);
        return;
      case "created":
        this.#created.add(event.address);
        this.#progress.line(createdLine(event.address, event.id, this.#style));
        return;
      case "change-ended":
        // A create that went well was told when it happened.
        if (event.result.status === "done" && this.#created.has(event.change.address)) return;
        this.#progress.line(endingOf(event.change, event.result, this.#style));
        return;
      case "notice":
        this.#progress.line(safeLine(event.text));
        return;
      default:
        event satisfies never;
    }
  }

  /** Shows the progress again if it is time. */
  tick(): void {
    this.#progress.tick();
  }

  /** Takes the progress away. */
  done(): void {
    this.#progress.clear();
  }
}

/** Told as soon as it is known: the log of a job that is cancelled next holds the id. */
function createdLine(address: string, id: string, style: Styles): string {
  return `${style.bold(safeLine(address))}: created ${style.dim(`(${safeLine(id)})`)}`;
}

function endingOf({ address, action, kind }: Change, result: ChangeResult, style: Styles): string {
  const at = style.bold(safeLine(address));
  switch (result.status) {
    case "done":
      if (action === "create" && result.id !== undefined) return createdLine(address, result.id, style);
      return action === "forget" && kind === roomKind && result.id !== undefined
        ? `${at}: ${endings[action]} ${style.dim(`(${safeLine(result.id)})`)}`
        : `${at}: ${endings[action]}`;
    case "failed":
      return `${at}: ${style.red("failed")}`;
    case "not-taken":
      return `${at}: ${style.red("not confirmed")}`;
    case "recovered":
      return `${at}: ${style.yellow("recovered")} ${style.dim(`(${safeLine(result.id)})`)}`;
    case "uncertain":
      return `${at}: ${style.yellow("uncertain")}`;
    case "skipped":
      return `${at}: ${style.yellow("skipped")}, as ${safeLine(result.because)} ${skipCause(result)}`;
    case "interrupted":
      return `${at}: ${style.yellow(statusName(result))}`;
    default:
      return result satisfies never;
  }
}
