import type { Api } from "../../api/api.js";
import type { ApiError } from "../../api/errors.js";
import { readTokenUser } from "../../api/directory/directory.js";
import type { KnownBehavior } from "../../core/behavior/behavior.js";
import { normalizeSets, isSameValue } from "../../core/diff/compare.js";
import type { Effect } from "../../core/calls/call.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray } from "../../core/json/json.js";
import type { Kind } from "../../core/kind/kind.js";
import type { LiveValue, Read, ReadResponse } from "../../core/kind/read.js";
import { getEffectReads, getReadsOf, getTouched } from "../../core/kind/read-back.js";
import type { ResolvedResource } from "../../core/kind/resource.js";
import type { TokenUser } from "../../core/kind/resource-change.js";
import type { Kinds } from "../../core/kind/kinds.js";
import { getKind } from "../../core/kind/kinds.js";
import { diffAttributes } from "../../core/diff/diff-attributes.js";
import type { Pointer } from "../../core/json/pointer.js";
import { leaves, valueAt } from "../../core/json/pointer.js";
import { mayBeConfirmed } from "../../core/plan/read-backs.js";
import { applyEffects, without } from "../../core/state/state.js";
import type { ChangeRun } from "./change-run.js";
import type { DepartedPeople } from "./departed-people.js";
import type { ReadResult } from "../refresh/read-all.js";
import { readKey } from "../../core/kind/join-reads.js";
import { getResponses, isContradicted, readAll } from "../refresh/read-all.js";

/** The result of reading back a change. */
export interface ReadBack {
  /** Normalized; undefined if a read failed or the reads contradict each other. */
  readonly live: LiveValue | undefined;
  /** The error of a failed read. */
  readonly error: ApiError | undefined;
}

function errorIn(reads: readonly Read[], results: ReadonlyMap<string, ReadResult>): ApiError | undefined {
  for (const read of reads) {
    const result = results.get(readKey(read));
    if (result?.ok === false) return result.error;
  }
  return undefined;
}

/** Reads changes back. */
export class Reader {
  readonly #api: Api;
  readonly #kinds: Kinds;
  readonly #parallelism: number;
  readonly #departed: DepartedPeople;
  readonly #signal: AbortSignal;
  #tokenUser: Promise<string | null> | undefined;

  constructor(api: Api, kinds: Kinds, parallelism: number, departed: DepartedPeople, signal: AbortSignal) {
    this.#api = api;
    this.#kinds = kinds;
    this.#parallelism = parallelism;
    this.#departed = departed;
    this.#signal = signal;
  }

  kind(run: ChangeRun): Kind {
    return getKind(this.#kinds, run.change.kind);
  }

  /**
   * Reads changes back. Only attributes that their calls may have changed are read; the others are assumed unchanged.
   *
   * @param onProgress receives the number of finished reads
   */
  async readBack(
    runs: readonly ChangeRun[],
    onProgress?: (done: number, total: number) => void,
  ): Promise<ReadonlyMap<ChangeRun, ReadBack>> {
    const wanted = runs.map((run) => ({ run, ...getReads(this.kind(run), run) }));
    const reads = wanted.flatMap((one) => one.reads);
    const results = await readAll(this.#api, reads, {
      parallelism: this.#parallelism,
      signal: this.#signal,
      ...(onProgress === undefined ? {} : { onProgress }),
    });
    const found = new Map<ChangeRun, ReadBack>();
    for (const { run, resource, reads: own, unread } of wanted) {
      const responses = getResponses(own, results);
      const error = errorIn(own, results);
      const readable = error === undefined && !isContradicted(responses);
      const live = readable ? await this.#decode(run, resource, responses) : undefined;
      const whole =
        live?.present === true ? { ...live, attributes: { ...unread, ...live.attributes } } : live;
      found.set(run, { live: whole, error });
    }
    return found;
  }

  /** Returns the attributes in the response to a change's call; undefined if it shows none. */
  responded(run: ChangeRun): JsonObject | undefined {
    const { live } = this.kind(run);
    if (live.response === undefined || run.response === undefined) return undefined;
    const value = live.decode(toResource(run), [{ found: true, body: run.response }], undefined);
    return value.present ? normalizeSets(value.attributes, live.sets) : undefined;
  }

