import type { OperationName } from "../../api/operations/operations.js";

/** The requests that a fault hits. Omitted members match every request. */
export interface FaultMatch {
  readonly operation?: OperationName | "token";
  readonly method?: string;
  /** The path, percent-encoded as it was sent; a `*` at the end matches any rest. */
  readonly path?: string;
  /** The first hit is the nth request that matches, counted from 1; default 1. */
  readonly nth?: number;
}

/** The effect of a fault. `applied` (default false): the request is carried out, and only its response is lost. */
export type FaultAction =
  | {
      readonly type: "status";
      readonly status: number;
      readonly code?: string;
      readonly message?: string;
      /** Seconds: the Retry-After header. */
      readonly retryAfter?: number;
      readonly applied?: boolean;
    }
  /** The connection breaks before the request is carried out. */
  | { readonly type: "drop-before" }
  /** The request is carried out, then the connection breaks. */
  | { readonly type: "drop-after" }
  /** 200 with a body that is not JSON. */
  | { readonly type: "garbage"; readonly applied?: boolean }
  /** No response, ever. */
  | { readonly type: "hang"; readonly applied?: boolean }
  /** The response comes `ms` milliseconds later. */
  | { readonly type: "delay"; readonly ms: number }
  /** The token of the request expires: 401. */
  | { readonly type: "expire-token" };

export interface FaultRule {
  readonly match?: FaultMatch;
  /** The number of requests to hit; default 1. */
  readonly times?: number | "always";
  readonly action: FaultAction;
}

interface Armed {
  readonly rule: FaultRule;
  seen: number;
  left: number;
}

/** The faults for coming requests. */
export class Faults {
  #armed: Armed[] = [];

  constructor(rules: readonly FaultRule[]) {
    this.add(...rules);
  }

  add(...rules: readonly FaultRule[]): void {
    for (const rule of rules) {
      const left = rule.times === "always" ? Number.POSITIVE_INFINITY : (rule.times ?? 1);
      this.#armed.push({ rule, seen: 0, left });
    }
  }

  clear(): void {
    this.#armed = [];
  }

  /** Returns the fault of a request: that of the first rule that hits. Every matching rule counts the request. */
  hit(request: {
    readonly operation: OperationName | "token" | undefined;
    readonly method: string;
    readonly path: string;
  }): FaultAction | undefined {
    if (this.#armed.length === 0) return undefined;
    let action: FaultAction | undefined;
    for (const armed of this.#armed) {
      if (!matches(armed.rule.match ?? {}, request)) continue;
      armed.seen += 1;
      if (action !== undefined || armed.left <= 0 || armed.seen < (armed.rule.match?.nth ?? 1)) continue;
      armed.left -= 1;
      action = armed.rule.action;
    }
    this.#armed = this.#armed.filter(({ left }) => left > 0);
    return action;
  }
}

function matches(
  match: FaultMatch,
  request: { readonly operation: string | undefined; readonly method: string; readonly path: string },
): boolean {
  if (match.operation !== undefined && match.operation !== request.operation) return false;
  if (match.method !== undefined && match.method.toUpperCase() !== request.method) return false;
  if (match.path === undefined) return true;
  return match.path.endsWith("*")
    ? request.path.startsWith(match.path.slice(0, -1))
    : request.path === match.path;
}
