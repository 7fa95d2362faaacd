import type { Action, Change } from "../core/change.js";
import { addTo } from "../core/groups.js";
import type { ApplyResult, ChangeResult, EngineEvent } from "../engine/events.js";
import { neededText, notTakenText } from "./outcome-text.js";
import { ProgressLine } from "./progress.js";
import { isComplete } from "../engine/events.js";
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
      case "change-ended":
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

function endingOf({ address, action }: Change, result: ChangeResult, style: Styles): string {
  const at = style.bold(safeLine(address));
  switch (result.status) {
    case "done":
      return `${at}: ${endings[action]}${action === "create" && result.id !== undefined ? style.dim(` (${safeLine(result.id)})`) : ""}`;
    case "failed":
      return `${at}: ${style.red("failed")}`;
    case "not-taken":
      return `${at}: ${style.red("not taken")}`;
    case "uncertain":
      return `${at}: ${style.yellow("uncertain")}`;
    case "skipped":
      return `${at}: ${style.yellow("skipped")}, as ${safeLine(result.because)} failed`;
    case "interrupted":
      return `${at}: ${style.yellow("interrupted")}`;
    default:
      return result satisfies never;
  }
}

/** What an apply came to: counts, then everything that needs a person. */
export function renderApplyResult(
  result: ApplyResult,
  { style, width }: { readonly style: Styles; readonly width: number },
): string {
  const { results, interrupted, leftAlone, calls } = result;
  const all = [...results.values()];
  const bad = all.filter(({ result }) => result.status !== "done");
  const made = (["create", "update", "delete", "adopt", "forget"] as const).flatMap((action) => {
    const number = all.filter(
      ({ change, result }) => change.action === action && result.status === "done",
    ).length;
    return number === 0 ? [] : [`${number.toLocaleString("en-US")} ${endings[action]}`];
  });
  const done = made.length === 0 ? "nothing was changed" : made.join(", ");
  const callsMade = count(calls, "call");
  // Behind what was told of each change, if anything was.
  const gap = results.size === 0 ? [] : [""];
  if (isComplete(result)) {
    const text = `${style.green("Apply complete:")} ${done}. ${callsMade}.`;
    return [...gap, ...wrapped(text, "", width), ""].join("\n");
  }
  const problems = [
    ...bad.flatMap(({ change, result }) => problemLines(change, result, style, width)),
    ...skippedLines(bad, style, width),
    ...leftAlone.flatMap((one) => leftAloneLines(one, style, width)),
  ];
  const title = interrupted ? style.yellow("Apply interrupted:") : style.red("Apply incomplete:");
  const alone = leftAlone.length === 0 ? [] : [`${leftAlone.length.toLocaleString("en-US")} left alone`];
  const rest = [...statusCounts(bad.map((one) => one.result.status)), ...alone];
  return [
    ...gap,
    ...problems,
    ...(problems.length > 0 ? [""] : []),
    ...wrapped(`${title} ${[done, ...rest].join(", ")}. ${callsMade}.`, "", width),
    "What was done is recorded. Run again to go on.",
    "",
  ].join("\n");
}

function leftAloneLines(
  { address, text }: ApplyResult["leftAlone"][number],
  style: Styles,
  width: number,
): readonly string[] {
  const title = `${style.red("Error:")} ${style.bold(safeLine(address))} is uncertain, and left alone`;
  return [title, ...wrapped(safe(text), "  ", width)];
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
    addTo(byCause, result.because, change.address);
  }
  return [...byCause].flatMap(([because, addresses]) => {
    const shown = addresses.slice(0, maxSkipped).map((address) => safeLine(address));
    const more =
      addresses.length > shown.length ? [count(addresses.length - shown.length, "more", "more")] : [];
    return [
      `${style.yellow("Skipped:")} as ${style.bold(safeLine(because))} failed`,
      ...wrapped([...shown, ...more].join(", "), "  ", width),
    ];
  });
}

/** Skipped addresses that are named for each failure. */
const maxSkipped = 10;

function statusCounts(statuses: readonly ChangeResult["status"][]): readonly string[] {
  return (["failed", "not-taken", "uncertain", "skipped", "interrupted"] as const).flatMap((status) => {
    const number = statuses.filter((one) => one === status).length;
    return number === 0 ? [] : [`${number.toLocaleString("en-US")} ${status.replace("-", " ")}`];
  });
}

function problemLines(
  { address }: Change,
  result: ChangeResult,
  style: Styles,
  width: number,
): readonly string[] {
  const title = (text: string): string => `${style.red("Error:")} ${style.bold(safeLine(address))} ${text}`;
  const details = (text: string): readonly string[] => wrapped(safe(text), "  ", width);
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
      ];
    case "not-taken":
      return [title("was not taken"), ...details(notTakenText(result.paths))];
    case "uncertain":
      return [title("is uncertain"), ...details(`${result.error.message}. ${result.wayOn}`)];
    case "done":
    case "skipped":
    case "interrupted":
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
