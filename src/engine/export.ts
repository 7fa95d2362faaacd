import type { Api } from "../api/api.js";
import type { DirectoryUser } from "../api/directory/directory-user.js";
import { readTokenUser } from "../api/directory/directory.js";
import { readUsersById } from "../api/directory/users-by-id.js";
import { ApiError } from "../api/errors.js";
import type { Address } from "../core/address.js";
import { blockNames, isUserAddress, pathSegments, topLevelAddress } from "../core/address.js";
import { canonicalUserId } from "../core/calls/reference.js";
import { merged, normalizeSets } from "../core/diff/compare.js";
import { idKey } from "../core/jid.js";
import type { Json, JsonObject } from "../core/json/json.js";
import { byCodeUnit, isArray, isObject } from "../core/json/json.js";
import { blockLayout } from "../core/kind/block-layout.js";
import { withAllAttributes } from "../core/kind/define-kind.js";
import type { Kind } from "../core/kind/kind.js";
import type { LiveValue, Read } from "../core/kind/read.js";
import type { NameLookup } from "../core/kind/declaration.js";
import type { ResolvedResource } from "../core/kind/resource.js";
import type { TokenUser } from "../core/kind/resource-change.js";
import type { Kinds } from "../core/kind/kinds.js";
import { getKind } from "../core/kind/kinds.js";
import { pointer, valueAt, withValueAt } from "../core/json/pointer.js";
import { groupBy } from "../core/multimap.js";
import { isEmail } from "../core/people/email.js";
import type { Clock } from "../core/time/clock.js";
import type { OnEvent } from "./events.js";
import { tellProgress } from "./events.js";
import { toNames } from "./people/known-users.js";
import type { ReadResult } from "./refresh/read-all.js";
import { readKey } from "../core/kind/join-reads.js";
import { getResponses, readAll } from "./refresh/read-all.js";
import type { ResourceReads } from "./refresh/reread-missing.js";
import { contradictsItself, getMadeReads, rereadMissing } from "./refresh/reread-missing.js";

/** A live object to export, and its address in the config. */
export interface ExportItem {
  readonly address: Address;
  readonly kind: string;
  readonly id: string;
  readonly container?: string;
  /** The values that the state records as applied. */
  readonly applied?: JsonObject;
}

export interface Exported {
  /** A config without its version: sorted, without volatile fields. */
  readonly document: JsonObject;
  /** Comments by the path of the block that they stand above: `rooms/lobby`. */
  readonly comments: Readonly<Record<string, string>>;
  /** Comments by the user id that they stand beside in a list. */
  readonly people: Readonly<Record<string, string>>;
  /** The e-mails of the users whose settings and 1on1s were wanted, by id. */
  readonly owners: Readonly<Record<string, string>>;
  /** Failed reads. Their resources are not in the document. */
  readonly failures: readonly { readonly address: Address; readonly error: ApiError }[];
  /** Objects that were not found, each with the end of a sentence about it. Not in the document. */
  readonly missing: readonly { readonly address: Address; readonly text: string }[];
  /** Settings and 1on1s of departed users, which are not in the document, with a sentence about each. */
  readonly departed: readonly { readonly address: Address; readonly text: string }[];
}

export interface ExportInput {
  readonly api: Api;
  readonly kinds: Kinds;
  readonly items: readonly ExportItem[];
  readonly parallelism: number;
  readonly signal?: AbortSignal;
  readonly clock: Clock;
  /** The time in which contradictory responses may become consistent, in milliseconds. */
  readonly patienceMs: number;
  readonly onEvent: OnEvent;
}

interface Found {
  readonly item: ExportItem;
  readonly kind: Kind;
  readonly resource: ResolvedResource;
  readonly live: JsonObject;
}

