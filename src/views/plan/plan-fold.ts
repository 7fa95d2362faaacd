import type { Action, Change, Drift } from "../../core/plan/change.js";
import { topLevelAddress } from "../../core/address.js";
import { addToMultimap } from "../../core/multimap.js";
import { roomKind } from "../../core/state/forgotten.js";
import { quoted, safeLine } from "../../core/safe-text.js";
import { namedAddress } from "../../core/people/named-address.js";
import type { Line, Sign } from "../text/line.js";
import { indented, line, paragraph, signed } from "../text/line.js";
import { count, number } from "../text/terminal.js";
import type { People } from "../text/values.js";
import { actionSigns } from "./change-text.js";

/** Longer plans are folded: nobody reads so many changes one by one. */
const maxUnfolded = 200;

/** More containers than this are counted by kind instead. */
const maxGroups = 200;

/** A change or drift of one resource, reduced to what its count shows. */
interface Countable {
  /** The room or user that the resource belongs to. */
  readonly container: string;
  readonly kind: string;
  readonly sign: Sign;
  /** `to create`, `changed outside` */
  readonly fate: string;
}

/** Changes or drift, told apart by how much of each is shown. */
export interface Folded<T> {
  /** Shown in full: everything in a short plan; else destructive changes and warnings, up to a limit. */
  readonly shown: readonly T[];
  /** Shown in a line each: the other destructive changes. */
  readonly brief: readonly T[];
  /** Counted by container or kind. */
  readonly counted: readonly T[];
}

/** Folds the changes of a long plan. Destructive changes are always named. */
export function foldChanges(changes: readonly Change[], full: boolean): Folded<Change> {
  return fold(changes, full, isDestructive, ({ remarks }) =>
    remarks.some(({ severity }) => severity !== "note"),
  );
}

/** Folds long drift. Resources that no longer exist are always named. */
export function foldDrift(drift: readonly Drift[], full: boolean): Folded<Drift> {
  return fold(
    drift,
    full,
    (one) => one.after === null && one.class === "drift",
    () => false,
  );
}

/** Returns true for a change that destroys live data, or drops a jid by which a room can be found again. */
function isDestructive(change: Change): boolean {
  const { action, deletions, remarks } = change;
  const losesData = remarks.some(({ severity }) => severity === "data-loss");
  return action === "delete" || deletions > 0 || losesData || droppedJid(change) !== undefined;
}

/** Returns the jid of the room that the state drops with this change. */
function droppedJid({ kind, action, id, replaces }: Change): string | undefined {
  if (kind !== roomKind) return undefined;
  return action === "forget" ? id : replaces;
}

function fold<T>(
  all: readonly T[],
  full: boolean,
  isLoss: (one: T) => boolean,
  warns: (one: T) => boolean,
): Folded<T> {
  if (full || all.length <= maxUnfolded) return { shown: all, brief: [], counted: [] };
  const losses = new Set(all.filter(isLoss));
  const shown = new Set([...losses, ...all.filter(warns)].slice(0, maxUnfolded));
  if (shown.size === 0) return { shown: [], brief: [], counted: all };
  return {
    shown: all.filter((one) => shown.has(one)),
    brief: all.filter((one) => losses.has(one) && !shown.has(one)),
    counted: all.filter((one) => !losses.has(one) && !shown.has(one)),
  };
}

/** Returns one line that names what a change destroys. */
export function briefLine(change: Change, people: People): Line {
  const { address, action, before, deletions } = change;
  const jid = droppedJid(change);
  const dropped = jid === undefined ? "" : ` (jid ${safeLine(jid)} is dropped from the state)`;
  const body = action === "delete" ? before?.["body"] : undefined;
  const removed = deletions > 0 ? `: ${number(deletions)} removed` : "";
  const loss = typeof body === "string" ? `: ${quoted(body, 60)}` : removed;
  return signed(actionSigns[action], ["bold", namedAddress(address, people)], `${loss}${dropped}`);
}

/** The width of the output in columns, and e-mails by user id. */
interface CountOptions {
  readonly width: number;
  readonly people: People;
}

