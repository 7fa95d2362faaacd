import type { Api } from "../../api/api.js";
import { readTokenUser } from "../../api/directory/directory.js";
import type { ApiError } from "../../api/errors.js";
import type { Address } from "../../core/address.js";
import type { Diagnostic } from "../../core/diagnostic.js";
import { DiagnosticsError } from "../../core/diagnostic.js";
import { addToMultimap } from "../../core/multimap.js";
import { byCodeUnit } from "../../core/json/json.js";
import type { Kind } from "../../core/kind/kind.js";
import type { LiveValue, Read } from "../../core/kind/read.js";
import type { Resource } from "../../core/kind/resource.js";
import type { TokenUser } from "../../core/kind/resource-change.js";
import type { Kinds } from "../../core/kind/kinds.js";
import { getKind } from "../../core/kind/kinds.js";
import type { Known } from "../../core/calls/resolve-references.js";
import { resolveReferences } from "../../core/calls/resolve-references.js";
import type { Clock } from "../../core/time/clock.js";
import { inTurns, mapInSteps } from "../../core/time/turns.js";
import type { OnEvent } from "../events.js";
import { tellProgress } from "../events.js";
import type { ResourceReads } from "./reread-missing.js";
import { contradictsItself, getMadeReads, hasFailed, rereadMissing } from "./reread-missing.js";
import type { ReadResult } from "./read-all.js";
import { readFailedProblem } from "./read-failed.js";
import { readKey } from "../../core/kind/join-reads.js";
import { getResponses, readAll } from "./read-all.js";

export interface RefreshInput {
  readonly api: Api;
  readonly kinds: Kinds;
  readonly resources: readonly Resource[];
  readonly known: Known;
  readonly parallelism: number;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent: OnEvent;
  readonly clock: Clock;
  /** The wanted time to wait for a created object to show, in milliseconds: see `getAbsencePatienceMs`. */
  readonly patienceMs: number;
  /** True to leave out resources that cannot be read. Default: they end the command. */
  readonly leavesUnread?: boolean;
}

export interface Refreshed {
  /** Live values of the resources that have an id. */
  readonly live: ReadonlyMap<Address, LiveValue>;
  readonly tokenUser: TokenUser;
  /** The problems of resources that could not be read, which have no live value. Empty unless `leavesUnread`. */
  readonly unread: ReadonlyMap<Address, Diagnostic>;
}

/**
 * Reads the live values of these resources. Each object is read once, and only declared attributes.
 *
 * @throws DiagnosticsError with every failed read, after all reads were tried: a failed read never counts as "absent". With
 *   `leavesUnread`, only if nothing could be read, or the credentials ended
 */
export async function refresh(input: RefreshInput): Promise<Refreshed> {
  const { api, kinds, resources, known, signal } = input;
  const { decode, unread } = await readValues(input);
  const withoutUser = await decode(undefined);
  const needsUser = resources.some((resource) =>
    getKind(kinds, resource.kind).plan.dependsOnUser(
      resolveReferences(resource, known),
      withoutUser.get(resource.address),
    ),
  );
  if (!needsUser) return { live: withoutUser, tokenUser: undefined, unread };
  const tokenUser = await readTokenUser(api, signal);
  return { live: await decode(tokenUser), tokenUser, unread };
}

/** The responses to all reads. */
interface ReadValues extends Pick<Refreshed, "unread"> {
  readonly decode: (tokenUser: TokenUser) => Promise<Refreshed["live"]>;
}

/** Reads the live values of these resources. @throws DiagnosticsError as `refresh` does */
export async function readValues(input: RefreshInput): Promise<ReadValues> {
  const { api, resources, known, parallelism, signal, onEvent } = input;
  const toWanted = (one: Resource): readonly WantedResource[] => {
    const kind = getKind(input.kinds, one.kind);
    const resource = resolveReferences(one, known);
    if (resource.id === undefined) return [];
    return [{ kind, resource, reads: kind.live.reads(resource), rechecks: kind.live.recheck(resource) }];
  };
  const wanted = (await inTurns(mapInSteps(resources, toWanted), signal)).flat();
  const first = await readAll(
    api,
    wanted.flatMap(({ reads }) => reads),
    {
      parallelism,
      signal,
      onProgress: tellProgress("refresh", onEvent),
    },
  );
  const results = await rereadMissing({ ...input, state: known.state }, wanted, first);
  const errors = getErrors(wanted, results);
  const contradictory = new Map(
    (
      await inTurns(
        mapInSteps(wanted, (one) => contradiction(one, results)),
        signal,
      )
    ).flat(),
  );
  const unread = new Map([
    ...[...errors].flatMap(([error, addresses]) =>
      addresses.map((address) => [address, readFailedProblem(error, [address])] as const),
    ),
    ...contradictory,
  ]);
  const isUseless = unread.size === wanted.length || [...errors.keys()].some(hasEnded);
  if (unread.size > 0 && (isUseless || input.leavesUnread !== true))
    throw new DiagnosticsError([...failures(errors), ...contradictory.values()]);
  const readable = wanted.filter(({ resource }) => !unread.has(resource.address));
  return {
    async decode(tokenUser) {
      const decoding = mapInSteps(readable, ({ kind, resource, reads }) => {
        const value = kind.live.decode(resource, getResponses(reads, results), tokenUser);
        return [resource.address, value] as const;
      });
      return new Map(await inTurns(decoding, signal));
    },
    unread,
  };
}

/** A resource with its kind and its reads. */
interface WantedResource extends ResourceReads {
  readonly kind: Kind;
}

/** Returns true if the service no longer accepts the credentials: the reads after that were not sent. */
function hasEnded({ failure }: ApiError): boolean {
  return failure.credentialsEnded === true;
}

/** Returns a problem with the address of a resource that some reads found and others did not. */
function contradiction(
  one: ResourceReads,
  results: ReadonlyMap<string, ReadResult>,
): readonly (readonly [Address, Diagnostic])[] {
  if (!contradictsItself(one, results) || hasFailed(one, results)) return [];
  const { address } = one.resource;
  const reads = getMadeReads(one, results);
  const responses = getResponses(reads, results);
  const missing = reads.filter((_read, at) => responses[at]?.found === false);
  const present = reads.filter((_read, at) => responses[at]?.found === true);
  const names = (list: readonly Read[]): string => list.map(({ operation }) => operation).join(", ");
  const problem: Diagnostic = {
    severity: "error",
    code: "read-failed",
    summary: "Live values could not be read",
    detail: `The responses contradict each other: ${names(missing)} found no such resource (404), ${names(present)} found one.`,
    help: "The resource may have been created or deleted a moment ago. Run the command again.",
    address,
  };
  return [[address, problem]];
}

/** Returns the errors of reads, with the resources that need them. */
function getErrors(
  wanted: readonly ResourceReads[],
  results: ReadonlyMap<string, ReadResult>,
): ReadonlyMap<ApiError, readonly Address[]> {
  const byError = new Map<ApiError, Address[]>();
  if ([...results.values()].every(({ ok }) => ok)) return byError;
  for (const one of wanted) {
    for (const read of getMadeReads(one, results)) {
      const result = results.get(readKey(read));
      if (result?.ok !== false) continue;
      addToMultimap(byError, result.error, one.resource.address);
    }
  }
  return byError;
}

function failures(errors: ReadonlyMap<ApiError, readonly Address[]>): readonly Diagnostic[] {
  return [...errors]
    .map(([error, addresses]) => readFailedProblem(error, addresses))
    .sort((a, b) => byCodeUnit(a.address ?? "", b.address ?? ""));
}
