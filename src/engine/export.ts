import type { Api } from "../api/api.js";
import { readTokenUser, readUsers } from "../api/directory/directory.js";
import { ApiError } from "../api/errors.js";
import type { Address } from "../core/address.js";
import { pathSegments } from "../core/address.js";
import { merged, normalizeSets } from "../core/plan/compare.js";
import { idKey } from "../core/jid.js";
import type { Json, JsonObject } from "../core/json/json.js";
import { byCodeUnit, isArray, isObject } from "../core/json/json.js";
import { withAllAttributes } from "../core/kind/define-kind.js";
import type { Kind } from "../core/kind/kind.js";
import type { LiveValue } from "../core/kind/read.js";
import type { NameLookup } from "../core/kind/declaration.js";
import type { ResolvedResource } from "../core/kind/resource.js";
import type { TokenUser } from "../core/kind/resource-change.js";
import type { Kinds } from "../core/kind/kinds.js";
import { getKind } from "../core/kind/kinds.js";
import { pointer, valueAt, withValueAt } from "../core/json/pointer.js";
import { getResponses, readAll, readKey } from "./refresh/read-all.js";

/** Something live to export under an address. */
export interface ExportItem {
  readonly address: Address;
  readonly kind: string;
  readonly id: string;
  readonly container?: string;
  /** What the state says was applied. */
  readonly applied?: JsonObject;
}

export interface Exported {
  /** A desired state without its version: sorted, without volatile fields. */
  readonly document: JsonObject;
  /** What each room is called, for comments: by name. */
  readonly titles: Readonly<Record<string, string>>;
  /** Reads that failed; what they were for is left out. */
  readonly failures: readonly { readonly address: Address; readonly error: ApiError }[];
  /** Addresses that are not there any more. */
  readonly gone: readonly Address[];
}

export interface ExportInput {
  readonly api: Api;
  readonly kinds: Kinds;
  readonly items: readonly ExportItem[];
  readonly parallelism: number;
  readonly signal?: AbortSignal;
}

interface Found {
  readonly item: ExportItem;
  readonly kind: Kind;
  readonly subject: ResolvedResource;
  readonly live: JsonObject;
}

/** Reads what is live, and writes it as a desired state would. */
export async function exportLive(input: ExportInput): Promise<Exported> {
  const { api, items, parallelism, signal } = input;
  const wanted = items.map((item) => {
    const kind = getKind(input.kinds, item.kind);
    const subject = withAllAttributes(kind, { ...item, attributes: item.applied ?? {}, pointer: "" });
    return { item, kind, subject, reads: kind.live.reads(subject) };
  });
  const reads = wanted.flatMap((one) => one.reads);
  const results = await readAll(api, reads, { parallelism, signal });
  const needsActor = wanted.some(({ kind, subject }) => kind.plan.dependsOnUser(subject, undefined));
  const tokenUser: TokenUser = needsActor ? await readTokenUser(api, signal) : undefined;
  const failures: { address: Address; error: ApiError }[] = [];
  const gone: Address[] = [];
  const found: Found[] = [];
  for (const { item, kind, subject, reads: own } of wanted) {
    const failed = own.map((read) => results.get(readKey(read))).find((result) => result?.ok === false);
    if (failed?.ok === false) failures.push({ address: item.address, error: failed.error });
    else {
      const live: LiveValue = kind.live.decode(subject, getResponses(own, results), tokenUser);
      if (live.present)
        found.push({ item, kind, subject, live: normalizeSets(live.attributes, kind.live.sets) });
      else gone.push(item.address);
    }
  }
  const names = await namesFor(input, found);
  const document = found.reduce<JsonObject>((result, one) => merged(result, expressed(one, names)), {});
  return { document: sorted(document), titles: titlesOf(found), failures, gone };
}

async function namesFor({ api, signal }: ExportInput, found: readonly Found[]): Promise<NameLookup> {
  const ids = found.flatMap(({ kind, live }) =>
    kind.live.users.flatMap((path) => strings(valueAt(live, path))),
  );
  const people = new Map<string, string>();
  try {
    for (const { id, email } of await readUsers(api, [...new Set(ids)].sort(byCodeUnit), signal)) {
      if (email !== undefined) people.set(id, email.toLowerCase());
    }
  } catch (error) {
    // Without permission to read users, ids are as good.
    if (!(error instanceof ApiError)) throw error;
  }
  const addresses = new Map(found.map(({ item }) => [idKey(item.id), item.address]));
  return { user: (id) => people.get(id) ?? id, address: (id) => addresses.get(idKey(id)) };
}

/** What a resource is in the desired state, within the whole document. */
function expressed({ item, kind, subject, live }: Found, names: NameLookup): JsonObject {
  const depth = pathSegments(kind.declare.at).length;
  const block = literal(kind.declare.toBlock(subject, live, names)) as JsonObject;
  return withValueAt({}, pointer(...item.address.split("/").slice(0, depth)), block);
}

/** Text that would be read as a reference to a variable is written so that it isn't. */
function literal(value: Json): Json {
  if (typeof value === "string") return value.replaceAll("${", () => "$${");
  if (isArray(value)) return value.map(literal);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : [[key, literal(inner)]])),
  );
}

/** Users, rooms and messages by name; the members of each in the order in which people write them. */
function sorted(document: JsonObject): JsonObject {
  const byName = (value: Json | undefined): Json | undefined =>
    isObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => byCodeUnit(a, b))) : value;
  const { settings, me, users, rooms } = document;
  return { settings, me, users: byName(users), rooms: byName(rooms) };
}

function titlesOf(found: readonly Found[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    found.flatMap(({ item, live }) => {
      const { subject, participants } = live;
      if (item.kind !== "rooms/*" || typeof subject !== "string") return [];
      const number = isArray(participants) ? participants.length : undefined;
      const count = number === undefined ? "" : `, ${number} participant${number === 1 ? "" : "s"}`;
      return [[item.address.slice("rooms/".length), `${subject}${count}`]];
    }),
  );
}

function strings(value: Json | undefined): readonly string[] {
  return isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
