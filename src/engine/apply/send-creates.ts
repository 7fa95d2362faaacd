import type { Api } from "../../api/api.js";
import { isAboutToken } from "../../api/auth/credentials-status.js";
import { ApiError } from "../../api/errors.js";
import type { OperationName } from "../../api/operations/operations.js";
import { getLeastPatienceMs } from "../../core/behavior/behavior.js";
import type { Clock } from "../../core/time/clock.js";
import type { Attempt } from "../../core/time/retry.js";
import { retry } from "../../core/time/retry.js";
import type { Call } from "../../core/calls/call.js";
import { InternalError } from "../../core/diagnostic.js";
import { idKey, sameId } from "../../core/jid.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray } from "../../core/json/json.js";
import type { Kind } from "../../core/kind/kind.js";
import { getTouched } from "../../core/kind/read-back.js";
import type { Change } from "../../core/plan/change.js";
import type { CapturedValues } from "./captured-values.js";
import { KeyedLock } from "./keyed-lock.js";
import type { OnEvent } from "../events.js";
import type { CallNode } from "./call-graph.js";
import type { ChangeRun } from "./change-run.js";
import { addEffects, isUnsent, noteCutOff } from "./change-run.js";
import type { Recorder } from "./recorder.js";
import type { Recovery } from "../recover/recover-creates.js";
import { getLikeness, recoverCreates } from "../recover/recover-creates.js";

export interface SendInput {
  readonly api: Api;
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly recorder: Recorder;
  readonly parallelism: number;
  /** When aborted, no new call is started, and none sent that waits; calls in flight finish. */
  readonly stop: AbortSignal;
  readonly abort: AbortSignal;
  readonly clock: Clock;
  /** The wanted time to wait for a created object to show, in milliseconds: see `getAbsencePatienceMs`. */
  readonly patienceMs: number;
  /** Reads the token's user, once. */
  readonly readTokenUser: () => Promise<string | null>;
  readonly onEvent: OnEvent;
}

/** Records an intent while other calls are sent in the place of its create. */
type BesideOthers = (record: () => Promise<void>) => Promise<void>;

/** The waits between attempts while a new object is not visible yet, in milliseconds. */
export const notVisibleDelaysMs = [200, 400, 800, 1600, 3200, 6400];

/** The waits before a create that did not happen after a 502 or 503 is sent again, in milliseconds. */
const absentDelaysMs = [500, 1000, 2000, 4000];

/** The most times that a create is sent if the rate limit refuses it. */
const maxThrottled = 10;

/** The time to search for a refused create before it is sent again, in milliseconds: such a create rarely succeeded. */
const refusedPatienceMs = 2_000;

/**
 * Sends creates: calls that create a second object if they are sent twice. Each create is recorded before it is sent. Before a
 * create is sent again, or if its response was lost, its object is searched for while no similar create is in flight.
 */
export class CreateSender {
  readonly #input: SendInput;
  readonly #untilSent: AbortSignal;
  readonly #besideOthers: BesideOthers;
  readonly #exclusion = new KeyedLock();
  /** The rooms that this run created, by jid, with the users whom it names in any way. */
  readonly #rooms = new Map<string, readonly Json[]>();

  /** @param untilSent ends creates that have not been carried out */
  constructor(input: SendInput, untilSent: AbortSignal, besideOthers: BesideOthers) {
    this.#input = input;
    this.#untilSent = untilSent;
    this.#besideOthers = besideOthers;
  }

  /**
   * Sends a create, and recovers it if its response is lost.
   *
   * @throws ApiError if the object was not created, or the outcome stays unknown
   * @throws an error of writing the state
   */
  async send(node: CallNode, captured: CapturedValues): Promise<"created" | "recovered"> {
    const attempts = { unclear: 0, throttled: 0, notFound: 0, unauthorized: 0 };
    return retry(
      async (): Promise<Attempt<"created" | "recovered">> => {
        try {
          const key = this.#likeness(node, captured);
          await this.#exclusion.shared(key, () => this.#attempt(node, captured, attempts));
          return { value: "created" };
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
          return this.#afterFailure(node, captured, error, attempts);
        }
      },
      async ({ waitMs }) => {
        if (waitMs > 0) await this.#input.clock.sleep(waitMs, this.#untilSent);
      },
    );
  }

