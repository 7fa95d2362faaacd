import type { LeftToPerson } from "../../core/drift/left.js";
import { groupBy } from "../../core/multimap.js";
import { safe, safeLine } from "../../core/safe-text.js";
import type { ApplyResult, ChangeResult } from "../../engine/events.js";
import { isComplete, isDone } from "../../engine/events.js";
import { countedActions, countRemovedPeople } from "../../core/plan/counts.js";
import { leftCountText } from "../drift/left-text.js";
import { peopleText } from "../plan/plan-summary.js";
import { namedAddress } from "../../core/people/named-address.js";
import type { Line, Segment } from "../text/line.js";
import { blank, indented, line, paint, paragraph } from "../text/line.js";
import type { Styles } from "../text/terminal.js";
import { count, number } from "../text/terminal.js";
import type { People } from "../text/values.js";
import { doneWords } from "./apply-text.js";
import { leftAloneText, outcomeDetails, skipCause } from "./outcome-details.js";
import { getOutcome, isNotStarted, outcomeWords } from "./outcomes.js";

export interface ApplyResultOptions {
  readonly style: Styles;
  readonly width: number;
  readonly people: People;
  /** "Repair" for a repair. Missing: "Apply". */
  readonly title?: "Apply" | "Repair";
  /** The entries that a repair left to a person. */
  readonly left?: readonly LeftToPerson[];
  /** True for a saved plan, which applies once. */
  readonly isSaved?: boolean | undefined;
  /** False if the state could not be stored: the error tells how to continue. Missing: true. */
  readonly isStored?: boolean;
  /** True to name every created object, as in a report. False if their ids stand above. */
  readonly full?: boolean;
  /** Adds to commands the options by which they find the same config and state. */
  readonly repeatOptions?: ((text: string) => string) | undefined;
}

type Ended = ApplyResult["results"] extends ReadonlyMap<string, infer One> ? One : never;

const errorLabel: Segment = ["red", "Error:"];

/** Returns the result of an apply as people read it: everything that needs attention, then the counts. */
export function renderApplyResult(result: ApplyResult, options: ApplyResultOptions): string {
  const { style } = options;
  const all = [...result.results.values()];
  const notes = noteLines(all, options);
  const problems = isComplete(result) ? [] : problemLines(result, options);
  return paint(
    [
      // The lines of the changes stand above.
      ...(all.length === 0 ? [] : [blank]),
      ...notes,
      ...problems,
      ...(problems.length > 0 ? [blank] : []),
      ...summaryLines(result, options),
    ],
    style,
  );
}

function problemLines(result: ApplyResult, options: ApplyResultOptions): readonly Line[] {
  const { width, people } = options;
  const unfinished = [...result.results.values()].filter((one) => !isDone(one.result));
  const ended = endedByCredentials(result);
  return [
    ...credentialLines(result, options),
    ...createdLines(result, options),
    ...addressLines([["bold", "Accepted but not read back:"]], withStatus(ended, "not-taken"), options),
    ...addressLines(
      [["bold", "Failed because the credentials stopped working:"]],
      withStatus(ended, "failed"),
      options,
    ),
    ...unfinished.filter((one) => !ended.has(one)).flatMap((one) => detailLines(one, options)),
    ...skippedLines(unfinished, options),
    ...addressLines(
      [["bold", "Not started:"]],
      unfinished.filter((one) => isNotStarted(one.result)),
      options,
    ),
    ...result.leftAlone.flatMap((one) => [
      line(errorLabel, " ", ["bold", namedAddress(one.address, people)], ` ${leftAloneText(one)}`),
      ...paragraph(safe(one.text), { width, indent: 2 }),
    ]),
  ];
}

