import type { Api } from "../api/api.js";
import { ApiError } from "../api/errors.js";
import { canonicalJson } from "../core/json.js";
import type { Address } from "../core/address.js";
import type { Kind, World } from "../core/kind.js";
import { kindOf } from "../core/planning.js";
import type { Intent, JournalEntry, State } from "../core/state.js";
import { applyEffects, StateDraft } from "../core/state.js";
import { actor as readActor } from "../api/directory.js";
import { answersOf, readAll, readKey } from "./reader.js";
import type { Clock } from "../core/clock.js";

/** How slow a service may be to show what was written before it counts as not taken, in milliseconds. */
export const defaultPatienceMs = 30_000;

export interface SettleInput {
  readonly api: Api;
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly parallelism: number;
  readonly signal?: AbortSignal | undefined;
  readonly clock: Clock;
  /** How slow the service may be to show a thing that was created, in milliseconds: until then, not finding it proves nothing. */
  readonly patienceMs: number;
}

/** What looking for things of unknown outcome found. */
export interface Settled {
  /** Entries for creates that did happen, and for those that surely didn't. */
  readonly findings: readonly JournalEntry[];
  /** Those that nobody can tell, with what to do. */
  readonly uncertain: ReadonlyMap<Address, string>;
}

/**
 * Looks whether creates whose answer was lost did happen. Only reads. A thing that is found, and that the state doesn't
 * know under another address, is the one.
 */
export async function settle(input: SettleInput, state: State): Promise<Settled> {
  if (state.uncertain.length === 0) return { findings: [], uncertain: new Map() };
  const world = { actor: await actorOrNobody(input) };
  for (let looks = 1, waitMs = 250; ; looks++, waitMs *= 2) {
    const looked = await look(input, state, world);
    const youngest = Math.max(...looked.absent.map((intent) => Date.parse(intent.at)));
    const leftMs = youngest + input.patienceMs - input.clock.now();
    // Pages shift while they are read: what jumped to one that was read already shows in the next look.
    if (looked.absent.length === 0 || (leftMs <= 0 && looks > 1)) {
      const absent = looked.absent.map(({ address }): JournalEntry => ({ type: "not-created", address }));
      return { findings: [...looked.found, ...absent], uncertain: looked.uncertain };
    }
    await input.clock.sleep(leftMs > 0 ? Math.min(waitMs, leftMs) : waitMs, input.signal);
  }
}

interface Looked {
  readonly found: readonly JournalEntry[];
  /** Not there, as far as the service shows now. */
  readonly absent: readonly Intent[];
  readonly uncertain: ReadonlyMap<Address, string>;
}

async function look(input: SettleInput, state: State, world: World): Promise<Looked> {
  const intents = [...state.uncertain].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const wanted = intents.map((intent) => {
    const { find } = kindOf(input, intent.kind);
    return { intent, find, reads: find?.reads(intent) ?? [] };
  });
  const reads = wanted.flatMap((one) => one.reads);
  const results = await readAll(input.api, reads, { parallelism: input.parallelism, signal: input.signal });
  const taken = new Set(Object.values(state.resources).map(({ id }) => id));
  const found: JournalEntry[] = [];
  const absent: Intent[] = [];
  const uncertain = new Map<Address, string>();
  for (const { intent, find, reads: own } of wanted) {
    const readable = own.every((read) => results.get(readKey(read))?.ok === true);
    const seen = readable ? find?.candidates(intent, answersOf(own, results), world) : undefined;
    const unknown = (ids: readonly string[] = []): readonly string[] => ids.filter((one) => !taken.has(one));
    const [free, older] = [unknown(seen?.ids), unknown(seen?.older)];
    const [id] = free;
    if (id !== undefined && free.length <= twins(intent, intents)) {
      taken.add(id);
      found.push(created(intent, id));
    } else if (id === undefined && older.length === 0 && seen?.conclusive === true) absent.push(intent);
    else uncertain.set(intent.address, wayOn(intent, id === undefined ? older : free));
  }
  return { found, absent, uncertain };
}

/** How many intents, this one too, would have made the same thing. */
function twins(intent: Intent, intents: readonly Intent[]): number {
  const key = ({ operation, container, body }: Intent): string =>
    canonicalJson({ operation, container, body });
  return intents.filter((other) => key(other) === key(intent)).length;
}

async function actorOrNobody({ api, signal }: SettleInput): Promise<string | null> {
  try {
    return await readActor(api, signal);
  } catch (error) {
    if (error instanceof ApiError) return null;
    throw error;
  }
}

function wayOn({ address, at }: Intent, candidates: readonly string[]): string {
  const what =
    candidates.length > 0
      ? `It could be ${candidates.join(" or ")}.`
      : "Nothing that these credentials can see shows whether it was.";
  return (
    `A request to create it was sent at ${at} and never answered; it may have been created. ${what} ` +
    `If it is there: chatform import ${address} ID. If not: chatform state forget ${address}.`
  );
}

/** The state with these findings in it. */
export function withFindings(state: State, findings: readonly JournalEntry[]): State {
  if (findings.length === 0) return state;
  const draft = new StateDraft(state);
  for (const finding of findings) draft.apply(finding);
  return draft.snapshot();
}

/** What the state records of a create that did happen. */
function created(intent: Intent, id: string): JournalEntry {
  const { address, kind, container, record, effects } = intent;
  const applied = applyEffects(record.applied, effects);
  const resource = {
    ...{ ...record, kind, id, applied, created: intent.at },
    ...(container === undefined ? {} : { container }),
  };
  return { type: "record", address, resource };
}
