/**
 * Returns the candidate closest to a misspelled name.
 *
 * @returns undefined if more than about a third of the name differs from every candidate
 */
export function nearest(written: string, candidates: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(written.length / 3));
  let best: { readonly text: string; readonly distance: number } | undefined;
  for (const text of candidates) {
    const most = best === undefined ? limit : best.distance - 1;
    if (Math.abs(text.length - written.length) > most) continue;
    const distance = editDistance(written.toLowerCase(), text.toLowerCase(), most);
    if (distance <= most) best = { text, distance };
  }
  return best?.text;
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
  return cell(previous, b.length);
}

function cell(row: readonly number[], at: number): number {
  return row[at] ?? Infinity;
}
