import type { Address } from "../../core/address.js";
import type { Finding } from "../../core/plan/change.js";
import type { Diagnostic } from "../../core/diagnostic.js";
import { DiagnosticsError } from "../../core/diagnostic.js";
import type { ForgottenRoom } from "../../core/state/forgotten.js";
import { forgottenRoomText, roomKind } from "../../core/state/forgotten.js";
import { idKey } from "../../core/jid.js";
import { byCodeUnit } from "../../core/json/json.js";
import type { Resource } from "../../core/kind/resource.js";
import { groupBy } from "../../core/multimap.js";
import { topLevelAddress } from "../../core/address.js";
import type { State } from "../../core/state/state.js";
import type { Refreshed, RefreshInput } from "../refresh/refresh.js";
import { refresh } from "../refresh/refresh.js";

/** Forgotten rooms by the declared address that may adopt them, the latest first. Never an empty list. */
export type AdoptableRooms = ReadonlyMap<Address, readonly ForgottenRoom[]>;

/** Live values, with the forgotten rooms that declared rooms adopt. */
export interface AdoptingRefresh extends Refreshed {
  /** The jids of forgotten rooms that still exist, by address. */
  readonly adopted: ReadonlyMap<Address, string>;
  /** Findings about forgotten rooms, by address. */
  readonly remarks: ReadonlyMap<Address, readonly Finding[]>;
}

/**
 * Finds the forgotten rooms of declared rooms that would otherwise be created.
 *
 * @param resources the declared and selected resources
 * @param declared all declared resources: a jid that another address names is not adopted
 * @param uncertain addresses of uncertain creates, which are skipped
 */
export function findAdoptableRooms(
  resources: readonly Resource[],
  declared: readonly Resource[],
  state: State | undefined,
  uncertain: ReadonlyMap<Address, string>,
): AdoptableRooms {
  const forgotten = state?.forgotten ?? [];
  if (forgotten.length === 0) return new Map();
  const named = new Set(declared.flatMap(({ id }) => (typeof id === "string" ? [idKey(id)] : [])));
  const free = groupBy(
    forgotten.filter(({ jid }) => !named.has(idKey(jid))),
    ({ address }) => address,
  );
  const found = new Map<Address, readonly ForgottenRoom[]>();
  for (const { address, kind, id } of resources) {
    const creates = kind === roomKind && id === undefined && state?.resources[address] === undefined;
    if (!creates || uncertain.has(address)) continue;
    const rooms = free.get(address);
    if (rooms === undefined) continue;
    found.set(
      address,
      rooms.toSorted((a, b) => byCodeUnit(b.forgotten, a.forgotten)),
    );
  }
  return found;
}

/**
 * Refreshes, reading the forgotten rooms of declared addresses as if they were declared with their jids.
 *
 * @throws DiagnosticsError with each failed read: a forgotten room that cannot be read never counts as gone
 */
export async function refreshAdopting(
  input: RefreshInput,
  forgotten: AdoptableRooms,
): Promise<AdoptingRefresh> {
  const tried = new Map([...forgotten.keys()].map((address) => [address, 0]));
  const current = (address: Address): ForgottenRoom | undefined =>
    forgotten.get(address)?.[tried.get(address) ?? 0];
  let found = await refreshAs(input, current);
  for (;;) {
    const exists = (address: Address): boolean => found.live.get(address)?.present === true;
    const next = [...forgotten].flatMap(([address, rooms]) => {
      const at = (tried.get(address) ?? 0) + 1;
      return exists(address) || at >= rooms.length ? [] : [[address, at] as const];
    });
    if (next.length === 0) break;
    for (const [address, at] of next) tried.set(address, at);
    const owners = new Set(next.map(([address]) => address));
    const resources = input.resources.filter(({ address }) => owners.has(topLevelAddress(address)));
    found = joined(found, await refreshAs({ ...input, resources }, current));
  }
  const adopted = new Map<Address, string>();
  const remarks = new Map<Address, readonly Finding[]>();
  const messages = groupBy(
    input.resources.filter(({ kind }) => kind.endsWith("/messages/*")),
    ({ address }) => topLevelAddress(address),
  );
  for (const [address, rooms] of forgotten) {
    const room = found.live.get(address)?.present === true ? current(address) : undefined;
    if (room !== undefined) adopted.set(address, room.jid);
    const count = messages.get(address)?.length ?? 0;
    remarks.set(address, [room === undefined ? absentFinding(rooms) : adoptedFinding(room, rooms, count)]);
  }
  return { ...found, adopted, remarks };
}