/** Returns the counts of changes by container or kind, below a title. */
export function countedChanges(changes: readonly Change[], options: CountOptions): readonly Line[] {
  const items = changes.map(({ address, kind, action }) => ({
    container: topLevelAddress(address),
    kind,
    sign: actionSigns[action],
    fate: plannedFate(action),
  }));
  return countedLines(count(changes.length, "change"), items, options);
}

/** Returns the counts of drifted resources by container or kind, below a title. */
export function countedDrift(drift: readonly Drift[], options: CountOptions): readonly Line[] {
  const items = drift.map((one) => ({
    container: topLevelAddress(one.address),
    kind: one.kind,
    sign: "~" as const,
    fate: one.class === "membership" ? "changed in sources" : "changed outside",
  }));
  return countedLines(count(drift.length, "resource"), items, options);
}

function countedLines(title: string, items: readonly Countable[], options: CountOptions): readonly Line[] {
  if (items.length === 0) return [];
  const byContainer = groupByContainer(items);
  const groups = byContainer.size <= maxGroups ? byContainer : tally(items, ({ kind }) => kind);
  const lines = [...groups].flatMap(([name, tallies]) => groupLines(name, tallies, options));
  return [line(["bold", `${title}, summarized (--full shows each):`]), ...indented(lines, 2)];
}

/** Groups resources by the room or user that they belong to; those that stand alone and have no name of their own, by kind. */
function groupByContainer(items: readonly Countable[]): ReadonlyMap<string, readonly Tally[]> {
  const sizes = new Map<string, number>();
  for (const { container } of items) sizes.set(container, (sizes.get(container) ?? 0) + 1);
  return tally(items, ({ container, kind }) => {
    const isAlone = sizes.get(container) === 1;
    return isAlone && !kind.endsWith("/*") ? kind : container;
  });
}

/** A number of resources of one kind and fate. */
interface Tally extends Pick<Countable, "kind" | "sign" | "fate"> {
  amount: number;
}

/** Counts the resources of each group by kind and fate, which are few: lists of 100,000 resources would take longer. */
function tally(
  items: readonly Countable[],
  getGroup: (item: Countable) => string,
): ReadonlyMap<string, readonly Tally[]> {
  const groups = new Map<string, Tally[]>();
  for (const item of items) {
    const group = getGroup(item);
    const known = groups.get(group)?.find(({ kind, fate }) => kind === item.kind && fate === item.fate);
    if (known !== undefined) known.amount++;
    else addToMultimap(groups, group, { kind: item.kind, sign: item.sign, fate: item.fate, amount: 1 });
  }
  return groups;
}

/** Returns `~ rooms/incident-bridge: room to update, 12 messages to create` or `+ rooms/*: 300 to create`. */
function groupLines(
  name: string,
  tallies: readonly Tally[],
  { width, people }: CountOptions,
): readonly Line[] {
  const signs = new Set(tallies.map(({ sign }) => sign));
  const [sign = "~"] = signs.size === 1 ? signs : ["~" as const];
  const parts = tallies.map(
    ({ kind, fate, amount }) => `${name === kind ? number(amount) : amountInContainer(kind, amount)} ${fate}`,
  );
  const label = [["bold", `${namedAddress(name, people)}:`]] as const;
  const [first, ...more] = paragraph(parts.join(", "), { width: width - 6, label });
  return [...(first === undefined ? [] : [{ ...first, sign }]), ...indented(more, 4)];
}

/** Returns `2 messages`, `room` or `pins`: the noun is the end of the kind's pattern, and the container is not counted. */
function amountInContainer(kind: string, amount: number): string {
  const names = kind.split("/").filter((part) => part !== "*");
  const noun = names.at(-1) ?? kind;
  if (!kind.endsWith("/*")) return noun;
  const singular = noun.replace(/s$/, "");
  return names.length === 1 ? singular : count(amount, singular, noun);
}

function plannedFate(action: Action): string {
  return action === "no-op" ? "to record" : `to ${action}`;
}
