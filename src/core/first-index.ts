/** Returns the index of the first item that matches, by halving: all items behind it match too. Returns the length if none does. */
export function firstIndex<Item>(sorted: readonly Item[], matches: (item: Item) => boolean): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    // The index is within the list; a list may hold undefined.
    if (matches(sorted[middle] as Item)) to = middle;
    else from = middle + 1;
  }
  return from;
}
