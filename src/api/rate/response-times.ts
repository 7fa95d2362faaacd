/** The responses whose times count. */
const most = 200;

/** Fewer responses tell nothing. */
const least = 5;

/** The times that the service took for its latest responses. */
export class ResponseTimes {
  readonly #latest: number[] = [];
  #at = 0;

  /** Notes the time of a response, in milliseconds. */
  add(ms: number): void {
    this.#latest[this.#at] = ms;
    this.#at = (this.#at + 1) % most;
  }

  /** Returns the requests that end in a second with so many in flight; undefined before enough responses have come. */
  perSecond(inFlight: number): number | undefined {
    if (this.#latest.length < least) return undefined;
    const sorted = [...this.#latest].sort((a, b) => a - b);
    const medianMs = sorted[Math.floor(sorted.length / 2)] ?? 0;
    return (inFlight * 1000) / Math.max(1, medianMs);
  }
}
