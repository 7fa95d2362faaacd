import type { RunningEmulator } from "./emulator.js";
import type { Finished } from "./processes.js";
import type { Result } from "./row.js";
import { judged } from "./row.js";
import { ratioOf, spreadOf } from "./statistics.js";

/** How far away the service is. */
export interface Distance {
  /** Milliseconds before each answer. */
  readonly latencyMs: number;
  /** How much of the sizes is measured: what takes its time anyway is measured with less. */
  readonly share: number;
  /** What the table says of it. */
  readonly text: string;
}

/** A service that answers at once: whatever chatform adds is seen. */
export const atOnce: Distance = { latencyMs: 0, share: 1, text: "" };

/** A service as far away as one is. */
export const away: Distance = { latencyMs: 20, share: 0.2, text: ", answers take 20 ms" };

/** Measures at one distance after the other. */
export async function eachDistance(
  distances: readonly Distance[],
  measure: (distance: Distance) => Promise<readonly Result[]>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const distance of distances) results.push(...(await measure(distance)));
  return results;
}

/** How long a run took. */
export interface Times {
  /** From the start of the process to its end. */
  readonly wholeMs: number;
  /** From its first request to its last, by the emulator's log. Requests for tokens don't count. */
  readonly requestsMs: number;
}

/** Runs something that makes requests, on an emulator whose log is empty. */
export async function timed(emulator: RunningEmulator, run: () => Promise<Finished>): Promise<Times> {
  const { ms } = await run();
  const at = (await emulator.requests())
    .filter(({ operation }) => operation !== "token")
    .map((request) => request.at);
  return { wholeMs: ms, requestsMs: at.at(-1)! - at[0]! };
}

/** The two lines of chatform beside bare undici: of the requests, for which there is a target, and of the whole run. */
export function besideUndici(
  { row, what, detail }: Pick<Result, "row" | "what" | "detail">,
  { chatform, undici }: Readonly<Record<"chatform" | "undici", readonly Times[]>>,
): readonly Result[] {
  const line = (of: keyof Times, part: string, target: Pick<Result, "target">): Result => {
    const values = (times: readonly Times[]): readonly number[] => times.map((one) => one[of]);
    return judged({
      row,
      what: `${what}, ${part}`,
      unit: "ms",
      measured: spreadOf(values(chatform)),
      reference: { what: "bare undici, the same requests, 10 at once", measured: spreadOf(values(undici)) },
      ratio: ratioOf(values(chatform), values(undici)),
      ...target,
      detail,
    });
  };
  return [
    line("requestsMs", "from the first request to the last", { target: { of: "ratio", atMost: 1.25 } }),
    line("wholeMs", "from start to end", {}),
  ];
}
