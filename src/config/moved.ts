import type { Address } from "../core/address.js";
import { blockNames } from "../core/address.js";
import type { Diagnostic } from "../core/diagnostic.js";
import type { JsonObject } from "../core/json/json.js";
import { isArray, isObject } from "../core/json/json.js";
import type { Pointer } from "../core/json/pointer.js";
import { pointer, valueAt } from "../core/json/pointer.js";
import type { Move } from "../core/state/moved-addresses.js";
import { groupBy } from "../core/multimap.js";
import { formObstacle, moveFollower, moveObstacle } from "../core/state/state-moves.js";
import type { Merged } from "./merge.js";
import type { Problem } from "./problem.js";
import { isMovableAddress } from "./schema/moved-schema.js";

/** An item of `moved`, and its place in the merged document. */
interface DeclaredMove extends Move {
  readonly pointer: Pointer;
}

/** The moves of a config, and their problems. */
export interface CheckedMoves {
  readonly moved: readonly Move[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Checks the renamed addresses of a config. @param problems the problems of the config so far */
export function checkMoved(merged: Merged, problems: readonly Diagnostic[]): CheckedMoves {
  const moves = declaredMoves(merged.document);
  const context: MoveContext = {
    follow: moveFollower(moves.filter((move) => formObstacle(move) === undefined)),
    findOther: otherMoves(moves),
    document: merged.document,
    isComplete: problems.every(({ severity }) => severity !== "error"),
  };
  const diagnostics = moves.flatMap((move): readonly Diagnostic[] => {
    const found = findProblem(move, context);
    if (found === undefined) return [];
    const { member, ...problem } = found;
    return [{ severity: "error", ...problem, ...merged.locate(`${move.pointer}/${member}`, false) }];
  });
  return { moved: moves.map(({ from, to }) => ({ from, to })), diagnostics };
}

/** Returns a function that finds a different move of the same address, or to the same address. */
function otherMoves(moves: readonly Move[]): MoveContext["findOther"] {
  const different = new Map(moves.map((move) => [JSON.stringify([move.from, move.to]), move])).values();
  const all = [...different];
  const byFrom = groupBy(all, ({ from }) => from);
  const byTo = groupBy(all, ({ to }) => to);
  return ({ from, to }) =>
    byFrom.get(from)?.find((one) => one.to !== to) ?? byTo.get(to)?.find((one) => one.from !== from);
}

/** Items that break the schema are left out. */
function declaredMoves({ moved }: JsonObject): readonly DeclaredMove[] {
  const list = isArray(moved) ? moved : [];
  return list.flatMap((item, at) => {
    if (!isObject(item)) return [];
    const { from, to } = item;
    if (typeof from !== "string" || !isMovableAddress(from)) return [];
    if (typeof to !== "string" || !isMovableAddress(to)) return [];
    return [{ from: asDeclared(from), to: asDeclared(to), pointer: pointer("moved", at) }];
  });
}

/** Names of users are in lower case in addresses. */
function asDeclared(address: Address): Address {
  return address.startsWith("users/") ? address.toLowerCase() : address;
}

interface MoveContext {
  /** Returns the address after all moves; undefined for a cycle. */
  readonly follow: (address: Address) => Address | undefined;
  readonly findOther: (move: Move) => Move | undefined;
  readonly document: JsonObject;
  /** False if a part of the config could not be read: then an address may be declared in that part. */
  readonly isComplete: boolean;
}

interface MoveProblem extends Problem {
  /** The member that the problem is about. */
  readonly member: "from" | "to";
}

function findProblem(
  move: Move,
  { follow, findOther, document, isComplete }: MoveContext,
): MoveProblem | undefined {
  const { from } = move;
  const last = follow(from);
  if (last === undefined) return cycle(move);
  const obstacle = moveObstacle(move, (room) => follow(room) ?? room);
  if (obstacle !== undefined) return impossible(obstacle);
  const other = findOther(move);
  if (other !== undefined) return ambiguous(move, other);
  if (isDeclared(document, from)) return stillDeclared(move);
  return isComplete && !isDeclared(document, last) ? notDeclared(move, last) : undefined;
}

/** Returns true for the address of a block in the config. */
function isDeclared(document: JsonObject, address: Address): boolean {
  return valueAt(document, pointer(...blockNames(address))) !== undefined;
}

function cycle({ from }: Move): MoveProblem {
  return {
    code: "bad-move",
    summary: "Moves in a cycle",
    detail: `The moves lead from ${from} back to ${from}.`,
    help: "Remove one of them: list only the last rename.",
    member: "from",
  };
}

function impossible(detail: string): MoveProblem {
  return {
    code: "bad-move",
    summary: "Impossible move",
    detail,
    help: "Correct the addresses, or remove the item.",
    member: "to",
  };
}

function ambiguous({ from, to }: Move, other: Move): MoveProblem {
  const isSplit = other.from === from;
  return {
    code: "bad-move",
    summary: isSplit ? "Two moves of one address" : "Two moves to one address",
    detail: isSplit
      ? `${from} moves to ${to} and to ${other.to}.`
      : `${from} and ${other.from} both move to ${to}.`,
    help: "Remove one of the two items.",
    member: isSplit ? "from" : "to",
  };
}

function stillDeclared({ from, to }: Move): MoveProblem {
  return {
    code: "moved-still-declared",
    summary: "Moved address still declared",
    detail: `${from} moves to ${to}, and is still declared.`,
    help: `Rename ${from} in the config, or remove the item.`,
    member: "from",
  };
}

function notDeclared({ to }: Move, last: Address): MoveProblem {
  return {
    code: "moved-not-declared",
    summary: "Move to an address that is not declared",
    detail: last === to ? `${to} is not declared.` : `${to} moves on to ${last}, which is not declared.`,
    help: `Declare ${last}, or remove the item.`,
    member: "to",
  };
}
