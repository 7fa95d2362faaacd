import { addressSegment, topLevelAddress } from "../../../core/address.js";
import type { Api } from "../../../api/api.js";
import { getRoomJid, idKey } from "../../../core/jid.js";
import { isArray, isObject } from "../../../core/json/json.js";
import type { JsonObject } from "../../../core/json/json.js";
import { isEmail } from "../../../core/people/email.js";
import type { State } from "../../../core/state/state.js";
import type { OnEvent } from "../../../engine/events.js";
import type { ExportItem } from "../../../engine/export.js";
import { readKey } from "../../../core/kind/join-reads.js";
import { probeSubject } from "../../../engine/probe/probe-writes.js";
import { readAll } from "../../../engine/refresh/read-all.js";
import { UsageError } from "../../parse/usage-error.js";
import { findUsers } from "../../session/find-users.js";

export interface ExportSelection {
  readonly settings: boolean;
  readonly me: boolean;
  readonly user: readonly string[];
  readonly room: readonly string[];
  readonly mine: boolean;
  readonly "all-known": boolean;
}

interface ExportRun {
  readonly signal: AbortSignal;
  readonly onEvent: OnEvent;
}

/** The items to export, with their names: those of the state if it has them. */
export async function exportItems(
  api: Api,
  selection: ExportSelection,
  state: State | undefined,
  run: ExportRun,
): Promise<readonly ExportItem[]> {
  const { signal } = run;
  run.onEvent({ type: "phase", phase: "refresh", total: 0 });
  const items = new Map<string, ExportItem>();
  const add = (item: ExportItem): void => {
    items.set(item.address, item);
  };
  if (selection.settings) add({ address: "settings", kind: "settings", id: "settings" });
  if (selection.me) add({ address: "me/settings", kind: "me/settings", id: "me" });
  for (const item of await userItems(api, selection.user, state, signal)) add(item);
  const probed = new Set(state?.probeRooms?.map(({ jid }) => jid));
  const own = selection.mine ? await findOwnRooms(api, signal) : [];
  const mine = own.filter((jid) => !probed.has(jid));
  for (const item of await roomItems(api, [...selection.room, ...mine], state, run)) add(item);
  if (selection["all-known"]) for (const item of knownItems(state)) add(item);
  return [...items.values()];
}

function knownItems(state: State | undefined): readonly ExportItem[] {
  return Object.entries(state?.resources ?? {}).map(([address, { kind, id, container, applied }]) => ({
    address,
    kind,
    id,
    ...(container === undefined ? {} : { container }),
    applied,
  }));
}

async function userItems(
  api: Api,
  users: readonly string[],
  state: State | undefined,
  signal: AbortSignal,
): Promise<readonly ExportItem[]> {
  const emails = users.filter((user) => user.includes("@"));
  const found = await findUsers(api, emails, state, signal);
  return users.map((user) => {
    const name = user.toLowerCase();
    const id = found.get(name) ?? user;
    return {
      address: `users/${addressSegment(isEmail(name) ? name : id)}/settings`,
      kind: "users/*/settings",
      id,
    };
  });
}

/** Jids of the ad hoc rooms that the token's user is in, without the rooms of probes. */
async function findOwnRooms(api: Api, signal: AbortSignal): Promise<readonly string[]> {
  const read = {
    operation: "getUsersChatsMe",
    params: {},
    query: { excludeClosed: "false" },
    pages: "nextUri",
  } as const;
  const result = (await readAll(api, [read], { parallelism: 1, signal })).get(readKey(read));
  if (result?.ok === false) throw result.error;
  // A 404 is no proof that the user is in no room.
  if (result?.response.found !== true)
    throw new UsageError("The chats of the token's user can't be read: the service returned 404. Try again.");
  const body = isObject(result.response.body) ? result.response.body : {};
  const entities = isArray(body["entities"]) ? body["entities"].filter(isObject) : [];
  return entities.flatMap(getOwnRoom);
}

/** Returns the jid of an ad hoc room that is not the room of a probe. */
function getOwnRoom(chat: JsonObject): readonly string[] {
  const jid = getRoomJid(chat);
  const room = isObject(chat["room"]) ? chat["room"] : {};
  const isAdHoc =
    room["roomType"] === "adhoc" || (room["roomType"] === undefined && jid?.startsWith("adhoc-"));
  const subject = room["subject"] ?? chat["name"];
  return jid !== undefined && isAdHoc === true && subject !== probeSubject ? [jid] : [];
}

/** Rooms with their pins. A room that the state doesn't know is named after its subject. */
async function roomItems(
  api: Api,
  jids: readonly string[],
  state: State | undefined,
  { signal, onEvent }: ExportRun,
): Promise<readonly ExportItem[]> {
  const recorded = Object.entries(state?.resources ?? {});
  // The latest forgotten room of an address has that name still; sorted by time, it comes last.
  const forgotten = new Map((state?.forgotten ?? []).map(({ address, jid }) => [address, jid]));
  for (const [address] of recorded) forgotten.delete(address);
  const taken = new Set([...recorded.map(([address]) => address), ...forgotten.keys()]);
  const known = new Map(
    [...forgotten, ...recorded.map(([address, { id }]) => [address, id] as const)].map(
      ([address, jid]) => [idKey(jid), { address, jid }] as const,
    ),
  );
  const numbers = new Map<string, number>();
  const items: ExportItem[] = [];
  // In the order of their jids, so that two rooms of one subject get the same names every time.
  const all = [...new Map([...jids].sort().map((one) => [idKey(one), one])).values()];
  for (const [at, given] of all.entries()) {
    onEvent({ type: "progress", phase: "refresh", done: at, total: all.length });
    const found = known.get(idKey(given));
    const isRoom = found?.address.startsWith("rooms/") === true;
    const jid = isRoom ? found.jid : given;
    const address = isRoom
      ? topLevelAddress(found.address)
      : freeName(toName(await readSubject(api, jid, signal)), taken, numbers);
    taken.add(address);
    items.push(
      { address, kind: "rooms/*", id: jid },
      { address: `${address}/pins`, kind: "rooms/*/pins", id: jid },
    );
  }
  return items;
}

function toName(subject: string): string {
  const slug = subject
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 60);
  return `rooms/${slug === "" ? "room" : slug}`;
}

/** @param numbers the last number of each name, which the search goes on from: thousands of rooms may have the same subject */
function freeName(name: string, taken: ReadonlySet<string>, numbers: Map<string, number>): string {
  for (let number = numbers.get(name) ?? 1; ; number++) {
    const free = number === 1 ? name : `${name}-${number}`;
    if (taken.has(free)) continue;
    numbers.set(name, number);
    return free;
  }
}

/** A room that can't be read is reported later, with everything else that can't. */
async function readSubject(api: Api, roomJid: string, signal: AbortSignal): Promise<string> {
  const read = { operation: "getChatsRoom", params: { roomJid } };
  const result = (await readAll(api, [read], { parallelism: 1, signal })).get(readKey(read));
  const body =
    result?.ok === true && result.response.found && isObject(result.response.body)
      ? result.response.body
      : {};
  const subject = body["subject"] ?? body["name"];
  return typeof subject === "string" ? subject : "";
}