/** Reads live objects, and returns the config that declares them. */
export async function exportLive(input: ExportInput): Promise<Exported> {
  const { api, items, signal } = input;
  const wanted = items.map((item) => {
    const kind = getKind(input.kinds, item.kind);
    const resolved = withAllAttributes(kind, { ...item, attributes: item.applied ?? {}, pointer: "" });
    const [reads, rechecks] = [kind.live.reads(resolved), kind.live.recheck(resolved)];
    return { item, kind, resource: resolved, reads, rechecks };
  });
  const results = await readTwice(input, wanted);
  const needsUser = wanted.some(({ kind, resource }) => kind.plan.dependsOnUser(resource, undefined));
  const tokenUser: TokenUser = needsUser ? await readTokenUser(api, signal) : undefined;
  const failures: { address: Address; error: ApiError }[] = [];
  const missing: { address: Address; text: string }[] = [];
  const found: Found[] = [];
  for (const one of wanted) {
    const { item, kind, resource, reads: own } = one;
    const made = getMadeReads(one, results).map((read) => results.get(readKey(read)));
    const failed = made.find((result) => result?.ok === false);
    if (failed?.ok === false) failures.push({ address: item.address, error: failed.error });
    else {
      const live: LiveValue = kind.live.decode(resource, getResponses(own, results), tokenUser);
      if (live.present)
        found.push({ item, kind, resource, live: normalizeSets(live.attributes, kind.live.sets) });
      else {
        const isUnclear = contradictsItself(one, results);
        missing.push({ address: item.address, text: isUnclear ? contradictoryText : missingText });
      }
    }
  }
  const people = await readPeople(input, found);
  const departed = items.flatMap((item) => {
    const text = people.departed.get(getUser(item) ?? "");
    return text === undefined ? [] : [{ address: item.address, text }];
  });
  const isDeparted = new Set(departed.map(({ address }) => address));
  const isLeft = ({ address }: { readonly address: Address }): boolean => !isDeparted.has(address);
  const left = found.filter(({ item }) => isLeft(item));
  const names = { user: people.name, address: addressLookup(left) };
  const document = merged(left.map((one) => declaring(one, names)));
  return {
    document: sortBlocks(document, input.kinds),
    comments: { ...commentsOn(left), ...commentsOnUsers(left, people.emails) },
    people: people.comments,
    owners: toNames(people.emails),
    failures: failures.filter(isLeft),
    missing: missing.filter(isLeft),
    departed,
  };
}

const missingText = "the service returned 404 twice: it no longer exists, or these credentials cannot see it";
const contradictoryText = "the service returned 404 to one read and the object to another";

/** Makes the reads, and those of missing objects again: a single 404 proves nothing. */
async function readTwice(
  { api, parallelism, signal, clock, patienceMs, onEvent }: ExportInput,
  wanted: readonly ResourceReads[],
): Promise<ReadonlyMap<string, ReadResult>> {
  const reads = wanted.flatMap((one) => one.reads);
  const first = await readAll(api, reads, {
    parallelism,
    signal,
    onProgress: tellProgress("refresh", onEvent),
  });
  const isRead = (read: Read): boolean => first.get(readKey(read))?.ok === true;
  const readable = wanted.filter((one) => one.reads.every(isRead));
  const read = new Map([...first].filter(([, { ok }]) => ok));
  const input = { api, state: undefined, parallelism, signal, clock, patienceMs, onEvent };
  return new Map([...first, ...(await rereadMissing(input, readable, read))]);
}

/** Returns the user whose settings or 1on1 an item belongs to; undefined for other items. */
function getUser({ address, id, container }: ExportItem): string | undefined {
  return isUserAddress(address) ? canonicalUserId(container ?? id) : undefined;
}

function addressLookup(found: readonly Found[]): NameLookup["address"] {
  const addresses = new Map(found.map(({ item }) => [idKey(item.id), item.address]));
  return (id) => addresses.get(idKey(id));
}

/** Reads one live object, and returns the block that declares it; undefined if the object does not exist. @throws ApiError */
export async function readBlock(
  input: Omit<ExportInput, "items">,
  item: ExportItem,
): Promise<JsonObject | undefined> {
  const { document, failures } = await exportLive({ ...input, items: [item] });
  const [failure] = failures;
  if (failure !== undefined) throw failure.error;
  const depth = pathSegments(getKind(input.kinds, item.kind).declare.at).length;
  const block = valueAt(document, pointer(...blockNames(item.address).slice(0, depth)));
  return isObject(block) ? block : undefined;
}

