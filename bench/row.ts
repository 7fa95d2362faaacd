import type { Spread } from "./statistics.js";

export interface BenchOptions {
  /** Number of rounds. */
  readonly rounds: number;
  /** Factor of the sizes: 1 for the real ones. */
  readonly scale: number;
  /** A folder for files of this run. */
  readonly folder: string;
  /** Called with the name of each measurement. */
  readonly onProgress: (text: string) => void;
}

/** A line of the table: a measurement and its reference. */
export interface Result {
  /** `a` to `h`. */
  readonly row: string;
  /** The name of the measurement. */
  readonly what: string;
  readonly unit: "ms" | "MB" | "%" | "µs per resource";
  readonly measured: Spread;
  /** The reference, measured in the same run. */
  readonly reference?: { readonly what: string; readonly measured: Spread };
  /** The measurement divided by the reference, round by round. */
  readonly ratio?: Spread;
  /** The target of the median of the ratio or the measurement. */
  readonly target?: {
    readonly of: "ratio" | "measured";
    readonly atMost?: number;
    readonly atLeast?: number;
  };
  /** True if the target is met; undefined without a target. */
  readonly met?: boolean;
  /** Sizes, counts of requests. */
  readonly detail: Readonly<Record<string, number | string>>;
}

export type Row = (options: BenchOptions) => Promise<readonly Result[]>;

/** Returns a size at this scale, at least `least`. */
export function scaled(size: number, { scale }: Pick<BenchOptions, "scale">, least = 2): number {
  return Math.max(least, Math.round(size * scale));
}

/** Returns true if a result meets its target. */
export function judged(result: Omit<Result, "met">): Result {
  const { target, ratio, measured } = result;
  const value = target?.of === "ratio" ? ratio?.median : measured.median;
  if (target === undefined || value === undefined) return result;
  return { ...result, met: value <= (target.atMost ?? Infinity) && value >= (target.atLeast ?? -Infinity) };
}
