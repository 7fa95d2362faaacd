import type { Problem } from "../core/kind/declaration.js";
import type { Pointer } from "../core/json/pointer.js";
import { pointer } from "../core/json/pointer.js";

/** The positions of an item: in a list, in a list within the list, and so on. */
type Position = readonly number[];

/**
 * Returns a problem for each repeated item of a list.
 *
 * @param items in the form in which they are compared
 * @param at the place of the list
 * @param positions of the items, if some are in lists within the list
 */
export function duplicateItems(
  items: readonly string[] | undefined,
  at: Pointer,
  positions?: readonly Position[],
): readonly Problem[] {
  const seen = new Map<string, Position>();
  return (items ?? []).flatMap((item, index): Problem[] => {
    const position = positions?.[index] ?? [index];
    const first = seen.get(item);
    if (first === undefined) {
      seen.set(item, position);
      return [];
    }
    const blamed = repeating(position, first);
    // Without the value, which may come from a variable.
    const detail =
      blamed.length === position.length
        ? `This item repeats ${positionText(first)} of the list.`
        : `This inner list repeats ${positionText(first)} of the list.`;
    return [
      {
        code: "duplicate-item",
        summary: "Duplicate item",
        detail,
        help: "Remove one of the two items.",
        pointer: at + pointer(...blamed),
      },
    ];
  });
}

/** Returns the position to blame: of the inner list if the first item is outside it, as the inner list may stand elsewhere (`*anchor`). */
function repeating(position: Position, first: Position): Position {
  const differs = position.findIndex((at, depth) => first[depth] !== at);
  return position.slice(0, differs + 1);
}

function positionText(position: Position): string {
  return position
    .map((at) => `item ${at + 1}`)
    .reverse()
    .join(" of ");
}
