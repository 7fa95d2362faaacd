import type { Action, Change, Drift } from "../../core/plan/change.js";
import { isRoomAddress, topLevelAddress } from "../../core/address.js";
import { groupBy } from "../../core/multimap.js";
import { roomKind } from "../../core/state/forgotten.js";
import { symbols } from "./change-text.js";
import type { Styles } from "../text/terminal.js";
import { quoted, safeLine } from "../../core/safe-text.js";
import { count, number } from "../text/terminal.js";
import { wrapped } from "../text/wrap.js";

/** More than this are folded: nobody reads them one by one. */
const maxUnfolded = 200;

/** More rooms than this are folded in their turn. */
const maxGroups = 200;

/** What happens to one resource, as far as folding it matters. */
interface Foldable {
  readonly address: string;
  readonly kind: string;
  readonly symbol: string;
  /** `to create`, `changed outside` */
  readonly fate: string;
}

/** Things told apart by how they are shown. */
export interface Folded<T> {
  /** Shown in full: all if they are few, else those that take something away or warn, as far as they can be read at all. */
  readonly shown: readonly T[];
  /** Shown in a line each: what else takes something away. */
  readonly brief: readonly T[];
  /** Counted by room, and those of users by kind. */
  readonly counted: readonly T[];
}

/** Folds changes where there are too many to read. What takes something away stays, each by itself. */
export function foldedChanges(changes: readonly Change[], full: boolean): Folded<Change> {
  return folded(changes, full, takesAway, ({ remarks }) =>
    remarks.some(({ severity }) => severity !== "note"),
  );
}

/** The same of what drifted: what is gone stays. */
export function foldedDrift(drift: readonly Drift[], full: boolean): Folded<Drift> {
  return folded(
    drift,
    full,
    ({ after }) => after === null,
    () => false,
  );
}

/** Whether something of what lives is lost by it, or the state loses a jid by which a room is found again. */
function takesAway(change: Change): boolean {
  const { action, deletions, remarks } = change;
  const loses = remarks.some(({ severity }) => severity === "data-loss");
  return action === "delete" || deletions > 0 || loses || droppedJid(change) !== undefined;
}

/** The jid of the room that the state drops with this change. */
function droppedJid({ kind, action, id, replaces }: Change): string | undefined {
  if (kind !== roomKind) return undefined;
  return action === "forget" ? id : replaces;
}

function folded<T>(
  all: readonly T[],
  full: boolean,
  isLoss: (one: T) => boolean,
  isGrave: (one: T) => boolean,
): Folded<T> {
  if (full || all.length <= maxUnfolded) return { shown: all, brief: [], counted: [] };
  const losses = new Set(all.filter(isLoss));
  const shown = new Set([...losses, ...all.filter(isGrave)].slice(0, maxUnfolded));
  return {
    shown: all.filter((one) => shown.has(one)),
    brief: all.filter((one) => losses.has(one) && !shown.has(one)),
    counted: all.filter((one) => !losses.has(one) && !shown.has(one)),
  };
}

/** What a change takes away, in a line. */
export function briefLine(change: Change, style: Styles): string {
  const { address, action, before, deletions } = change;
  const jid = droppedJid(change);
  const dropped = jid === undefined ? "" : ` (${safeLine(jid)} leaves the state)`;
  const body = before?.["body"];
  const what =
    action === "delete" && typeof body === "string"
      ? `: ${quoted(body, 60)}`
      : deletions > 0
        ? `: ${number(deletions)} removed`
        : "";
  const symbol = action === "delete" ? style.red(symbols.delete) : style.yellow(symbols[action]);
  return `${symbol} ${style.bold(safeLine(address))}${what}${dropped}`;
}

/** Counts of changes, in lines, behind a title: one for each room, or kind. */
export function countedChanges(changes: readonly Change[], style: Styles, width: number): readonly string[] {
  const items = changes.map(({ address, kind, action }) => ({
    address,
    kind,
    symbol: symbols[action],
    fate: toDo(action),
  }));
  return countedLines(count(changes.length, "change"), items, style, width);
}

/** The same of what drifted. */
export function countedDrift(drift: readonly Drift[], style: Styles, width: number): readonly string[] {
  const items = drift.map(({ address, kind }) => ({ address, kind, symbol: "~", fate: "changed outside" }));
  return countedLines(number(drift.length), items, style, width);
}

function countedLines(
  what: string,
  items: readonly Foldable[],
  style: Styles,
  width: number,
): readonly string[] {
  if (items.length === 0) return [];
  const byRoom = groupBy(items, ({ address, kind }) => {
    const top = topLevelAddress(address);
    return isRoomAddress(top) ? top : kind;
  });
  const groups = byRoom.size <= maxGroups ? byRoom : groupBy(items, ({ kind }) => kind);
  const lines = [...groups].flatMap(([name, some]) => groupLines(name, some, style, width - 2));
  return [style.bold(`${what} in short (--full shows each):`), ...lines.map((line) => `  ${line}`)];
}

/** `~ rooms/incident-bridge: room to update, 12 messages to create`; `+ rooms/*: 300 to create` */
function groupLines(
  name: string,
  items: readonly Foldable[],
  style: Styles,
  width: number,
): readonly string[] {
  const symbolsOf = new Set(items.map(({ symbol }) => symbol));
  const [symbol = "~"] = symbolsOf.size === 1 ? symbolsOf : ["~"];
  const parts = [...groupBy(items, ({ kind, fate }) => `${kind} ${fate}`).values()].map((some) => {
    const [{ kind, fate } = { kind: "", fate: "" }] = some;
    return `${name === kind ? number(some.length) : amountOf(kind, some.length)} ${fate}`;
  });
  const text = `${symbol} ${style.bold(safeLine(name))}: ${parts.join(", ")}`;
  const [first = "", ...more] = wrapped(text, "", width - 4);
  return [first, ...more.map((line) => `    ${line}`)];
}

/** `2 messages`, `room`, `pins`: how many of a kind there are in a room; by what the kind's pattern ends with. */
function amountOf(kind: string, amount: number): string {
  const [noun = kind] = kind
    .split("/")
    .filter((part) => part !== "*")
    .slice(-1);
  if (amount > 1) return `${number(amount)} ${noun}`;
  return kind === "rooms/*" ? "room" : noun === "messages" ? "1 message" : noun;
}

function toDo(action: Action): string {
  return action === "no-op" ? "to record" : `to ${action}`;
}
