import type { Api } from "../api/api.js";
import { actor as readActor } from "../api/directory.js";
import { normalized } from "../core/compare.js";
import type { Effect } from "../core/call.js";
import type { Json, JsonObject } from "../core/json.js";
import { isArray, sameJson } from "../core/json.js";
import type { Kind, Live, Subject, World } from "../core/kind.js";
import { kindOf } from "../core/planning.js";
import { valueAt } from "../core/pointer.js";
import { applyEffects, without } from "../core/state.js";
import type { ChangeRun } from "./outcome.js";
import { readAll, readKey } from "./reader.js";
import { answersOf } from "./refresh.js";

/** Reads back what was changed. */
export class Looker {
  readonly #api: Api;
  readonly #kinds: ReadonlyMap<string, Kind>;
  readonly #parallelism: number;
  readonly #signal: AbortSignal;
  #actor: Promise<string | null> | undefined;

  constructor(api: Api, kinds: ReadonlyMap<string, Kind>, parallelism: number, signal: AbortSignal) {
    this.#api = api;
    this.#kinds = kinds;
    this.#parallelism = parallelism;
    this.#signal = signal;
  }

  kind(run: ChangeRun): Kind {
    return kindOf({ kinds: this.#kinds }, run.change.kind);
  }

  /** What is live of each of these, normalized; undefined where it could not be read. */
  async look(runs: readonly ChangeRun[]): Promise<ReadonlyMap<ChangeRun, Live | undefined>> {
    const wanted = runs.map((run) => {
      const subject = subjectOfRun(run);
      return { run, subject, reads: this.kind(run).reads(subject) };
    });
    const reads = wanted.flatMap((one) => one.reads);
    const results = await readAll(this.#api, reads, { parallelism: this.#parallelism, signal: this.#signal });
    const lives = new Map<ChangeRun, Live | undefined>();
    for (const { run, subject, reads: own } of wanted) {
      const readable = own.every((read) => results.get(readKey(read))?.ok === true);
      lives.set(run, readable ? await this.#decode(run, subject, answersOf(own, results)) : undefined);
    }
    return lives;
  }

  /** Who is acting, if deciding on this resource needs to know. */
  async world(run: ChangeRun, live: Live | undefined): Promise<World> {
    if (this.kind(run).needsActor(subjectOfRun(run), live) === "no") return { actor: undefined };
    this.#actor ??= readActor(this.#api, this.#signal);
    return { actor: await this.#actor };
  }

  async #decode(run: ChangeRun, subject: Subject, answers: Parameters<Kind["decode"]>[1]): Promise<Live> {
    const kind = this.kind(run);
    const blind = kind.decode(subject, answers, { actor: undefined });
    const world = await this.world(run, blind);
    const live = world.actor === undefined ? blind : kind.decode(subject, answers, world);
    return live.present ? { present: true, attributes: normalized(live.attributes, kind.sets) } : live;
  }
}

/** A change's resource with what should be so once the calls that were made have taken. */
export function subjectOfRun({ change, id, container, effects }: ChangeRun): Subject {
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

/** Whether live attributes are as these effects make them. */
export function isEffective(live: JsonObject, effects: readonly Effect[]): boolean {
  return effects.every((effect) => {
    const value = valueAt(live, effect.path);
    const elements = isArray(value) ? value : [];
    if ("add" in effect) return without(effect.add, elements).length === 0;
    if ("remove" in effect) return without(effect.remove, elements).length === effect.remove.length;
    return sameValue(value, effect.set);
  });
}

function sameValue(live: Json | undefined, set: Json): boolean {
  if (!isArray(live) || !isArray(set)) return sameJson(live, set);
  return without(live, set).length === 0 && without(set, live).length === 0;
}