/** Refuses to plan forgotten rooms without a refresh: they may still exist. @throws DiagnosticsError */
export function refuseUnreadRooms(forgotten: AdoptableRooms): void {
  const problems = [...forgotten].map(([address, [room]]): Diagnostic => ({
    severity: "error",
    code: "forgotten-room-unread",
    summary: "Forgotten room not checked",
    detail: `${room === undefined ? address : wasText(room)} Without a refresh, chatform cannot check whether that room still exists.`,
    help: `Plan without --no-refresh. To create a new room in any case: ${purge(address)}`,
    address,
  }));
  if (problems.length > 0) throw new DiagnosticsError(problems);
}

/** Returns the resources with the jids of the forgotten rooms that they adopt. */
export function withJids(
  resources: readonly Resource[],
  getJid: (address: Address) => string | undefined,
): readonly Resource[] {
  return resources.map((resource) => {
    const id = getJid(resource.address);
    return id === undefined ? resource : { ...resource, id };
  });
}

async function refreshAs(
  input: RefreshInput,
  current: (address: Address) => ForgottenRoom | undefined,
): Promise<Refreshed> {
  const getJid = (address: Address): string | undefined => current(address)?.jid;
  const declared = withJids([...input.known.resources.values()], getJid);
  const known = { ...input.known, resources: new Map(declared.map((one) => [one.address, one])) };
  try {
    return await refresh({ ...input, resources: withJids(input.resources, getJid), known });
  } catch (error) {
    if (!(error instanceof DiagnosticsError)) throw error;
    throw new DiagnosticsError(error.diagnostics.map((one) => explained(one, current)));
  }
}

function explained(
  problem: Diagnostic,
  current: (address: Address) => ForgottenRoom | undefined,
): Diagnostic {
  const address = topLevelAddress(problem.address ?? "");
  const room = current(address);
  if (room === undefined || problem.code !== "read-failed") return problem;
  return {
    ...problem,
    code: "forgotten-room-unreadable",
    summary: "Forgotten room could not be read",
    detail: `${wasText(room)} If that room still exists, chatform adopts it again. ${problem.detail}`,
    help: [problem.help, `To create a new room instead: ${purge(address)}`]
      .filter((text) => text !== undefined)
      .join(" "),
  };
}

function joined(a: Refreshed, b: Refreshed): Refreshed {
  return {
    live: new Map([...a.live, ...b.live]),
    tokenUser: b.tokenUser === undefined ? a.tokenUser : b.tokenUser,
    unread: new Map([...a.unread, ...b.unread]),
  };
}

function adoptedFinding(room: ForgottenRoom, rooms: readonly ForgottenRoom[], messages: number): Finding {
  const others = rooms.filter((one) => one !== room).map(knownText);
  const sentences = [
    `${wasText(room)} That room is adopted again.`,
    ...(others.length === 0 ? [] : [`The address also was ${others.join(", ")}.`]),
    ...(messages === 0
      ? []
      : ["Its messages are no longer recorded and are sent again; chatform import adopts existing ones."]),
    `To create a new room instead: ${purge(room.address)}`,
  ];
  return { code: "forgotten-room-adopted", severity: "note", text: sentences.join(" ") };
}

function absentFinding(rooms: readonly ForgottenRoom[]): Finding {
  const text =
    `The address was ${rooms.map(knownText).join(", ")}. The service returned 404 twice: ` +
    "the room is gone, or these credentials cannot see it. A new room is created.";
  return { code: "forgotten-room-absent", severity: "warning", text };
}

function wasText(room: ForgottenRoom): string {
  return `${room.address} was ${knownText(room)}.`;
}

/** `adhoc-…@conference.acme.orgspan.com ("Lobby") until 2026-07-01` */
function knownText(room: ForgottenRoom): string {
  return `${forgottenRoomText(room)} until ${room.forgotten.slice(0, 10)}`;
}

function purge(address: Address): string {
  return `chatform state forget --purge ${address}`;
}
