/** Matches what separates the parts of addresses and e-mails. */
const separators = /[/@]/;

/**
 * Returns the candidate closest to a misspelled name, in any case. The parts of addresses and e-mails are compared one by one: beside a
 * long domain, any two short names are close.
 *
 * @returns undefined if more than about a third of the name, or of one of its parts, differs from every candidate
 */
export function nearest(written: string, candidates: Iterable<string>): string | undefined {
  let best: { readonly text: string; readonly distance: number } | undefined;
  for (const text of candidates) {
    const distance = partsDistance(
      written.toLowerCase(),
      text.toLowerCase(),
      (best?.distance ?? Infinity) - 1,
    );
    if (distance < (best?.distance ?? Infinity)) best = { text, distance };
  }
  return best?.text;
}

/** The most comparisons of names for all hints together: they take about half a second. */
const mostComparisons = 100_000;

/** Finds the closest of the same candidates for many misspelled names. Names whose search would take too long in all get no hint. */
export class NearestNames {
  readonly #candidates: readonly string[];
  readonly #found = new Map<string, string | undefined>();
  #left = mostComparisons;

  constructor(candidates: readonly string[]) {
    this.#candidates = candidates;
  }

  /** @param except a candidate that is not meant */
  find(written: string, except: string): string | undefined {
    const key = JSON.stringify([written, except]);
    if (this.#found.has(key)) return this.#found.get(key);
    // The first name is always compared with all.
    const isFirst = this.#left === mostComparisons;
    if (!isFirst && this.#left < this.#candidates.length) return undefined;
    this.#left -= this.#candidates.length;
    const found = nearest(
      written,
      this.#candidates.filter((one) => one !== except),
    );
    this.#found.set(key, found);
    return found;
  }
}

/** Returns the number of edits between two names. Infinity if more than `most`, or more than about a third of a part. */
function partsDistance(a: string, b: string, most: number): number {
  const [parts, others] = [a.split(separators), b.split(separators)];
  const pairs =
    parts.length === others.length
      ? parts.map((part, at) => [part, others[at] ?? ""] as const)
      : [[a, b] as const];
  let sum = 0;
  for (const [part, other] of pairs) {
    const limit = Math.min(most - sum, mostEdits(part));
    sum += Math.abs(part.length - other.length) > limit ? Infinity : editDistance(part, other, limit);
    if (sum > most) return Infinity;
  }
  return sum;
}

/** Returns how many edits make a name another one that is still close. Any name is one edit from one of a single letter. */
function mostEdits(name: string): number {
  return name.length < 2 ? 0 : Math.max(1, Math.floor(name.length / 3));
}

/**
 * Returns the number of edits (insert, delete, replace, swap neighbours) between two texts: the optimal string alignment
 * distance. Infinity if more than `most`.
 */
function editDistance(a: string, b: string, most: number): number {
  let older: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const swap = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? cell(older, j - 2) + 1 : Infinity;
      current.push(
        Math.min(cell(previous, j) + 1, cell(current, j - 1) + 1, cell(previous, j - 1) + same, swap),
      );
    }
    // Later rows cost at least as much as the minimum of this row or, because of a swap, of the previous row.
    if (Math.min(...current) > most && Math.min(...previous) > most) return Infinity;
    older = previous;
    previous = current;
  }
  const distance = cell(previous, b.length);
  return distance > most ? Infinity : distance;
}

function cell(row: readonly number[], at: number): number {
  return row[at] ?? Infinity;
}
