import type { BenchOptions } from "./row.js";

/** A measured function; returns its duration or another measurement. */
type Contender<T> = () => Promise<T>;

/**
 * Measures all functions alternately, round by round, so that other load on the machine affects all of them.
 *
 * @returns the measurements of each, round by round
 */
export async function inTurn<Name extends string, T>(
  row: string,
  { rounds, onProgress }: Pick<BenchOptions, "rounds" | "onProgress">,
  contenders: Readonly<Record<Name, Contender<T>>>,
): Promise<Readonly<Record<Name, readonly T[]>>> {
  const names = Object.keys(contenders) as Name[];
  const measured = Object.fromEntries(names.map((name) => [name, [] as T[]])) as Record<Name, T[]>;
  for (let round = 1; round <= rounds; round++) {
    for (const name of names) {
      onProgress(`(${row}) round ${round} of ${rounds}: ${name}`);
      measured[name].push(await contenders[name]());
    }
  }
  return measured;
}
