import type { BenchOptions } from "./row.js";

/** One that is measured: how long it took, or whatever is compared. */
type Contender<T> = () => Promise<T>;

/**
 * Measures all in turn, round by round: what disturbs the machine for a while disturbs all of them.
 *
 * @returns what each came to, round by round
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
