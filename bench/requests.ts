import type { RunningEmulator } from "./emulator.js";
import type { Finished } from "./processes.js";
import type { Result } from "./row.js";
import { judged } from "./row.js";
import { toRatio, toSpread } from "./statistics.js";

/** The distance of the service. */
export interface Distance {
  /** Milliseconds before each response. */
  readonly latencyMs: number;
  /** The share of the sizes that is measured: less where responses take time. */
  readonly share: number;
  /** The text of the distance in the table. */
  readonly text: string;
}

/** A service that responds at once, which shows all time that chatform adds. */
export const atOnce: Distance = { latencyMs: 0, share: 1, text: "" };

/** A remote service. */
export const away: Distance = { latencyMs: 20, share: 0.2, text: ", responses after 20 ms" };

/** Measures at each distance. */
export async function eachDistance(
  distances: readonly Distance[],
  measure: (distance: Distance) => Promise<readonly Result[]>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const distance of distances) results.push(...(await measure(distance)));
  return results;
}

/** The duration of a run. */
export interface Times {
  /** Milliseconds from the start of the process to its end. */
  readonly wholeMs: number;
  /** From the first request to the last, by the emulator's log, without requests for tokens. */
  readonly requestsMs: number;
}

/** Runs a client on an emulator whose log is empty. */
export async function timed(emulator: RunningEmulator, run: () => Promise<Finished>): Promise<Times> {
  const { ms } = await run();
  const at = (await emulator.requests())
    .filter(({ operation }) => operation !== "token")
    .map((request) => request.at);
  return { wholeMs: ms, requestsMs: at.at(-1)! - at[0]! };
}

/** Returns the two lines of chatform against bare undici: the requests, which have a target, and the whole run. */
export function besideUndici(
  { row, what, detail, atMost }: Pick<Result, "row" | "what" | "detail"> & { readonly atMost: number },
  { chatform, undici }: Readonly<Record<"chatform" | "undici", readonly Times[]>>,
): readonly Result[] {
  const line = (of: keyof Times, part: string, target: Pick<Result, "target">): Result => {
    const values = (times: readonly Times[]): readonly number[] => times.map((one) => one[of]);
    return judged({
      row,
      what: `${what}, ${part}`,
      unit: "ms",
      measured: toSpread(values(chatform)),
      reference: { what: "bare undici, the same requests, 10 at once", measured: toSpread(values(undici)) },
      ratio: toRatio(values(chatform), values(undici)),
      ...target,
      detail,
    });
  };
  return [
    line("requestsMs", "from the first request to the last", { target: { of: "ratio", atMost } }),
    line("wholeMs", "from start to end", {}),
  ];
}
