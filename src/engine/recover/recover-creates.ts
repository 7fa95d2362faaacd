import { readTokenUser } from "../../api/directory/directory.js";
import { ApiError } from "../../api/errors.js";
import type { Address } from "../../core/address.js";
import { toKnownBehavior } from "../../core/behavior/behavior.js";
import { backoffMs, retry } from "../../core/time/retry.js";
import { groupBy } from "../../core/multimap.js";
import { idKey } from "../../core/jid.js";
import type { Candidate, Match, RecoverPeople, RecoverRole } from "../../core/kind/recover-role.js";
import type { TokenUser } from "../../core/kind/resource-change.js";
import type { Kinds } from "../../core/kind/kinds.js";
import { getKind } from "../../core/kind/kinds.js";
import type { Intent, JournalEntry, State } from "../../core/state/state.js";
import { applyEffects } from "../../core/state/state.js";
import { getRecordedEmails } from "../people/recorded-entries.js";
import type { Search, CreateCandidate, Verdict } from "./match-creates.js";
import { matchCreates } from "./match-creates.js";
import type { ReadResult } from "../refresh/read-all.js";
import { readKey } from "../../core/kind/join-reads.js";
import { getResponses, readAll } from "../refresh/read-all.js";
import type { PatienceInput, Undecided } from "./remaining-patience.js";
import { remainingPatience } from "./remaining-patience.js";
import { isFarFromSending, timeContradictions } from "./sending-time.js";
import { uncertainText } from "./uncertain-text.js";

export interface RecoverInput extends PatienceInput {
  readonly kinds: Kinds;
  readonly parallelism: number;
  readonly signal?: AbortSignal | undefined;
}

/** The known outcomes of uncertain creates. */
export interface Recovery {
  /** Journal entries for the creates with a known outcome. */
  readonly findings: readonly JournalEntry[];
  /** Addresses of the creates that happened. */
  readonly recovered: readonly Address[];
  /** The creates that stay uncertain, each with the evidence and the next step. */
  readonly uncertain: ReadonlyMap<Address, string>;
  /** The ids of all objects that the last search listed, where it matters that an object is listed. */
  readonly listed: readonly string[];
}

const nothingToRecover: Recovery = { findings: [], recovered: [], uncertain: new Map(), listed: [] };

/** The first wait between searches, in milliseconds. It doubles each time. */
const firstMs = 250;

/**
 * Checks whether the uncertain creates of a state happened. Sends only reads. A live object that the state does not record is
 * the created one if it shows everything that was sent, and was created at the time of sending by the service's clock.
 */
export async function recoverCreates(input: RecoverInput, state: State): Promise<Recovery> {
  if (state.uncertain.length === 0) return nothingToRecover;
  const tokenUser = await readUserOrNull(input);
  const start = input.clock.monotonic();
  return retry(
    async (searches) => {
      const { verdicts, undecided, listed } = await search(input, state, tokenUser);
      const leftMs = remainingPatience(undecided, start, input, state.behavior);
      // Pages shift while they are read: an object that slid to an earlier page shows in the next search.
      if (undecided.length === 0 || (leftMs <= 0 && searches > 1))
        return { value: { ...concluded(state, verdicts), listed } };
      return { waitMs: backoffMs(searches, { firstMs, maxMs: leftMs > 0 ? leftMs : Infinity }) };
    },
    ({ waitMs }) => input.clock.sleep(waitMs, input.signal),
  );
}

interface SearchResult {
  readonly verdicts: ReadonlyMap<Address, Verdict>;
  readonly undecided: readonly Undecided[];
  readonly listed: readonly string[];
}

async function search(input: RecoverInput, state: State, tokenUser: TokenUser): Promise<SearchResult> {
  const lists = await listCandidates(input, state, tokenUser);
  const searches = await compareAll(input, lists, { tokenUser, people: getRecordedEmails(state) });
  const verdicts = new Map<Address, Verdict>();
  for (const alike of groupBy(searches, ({ intent }) => getLikeness(input.kinds, intent)).values())
    for (const [address, verdict] of matchCreates(alike)) verdicts.set(address, verdict);
  const undecided = searches.flatMap(({ intent, sightings }) => {
    const verdict = verdicts.get(intent.address);
    const isNear = sightings.some(({ created }) => timeContradictions(intent, created).length === 0);
    const countsAsAbsent = verdict?.type === "absent";
    const mayShow = countsAsAbsent || (verdict?.type === "uncertain" && isNear);
    return mayShow ? [{ intent, countsAsAbsent }] : [];
  });
  return { verdicts, undecided, listed: lists.flatMap(({ listed }) => listed) };
}

interface CandidateList {
  readonly intent: Intent;
  readonly recover: RecoverRole | undefined;
  readonly candidates: readonly Candidate[];
  readonly conclusive: boolean;
  readonly listed: readonly string[];
}