function summaryLines(result: ApplyResult, options: ApplyResultOptions): readonly Line[] {
  const { width, title = "Apply", left = [] } = options;
  const calls = `${count(result.calls, "call")}.${leftCountText(left)}`;
  if (isComplete(result))
    return paragraph(`${doneText(result)}. ${calls}`, { width, label: [["green", `${title} complete:`]] });
  const words = [...result.results.values()]
    .filter((one) => !isDone(one.result))
    .map((one) => getOutcome(one.result).word);
  const counts = [...outcomeWords].flatMap((word) =>
    countText(words.filter((one) => one === word).length, word),
  );
  const counted = [doneText(result), ...counts, ...countText(result.leftAlone.length, "left unchanged")].join(
    ", ",
  );
  const label: Segment = result.interrupted
    ? ["yellow", `${title} interrupted:`]
    : ["red", `${title} incomplete:`];
  return [
    ...paragraph(`${counted}. ${calls}`, { width, label: [label] }),
    ...nextSteps(options).map((step) => line(step)),
  ];
}

/** Returns the next steps after an incomplete apply. */
export function nextSteps({
  isSaved = false,
  isStored = true,
  repeatOptions = (text) => text,
}: Pick<ApplyResultOptions, "isSaved" | "isStored" | "repeatOptions">): readonly string[] {
  if (!isStored) return [];
  return [
    `Completed changes are recorded. ${isSaved ? repeatOptions("To continue: chatform plan") : "Run the command again to continue."}`,
  ];
}

function countText(amount: number, word: string): readonly string[] {
  return amount === 0 ? [] : [`${number(amount)} ${word}`];
}

/** Returns `1 created, 2 forgotten (5 people removed)`: the counts of done changes. "Nothing was changed" only where no write was accepted, nor may have been carried out. */
export function doneText({ results, moved = [], accepted }: ApplyResult): string {
  const all = [...results.values()];
  const counts = [
    ...countText(moved.length, "moved"),
    ...countedActions.flatMap((action) => {
      const done = all.filter((one) => one.change.action === action && one.result.status === "done");
      const removed = peopleText(countRemovedPeople(done.map(({ change }) => change)));
      return countText(done.length, `${doneWords[action]}${removed}`);
    }),
    ...countText(
      all.filter(({ result }) => result.status === "recovered" && isDone(result)).length,
      "recovered",
    ),
  ];
  if (counts.length > 0) return counts.join(", ");
  if (accepted > 0 || all.some(({ result }) => result.status === "recovered")) return "no change is complete";
  return all.some(({ result }) => mayHaveChanged(result)) ? "no change is confirmed" : "nothing was changed";
}

/** Returns true where a request may have been carried out, though no response says so. */
function mayHaveChanged(result: ChangeResult): boolean {
  if (result.status === "failed") return result.errors.some(({ failure }) => failure.outcome === "unclear");
  return result.status === "uncertain" || (result.status === "interrupted" && result.cutOff);
}

/** Returns the end of the credentials, which stands first: everything else follows from it. */
function credentialLines(
  { credentialsEnded }: ApplyResult,
  { width, title = "Apply" }: ApplyResultOptions,
): readonly Line[] {
  if (credentialsEnded === undefined) return [];
  return [
    line(errorLabel, " ", ["bold", "The credentials stopped working"], ` during the ${title.toLowerCase()}`),
    ...paragraph(safe(`${credentialsEnded.message}. Nothing was sent after that.`), { width, indent: 2 }),
  ];
}

/** Returns the changes about which nothing more is to be said than that the credentials stopped working. */
function endedByCredentials({ results, credentialsEnded }: ApplyResult): ReadonlySet<Ended> {
  const hasOtherCause = ({ result }: Ended): boolean => {
    if (result.status === "not-taken") return result.unread !== credentialsEnded;
    if (result.status !== "failed" || result.accepted.length > 0) return true;
    return result.errors.some(({ failure }) => failure.credentialsEnded !== true);
  };
  const all = credentialsEnded === undefined ? [] : [...results.values()];
  return new Set(all.filter((one) => !hasOtherCause(one)));
}

