/** What a run waits for while nothing else goes on. */
export interface Wait {
  /** As in "Waiting for ...": `a response from https://api.mypurecloud.de`. */
  readonly what: string;
  /** How long nothing has happened, in milliseconds. */
  readonly sinceMs: number;
  /** How much longer the wait takes, in milliseconds; missing where it ends with a response. */
  readonly leftMs?: number;
  /** Whether it is a wait for the first response of that host. */
  readonly isFirst: boolean;
}
