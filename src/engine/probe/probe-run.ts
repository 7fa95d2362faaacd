import type { Api, ApiRequest } from "../../api/api.js";
import { ApiError } from "../../api/errors.js";
import type { ProbeOutcome } from "../../core/behavior/probe.js";
import type { Observation, ProbeRoom } from "../../core/behavior/behavior.js";
import { getObservation, newObservations, toBound, toReason } from "../../core/behavior/behavior.js";
import type { BehaviorKey, BehaviorValue } from "../../core/behavior/unknowns.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray, isObject, sameJson } from "../../core/json/json.js";
import { sleepUntilAny } from "../../core/time/abortable.js";
import type { Clock } from "../../core/time/clock.js";
import type { Attempt } from "../../core/time/retry.js";
import { retry } from "../../core/time/retry.js";
import type { StateWriter } from "../../state/store.js";
import type { ProbeWrite } from "./probe-writes.js";

export interface ProbeInput {
  readonly api: Api;
  readonly writer: StateWriter;
  readonly clock: Clock;
  /** The longest time to wait for the service to show a write, in milliseconds. */
  readonly patienceMs: number;
  /** True to also observe what needs over a hundred messages and a minute. */
  readonly isSlow: boolean;
  /** True to create a room although an earlier create may have succeeded. */
  readonly allowsNewRoom: boolean;
  /** Starts no further experiment when aborted; the room is still emptied. */
  readonly stop: AbortSignal;
  readonly abort: AbortSignal;
  /** Called at the start of each part, with its title. */
  readonly onPart: (title: string) => void;
}

/** A shown write, and the time that it took. */
export interface Shown<T> {
  readonly found: T;
  readonly ms: number;
  /** The number of reads until the write showed. */
  readonly reads: number;
}

/** The wait between reads, in milliseconds. Short, since it limits how exactly a lag is measured. */
const pollMs = 100;

/** The least time after which a write that does not show counts as without effect, in milliseconds. */
const minSettleMs = 1_000;

/** The requests, waits and records of a probe. */
export class ProbeRun {
  readonly input: ProbeInput;
  readonly outcomes = new Map<BehaviorKey, ProbeOutcome>();
  /** The ids of the messages that were sent and not deleted. */
  readonly sent = new Set<string>();
  /** The ids of the messages that may be pinned. */
  readonly pinned = new Set<string>();
  /** The time between a write and the read that showed it: the longest so far. */
  #lag: Omit<Shown<unknown>, "found"> = { ms: 0, reads: 0 };
  /** True once a write may have been carried out although its response was lost. */
  hasLostResponse = false;

  constructor(input: ProbeInput) {
    this.input = input;
  }

  /** Makes a read. @throws ApiError */
  async read(request: ApiRequest): Promise<JsonObject> {
    const { body } = await this.input.api.call(request, this.input.abort);
    return isObject(body) ? body : {};
  }

  /** Makes a write. @throws ApiError */
  async write(write: ProbeWrite, beforeSend?: () => Promise<void>): Promise<JsonObject> {
    const pins = write.body?.["pinnedMessageIds"];
    for (const id of isArray(pins) ? pins : []) if (typeof id === "string") this.pinned.add(id);
    try {
      return await this.read({ ...write, ...(beforeSend === undefined ? {} : { beforeSend }) });
    } catch (error) {
      if (error instanceof ApiError && error.failure.outcome === "unclear") this.hasLostResponse = true;
      throw error;
    }
  }

  /** Sends a message. @returns its id; undefined if the response has none */
  async send(write: ProbeWrite): Promise<string | undefined> {
    const { id } = await this.write(write);
    if (typeof id !== "string") this.hasLostResponse = true;
    else this.sent.add(id);
    return typeof id === "string" ? id : undefined;
  }

  /** Makes a write to observe the service's response. @throws ApiError for a refusal that is about the token */
  async observeResponse(key: StatusKey, write: ProbeWrite, success = "204"): Promise<void> {
    try {
      await this.write(write);
      await this.observe(key, success, `${write.operation} returned ${success}.`);
    } catch (error) {
      if (!(error instanceof ApiError) || !isAboutRequest(error)) throw error;
      const { status = 0, code, reason } = error.failure;
      const value = `${status} ${code}`;
      await this.observe(key, value, `${write.operation} returned ${value}.`, toReason(reason));
    }
  }

  /** Records an observed behavior, unless it is known already. Resolves once the record is durable. */
  async observe<K extends BehaviorKey>(
    key: K,
    value: BehaviorValue<K>,
    evidence: string,
    reason?: string,
  ): Promise<void> {
    const { writer, clock } = this.input;
    const now = clock.now();
    const known = writer.current().behavior ?? {};
    const observation: Observation = {
      value,
      date: new Date(now).toISOString(),
      evidence: `Probe: ${evidence}`,
      ...(reason === undefined ? {} : { reason }),
    };
    const observed = newObservations(known, { [key]: observation }, now);
    const before = getObservation(known, key, now);
    const replaced = observed[key];
    if (replaced !== undefined) await writer.append({ type: "behavior", observed });
    const isEqual = replaced === undefined || sameJson({ value: before?.value ?? null }, { value });
    this.outcomes.set(key, {
      type: before === undefined ? "new" : isEqual ? "same" : "changed",
      observation: replaced ?? before ?? observation,
    });
  }

