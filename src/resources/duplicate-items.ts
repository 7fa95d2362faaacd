import type { Problem } from "../core/kind/declaration.js";
import type { Pointer } from "../core/json/pointer.js";
import { pointer } from "../core/json/pointer.js";

/**
 * Returns a problem for each repeated item of a list.
 *
 * @param items in the form in which they are compared
 * @param at the place of the list
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
        summary: "Duplicate item",
        // Without the value, which may come from a variable.
        detail: `The list already has this as item ${first + 1}.`,
        help: "Remove one of the two.",
        pointer: at + pointer(position),
      },
    ];
  });
}
