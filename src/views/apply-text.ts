import type { Action, Change } from "../core/change.js";
import { roomKind } from "../core/forgotten.js";
import { addTo } from "../core/groups.js";
import type { ApplyResult, ChangeResult, EngineEvent } from "../engine/events.js";
import {
  acceptedText,
  leftAloneText,
  movedTexts,
  neededText,
  notConfirmedTexts,
  recoveredText,
} from "./outcome-text.js";
import { ProgressLine } from "./progress.js";
import { isComplete, isDone } from "../engine/events.js";
import type { ProgressOptions } from "./progress.js";
import type { Styles } from "./terminal.js";
import { count, safe, safeLine } from "./terminal.js";
import { wrapped } from "./wrap.js";

const beginnings: Readonly<Record<Action, string>> = {
  create: "creating...",
  update: "changing...",
  delete: "deleting...",
  adopt: "taking over...",
  forget: "letting go...",
  "no-op": "",
};

const endings: Readonly<Record<Action, string>> = {
  create: "created",
  update: "changed",
  delete: "deleted",
  adopt: "taken over",
  forget: "forgotten",
  "no-op": "recorded",
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
      return `${at}: ${style.yellow("skipped")}, as ${safeLine(result.because)} ${causeOf(result)}`;
    case "interrupted":
      return `${at}: ${style.yellow("interrupted")}`;
    default:
      return result satisfies never;
  }
}

export interface ApplyResultOptions {
  readonly style: Styles;
  readonly width: number;
  /** E-mails or names by user id. */
  readonly people: Readonly<Record<string, string>>;
}

/** Renders what an apply came to: everything that needs a person, then the counts. */
export function renderApplyResult(result: ApplyResult, options: ApplyResultOptions): string {
  const { style, width } = options;
  const { results, interrupted, leftAlone, calls } = result;
  const all = [...results.values()];
  const bad = all.filter(({ result }) => !isDone(result));
  const callsMade = count(calls, "call");
  // Behind what was told of each change, if anything was.
  const gap = results.size === 0 ? [] : [""];
  const notes = all.flatMap((one) => movedLines(one, options));
  if (isComplete(result)) {
    const text = `${style.green("Apply complete:")} ${doneText(result)}. ${callsMade}.`;
    return [...gap, ...notes, ...wrapped(text, "", width), ""].join("\n");
  }
  const problems = [
    ...credentialLines(result, options),
    ...bad.flatMap(({ change, result }) => problemLines(change, result, options)),
    ...skippedLines(bad, style, width),
    ...leftAlone.flatMap((one) => leftAloneLines(one, style, width)),
    ...existingLines(result, options),
  ];
  const title = interrupted ? style.yellow("Apply interrupted:") : style.red("Apply incomplete:");
  const alone = leftAlone.length === 0 ? [] : [`${leftAlone.length.toLocaleString("en-US")} left alone`];
  const rest = [...statusCounts(bad.map((one) => one.result.status)), ...alone];
  return [
    ...gap,
    ...notes,
    ...problems,
    ...(problems.length > 0 ? [""] : []),
    ...wrapped(`${title} ${[doneText(result), ...rest].join(", ")}. ${callsMade}.`, "", width),
    "What was done is recorded. Run again to go on.",
    "",
  ].join("\n");
}

/** Counts what was done. "Nothing was changed" only where no write was accepted. */
function doneText({ results, accepted }: ApplyResult): string {
  const all = [...results.values()];
  const made = (["create", "update", "delete", "adopt", "forget"] as const).flatMap((action) => {
    const number = all.filter(
      ({ change, result }) => change.action === action && result.status === "done",
    ).length;
    return number === 0 ? [] : [`${number.toLocaleString("en-US")} ${endings[action]}`];
  });
  const recovered = all.filter(({ result }) => result.status === "recovered" && isDone(result)).length;
  const done = [...made, ...(recovered === 0 ? [] : [`${recovered.toLocaleString("en-US")} recovered`])];
  if (done.length > 0) return done.join(", ");
  return accepted === 0 ? "nothing was changed" : "no change is complete";
}

/** The end of the credentials comes first: everything else follows from it. */
function credentialLines(
  { credentialsEnded }: ApplyResult,
  { style, width }: ApplyResultOptions,
): readonly string[] {
  if (credentialsEnded === undefined) return [];
  return [
    `${style.red("Error:")} ${style.bold("The credentials ended")} while the changes were made`,
    ...wrapped(safe(`${credentialsEnded.message}. Nothing was sent after that.`), "  ", width),
  ];
}