  /** Notes that behaviors are not asked about, unless they were observed. */
  skip(keys: readonly BehaviorKey[], reason: string): void {
    const { writer, clock } = this.input;
    for (const key of keys) {
      if (this.outcomes.has(key)) continue;
      const observation = getObservation(writer.current().behavior, key, clock.now());
      this.outcomes.set(key, {
        type: "not-asked",
        reason,
        ...(observation === undefined ? {} : { observation }),
      });
    }
  }

  /**
   * Runs an experiment. A refusal ends it, and the behaviors that it did not observe are skipped.
   *
   * @returns false if it was refused
   * @throws ApiError if the service cannot be reached or refuses the token; the reason of `stop`
   */
  async attempt(keys: readonly BehaviorKey[], experiment: () => Promise<void>): Promise<boolean> {
    this.input.stop.throwIfAborted();
    try {
      await experiment();
      this.skip(keys, "the service did not show it");
      return true;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.skip(keys, refusalText(error));
      return false;
    }
  }

  /**
   * Reads until a write shows, and notes how long it took.
   *
   * @param look returns undefined as long as the write does not show
   * @returns undefined if the write does not show in time
   */
  async waitFor<T>(
    look: () => Promise<T | undefined>,
    boundMs = this.input.patienceMs,
  ): Promise<T | undefined> {
    const shown = await this.poll(look, boundMs);
    const isSlowest = this.#lag.reads === 0 || (shown?.ms ?? 0) > this.#lag.ms;
    if (shown !== undefined && isSlowest) this.#lag = { ms: shown.ms, reads: shown.reads };
    return shown?.found;
  }

  /** Reads until something shows. @param start of the time that is measured, by the monotonic clock */
  async poll<T>(
    look: () => Promise<T | undefined>,
    boundMs: number,
    start = this.input.clock.monotonic(),
  ): Promise<Shown<T> | undefined> {
    const { clock, abort } = this.input;
    return retry(
      async (reads): Promise<Attempt<Shown<T> | undefined>> => {
        // The result of a read is as old as the request: the time that the read takes is no lag.
        const begun = clock.monotonic() - start;
        const found = await look();
        if (found !== undefined) return { value: { found, ms: begun, reads } };
        const ms = clock.monotonic() - start;
        if (ms >= boundMs) return { value: undefined };
        // Reads long before a known lag would only use up the rate limit; half of it keeps one wait from lengthening the next.
        const waitMs = reads === 1 ? Math.max(pollMs, this.#lag.ms / 2) : pollMs;
        return { waitMs: Math.min(waitMs, boundMs - ms) };
      },
      ({ waitMs }) => clock.sleep(waitMs, abort),
    );
  }

  /** Waits. @throws the reason of `stop` or `abort` */
  async sleep(ms: number): Promise<void> {
    const { clock, stop, abort } = this.input;
    await sleepUntilAny(clock, ms, [stop, abort]);
  }

  /** Returns the time after which a write that does not show counts as without effect, in milliseconds. */
  get settleMs(): number {
    return minSettleMs + 2 * this.#lag.ms;
  }

  async observeLag(): Promise<void> {
    const { ms, reads } = this.#lag;
    if (reads === 0) return;
    const bound = toBound(ms);
    await this.observe("readLagMs", bound, `the slowest write showed at read ${reads}.`);
  }

  /** Records the room of the token's user. Resolves once the record is durable. */
  async recordRoom(user: string, room: Omit<ProbeRoom, "user"> | null): Promise<void> {
    await this.input.writer.append({ type: "probe-room", user, room });
  }
}

type StatusKey = {
  [K in BehaviorKey]: BehaviorValue<K> extends string ? (string extends BehaviorValue<K> ? K : never) : never;
}[BehaviorKey];

/** Returns true for a refusal: the service can be reached and accepts the token. */
export function isRefusal(error: unknown): error is ApiError {
  return (
    error instanceof ApiError &&
    error.failure.outcome === "refused" &&
    error.failure.credentialsEnded !== true
  );
}

const tokenStatuses: ReadonlySet<number> = new Set([401, 408, 413, 415, 429]);

/** Returns true for a refusal of what was requested, not of the token or the rate. */
export function isAboutRequest(error: unknown): error is ApiError {
  if (!isRefusal(error)) return false;
  const { status = 0, code } = error.failure;
  const isAboutToken = /^(?:missing|app|authz|ip)\.|^not\.authorized$|^http\./.test(code);
  return status >= 400 && status < 500 && !tokenStatuses.has(status) && !isAboutToken;
}

/** Describes a refusal as a clause. */
export function refusalText({ failure: { operation, status, code } }: ApiError): string {
  return `${operation} returned ${status ?? "no status"} ${code}`;
}

/** Returns the objects in a member of a response. */
export function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return isArray(value) ? value.filter(isObject) : [];
}

/** Returns the ids in a list of references. */
export function idsIn(value: Json | undefined): readonly string[] {
  return objectsIn(value).flatMap(({ id }) => (typeof id === "string" ? [id] : []));
}