function withStatus(all: ReadonlySet<Ended>, status: ChangeResult["status"]): readonly Ended[] {
  return [...all].filter(({ result }) => result.status === status);
}

/** Returns the ids that an incomplete run created: if the state is lost, nothing else leads to them. */
function createdLines(
  { results }: ApplyResult,
  { full = false, people }: ApplyResultOptions,
): readonly Line[] {
  const lines = [...results.values()].flatMap(({ change, result }) => {
    const isOwn = change.action === "create" && change.idFrom === undefined;
    const id = isOwn && "id" in result ? result.id : undefined;
    return id === undefined || id === ""
      ? []
      : [line(`${namedAddress(change.address, people)} `, ["dim", safeLine(id)])];
  });
  if (lines.length === 0) return [];
  const shown = full || lines.length <= maxNamed ? lines : [];
  const rest = shown.length > 0 ? "" : ` ${count(lines.length, "object")}, listed above with their ids`;
  return [line(["bold", "Created by this run:"], rest), ...indented(shown, 2)];
}

/** Returns the notes about done changes: values that somebody else changed, departed users. Equal notes are one. */
function noteLines(all: readonly Ended[], { width, people }: ApplyResultOptions): readonly Line[] {
  const notes = all.flatMap(({ change, result }) =>
    result.status === "done"
      ? outcomeDetails(result, people).map(({ text }) => ({ address: change.address, text }))
      : [],
  );
  return [...groupBy(notes, ({ text }) => text)].flatMap(([text, same]) =>
    paragraph(
      `${addressList(
        same.map(({ address }) => address),
        people,
      )}: ${safe(text)}`,
      {
        width,
        label: [["yellow", "Note:"]],
      },
    ),
  );
}

/** Addresses that are named before the rest is counted. */
const maxNamed = 10;

function addressLines(
  title: readonly Segment[],
  changes: readonly Ended[],
  { width, people }: ApplyResultOptions,
): readonly Line[] {
  if (changes.length === 0) return [];
  const addresses = addressList(
    changes.map(({ change }) => change.address),
    people,
  );
  return [line(...title), ...paragraph(addresses, { width, indent: 2 })];
}

function addressList(addresses: readonly string[], people: People): string {
  const shown = addresses.slice(0, maxNamed).map((address) => namedAddress(address, people));
  const rest = addresses.length - shown.length;
  return [...shown, ...(rest > 0 ? [count(rest, "more", "more")] : [])].join(", ");
}

/** Returns the skipped changes, by the change that caused it. */
function skippedLines(unfinished: readonly Ended[], options: ApplyResultOptions): readonly Line[] {
  const skipped = unfinished.filter(({ result }) => result.status === "skipped");
  const byCause = groupBy(skipped, ({ result }) =>
    result.status === "skipped" ? `${result.because}\n${skipCause(result)}` : "",
  );
  return [...byCause].flatMap(([key, changes]) => {
    const [because = "", cause = ""] = key.split("\n");
    const title = [
      ["yellow", "Skipped"],
      " because ",
      ["bold", namedAddress(because, options.people)],
      ` ${cause}:`,
    ] as const;
    return addressLines(title, changes, options);
  });
}

/** Returns the details of a change that is not done; none where a list of addresses says it all. */
function detailLines({ change, result }: Ended, { width, people }: ApplyResultOptions): readonly Line[] {
  const { word } = getOutcome(result);
  if (isNotStarted(result) || (result.status === "skipped" && result.accepted.length === 0)) return [];
  const label: Segment = result.status === "recovered" ? ["yellow", "Warning:"] : errorLabel;
  return [
    line(label, " ", ["bold", namedAddress(change.address, people)], `: ${word}`),
    ...outcomeDetails(result, people).flatMap(({ kind, text }) =>
      paragraph(safe(text), { width, indent: 2, label: kind === "help" ? [["cyan", "help:"]] : [] }),
    ),
  ];
}