/** What exists now though the run is not complete, with its id: where the state is lost, this is all that leads there. */
function existingLines({ results }: ApplyResult, { style }: ApplyResultOptions): readonly string[] {
  const lines = [...results.values()].flatMap(({ change, result }) => {
    const id =
      change.action === "create" && change.idFrom === undefined && "id" in result ? result.id : undefined;
    return id === undefined || id === "" ? [] : [`  ${safeLine(change.address)} ${style.dim(safeLine(id))}`];
  });
  return lines.length === 0 ? [] : [style.bold("Created by this run:"), ...lines];
}

/** Notes on values that changed meanwhile, of a change that is done all the same. */
function movedLines(
  { change, result }: { readonly change: Change; readonly result: ChangeResult },
  { style, width, people }: ApplyResultOptions,
): readonly string[] {
  if (result.status !== "done") return [];
  return movedTexts(result.moved, people).flatMap((text) =>
    wrapped(`${style.yellow("Note:")} ${safeLine(change.address)}: ${safe(text)}`, "", width),
  );
}

function leftAloneLines(
  one: ApplyResult["leftAlone"][number],
  style: Styles,
  width: number,
): readonly string[] {
  const title = `${style.red("Error:")} ${style.bold(safeLine(one.address))} ${leftAloneText(one)}`;
  return [title, ...wrapped(safe(one.text), "  ", width)];
}

/** What was skipped, by what it was skipped for. */
function skippedLines(
  bad: readonly { readonly change: Change; readonly result: ChangeResult }[],
  style: Styles,
  width: number,
): readonly string[] {
  const byCause = new Map<string, string[]>();
  for (const { change, result } of bad) {
    if (result.status !== "skipped") continue;
    addTo(byCause, `${style.bold(safeLine(result.because))} ${causeOf(result)}`, change.address);
  }
  return [...byCause].flatMap(([because, addresses]) => {
    const shown = addresses.slice(0, maxSkipped).map((address) => safeLine(address));
    const more =
      addresses.length > shown.length ? [count(addresses.length - shown.length, "more", "more")] : [];
    return [
      `${style.yellow("Skipped:")} as ${because}`,
      ...wrapped([...shown, ...more].join(", "), "  ", width),
    ];
  });
}

function causeOf({ afterRecovery }: Extract<ChangeResult, { status: "skipped" }>): string {
  return afterRecovery ? "was recovered, and the next plan shows what differs" : "failed";
}

/** Skipped addresses that are named for each failure. */
const maxSkipped = 10;

function statusCounts(statuses: readonly ChangeResult["status"][]): readonly string[] {
  return (["failed", "not-taken", "uncertain", "recovered", "skipped", "interrupted"] as const).flatMap(
    (status) => {
      const number = statuses.filter((one) => one === status).length;
      const name = status === "not-taken" ? "not confirmed" : status;
      return number === 0 ? [] : [`${number.toLocaleString("en-US")} ${name}`];
    },
  );
}

function problemLines(
  { address }: Change,
  result: ChangeResult,
  { style, width, people }: ApplyResultOptions,
): readonly string[] {
  const title = (text: string): string => `${style.red("Error:")} ${style.bold(safeLine(address))} ${text}`;
  const details = (text: string | undefined): readonly string[] =>
    text === undefined ? [] : wrapped(safe(text), "  ", width);
  switch (result.status) {
    case "failed":
      return [
        title("failed"),
        ...result.errors.flatMap((error) => [
          ...details(error.message),
          ...permissionLines(error.failure.permissions, style, width),
        ]),
        ...(result.skippedCalls > 0
          ? details(`${count(result.skippedCalls, "call")} that depended on it skipped.`)
          : []),
        ...details(acceptedText(result.accepted, people)),
      ];
    case "not-taken":
      return [title("is not confirmed"), ...notConfirmedTexts(result, people).flatMap(details)];
    case "uncertain":
      return [title("is uncertain"), ...details(`${result.error.message}. ${result.wayOn}`)];
    case "recovered":
      return [
        `${style.yellow("Warning:")} ${style.bold(safeLine(address))} was recovered`,
        ...details(recoveredText(result)),
      ];
    case "skipped":
    case "interrupted": {
      const changed = details(acceptedText(result.accepted, people));
      return changed.length === 0 ? [] : [title(`was ${result.status} midway`), ...changed];
    }
    case "done":
      return [];
    default:
      return result satisfies never;
  }
}

function permissionLines(
  permissions: readonly string[] | undefined,
  style: Styles,
  width: number,
): readonly string[] {
  const needed = neededText(permissions);
  return needed === undefined ? [] : wrapped(`${style.cyan("help:")} ${safeLine(needed)}`, "  ", width);
}
