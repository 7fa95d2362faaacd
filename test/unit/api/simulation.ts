import { setImmediate as turn } from "node:timers/promises";
import type { Spent } from "../../../src/core/plan/plan.js";
import { getSeconds } from "../../../src/core/plan/request-budget.js";
import type { Clock } from "../../../src/core/time/clock.js";
import type { Counters, Exchange, Send } from "../../../src/api/exchange.js";
import { Semaphore } from "../../../src/api/rate/semaphore.js";
import { withSemaphore, withToken } from "../../../src/api/middleware.js";
import { CredentialsStatus } from "../../../src/api/auth/credentials-status.js";
import { TokenPool } from "../../../src/api/auth/token-pool.js";
import type { HttpResponse } from "../../../src/http/message.js";
import { WaitLimit } from "../../../src/api/rate/wait-limit.js";
import { Waits } from "../../../src/api/rate/waits.js";

interface Timer {
  readonly at: number;
  readonly fire: () => void;
}

/** Time that goes on only when everybody waits. */
export class SimulatedClock implements Clock {
  time = 1_700_000_000_000;
  readonly #timers = new Set<Timer>();
  #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  now(): number {
    return this.time;
  }

  monotonic(): number {
    return this.now();
  }

  random(): number {
    this.#seed = (this.#seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return this.#seed / 2 ** 31;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#timers.delete(timer);
        reject(signal?.reason as Error);
      };
      const fire = (): void => {
        signal?.removeEventListener("abort", stop);
        resolve();
      };
      const timer = { at: this.time + Math.max(0, ms), fire };
      this.#timers.add(timer);
      signal?.addEventListener("abort", stop, { once: true });
    });
  }

  /** Advances time until nothing waits any more, or until `until`. */
  async run(until: number): Promise<void> {
    for (;;) {
      await turn();
      let first: Timer | undefined;
      for (const timer of this.#timers) if (first === undefined || timer.at < first.at) first = timer;
      if (first === undefined || first.at > until) return;
      this.#timers.delete(first);
      this.time = Math.max(this.time, first.at);
      first.fire();
    }
  }
}

export interface ServiceModel {
  readonly allowed: number;
  readonly windowMs: number;
  /** The rounding of the seconds until the end. */
  readonly rounding: "ceil" | "floor" | "round";
  /** Windows begin with the first request after the last one, or by the clock. */
  readonly windows: "anchored" | "aligned";
  readonly latencyMs: readonly [least: number, most: number];
  /** Requests that another program makes with the same token, in a window. */
  readonly others: number;
  readonly tellsLimit: boolean;
  /** The requests of all tokens together in a window; missing: no limit. */
  readonly clientWide?: number;
  /** A refusal for them tells the limit. Default: true. */
  readonly tellsClientWide?: boolean;
  /** The requests of an earlier run in the first window of all tokens together. Default: none. */
  readonly before?: number;
  /** A refusal of a token tells its limit. Default: false. */
  readonly tellsToken?: boolean;
  /** The headers tell the limit of all tokens together. Default: false. */
  readonly countsAll?: boolean;
}

interface Window {
  start: number;
  count: number;
}

/** A service with rate limits, without a network. */
class SimulatedService {
  readonly windows = new Map<number, Window>();
  readonly tokens = new Set<number>();
  done = 0;
  throttled = 0;
  readonly #model: ServiceModel;
  readonly #clock: SimulatedClock;

  constructor(model: ServiceModel, clock: SimulatedClock) {
    this.#model = model;
    this.#clock = clock;
    this.#window(0).count = model.before ?? 0;
  }

  readonly send: Send = async ({ token }: Exchange) => {
    const [least, most] = this.#model.latencyMs;
    const latency = (): number => least + this.#clock.random() * (most - least);
    await this.#clock.sleep(latency() / 2);
    const response = this.#respond(token);
    await this.#clock.sleep(latency() / 2);
    return response;
  };

