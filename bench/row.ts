import type { Spread } from "./statistics.js";

export interface BenchOptions {
  /** How often each is measured, in turn. */
  readonly rounds: number;
  /** Of the sizes: 1 for the real ones. */
  readonly scale: number;
  /** A folder for files of this run. */
  readonly folder: string;
  /** Told what is being measured. */
  readonly onProgress: (text: string) => void;
}

/** A line of the table: something measured beside its reference. */
export interface Result {
  /** `a` to `f`. */
  readonly row: string;
  /** What was measured. */
  readonly what: string;
  readonly unit: "ms" | "MB" | "%" | "µs per resource";
  readonly measured: Spread;
  /** What it was measured beside, in the same run. */
  readonly reference?: { readonly what: string; readonly measured: Spread };
  /** Measured by reference, round by round. */
  readonly ratio?: Spread;
  /** What the median of the ratio, or of what was measured, shall be. */
  readonly target?: {
    readonly of: "ratio" | "measured";
    readonly atMost?: number;
    readonly atLeast?: number;
  };
  /** Whether the target is met; undefined where there is none. */
  readonly met?: boolean;
  /** Sizes, counts of requests. */
  readonly detail: Readonly<Record<string, number | string>>;
}

export type Row = (options: BenchOptions) => Promise<readonly Result[]>;

/** A size at this scale, and never less than `least`. */
export function scaled(size: number, { scale }: Pick<BenchOptions, "scale">, least = 2): number {
  return Math.max(least, Math.round(size * scale));
}

/** Whether a result is as its target wants it. */
export function judged(result: Omit<Result, "met">): Result {
  const { target, ratio, measured } = result;
  const value = target?.of === "ratio" ? ratio?.median : measured.median;
  if (target === undefined || value === undefined) return result;
  return { ...result, met: value <= (target.atMost ?? Infinity) && value >= (target.atLeast ?? -Infinity) };
}