  /** Returns true if the response to a change's call shows every value that reading back should show. */
  isShownInResponse(run: ChangeRun, behavior: KnownBehavior): boolean {
    if (!mayBeConfirmed(run.change, this.#kinds, behavior) || run.accepted.length === 0) return false;
    const shown = this.responded(run);
    const expected = leaves(applyEffects(run.change.before ?? {}, run.effects));
    return shown !== undefined && expected.every(([path, value]) => isSameValue(valueAt(shown, path), value));
  }

  /** Returns true if live attributes show these effects. Departed users do not count: they may stay in a list for good. */
  shows({ change }: ChangeRun, live: JsonObject, effects: readonly Effect[]): boolean {
    const { kind } = change;
    return hasEffects(this.#departed.leaveOut(live, kind), this.#departed.leaveOutOfEffects(effects, kind));
  }

  /** Returns the paths where the live value is neither the applied nor the planned one. Departed users do not count. */
  async findDifferences(
    run: ChangeRun,
    live: Extract<LiveValue, { readonly present: true }>,
  ): Promise<readonly Pointer[]> {
    const kind = this.kind(run);
    const people = { tokenUser: await this.tokenUser(run, live), departed: this.#departed.byId };
    const { attributes: goal } = kind.plan.goal(toResource(run), live.attributes, people);
    const wanted = normalizeSets(goal, kind.live.sets);
    const leaveOut = (attributes: JsonObject): JsonObject => this.#departed.leaveOut(attributes, kind.name);
    const { paths } = diffAttributes(leaveOut(live.attributes), leaveOut(wanted));
    // A repair leaves some values as they are, though others were applied.
    const planned = leaveOut(run.change.after ?? {});
    return paths.filter(
      (path) => !isSameValue(valueAt(leaveOut(live.attributes), path), valueAt(planned, path)),
    );
  }

  /** Returns the token's user, if the goal of this resource depends on it. */
  async tokenUser(run: ChangeRun, live: LiveValue | undefined): Promise<TokenUser> {
    return this.kind(run).plan.dependsOnUser(toResource(run), live) ? this.readTokenUser() : undefined;
  }

  /** Reads the token's user once. @throws ApiError */
  async readTokenUser(): Promise<string | null> {
    try {
      return await (this.#tokenUser ??= readTokenUser(this.#api, this.#signal));
    } catch (error) {
      this.#tokenUser = undefined;
      throw error;
    }
  }

  async #decode(
    run: ChangeRun,
    resolved: ResolvedResource,
    responses: readonly ReadResponse[],
  ): Promise<LiveValue> {
    const kind = this.kind(run);
    const blind = kind.live.decode(resolved, responses, undefined);
    if (!blind.present) return blind;
    const tokenUser = await this.tokenUser(run, blind);
    const live = tokenUser === undefined ? blind : kind.live.decode(resolved, responses, tokenUser);
    return live.present
      ? { present: true, attributes: normalizeSets(live.attributes, kind.live.sets) }
      : live;
  }
}

interface RunReads {
  readonly resource: ResolvedResource;
  readonly reads: readonly Read[];
  /** Attributes that none of the reads shows: they are assumed unchanged. */
  readonly unread: JsonObject;
}

/** Returns the reads of the attributes that a change's calls may have changed. */
function getReads(kind: Kind, run: ChangeRun): RunReads {
  const resolved = toResource(run);
  const effects = [...run.effects, ...run.uncertainCalls.flatMap(({ call }) => call.effects)];
  const reads = getEffectReads(kind, resolved, effects);
  if (getTouched(effects).size === 0) return { resource: resolved, reads, unread: {} };
  const keys = new Set(reads.map(readKey));
  const isUnread = (name: string): boolean =>
    getReadsOf(kind, resolved, [name]).some((read) => !keys.has(readKey(read)));
  const before = run.change.before ?? {};
  return { resource: resolved, reads, unread: pick(before, Object.keys(before).filter(isUnread)) };
}

function pick(attributes: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name) => [name, attributes[name] ?? null]));
}

/** Returns a change's resource with the values expected after its accepted calls. */
function toResource(run: ChangeRun): ResolvedResource {
  const { change, id, container } = run;
  const { address, kind, record, after } = change;
  const applied = record === null ? (after ?? {}) : run.applied;
  return {
    address,
    kind,
    ...(id === undefined ? {} : { id }),
    ...(container === undefined ? {} : { container }),
    attributes: applied,
    applied,
    ...(record?.options === undefined ? {} : { options: record.options }),
    pointer: "",
  };
}

/** Returns true if live attributes show these effects. */
export function hasEffects(live: JsonObject, effects: readonly Effect[]): boolean {
  return effects.every((effect) => {
    const value = valueAt(live, effect.path);
    const elements = isArray(value) ? value : [];
    if ("add" in effect) return without(effect.add, elements).length === 0;
    if ("remove" in effect) return without(effect.remove, elements).length === effect.remove.length;
    return isSet(value, effect.set);
  });
}

function isSet(live: Json | undefined, set: Json): boolean {
  if (!isArray(live) || !isArray(set)) return isSameValue(live, set);
  return without(live, set).length === 0 && without(set, live).length === 0;
}
