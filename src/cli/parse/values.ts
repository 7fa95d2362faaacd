import { UsageError } from "./usage-error.js";

/** The longest delay of a timer, in milliseconds: a longer one fires at once. */
const maxDelayMs = 2 ** 31 - 1;

/**
 * Parses `30s`, `5m`, `1h`, `250ms` or plain seconds.
 *
 * @param option named in the error: `--timeout`
 * @param minMs the shortest duration allowed, in milliseconds
 * @returns milliseconds
 * @throws UsageError for anything else, and for a duration that is too short or too long
 */
export function parseDuration(option: string, text: string, minMs = 0): number {
  const [, amount, unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text.trim()) ?? [];
  const factor = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit];
  if (amount === undefined || factor === undefined)
    throw new UsageError(`${option} takes a duration such as 30s or 5m, not "${text}".`);
  const duration = Math.round(Number(amount) * factor);
  if (duration < minMs) {
    const min = minMs < 1000 ? `${minMs}ms` : `${minMs / 1000}s`;
    throw new UsageError(`${option} takes at least ${min}, not ${text}.`);
  }
  if (duration > maxDelayMs) throw new UsageError(`${option} takes at most 24d, not ${text}.`);
  return duration;
}

/** Checks that a number is whole and within bounds. @throws UsageError */
export function checkWhole(option: string, value: number, min: number, max = Infinity): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  const bounds = max === Infinity ? `from ${min}` : `from ${min} to ${max}`;
  throw new UsageError(`${option} takes a whole number ${bounds}, not ${value}.`);
}
