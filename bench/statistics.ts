/** Statistics of several measurements. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @throws RangeError for an empty list */
export function toSpread(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError("nothing was measured");
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number): number => sorted[index]!;
  const middle = Math.floor(sorted.length / 2);
  const median = sorted.length % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2;
  return { median, min: at(0), max: at(sorted.length - 1) };
}

/** Returns the ratio of each round, as both were measured in the same round. */
export function toRatio(measured: readonly number[], reference: readonly number[]): Spread {
  return toSpread(measured.map((value, round) => value / reference[round]!));
}
