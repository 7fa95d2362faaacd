import type { Change } from "../core/change.js";
import { addTo } from "../core/groups.js";
import type { ApplyResult, ChangeResult } from "../engine/events.js";
import { isComplete, isDone } from "../engine/events.js";
import {
  acceptedText,
  endings,
  leftAloneText,
  movedTexts,
  neededText,
  notConfirmedTexts,
  recoveredText,
  skipCause,
} from "./outcome-text.js";
import type { Styles } from "./terminal.js";
import { count, safe, safeLine } from "./terminal.js";
import { wrapped } from "./wrap.js";

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
    addTo(byCause, `${style.bold(safeLine(result.because))} ${skipCause(result)}`, change.address);
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
