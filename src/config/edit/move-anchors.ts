import type { Replacement } from "./replacement.js";
import type { SyntaxNode } from "./syntax-tree.js";
import { nodesIn } from "./syntax-tree.js";

export interface AnchorMoves {
  readonly moves: readonly Replacement[];
  /** Removed members with an anchor that can't be moved. */
  readonly unmovable: ReadonlySet<SyntaxNode>;
}

/**
 * Moves each anchor within removed members to the first alias outside of them: the value takes the place of that alias, and
 * the other aliases repeat it from there.
 */
export function moveAnchors(text: string, root: SyntaxNode, removed: readonly SyntaxNode[]): AnchorMoves {
  const moves: Replacement[] = [];
  const unmovable = new Set<SyntaxNode>();
  if (!text.includes("*")) return { moves, unmovable };
  const members = new Set(removed);
  const moved = new Set<SyntaxNode>();
  for (const alias of nodesIn(root)) {
    const { target } = alias;
    if (target === undefined || moved.has(target) || memberAround(alias, members) !== undefined) continue;
    const member = memberAround(target, members);
    if (member === undefined) continue;
    moved.add(target);
    const isWhole = [...nodesIn(target)].every((node) => isWithin(node.target, target, members));
    const value = isWhole ? movedText(text, target, alias) : undefined;
    if (value === undefined) unmovable.add(member);
    else moves.push({ at: [alias.start, alias.end], by: value });
  }
  return { moves, unmovable };
}

/** Returns the removed member that a node is or lies in. */
function memberAround(node: SyntaxNode, members: ReadonlySet<SyntaxNode>): SyntaxNode | undefined {
  for (let at: SyntaxNode | undefined = node; at !== undefined; at = at.parent)
    if (members.has(at)) return at;
  return undefined;
}

/** Returns true unless an alias within a moved value repeats something that is removed and does not move with the value. */
function isWithin(
  repeated: SyntaxNode | undefined,
  value: SyntaxNode,
  members: ReadonlySet<SyntaxNode>,
): boolean {
  if (repeated === undefined || memberAround(repeated, members) === undefined) return true;
  return memberAround(repeated, new Set([value])) !== undefined;
}

/** Returns the text of an anchored value for the place of an alias; undefined if it would not fit there. */
function movedText(text: string, value: SyntaxNode, alias: SyntaxNode): string | undefined {
  const own = text.slice(value.start, value.end);
  if (!own.includes("\n")) {
    const isSafe = value.type !== "scalar" || !/[,[\]{}]/.test(own) || alias.parent?.isFlow !== true;
    return isSafe ? own : undefined;
  }
  // Several lines keep their shape below a key of a block; their indentation becomes that of the new place.
  if (!isBlockMember(value) || !isBlockMember(alias) || !endsLine(text, alias.end)) return undefined;
  const shift = getColumn(text, alias.lead) - getColumn(text, value.lead);
  return shifted(own, shift);
}

function isBlockMember({ key, parent }: SyntaxNode): boolean {
  return key !== undefined && parent?.isFlow === false;
}

function endsLine(text: string, at: number): boolean {
  return /^[ \t]*(?:\r?\n|$)/.test(text.slice(at));
}

function getColumn(text: string, at: number): number {
  return at - (text.lastIndexOf("\n", at - 1) + 1);
}

/** Returns lines with all but the first indented by more or fewer spaces; undefined if a line has too few. */
function shifted(lines: string, by: number): string | undefined {
  const [first = "", ...others] = lines.split("\n");
  const indent = " ".repeat(Math.abs(by));
  if (by < 0 && others.some((line) => line.trim() !== "" && !line.startsWith(indent))) return undefined;
  const moved = others.map((line) => (line.trim() === "" ? line : by < 0 ? line.slice(-by) : indent + line));
  return [first, ...moved].join("\n");
}