/** The people of exported lists, and the users that items belong to. */
interface ExportPeople {
  /** Returns the e-mail if it leads to this active user only; otherwise the id. */
  readonly name: NameLookup["user"];
  /** A comment on each id that stands for a person in the config. */
  readonly comments: Readonly<Record<string, string>>;
  /** The e-mails of all users, by id. */
  readonly emails: ReadonlyMap<string, string>;
  /** A sentence about each departed user, by id. */
  readonly departed: ReadonlyMap<string, string>;
}

async function readPeople(
  { api, items, signal }: ExportInput,
  found: readonly Found[],
): Promise<ExportPeople> {
  const listed = found.flatMap(({ kind, live }) =>
    kind.live.users.flatMap((path) => strings(valueAt(live, path))),
  );
  const ids = new Set([...listed, ...items.flatMap((item) => getUser(item) ?? [])]);
  const users = await readKnownUsers(api, [...ids].sort(byCodeUnit), signal);
  const isActive = ({ state }: DirectoryUser): boolean => state === undefined || state === "active";
  const byEmail = groupBy(users.filter(isActive), ({ id, email }) => email?.toLowerCase() ?? id);
  const names = new Map(
    [...byEmail].flatMap(([email, same]): [string, string][] =>
      same.length === 1 && isEmail(email) ? same.map(({ id }) => [id, email]) : [],
    ),
  );
  const gone = users.filter((user) => !isActive(user));
  const sentence = ({ id, email, name, state = "" }: DirectoryUser): string =>
    `${email ?? name ?? id} is ${state} in the directory`;
  return {
    name: (id) => names.get(id) ?? id,
    comments: Object.fromEntries(
      users.flatMap((user): [string, string][] => {
        const { id, email, name } = user;
        const comment = isActive(user) ? (email ?? name) : sentence(user);
        return names.has(id) || comment === undefined ? [] : [[id, comment]];
      }),
    ),
    departed: new Map(gone.map((user) => [user.id, sentence(user)])),
    emails: new Map(users.flatMap(({ id, email }) => (email === undefined ? [] : [[id, email] as const]))),
  };
}

/** Without permission to read users, they are written by id. */
async function readKnownUsers(
  api: Api,
  ids: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly DirectoryUser[]> {
  try {
    return [...(await readUsersById(api, ids, signal)).values()];
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return [];
  }
}

/** Returns a config that declares one resource. */
function declaring({ item, kind, resource, live }: Found, names: NameLookup): JsonObject {
  const depth = pathSegments(kind.declare.at).length;
  const block = kind.declare.toBlock(resource, live, names);
  return depth === 0 ? block : withValueAt({}, pointer(...blockNames(item.address).slice(0, depth)), block);
}

/** Sorts top-level blocks in the order of the kinds, and named blocks by name. */
function sortBlocks(document: JsonObject, kinds: Kinds): JsonObject {
  const { named } = blockLayout(kinds.values());
  const blocks = new Set([...kinds.keys()].flatMap((name) => name.split("/").slice(0, 1)));
  return Object.fromEntries(
    [...blocks].flatMap((name): [string, Json][] => {
      const value = document[name];
      if (value === undefined) return [];
      const isSorted = named.has(name) && isObject(value);
      return [[name, isSorted ? sortMembers(value) : value]];
    }),
  );
}

function sortMembers(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => byCodeUnit(a, b)));
}

function commentsOn(found: readonly Found[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    found.flatMap(({ item, kind, live }) => {
      const comment = kind.declare.comment(live);
      return comment === undefined ? [] : [[item.address, comment]];
    }),
  );
}

/** Returns a comment with the e-mail above each block that the state or the command line names by user id. */
function commentsOnUsers(
  found: readonly Found[],
  emails: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    found.flatMap(({ item }) => {
      const [, name = ""] = blockNames(item.address);
      const email = name === getUser(item) ? emails.get(name) : undefined;
      return email === undefined ? [] : [[topLevelAddress(item.address), email]];
    }),
  );
}

function strings(value: Json | undefined): readonly string[] {
  return isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
