import type { Span } from "../read/source.js";
import { beginsLine } from "../read/source.js";
import type { Blocks, Piece } from "./delete-lines.js";
import { deletedParts } from "./delete-lines.js";
import { moveAnchors } from "./move-anchors.js";
import type { Replacement } from "./replacement.js";
import { replaceParts } from "./replacement.js";
import type { SyntaxNode } from "./syntax-tree.js";
import { skipSpace } from "./syntax-tree.js";

/** Members of lists and mappings, each with the e-mail and id of its person in lower case. */
export type Members = ReadonlyMap<SyntaxNode, readonly string[]>;

export interface MembersRemoved {
  readonly text: string;
  /** Members that could not be removed: the rest of the file repeats an anchor in them that can't be moved. */
  readonly kept: ReadonlySet<SyntaxNode>;
}

/**
 * Removes members of lists and mappings from a text, and changes nothing else: a list that becomes empty becomes `[]`, a
 * mapping `{}`, and an anchor that the rest of the file repeats moves to the first alias of it.
 */
export function removeMembers(text: string, root: SyntaxNode, members: Members): MembersRemoved {
  const kept = new Set<SyntaxNode>();
  for (;;) {
    const removed = new Map([...members].filter(([member]) => !kept.has(member)));
    const deletions = [...byParent(removed)].flatMap(([parent, names]) => removeFrom(text, parent, names));
    const { moves, unmovable } = moveAnchors(text, root, [...removed.keys()]);
    if (unmovable.size === 0) return { text: replaceParts(text, [...deletions, ...moves]), kept };
    for (const member of unmovable) kept.add(member);
  }
}

function byParent(members: Members): ReadonlyMap<SyntaxNode, Members> {
  const parents = new Map<SyntaxNode, Map<SyntaxNode, readonly string[]>>();
  for (const [member, names] of members) {
    if (member.parent === undefined) continue;
    const siblings = parents.get(member.parent) ?? new Map<SyntaxNode, readonly string[]>();
    parents.set(member.parent, siblings.set(member, names));
  }
  return parents;
}

function removeFrom(text: string, parent: SyntaxNode, removed: Members): readonly Replacement[] {
  const isEmptied = parent.members.length === removed.size;
  if (parent.isFlow) {
    const parts = deletedParts(text, flowPieces(text, parent, removed));
    return (isEmptied ? withoutInnerSpace(text, parent, parts) : parts).map(deletion);
  }
  const pieces = [...removed].map(([{ lead, end, key }, names]): Piece => {
    return { at: [lead, Math.max(end, key?.end ?? 0)], names };
  });
  const isMapping = parent.type === "mapping";
  const blocks: Blocks = {
    first: isEmptied ? undefined : parent.members[0]?.lead,
    endsWithLines: /[|>]\d?\+/.test(text.slice(parent.start, parent.end)),
  };
  const parts = deletedParts(text, pieces, isMapping ? blocks : undefined);
  if (!isEmptied) return parts.map(deletion);
  const brackets = isMapping ? "{}" : "[]";
  const header = headerEnd(text, parent);
  if (header !== undefined) return [{ at: [header, header], by: ` ${brackets}` }, ...parts.map(deletion)];
  return parts.map((at, index) => (index === 0 ? { at: insideLines(text, at), by: brackets } : deletion(at)));
}

/** Returns a part of a text without the line breaks at its ends. */
function insideLines(text: string, [start, end]: Span): Span {
  const [before = ""] = /^\r?\n/.exec(text.slice(start, end)) ?? [];
  const [behind = ""] = /\r?\n$/.exec(text.slice(start + before.length, end)) ?? [];
  return [start + before.length, end - behind.length];
}

function deletion(at: Span): Replacement {
  return { at, by: "" };
}

/** Returns the removed members of brackets, each with one comma, so that as many commas as needed are left. */
function flowPieces(text: string, { members }: SyntaxNode, removed: Members): readonly Piece[] {
  const commas = members
    .map(({ end }) => skipSpace(text, end))
    .map((at) => (text[at] === "," ? at : undefined));
  const isKept = (member: SyntaxNode): boolean => !removed.has(member);
  const lead = commas.some((at) => at !== undefined && beginsLine(text, at));
  // The comma behind a member goes with it; the one before at the end of a list, and where commas begin the lines.
  const hasTrailing = commas.at(-1) !== undefined;
  const lastKept = members.findLastIndex(isKept);
  const behindUntil = lead ? members.findIndex(isKept) : hasTrailing ? members.length : lastKept;
  return members.flatMap((member, at): readonly Piece[] => {
    const names = removed.get(member);
    if (names === undefined) return [];
    const comma = commas[at > behindUntil && lastKept >= 0 ? at - 1 : at];
    const commaPiece = comma === undefined ? [] : [{ at: [comma, comma + 1] as const, names: [] }];
    return [{ at: [member.lead, member.end], names }, ...commaPiece];
  });
}

/** Returns the whole inside of brackets unless a comment on a line of its own would be left in it. */
function withoutInnerSpace(
  text: string,
  { valueStart, end }: SyntaxNode,
  parts: readonly Span[],
): readonly Span[] {
  const [from, to] = [valueStart + 1, end - 1];
  const inside = text.slice(from, to);
  const inner = parts.map(([start, stop]): Span => [Math.max(start, from) - from, Math.min(stop, to) - from]);
  const isEmpty = replaceParts(inside, inner.map(deletion)).trim() === "";
  return isEmpty || !/\n[ \t]*#/.test(inside) ? [[from, to]] : parts;
}

/**
 * Returns the end of what stands before a block list or mapping: of its anchor and tag, or of the colon or dash; undefined for a whole
 * document.
 */
function headerEnd(text: string, { start, valueStart, key, lead, parent }: SyntaxNode): number | undefined {
  const properties = /(?:[&!]\S*\s+)*[&!]\S*/y;
  properties.lastIndex = start;
  if (start < valueStart && properties.test(text)) return properties.lastIndex;
  return parent === undefined ? undefined : (key === undefined ? lead : skipSpace(text, key.end)) + 1;
}
