/** Adds a value to the list of this key, in place: copying the list for each value would take quadratic time. */
export function addToMultimap<Key, Value>(multimap: Map<Key, Value[]>, key: Key, value: Value): void {
  const values = multimap.get(key);
  if (values === undefined) multimap.set(key, [value]);
  else values.push(value);
}

/** Groups items by key, in the order of first items. (Map.groupBy needs Node 21.) */
export function groupBy<Key, Item>(
  items: Iterable<Item>,
  getKey: (item: Item) => Key,
): ReadonlyMap<Key, readonly Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) addToMultimap(groups, getKey(item), item);
  return groups;
}

/** Returns items by a key that each has alone. */
export function indexBy<Key, Item>(
  items: Iterable<Item>,
  getKey: (item: Item) => Key,
): ReadonlyMap<Key, Item> {
  const index = new Map<Key, Item>();
  for (const item of items) index.set(getKey(item), item);
  return index;
}
