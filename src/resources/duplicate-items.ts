import type { Problem } from "../core/kind/declaration.js";
import type { Pointer } from "../core/json/pointer.js";
import { pointer } from "../core/json/pointer.js";

/**
 * The items that stand in a list already.
 *
 * @param items as they are compared
 * @param at where the list is
 */
export function duplicateItems(items: readonly string[] | undefined, at: Pointer): readonly Problem[] {
  const seen = new Map<string, number>();
  return (items ?? []).flatMap((item, position): Problem[] => {
    const first = seen.get(item);
    if (first === undefined) {
      seen.set(item, position);
      return [];
    }
    return [
      {
        code: "duplicate-item",
        summary: "Listed twice",
        // Not what it is: a variable may have brought it here.
        detail: `This is in the list already, as its item ${first + 1}.`,
        help: "Remove one of the two.",
        pointer: at + pointer(position),
      },
    ];
  });
}
