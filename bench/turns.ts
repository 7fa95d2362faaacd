import type { BenchOptions } from "./row.js";

/** One that is measured: how long it took, in milliseconds, or whatever is compared. */
export type Contender = () => Promise<number>;

/**
 * Measures all in turn, round by round: what disturbs the machine for a while disturbs all of them.
 *
 * @returns what each came to, round by round
 */
export async function inTurn<Name extends string>(
  row: string,
  { rounds, onProgress }: Pick<BenchOptions, "rounds" | "onProgress">,
  contenders: Readonly<Record<Name, Contender>>,
): Promise<Readonly<Record<Name, readonly number[]>>> {
  const names = Object.keys(contenders) as Name[];
  const measured = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 1; round <= rounds; round++) {
    for (const name of names) {
      onProgress(`(${row}) round ${round} of ${rounds}: ${name}`);
      measured[name].push(await contenders[name]());
    }
  }
  return measured;
}