  #respond(token: number): HttpResponse {
    this.tokens.add(token);
    const { allowed, windowMs, rounding, others, tellsLimit } = this.#model;
    const window = this.#window(token);
    const left = window.start + windowMs - this.#clock.now();
    // The others spread their requests over the window.
    const theirs = Math.floor(((windowMs - left) / windowMs) * others);
    const { clientWide = Infinity, tellsClientWide = true, countsAll = false } = this.#model;
    const all = this.#window(0);
    const isTokenOver = window.count + theirs >= allowed;
    const isClientOver = !isTokenOver && all.count >= clientWide;
    if (!isTokenOver && !isClientOver) all.count++;
    const count = (isClientOver ? window.count : ++window.count) + theirs;
    const isOver = isTokenOver || isClientOver;
    if (isOver) this.throttled++;
    else this.done++;
    const reset = Math[rounding](left / 1000);
    const limit = {
      "inin-ratelimit-count": String(countsAll ? all.count : count),
      "inin-ratelimit-allowed": String(countsAll ? clientWide : allowed),
      "inin-ratelimit-reset": String(reset),
    };
    const retry = isOver ? { "retry-after": String(Math.max(1, Math.ceil(left / 1000))) } : {};
    const date = new Date(this.#clock.now()).toUTCString();
    const headers = { date, ...(tellsLimit ? limit : {}), ...retry };
    const told = {
      limit: { key: "org.app.user.rate.per.minute", namespace: "platform.api", value: clientWide },
    };
    const toldOfToken = {
      limit: { key: "token.rate.per.minute", namespace: "platform.api", value: allowed },
    };
    const isTold = isTokenOver && this.#model.tellsToken === true;
    const text = JSON.stringify(isClientOver && tellsClientWide ? told : isTold ? toldOfToken : {});
    return { status: isOver ? 429 : 200, headers, body: Buffer.from(text), secret: undefined };
  }

  #window(token: number): Window {
    const now = this.#clock.now();
    const { windowMs, windows } = this.#model;
    const known = this.windows.get(token);
    if (known !== undefined && now < known.start + windowMs) return known;
    const start = windows === "anchored" ? now : now - (now % windowMs);
    const window = { start, count: 0 };
    this.windows.set(token, window);
    return window;
  }
}

export interface Outcome {
  readonly done: number;
  readonly throttled: number;
  readonly minutes: number;
  /** The tokens that made requests. */
  readonly tokens: number;
  /** The minutes that the budget promised after the first tenth of the calls, for all of them. Missing: no limit was known. */
  readonly promised: number | undefined;
  /** See `RequestBudget.clientLimit`. */
  readonly clientLimit: number | null | undefined;
}

/** Makes `calls` calls as fast as they can go, and tells how long it took. */
export async function simulate(
  model: ServiceModel,
  options: {
    /** The size of the pool; missing: not set. */
    readonly tokens?: number | undefined;
    /** The requests of an earlier run in the same window of all tokens together. */
    readonly before?: readonly Spent[];
    /** The limit of all tokens together that an earlier run recorded. */
    readonly expected?: number;
    /** The clock, in milliseconds after a full minute. Default: 20,000. */
    readonly phaseMs?: number;
    readonly calls: number;
    readonly parallelism: number;
    readonly seed: number;
  },
): Promise<Outcome> {
  const clock = new SimulatedClock(options.seed);
  clock.time += (options.phaseMs ?? 20_000) - (clock.time % 60_000);
  const service = new SimulatedService(model, clock);
  const source = { token: () => Promise.resolve("t"), reject: () => false };
  const pool = new TokenPool({
    make: () => source,
    size: options.tokens,
    ...{ clock, waits: new Waits(clock), before: options.before },
  });
  if (options.expected !== undefined) pool.expectClientLimit(options.expected);
  const counters: Counters = { requests: 0, throttled: 0, retries: 0, waitedMs: 0 };
  const layer = { pool, credentials: new CredentialsStatus(), clock, counters };
  const send = withSemaphore(new Semaphore(options.parallelism), withToken(layer, service.send));
  const started = clock.now();
  let ended = started;
  let promised: number | undefined;
  let begun = 0;
  const beforeSend = (): Promise<void> => {
    begun++;
    return Promise.resolve();
  };
  const call = async (): Promise<void> => {
    for (;;) {
      const { status } = await send({ ...exchange, beforeSend });
      ended = clock.now();
      const isTime = promised === undefined && service.done * 10 >= options.calls;
      const budget = isTime ? pool.requestBudget() : undefined;
      if (budget !== undefined) {
        const perSecond = (options.parallelism * 2000) / (model.latencyMs[0] + model.latencyMs[1]);
        // Requests in flight are spent, and no longer to be made.
        const seconds = getSeconds(options.calls - begun, { ...budget, perSecond });
        promised = (ended - started) / 60_000 + seconds / 60;
      }
      if (status === 200) return;
    }
  };
  const calls = Promise.all(Array.from({ length: options.calls }, call));
  await clock.run(Infinity);
  await calls;
  return {
    done: service.done,
    throttled: service.throttled,
    minutes: (ended - started) / 60_000,
    tokens: service.tokens.size,
    promised,
    clientLimit: pool.requestBudget()?.clientLimit,
  };
}

const exchange: Exchange = {
  name: "getChatsSettings",
  method: "GET",
  path: "/",
  target: "/",
  headers: {},
  attempt: 1,
  once: false,
  optional: false,
  beforeSend: undefined,
  untilSent: undefined,
  token: 0,
  limit: new WaitLimit(Infinity),
};
