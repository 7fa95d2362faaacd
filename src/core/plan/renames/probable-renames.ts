/*
 * A room under a new address may be a room that was renamed in the config. A second room can't be deleted, so a probable rename stops
 * the plan. A new and a removed room are probably the same if they have
 *
 *   the same subject, whatever its case and blanks
 *   or the same participants, owners and description, if no other new or removed room has them
 */
import type { Address } from "../../address.js";
import { normalizeText } from "../../diff/compare.js";
import type { Diagnostic } from "../../diagnostic.js";
import type { Json, JsonObject } from "../../json/json.js";
import { byCodeUnit, canonicalJson, isArray } from "../../json/json.js";
import { groupBy } from "../../multimap.js";
import { shellWord } from "../../shell-word.js";
import { roomKind } from "../../state/forgotten.js";
import type { Move } from "../../state/moved-addresses.js";
import type { State } from "../../state/state.js";
import { applyEffects } from "../../state/state.js";
import type { UnlinkedChange } from "../changes/build-change.js";
import { movedBlock } from "./moved-block.js";
import type { PlannerContext } from "../planner-input.js";
import { matchAnyPattern } from "../selection.js";

/** A room that is recorded, or whose create is uncertain, and that the config no longer declares. */
export interface RemovedRoom {
  readonly address: Address;
  readonly attributes: JsonObject;
}

/** @param declared every declared address, selected or not */
export function findRemovedRooms(state: State, declared: ReadonlySet<Address>): readonly RemovedRoom[] {
  const recorded = Object.entries(state.resources)
    .filter(([, { kind }]) => kind === roomKind)
    .map(([address, { applied }]) => ({ address, attributes: applied }));
  const uncertain = state.uncertain
    .filter(({ kind }) => kind === roomKind)
    .map(({ address, record, effects }) => ({ address, attributes: applyEffects(record.applied, effects) }));
  return [...recorded, ...uncertain].filter(({ address }) => !declared.has(address));
}

/** Returns the problem of created rooms that are probably renamed ones. */
export function probableRenameProblems(
  { state, options, removedRooms = [] }: PlannerContext,
  drafts: readonly UnlinkedChange[],
): readonly Diagnostic[] {
  const isAllowed = matchAnyPattern(options.allowedSecondRooms ?? []);
  const created = drafts
    .filter(({ kind, action }) => kind === roomKind && action === "create")
    .filter(({ address }) => state?.resources[address] === undefined && !isAllowed(address))
    .map(({ address, after }) => ({ address, attributes: after ?? {} }));
  const renames = findProbableRenames(removedRooms, created);
  return renames.length === 0 ? [] : [problem(renames)];
}

interface ProbableRename extends Move {
  readonly same: string;
}

function findProbableRenames(
  removed: readonly RemovedRoom[],
  created: readonly RemovedRoom[],
): readonly ProbableRename[] {
  const bySubject = pairs(removed, created, subjectKey).map((move) => ({ ...move, same: "subject" }));
  const paired = new Set(bySubject.flatMap(({ from, to }) => [from, to]));
  const isLeft = ({ address }: RemovedRoom): boolean => !paired.has(address);
  const byPeople = pairs(removed.filter(isLeft), created.filter(isLeft), peopleKey, true).map((move) => ({
    ...move,
    same: "participants, owners and description",
  }));
  return [...bySubject, ...byPeople].sort((a, b) => byCodeUnit(a.to, b.to));
}

/** Pairs rooms with the same key in the order of their addresses. @param unique whether to leave out keys of several rooms */
function pairs(
  removed: readonly RemovedRoom[],
  created: readonly RemovedRoom[],
  toKey: (attributes: JsonObject) => string | undefined,
  unique = false,
): readonly Move[] {
  const byKey = (rooms: readonly RemovedRoom[]): ReadonlyMap<string | undefined, readonly RemovedRoom[]> =>
    groupBy(
      rooms.toSorted((a, b) => byCodeUnit(a.address, b.address)),
      ({ attributes }) => toKey(attributes),
    );
  const olds = byKey(removed);
  return [...byKey(created)].flatMap(([key, news]) => {
    const old = olds.get(key) ?? [];
    if (key === undefined || (unique && old.length + news.length > 2)) return [];
    return old
      .slice(0, news.length)
      .map(({ address: from }, at) => ({ from, to: news[at]?.address ?? from }));
  });
}

function subjectKey({ subject }: JsonObject): string | undefined {
  const key = typeof subject === "string" ? normalizeText(subject).toLowerCase().replaceAll(/\s+/g, " ") : "";
  return key === "" ? undefined : key;
}

function peopleKey({ description = "", owners, participants }: JsonObject): string | undefined {
  if (!isArray(participants) || participants.length === 0) return undefined;
  return canonicalJson([description, sorted(owners), sorted(participants)]);
}

function sorted(list: Json | undefined): readonly Json[] {
  return isArray(list) ? list.map((item) => canonicalJson(item)).sort(byCodeUnit) : [];
}

/** The most renames that are described. The block lists all. */
const maxDescribed = 5;

function problem(renames: readonly ProbableRename[]): Diagnostic {
  const [first] = renames;
  const described = renames
    .slice(0, maxDescribed)
    .map(({ from, to, same }) => `${to} has the ${same} of ${from}, which is no longer in the config.`);
  const more = renames.length - described.length;
  const flags = renames.map(({ to }) => `--allow-second-room ${shellWord(to)}`).join(" ");
  return {
    severity: "error",
    code: "probable-rename",
    summary: renames.length === 1 ? "Room probably renamed" : "Rooms probably renamed",
    detail: [
      ...described,
      ...(more === 0 ? [] : [`${more} more rooms are like removed ones.`]),
      "The API cannot delete rooms: a second room would stay forever.",
    ].join(" "),
    help: `If the address was changed, add this to the config:\n\n${movedBlock(renames)}\n\nTo create a second room all the same: ${flags}`,
    ...(first === undefined ? {} : { address: first.to }),
  };
}
