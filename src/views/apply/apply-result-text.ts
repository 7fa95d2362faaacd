import type { Change } from "../../core/plan/change.js";
import { addToMultimap } from "../../core/multimap.js";
import type { ApplyResult, ChangeResult } from "../../engine/events.js";
import { isComplete, isDone } from "../../engine/events.js";
import {
  acceptedText,
  endings,
  leftAloneText,
  movedTexts,
  neededText,
  notConfirmedTexts,
  recoveredText,
  skipCause,
  statusName,
} from "./outcome-text.js";
import type { Styles } from "../text/terminal.js";
import { safe, safeLine } from "../../core/safe-text.js";
import { count } from "../text/terminal.js";
import { wrapped } from "../text/wrap.js";

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
  const ended = endedByCredentials(result);
  const problems = [
    ...credentialLines(result, options),
    ...existingLines(result, options),
    ...endedLines(ended, options),
    ...bad.flatMap((one) => (ended.has(one) ? [] : problemLines(one.change, one.result, options))),
    ...skippedLines(bad, style, width),
    ...notTriedLines(bad, style, width),
    ...leftAlone.flatMap((one) => leftAloneLines(one, style, width)),
  ];
  const title = interrupted ? style.yellow("Apply interrupted:") : style.red("Apply incomplete:");
  const alone = leftAlone.length === 0 ? [] : [`${leftAlone.length.toLocaleString("en-US")} left alone`];
  const rest = [...statusCounts(bad.map((one) => one.result)), ...alone];
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

/** Counts what was done. "Nothing was changed" only where no write was accepted, nor may have been carried out. */
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
  if (accepted > 0 || all.some(({ result }) => result.status === "recovered")) return "no change is complete";
  return all.some(({ result }) => mayHaveChanged(result)) ? "no change is confirmed" : "nothing was changed";
}

/** Whether a request of it may have been carried out, though no response says so. */
function mayHaveChanged(result: ChangeResult): boolean {
  if (result.status === "failed") return result.errors.some(({ failure }) => failure.outcome === "unclear");
  return result.status === "uncertain" || (result.status === "interrupted" && result.cutOff);
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

/** What failed, or could not be read back, for the end of the credentials alone. */
function endedLines(ended: ReadonlySet<Ended>, { style, width }: ApplyResultOptions): readonly string[] {
  const withStatus = (status: ChangeResult["status"]): readonly string[] =>
    [...ended].filter((one) => one.result.status === status).map(({ change }) => change.address);
  return [
    ...addressLines(style.bold("Accepted, not read back:"), withStatus("not-taken"), width),
    ...addressLines(style.bold("Failed, as the credentials ended:"), withStatus("failed"), width),
  ];
}

type Ended = ApplyResult["results"] extends ReadonlyMap<string, infer One> ? One : never;

/** Changes of which nothing more is to be said than that the credentials ended. */
function endedByCredentials({ results, credentialsEnded }: ApplyResult): ReadonlySet<Ended> {
  const isOnlyThat = ({ result }: Ended): boolean => {
    if (result.status === "not-taken") return result.unread === credentialsEnded;
    if (result.status !== "failed") return false;
    return (
      result.accepted.length === 0 && result.errors.every(({ failure }) => failure.credentialsEnded === true)
    );
  };
  return new Set(credentialsEnded === undefined ? [] : [...results.values()].filter(isOnlyThat));
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

/** What was not begun before the run was stopped. */
function notTriedLines(bad: readonly Ended[], style: Styles, width: number): readonly string[] {
  const addresses = bad.flatMap(({ change, result }) =>
    statusName(result) === "not tried" ? [change.address] : [],
  );
  return addressLines(style.bold("Not tried:"), addresses, width);
}

function addressLines(title: string, addresses: readonly string[], width: number): readonly string[] {
  if (addresses.length === 0) return [];
  const shown = addresses.slice(0, maxNamed).map((address) => safeLine(address));
  const more =
    addresses.length > shown.length ? [count(addresses.length - shown.length, "more", "more")] : [];
  return [title, ...wrapped([...shown, ...more].join(", "), "  ", width)];
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
    addToMultimap(byCause, `${style.bold(safeLine(result.because))} ${skipCause(result)}`, change.address);
  }
  return [...byCause].flatMap(([because, addresses]) => {
    return addressLines(`${style.yellow("Skipped:")} as ${because}`, addresses, width);
  });
}

/** So many addresses are named for each reason. */
const maxNamed = 10;

function statusCounts(results: readonly ChangeResult[]): readonly string[] {
  const names = results.map(statusName);
  const order = ["failed", "not confirmed", "uncertain", "recovered", "skipped", "interrupted", "not tried"];
  return order.flatMap((name) => {
    const number = names.filter((one) => one === name).length;
    return number === 0 ? [] : [`${number.toLocaleString("en-US")} ${name}`];
  });
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
      return [title("is uncertain"), ...details(`${result.error.message}. ${result.nextStep}`)];
    case "recovered":
      return [
        `${style.yellow("Warning:")} ${style.bold(safeLine(address))} was recovered`,
        ...details(recoveredText(result)),
      ];
    case "interrupted":
      return result.cutOff || result.accepted.length > 0
        ? [
            title("was interrupted midway"),
            ...(result.cutOff
              ? details("A request was under way: it may have been carried out. The next plan finds out.")
              : []),
            ...details(acceptedText(result.accepted, people)),
          ]
        : [];
    case "skipped": {
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
