/** A wait during which no other work is done. */
export interface Wait {
  /** As in "Waiting for ...": `a response from https://api.mypurecloud.de`. */
  readonly what: string;
  /** Milliseconds since the last event. */
  readonly sinceMs: number;
  /** Remaining milliseconds; missing if the wait ends with a response. */
  readonly leftMs?: number;
  /** True for a wait for the first response of that host. */
  readonly isFirst: boolean;
}