async function listCandidates(
  input: RecoverInput,
  state: State,
  tokenUser: TokenUser,
): Promise<readonly CandidateList[]> {
  const behavior = toKnownBehavior(state.behavior, input.clock.now());
  const wanted = state.uncertain.map((intent) => {
    const { recover } = getKind(input.kinds, intent.kind);
    return { intent, recover, reads: recover?.reads(intent, behavior) ?? [] };
  });
  const results = await readAll(
    input.api,
    wanted.flatMap(({ reads }) => reads),
    { parallelism: input.parallelism, signal: input.signal },
  );
  const recorded = Object.values(state.resources).map(({ id }) => id);
  const forgotten = (state.forgotten ?? []).map(({ jid }) => jid);
  const known = new Set([...recorded, ...forgotten].map(idKey));
  return wanted.map(({ intent, recover, reads }) => {
    const readable = reads.every((read) => isRead(results, readKey(read)));
    if (recover === undefined || !readable)
      return { intent, recover, candidates: [], conclusive: false, listed: [] };
    const responses = getResponses(reads, results);
    const { list, conclusive, listed = [] } = recover.candidates(intent, responses, tokenUser, behavior);
    const candidates = list.filter((one) => !known.has(idKey(one.id)) && isWorthComparing(intent, one));
    return { intent, recover, candidates, conclusive, listed };
  });
}

/** Compares the candidates with the creates. Details are read only for candidates created at the time of sending. */
async function compareAll(
  input: RecoverInput,
  lists: readonly CandidateList[],
  people: RecoverPeople,
): Promise<readonly Search[]> {
  const reads = lists.flatMap(({ intent, recover, candidates }) =>
    candidates.filter((one) => isNear(intent, one)).flatMap((one) => recover?.details(one) ?? []),
  );
  const results = await readAll(input.api, reads, { parallelism: input.parallelism, signal: input.signal });
  return lists.map(({ intent, recover, candidates, conclusive }) => ({
    intent,
    conclusive,
    sightings: candidates.flatMap((one) => toSightings(recover, intent, one, results, people)),
  }));
}

function toSightings(
  recover: RecoverRole | undefined,
  intent: Intent,
  candidate: Candidate,
  results: ReadonlyMap<string, ReadResult>,
  people: RecoverPeople,
): readonly CreateCandidate[] {
  const { id, sameText } = candidate;
  if (recover === undefined || !isNear(intent, candidate)) {
    const contradictions = timeContradictions(intent, candidate.created);
    return [{ id, created: candidate.created, exact: false, contradictions }];
  }
  const match = compared(recover, intent, candidate, results, people);
  const created = Number.isNaN(candidate.created) ? (match.created ?? Number.NaN) : candidate.created;
  const times = timeContradictions(intent, created);
  if (!match.alike || (!sameText && times.length > 0)) return [];
  const contradictions = [...times, ...match.contradictions];
  return [{ id, created, exact: match.exact && contradictions.length === 0, contradictions }];
}

/** Returns true if the request may have created a candidate: the times agree, or are unknown. */
function isNear(intent: Intent, { created }: Candidate): boolean {
  return (
    Number.isNaN(created) || intent.sent === undefined || timeContradictions(intent, created).length === 0
  );
}

/** Returns true for a candidate with the same text created within a day, or any candidate created at the time of the request. */
function isWorthComparing(intent: Intent, candidate: Candidate): boolean {
  return candidate.sameText ? !isFarFromSending(intent, candidate.created) : isNear(intent, candidate);
}

function compared(
  recover: RecoverRole,
  intent: Intent,
  candidate: Candidate,
  results: ReadonlyMap<string, ReadResult>,
  people: RecoverPeople,
): Match {
  const reads = recover.details(candidate);
  const responses = getResponses(reads, results);
  if (!responses.every(({ found }) => found))
    return { alike: true, exact: false, contradictions: ["its people and texts cannot be read"] };
  return recover.compare(intent, candidate, responses, people);
}

function isRead(results: ReadonlyMap<string, ReadResult>, key: string): boolean {
  return results.get(key)?.ok === true;
}

/** Returns a key that is equal for creates that could be mistaken for each other. */
export function getLikeness(kinds: Kinds, create: Pick<Intent, "kind" | "container" | "body">): string {
  return JSON.stringify([create.kind, getKind(kinds, create.kind).recover?.similarityKey(create)]);
}

function concluded({ uncertain }: State, verdicts: ReadonlyMap<Address, Verdict>): Omit<Recovery, "listed"> {
  const findings: JournalEntry[] = [];
  const recovered: Address[] = [];
  const unclear = new Map<Address, string>();
  for (const intent of uncertain) {
    const { address } = intent;
    const verdict = verdicts.get(address);
    if (verdict?.type === "found") {
      findings.push(created(intent, verdict.id));
      recovered.push(address);
    } else if (verdict?.type === "absent" || intent.refused === true) {
      // Refused, and no evidence that the create happened all the same.
      findings.push({ type: "not-created", address });
    } else unclear.set(address, uncertainText(intent, verdict?.sightings ?? []));
  }
  return { findings, recovered, uncertain: unclear };
}

async function readUserOrNull({ api, signal }: RecoverInput): Promise<string | null> {
  try {
    return await readTokenUser(api, signal);
  } catch (error) {
    if (error instanceof ApiError) return null;
    throw error;
  }
}

/** Returns the record of a create that happened. */
function created(intent: Intent, id: string): JournalEntry {
  const { address, kind, container, record, effects } = intent;
  const applied = applyEffects(record.applied, effects);
  const resource = {
    ...{ ...record, kind, id, applied, created: intent.at },
    ...(container === undefined ? {} : { container }),
  };
  return { type: "record", address, resource };
}