  async #attempt({ run, call }: CallNode, captured: CapturedValues, attempts: object): Promise<void> {
    const { api, recorder, clock, abort, onEvent } = this.#input;
    const body = captured.body(call);
    const effects = captured.effects(call);
    const container = captured.container(call);
    run.container = container;
    // A room that its sender does not find may prove that there is none: a later probe can still show that.
    const sender = container === undefined ? ((await this.#readUser()) ?? undefined) : undefined;
    let isRecorded = false;
    const beforeSend = async (): Promise<void> => {
      const later = getLaterAttributes(run.change, call);
      const intent = { operation: call.operation, body, effects, later, container, sender, at: clock.now() };
      const sentFrom = api.serviceTime()?.from;
      await this.#besideOthers(() => recorder.recordIntent(run.change, { ...intent, sentFrom }));
      isRecorded = true;
    };
    const request = {
      ...{ operation: call.operation as OperationName, params: captured.params(call), body },
      ...(call.query === undefined ? {} : { query: call.query }),
      ...{ once: true, waitsWith: attempts, untilSent: this.#untilSent, beforeSend },
    };
    const response = await api.call(request, abort).catch((error: unknown) => {
      noteCutOff(run, error, this.#input);
      if (isRecorded && isUnsent(error, this.#input)) recorder.recordNotCreated(run.change);
      throw error;
    });
    run.id = idIn(captured.take(call, run.change.address, response.body));
    if (run.id === undefined) throw new InternalError(`${call.id} creates something and captures no id`);
    this.#noteRoom(run, body);
    run.accepted.push(call);
    addEffects(run, effects);
    recorder.recordCreated(run.change, run.id, effects, container, clock.now());
    onEvent({ type: "created", address: run.change.address, id: run.id });
  }

  #noteRoom({ id, container, change }: ChangeRun, { userIds }: JsonObject): void {
    if (id === undefined || container !== undefined) return;
    const lists = [userIds, change.after?.["participants"], change.after?.["owners"]];
    this.#rooms.set(idKey(id), lists.filter(isArray).flat());
  }

  /** Records that the creator finds a new room, if the chats of the token's user show a room of this run that does not name that user. */
  async #observeListing(listed: readonly string[]): Promise<void> {
    const { recorder, clock } = this.#input;
    const found = listed.map((id) => this.#rooms.get(idKey(id))).filter((users) => users !== undefined);
    const user = found.length === 0 ? null : await this.#readUser();
    const isNamed = (users: readonly Json[]): boolean =>
      users.some((id) => typeof id === "string" && sameId(id, user ?? undefined));
    if (user === null || found.every(isNamed)) return;
    const date = new Date(clock.now()).toISOString();
    const evidence = "Apply: getUsersChatsMe listed a room that this run had created.";
    recorder.recordObserved({ creatorFindsRoom: { value: true, date, evidence } });
  }

  /** Returns the id of the token's user; null if there is none, or the service does not tell. */
  async #readUser(): Promise<string | null> {
    const { api, readTokenUser } = this.#input;
    if (api.endpoint?.clientId !== undefined) return null;
    try {
      return await readTokenUser();
    } catch (error) {
      if (error instanceof ApiError) return null;
      throw error;
    }
  }

  async #afterFailure(
    node: CallNode,
    captured: CapturedValues,
    error: ApiError,
    attempts: { unclear: number; throttled: number; notFound: number; unauthorized: number },
  ): Promise<Attempt<"recovered">> {
    const { recorder, api } = this.#input;
    const { change } = node.run;
    const { outcome, status = 0 } = error.failure;
    if (outcome === "not-sent") {
      recorder.recordNotCreated(change);
      throw error;
    }
    recorder.recordLostResponse(change, api.serviceTime());
    if (outcome === "unclear") {
      const waitMs = [502, 503].includes(status) ? absentDelaysMs[attempts.unclear++] : undefined;
      return this.#recoverCreate(node, captured, error, Infinity, waitMs);
    }
    if (status === 404 && captured.isUsedBy(node.call)) {
      const waitMs = notVisibleDelaysMs[attempts.notFound++];
      if (waitMs !== undefined) return this.#recoverCreate(node, captured, error, 0, waitMs);
    }
    const limited =
      status === 429 && error.failure.code !== "wait.too.long" && ++attempts.throttled < maxThrottled;
    const unauthorized =
      status === 401 &&
      isAboutToken(error.failure) &&
      error.failure.credentialsEnded !== true &&
      ++attempts.unauthorized < 2;
    if (limited || unauthorized)
      return this.#recoverCreate(node, captured, error, this.#refusedPatienceMs(), 0);
    recorder.recordRefused(change);
    throw error;
  }

  /** Returns the most time to wait for a create that the service says it refused, in milliseconds. */
  #refusedPatienceMs(): number {
    const { recorder, clock, patienceMs } = this.#input;
    const leastMs = getLeastPatienceMs(recorder.behavior, "readLagMs", clock.now()) ?? 0;
    return Math.max(leastMs, Math.min(patienceMs, refusedPatienceMs));
  }

  /**
   * Checks whether an uncertain create happened.
   *
   * @param mostMs the most time to wait for it to show, in milliseconds
   * @param waitMs the wait before the create is sent again if it did not happen; undefined: the create is not sent again
   * @throws the error of the create if it did not happen and is not sent again, or if the outcome stays unknown
   */
  async #recoverCreate(
    node: CallNode,
    captured: CapturedValues,
    error: ApiError,
    mostMs: number,
    waitMs: number | undefined,
  ): Promise<Attempt<"recovered">> {
    const { run, call } = node;
    const { recorder } = this.#input;
    const { address } = run.change;
    const key = this.#likeness(node, captured);
    return this.#exclusion.exclusive(key, async () => {
      const { findings, uncertain, listed } = await this.#recover(key, mostMs, run, error);
      const found = findings.find((one) => one.type === "record" && one.address === address);
      if (found?.type === "record" && found.resource !== null) {
        const { id } = found.resource;
        run.id = id;
        run.recovered = true;
        this.#noteRoom(run, captured.body(call));
        for (const field of Object.keys(call.captures ?? {})) captured.add(address, field, id);
        recorder.recordCreated(
          run.change,
          id,
          captured.effects(call),
          run.container,
          this.#input.clock.now(),
        );
        await this.#observeListing(listed);
        return { value: "recovered" };
      }
      await this.#observeListing(listed);
      const nextStep = uncertain.get(address);
      if (nextStep !== undefined && error.failure.outcome === "unclear") {
        run.uncertain = { error, nextStep };
        throw error;
      }
      recorder.recordNotCreated(run.change);
      if (waitMs === undefined) throw error;
      return { waitMs };
    });
  }

  /** Recovers all similar uncertain creates together. The end of the run leaves the check of a refused create to the next run. */
  async #recover(key: string, mostMs: number, run: ChangeRun, { failure }: ApiError): Promise<Recovery> {
    const { recorder, kinds, api, parallelism, abort, clock, patienceMs } = this.#input;
    const state = recorder.current();
    const alike = state.uncertain.filter((intent) => getLikeness(kinds, intent) === key);
    const isUnclear = failure.outcome === "unclear";
    const signal = isUnclear ? abort : this.#untilSent;
    const input = { api, kinds, parallelism, signal, clock, patienceMs, mostMs };
    try {
      return await recoverCreates(input, { ...state, uncertain: alike });
    } catch (error) {
      if (isUnclear) noteCutOff(run, error, this.#input);
      else if (signal.aborted) recorder.recordRefused(run.change);
      throw error;
    }
  }

  #likeness({ run, call }: CallNode, captured: CapturedValues): string {
    const { kind } = run.change;
    const container = captured.container(call);
    const create = { kind, body: captured.body(call), ...(container === undefined ? {} : { container }) };
    return getLikeness(this.#input.kinds, create);
  }
}

/** Returns the attributes that the calls of a change beside its create touch, as they are after the change. */
function getLaterAttributes({ after, calls }: Change, create: Call): JsonObject {
  const touched = getTouched(calls.filter((call) => call !== create).flatMap(({ effects }) => effects));
  return Object.fromEntries(
    [...touched].flatMap((name) => {
      const value = after?.[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function idIn(taken: ReturnType<CapturedValues["take"]>): string | undefined {
  const id = taken.find(([field]) => field === "jid" || field === "id")?.[1];
  return typeof id === "string" ? id : undefined;
}
