import type { Api } from "../../api/api.js";
import type { ApiError } from "../../api/errors.js";
import { readTokenUser } from "../../api/directory/directory.js";
import { normalizeSets, isSameValue } from "../../core/plan/compare.js";
import type { Effect } from "../../core/calls/call.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray } from "../../core/json/json.js";
import type { Kind } from "../../core/kind/kind.js";
import type { LiveValue, Read, ReadResponse } from "../../core/kind/read.js";
import { withoutBatch } from "../../core/kind/read.js";
import type { ResolvedResource } from "../../core/kind/resource.js";
import type { TokenUser } from "../../core/kind/resource-change.js";
import type { Kinds } from "../../core/kind/kinds.js";
import { getKind } from "../../core/kind/kinds.js";
import { tokens, valueAt } from "../../core/json/pointer.js";
import { applyEffects, without } from "../../core/state/state.js";
import type { ChangeRun } from "./change-run.js";
import type { ReadResult } from "../refresh/read-all.js";
import { getResponses, isContradicted, readAll, readKey } from "../refresh/read-all.js";

/** The result of reading back a change. */
export interface ReadBack {
  /** Normalized; undefined where it could not be read, or where its reads contradict each other. */
  readonly live: LiveValue | undefined;
  /** Why it could not be read. */
  readonly error: ApiError | undefined;
}

function errorIn(reads: readonly Read[], results: ReadonlyMap<string, ReadResult>): ApiError | undefined {
  for (const read of reads) {
    const result = results.get(readKey(read));
    if (result?.ok === false) return result.error;
  }
  return undefined;
}

/** Reads back what was changed. */
export class Reader {
  readonly #api: Api;
  readonly #kinds: Kinds;
  readonly #parallelism: number;
  readonly #signal: AbortSignal;
  #tokenUser: Promise<string | null> | undefined;

  constructor(api: Api, kinds: Kinds, parallelism: number, signal: AbortSignal) {
    this.#api = api;
    this.#kinds = kinds;
    this.#parallelism = parallelism;
    this.#signal = signal;
  }

  kind(run: ChangeRun): Kind {
    return getKind(this.#kinds, run.change.kind);
  }

  /**
   * Reads back each of these. Only what their calls may have changed is read: the rest is taken to be as it was.
   *
   * @param onProgress is told how many of the reads are done
   */
  async look(
    runs: readonly ChangeRun[],
    onProgress?: (done: number, total: number) => void,
  ): Promise<ReadonlyMap<ChangeRun, ReadBack>> {
    const wanted = runs.map((run) => ({ run, ...readsOfRun(this.kind(run), run) }));
    const reads = wanted.flatMap((one) => one.reads);
    const results = await readAll(this.#api, reads, {
      parallelism: this.#parallelism,
      signal: this.#signal,
      ...(onProgress === undefined ? {} : { onProgress }),
    });
    const found = new Map<ChangeRun, ReadBack>();
    for (const { run, subject, reads: own, unread } of wanted) {
      const responses = getResponses(own, results);
      const error = errorIn(own, results);
      const readable = error === undefined && !isContradicted(responses);
      const live = readable ? await this.#decode(run, subject, responses) : undefined;
      const whole =
        live?.present === true ? { ...live, attributes: { ...unread, ...live.attributes } } : live;
      found.set(run, { live: whole, error });
    }
    return found;
  }

  /** Returns the token's user, if the goal of this resource depends on it. */
  async tokenUser(run: ChangeRun, live: LiveValue | undefined): Promise<TokenUser> {
    if (!this.kind(run).plan.dependsOnUser(subjectOfRun(run), live)) return undefined;
    this.#tokenUser ??= readTokenUser(this.#api, this.#signal);
    return await this.#tokenUser;
  }

  async #decode(
    run: ChangeRun,
    subject: ResolvedResource,
    responses: readonly ReadResponse[],
  ): Promise<LiveValue> {
    const kind = this.kind(run);
    const blind = kind.live.decode(subject, responses, undefined);
    if (!blind.present) return blind;
    const tokenUser = await this.tokenUser(run, blind);
    const live = tokenUser === undefined ? blind : kind.live.decode(subject, responses, tokenUser);
    return live.present
      ? { present: true, attributes: normalizeSets(live.attributes, kind.live.sets) }
      : live;
  }
}

interface ReadsOfRun {
  readonly subject: ResolvedResource;
  readonly reads: readonly Read[];
  /** Attributes that none of the reads shows: they are assumed unchanged. */
  readonly unread: JsonObject;
}

/** The reads that show what a change's calls may have moved. */
function readsOfRun(kind: Kind, run: ChangeRun): ReadsOfRun {
  const subject = subjectOfRun(run);
  const effects = [...run.effects, ...run.uncertainCalls.flatMap(({ call }) => call.effects)];
  const touched = new Set(effects.map(({ path }) => tokens(path)[0] ?? ""));
  const { attributes } = subject;
  if (touched.size === 0) return { subject, reads: kind.live.reads(subject).map(withoutBatch), unread: {} };
  const readsOf = (names: readonly string[]): readonly Read[] =>
    kind.live.reads({ ...subject, attributes: pick(attributes, names) });
  const reads = readsOf([...touched]);
  const keys = new Set(reads.map(readKey));
  const isUnread = (name: string): boolean => readsOf([name]).some((read) => !keys.has(readKey(read)));
  const before = run.change.before ?? {};
  return { subject, reads, unread: pick(before, Object.keys(before).filter(isUnread)) };
}

function pick(attributes: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name) => [name, attributes[name] ?? null]));
}

/** A change's resource with what should be so once the calls that were made have taken. */
export function subjectOfRun({ change, id, container, effects }: ChangeRun): ResolvedResource {
  const { address, kind, record, after } = change;
  const applied = record === null ? (after ?? {}) : applyEffects(record.applied, effects);
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

/** Returns whether live attributes show these effects. */
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
