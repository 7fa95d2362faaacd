/*
 * A room under a new address may be a room that was renamed in the config. A second room can't be deleted, so a probable rename stops
 * the plan. A new and a removed room are probably the same if they have
 *
 *   the same subject, whatever its case and blanks
 *   or the same participants, owners and description, if no other new or removed room has them
 *
 * A room that the state has forgotten counts as removed. Only its subject is known.
 */
import type { Address } from "../../address.js";
import { matchAnyPattern } from "../../address-patterns.js";
import { normalizeText } from "../../diff/compare.js";
import type { Diagnostic } from "../../diagnostic.js";
import type { Json, JsonObject } from "../../json/json.js";
import { byCodeUnit, canonicalJson, isArray } from "../../json/json.js";
import type { Resource } from "../../kind/resource.js";
import { groupBy } from "../../multimap.js";
import { shellWord } from "../../shell-word.js";
import { idKey } from "../../jid.js";
import type { ForgottenRoom } from "../../state/forgotten.js";
import { roomKind } from "../../state/forgotten.js";
import type { Move } from "../../state/moved-addresses.js";
import type { State } from "../../state/state.js";
import { applyEffects } from "../../state/state.js";
import type { UnlinkedChange } from "../changes/build-change.js";
import { movedBlock } from "./moved-block.js";
import type { PlannerContext } from "../planner-input.js";

/** A room that is recorded, or whose create is uncertain, and that the config no longer declares. */
export interface RemovedRoom {
  readonly address: Address;
  readonly attributes: JsonObject;
  /** Of a room that the state has forgotten. */
  readonly forgotten?: ForgottenRoom;
}

/** @param declared the declared resources, selected or not */
export function findRemovedRooms(state: State, declared: readonly Resource[]): readonly RemovedRoom[] {
  const recorded = Object.entries(state.resources)
    .filter(([, { kind }]) => kind === roomKind)
    .map(([address, { applied }]) => ({ address, attributes: applied }));
  const uncertain = state.uncertain
    .filter(({ kind }) => kind === roomKind)
    .map(({ address, record, effects }) => ({ address, attributes: applyEffects(record.applied, effects) }));
  const known = [...recorded, ...uncertain];
  // The latest of an address comes last.
  const latest = new Map((state.forgotten ?? []).map((room) => [room.address, room]));
  for (const { address } of known) latest.delete(address);
  const forgotten = [...latest.values()].map((room) => ({
    address: room.address,
    attributes: { subject: room.subject },
    forgotten: room,
  }));
  const addresses = new Set(declared.map(({ address }) => address));
  const ids = new Set(declared.flatMap(({ id }) => (typeof id === "string" ? [idKey(id)] : [])));
  return [
    ...known.filter(({ address }) => !addresses.has(address)),
    ...forgotten.filter((room) => !addresses.has(room.address) && !ids.has(idKey(room.forgotten.jid))),
  ];
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
  /** The facts that both rooms share. */
  readonly same: string;
  readonly forgotten?: ForgottenRoom | undefined;
}

/** A reason to take two rooms for the same. */
interface Likeness {
  readonly same: string;
  /** Returns a text that is equal for rooms that are alike; undefined for a room that is like no other. */
  readonly toKey: (attributes: JsonObject) => string | undefined;
  /** True if it proves nothing where several new or removed rooms have the same key. */
  readonly isUnique: boolean;
}

const bySubject: Likeness = { same: "subject", toKey: subjectKey, isUnique: false };
const byPeople: Likeness = {
  same: "participants, owners and description",
  toKey: peopleKey,
  isUnique: true,
};

function findProbableRenames(
  removed: readonly RemovedRoom[],
  created: readonly RemovedRoom[],
): readonly ProbableRename[] {
  const known = removed.filter(({ forgotten }) => forgotten === undefined);
  const forgotten = removed.filter((room) => room.forgotten !== undefined);
  const found: ProbableRename[] = [];
  for (const [rooms, likeness] of [
    [known, bySubject],
    [known, byPeople],
    [forgotten, bySubject],
  ] as const) {
    const paired = new Set(found.flatMap(({ from, to }) => [from, to]));
    const isLeft = ({ address }: RemovedRoom): boolean => !paired.has(address);
    found.push(...pairs(rooms.filter(isLeft), created.filter(isLeft), likeness));
  }
  return found.sort((a, b) => byCodeUnit(a.to, b.to));
}

/** Pairs rooms that are alike in the order of their addresses. */
function pairs(
  removed: readonly RemovedRoom[],
  created: readonly RemovedRoom[],
  { same, toKey, isUnique }: Likeness,
): readonly ProbableRename[] {
  if (removed.length === 0) return [];
  const byKey = (rooms: readonly RemovedRoom[]): ReadonlyMap<string | undefined, readonly RemovedRoom[]> =>
    groupBy(
      rooms.toSorted((a, b) => byCodeUnit(a.address, b.address)),
      ({ attributes }) => toKey(attributes),
    );
  const olds = byKey(removed);
  return [...byKey(created)].flatMap(([key, news]) => {
    const old = olds.get(key) ?? [];
    if (key === undefined || (isUnique && old.length + news.length > 2)) return [];
    return old
      .slice(0, news.length)
      .map(({ address: from, forgotten }, at) => ({ from, to: news[at]?.address ?? from, same, forgotten }));
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

function describe({ from, to, same, forgotten }: ProbableRename): string {
  const past =
    forgotten === undefined
      ? "is no longer in the config"
      : `the state has forgotten since ${forgotten.forgotten.slice(0, 10)}, and which may still exist: ${forgotten.jid}`;
  return `${to} has the ${same} of ${from}, which ${past}.`;
}

function problem(renames: readonly ProbableRename[]): Diagnostic {
  const [first] = renames;
  const described = renames.slice(0, maxDescribed).map(describe);
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
