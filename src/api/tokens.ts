import { VERSION } from "../core/version.js";
import { ApiError } from "./errors.js";
import type { Clock } from "./clock.js";
import type { Credentials } from "./connection.js";
import { oneLine } from "./error-body.js";
import { Budget } from "./pace.js";
import type { Transport } from "./transport.js";
import { NoAnswer } from "./transport.js";

/** One token with the request budget that is its own. */
export interface TokenSlot {
  readonly number: number;
  readonly budget: Budget;
  /** A token that is not about to expire. @throws ApiError when none can be had */
  token(signal?: AbortSignal): Promise<string>;
  /** The service did not accept this token: the next one will be another. False: there is no other. */
  expire(token: string): boolean;
}

/** Renewed this long before its end; of a short life, after four fifths of it. Source: the vendor's guidance. */
const renewBeforeMs = 60_000;

/** The token endpoint throttles: waits between tries. In milliseconds. */
const throttleWaitsMs = [1000, 2000, 4000, 8000, 16_000, 32_000];

/** The tokens of one run. More than one are made only when all others have used up their budget, and one after the other. */
export class TokenPool {
  readonly #slots: TokenSlot[] = [];
  readonly #make: (slot: number) => TokenSlot;
  readonly #size: number;
  readonly #clock: Clock;

  constructor(credentials: Credentials, login: Transport, clock: Clock, size: number) {
    this.#size = size;
    this.#clock = clock;
    this.#make = (slot) =>
      credentials.type === "token"
        ? fixedSlot(credentials.token, clock)
        : new ClientSlot(slot, credentials.id, credentials.secret, login, clock);
  }

  /** Waits for a token with budget and takes a request of it. The one with the most left, so that all windows fill up. */
  async acquire(signal?: AbortSignal): Promise<TokenSlot> {
    for (;;) {
      signal?.throwIfAborted();
      const slot = this.#best();
      if (slot !== undefined) {
        slot.budget.spend();
        return slot;
      }
      const at = Math.min(...this.#slots.map(({ budget }) => budget.availableAt()));
      await this.#clock.sleep(Math.max(1, at - this.#clock.now()), signal);
    }
  }

  /** Requests a minute over all tokens that there may be. */
  callsPerMinute(): number | undefined {
    const allowed = this.#slots.flatMap(({ budget }) => budget.allowed ?? []);
    const [first] = allowed;
    return first === undefined ? undefined : first * this.#size;
  }

  #best(): TokenSlot | undefined {
    let best: TokenSlot | undefined;
    let most = 0;
    for (const slot of this.#slots) {
      const available = slot.budget.available();
      if (available > most) [best, most] = [slot, available];
    }
    if (best !== undefined || this.#slots.length >= this.#size) return best;
    const added = this.#make(this.#slots.length + 1);
    this.#slots.push(added);
    return added;
  }
}

function fixedSlot(token: string, clock: Clock): TokenSlot {
  return { number: 1, budget: new Budget(clock), token: () => Promise.resolve(token), expire: () => false };
}

class ClientSlot implements TokenSlot {
  readonly number: number;
  readonly budget: Budget;
  readonly #authorization: string;
  readonly #login: Transport;
  readonly #clock: Clock;
  #current: Promise<{ readonly token: string; readonly renewAt: number }> | undefined;

  constructor(number: number, id: string, secret: string, login: Transport, clock: Clock) {
    this.number = number;
    this.budget = new Budget(clock);
    this.#authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;
    this.#login = login;
    this.#clock = clock;
  }

  async token(signal?: AbortSignal): Promise<string> {
    // One request for all who wait: whoever comes while it is under way gets its token.
    let current = this.#current;
    if (current !== undefined && (await current.then(({ renewAt }) => renewAt <= this.#clock.now()))) {
      if (this.#current === current) this.#current = undefined;
      current = this.#current;
    }
    current ??= this.#renew(signal);
    return (await current).token;
  }

  expire(token: string): boolean {
    const current = this.#current;
    void current?.then(
      (made) => {
        if (made.token === token && this.#current === current) this.#current = undefined;
      },
      () => undefined,
    );
    return true;
  }

  #renew(signal?: AbortSignal): Promise<{ readonly token: string; readonly renewAt: number }> {
    const renewing = this.#ask(signal);
    this.#current = renewing;
    renewing.catch(() => {
      if (this.#current === renewing) this.#current = undefined;
    });
    return renewing;
  }

  async #ask(signal?: AbortSignal): Promise<{ readonly token: string; readonly renewAt: number }> {
    for (let attempt = 0; ; attempt++) {
      const answer = await this.#post(attempt, signal);
      const wait = throttleWaitsMs[attempt];
      if (answer === undefined || (isThrottled(answer) && wait !== undefined)) {
        await this.#clock.sleep((wait ?? 1000) * (1 + this.#clock.random() / 2), signal);
        continue;
      }
      return this.#read(answer);
    }
  }

  /** @returns undefined where it is worth another try */
  async #post(attempt: number, signal?: AbortSignal): Promise<TokenAnswer | undefined> {
    const headers = {
      authorization: this.#authorization,
      "content-type": "application/x-www-form-urlencoded",
      accept: "application/json",
      "user-agent": `chatform/${VERSION}`,
    };
    try {
      const request = {
        method: "POST",
        path: "/oauth/token",
        headers,
        body: "grant_type=client_credentials",
      };
      const { status, text } = await this.#login.send(request, signal);
      if (status >= 500 && attempt < 4) return undefined;
      return { status, body: parsed(text) };
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      // Asking for a token again does no harm.
      if (attempt < 2) return undefined;
      throw failed({ code: error.code, reason: error.message });
    }
  }

  #read({ status, body }: TokenAnswer): { readonly token: string; readonly renewAt: number } {
    const token = body["access_token"];
    if (status !== 200 || typeof token !== "string" || token === "") {
      const error = typeof body["error"] === "string" ? body["error"] : "no.token";
      const description =
        typeof body["description"] === "string" ? body["description"] : body["error_description"];
      const reason =
        typeof description === "string" ? oneLine(description) : "the service gave no access token";
      throw failed({ status, code: oneLine(error), reason });
    }
    const seconds = Number(body["expires_in"]);
    const lifeMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 5 * renewBeforeMs;
    return { token, renewAt: this.#clock.now() + lifeMs - Math.min(renewBeforeMs, lifeMs / 5) };
  }
}

interface TokenAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The token endpoint throttles with HTTP 400. Source: the vendor's Terraform provider. */
function isThrottled({ status, body }: TokenAnswer): boolean {
  const text = `${String(body["description"])} ${String(body["error_description"])}`;
  return (
    status === 429 ||
    (status === 400 && body["error"] === "invalid_request" && text.includes("rate limit exceeded"))
  );
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function failed(what: {
  readonly status?: number;
  readonly code: string;
  readonly reason: string;
}): ApiError {
  return new ApiError({
    operation: "oauth.token",
    method: "POST",
    path: "/oauth/token",
    outcome: "not-sent",
    ...what,
  });
}
