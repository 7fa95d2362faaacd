import type { LeftToPerson } from "../../core/drift/left.js";
import { groupBy } from "../../core/multimap.js";
import { safeLine } from "../../core/safe-text.js";
import { shellWord } from "../../core/shell-word.js";
import { namedAddress } from "../../core/people/named-address.js";
import type { Line } from "../text/line.js";
import { indented, line, paragraph } from "../text/line.js";
import { placeText } from "../text/reasons.js";
import { count, number } from "../text/terminal.js";
import type { People } from "../text/values.js";

/** Entries of a list that are shown before the rest is counted. */
const maxListed = 20;

/** Addresses and sources that a command names; instead of more, it has a placeholder. */
const maxNamed = 5;

/** Returns the next step for entries with the same reason, and with the same next step of their own, if any. */
export function leftHelp(entries: readonly LeftToPerson[]): string {
  const [first] = entries;
  if (first === undefined) return "";
  const { reason, code, help } = first;
  if (help !== undefined) return help;
  switch (reason) {
    case "conflict":
      return "To apply the config: chatform apply. To keep the live value: write it in the config.";
    case "unknown":
      return "Correct the config: chatform plan shows what is wrong.";
    case "emptied":
      return `Check the source. If this is intended: chatform apply ${emptySourceOptions(entries)}`;
    case "unread":
      return "Run the command again later.";
    case "prevented":
      return code === "room-full"
        ? "Declare fewer participants, or choose an owner who is already a participant."
        : "To see what is wrong: chatform plan";
    case "missing":
      return `To create again: chatform apply. To drop from the state: chatform state forget ${addressWords(entries)}`;
    case "pending":
      return "To apply the config: chatform apply";
    case "uncertain":
      return "To find out whether the create was carried out: chatform plan";
    default:
      return reason satisfies never;
  }
}

function emptySourceOptions(entries: readonly LeftToPerson[]): string {
  const sources = [...new Set(entries.flatMap(({ sources: names = [] }) => names))];
  const words = sources.length > maxNamed ? ["NAME"] : sources.map((name) => safeLine(shellWord(name)));
  return words.map((word) => `--allow-empty-source ${word}`).join(" ");
}

function addressWords(entries: readonly LeftToPerson[]): string {
  if (entries.length > maxNamed) return "ADDRESS...";
  return entries.map(({ address }) => safeLine(shellWord(address))).join(" ");
}

interface LeftTextOptions {
  /** Of the terminal, in columns. */
  readonly width: number;
  readonly people: People;
  readonly full?: boolean;
  /** Adds to commands the options by which they find the same config and state. */
  readonly repeatOptions?: ((text: string) => string) | undefined;
}

/** Returns what is left to a person as lines: a title, then a line for each with what to do; none if nothing is left. */
export function leftLines(
  left: readonly LeftToPerson[],
  { width, people, full = false, repeatOptions = (text) => text }: LeftTextOptions,
): readonly Line[] {
  if (left.length === 0) return [];
  const groups = [...groupBy(left, groupKey).values()].flatMap((some) => {
    const shown = full || some.length <= maxListed ? some : some.slice(0, maxListed - 1);
    const rest = some.length - shown.length;
    return [
      ...shown.flatMap((one) => entryLines(one, width, people)),
      ...(rest > 0 ? [line(["dim", `  … and ${count(rest, "more", "more")} (--full shows all)`])] : []),
      ...indented(paragraph(repeatOptions(leftHelp(some)), { width: width - 4 }), 4),
    ];
  });
  return [line(["bold", "Left to you:"]), ...groups];
}

/** Returns a key that is equal for entries with the same next step. */
function groupKey({ reason, code, help }: LeftToPerson): string {
  return JSON.stringify([reason, help, reason === "prevented" ? code : undefined]);
}

/** Returns an entry in words, with its place: `subject changed outside, and in the config too (chatform.yaml:12)`. */
export function leftText({ text, place }: Pick<LeftToPerson, "text" | "place">): string {
  return place === undefined ? text : `${text.replace(/\.$/, "")} (${placeText(place)})`;
}

function entryLines(left: LeftToPerson, width: number, people: People): readonly Line[] {
  const { address } = left;
  const label = [["yellow", "?"], " ", ["bold", `${namedAddress(address, people)}:`]] as const;
  const [first, ...rest] = paragraph(safeLine(leftText(left), 500), { width: width - 4, label });
  return [...indented(first === undefined ? [] : [first], 2), ...indented(rest, 4)];
}

/** Returns ` Left to you: 2.`; "" if nothing is left. */
export function leftCountText(left: readonly LeftToPerson[]): string {
  return left.length === 0 ? "" : ` Left to you: ${number(left.length)}.`;
}
