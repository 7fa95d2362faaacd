/** Adds a value to the group of this key. (A new list for each value would cost the square of their number.) */
export function addToMultimap<Key, Value>(groups: Map<Key, Value[]>, key: Key, value: Value): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [value]);
  else group.push(value);
}
