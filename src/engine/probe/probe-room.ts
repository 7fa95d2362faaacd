/*
 * The room of a probe: found again wherever possible, created otherwise.
 *
 *   the state has its jid ---------------------------------> the room, unless it can't be read
 *   the chats show a room of the subject with one person --> the room, also where the state or a response was lost
 *   neither, and no create is recorded ---------------------> created, after its intent is durable
 *   neither, and one is recorded ---------------------------> none: the room may exist
 */
import { ApiError } from "../../api/errors.js";
import type { JsonObject } from "../../core/json/json.js";
import { isObject } from "../../core/json/json.js";
import type { ProbeRoom } from "../../core/behavior/behavior.js";
import { getAbsencePatienceMs, getBehavior, toBound } from "../../core/behavior/behavior.js";
import { getRoomJid, sameId } from "../../core/jid.js";
import type { ProbeRun } from "./probe-run.js";
import { isRefusal, objectsIn } from "./probe-run.js";
import { readChats, userIds } from "./probe-reads.js";
import { probeSubject, writes } from "./probe-writes.js";

/** The room that a probe works in. */
export interface Room {
  readonly jid: string;
  /** The id of the token's user. */
  readonly user: string;
}

/**
 * Finds or creates the room, and observes how the service creates one.
 *
 * @returns undefined if an earlier create may have made a room that does not show: another one would be a second room
 * @throws ApiError
 */
export async function prepareRoom(run: ProbeRun, user: string): Promise<Room | undefined> {
  const recorded = recordedRoom(run, user);
  const leftMs = recorded === undefined ? 0 : remainingPatience(run, recorded.at);
  if (recorded?.jid !== undefined && (await exists(run, recorded.jid, leftMs))) {
    const room = { jid: recorded.jid, user };
    if (recorded.isNew === true) await observeCreation(run, room, undefined);
    return room;
  }
  const found = await findRoom(run, user, leftMs);
  if (found !== undefined) {
    const room = { jid: found, user };
    // The room of a lost create still shows what the create made.
    const isNew = recorded !== undefined && recorded.jid === undefined;
    await run.recordRoom(user, { at: recorded?.at ?? toTime(run), jid: found, ...(isNew ? { isNew } : {}) });
    if (isNew) await observeCreation(run, room, undefined);
    return room;
  }
  const isAbsent = recorded === undefined || (recorded.jid === undefined && findsOwnRooms(run));
  return isAbsent || run.input.allowsNewRoom ? createRoom(run, user) : undefined;
}

/** Returns the record of the room of a user. */
export function recordedRoom({ input: { writer } }: ProbeRun, user: string): ProbeRoom | undefined {
  return writer.current().probeRooms?.find((room) => room.user === user);
}

/** Returns true if a creator is known to find a new room: then finding none proves that there is none. */
function findsOwnRooms({ input: { writer, clock } }: ProbeRun): boolean {
  return getBehavior(writer.current().behavior, "creatorFindsRoom", clock.now()) === true;
}

/** Returns the time that a room may still take to show, in milliseconds. @param at the time of its create */
function remainingPatience({ input: { clock, patienceMs, writer } }: ProbeRun, at: string): number {
  const now = clock.now();
  const absentMs = getAbsencePatienceMs(patienceMs, writer.current().behavior, "listLagMs", now);
  return Math.min(absentMs, Math.max(0, Date.parse(at) + absentMs - now));
}

/** Returns false if the service returns 404. A room that its creator may not read exists: a second one would not help. */
async function exists(run: ProbeRun, jid: string, boundMs: number): Promise<boolean> {
  try {
    return (await run.poll(() => unlessAbsent(() => readRoom(run, jid)), boundMs)) !== undefined;
  } catch (error) {
    if (isRefusal(error)) return true;
    throw error;
  }
}

async function createRoom(run: ProbeRun, user: string): Promise<Room> {
  const at = toTime(run);
  const jid = await sendCreate(run, user, at);
  const createdAt = run.input.clock.monotonic();
  await run.recordRoom(user, { at, jid, isNew: true });
  await observeCreation(run, { jid, user }, createdAt);
  return { jid, user };
}

async function sendCreate(run: ProbeRun, user: string, at: string): Promise<string> {
  try {
    const body = await run.write(writes.createRoom(), () => run.recordRoom(user, { at }));
    const { jid } = body;
    if (typeof jid === "string") return jid;
    throw new ApiError({ ...noJid, outcome: "unclear" });
  } catch (error) {
    if (isRefusal(error)) await run.recordRoom(user, null);
    const isLost = error instanceof ApiError && error.failure.outcome === "unclear";
    const found = isLost ? await findRoom(run, user, run.input.patienceMs) : undefined;
    if (found === undefined) throw error;
    return found;
  }
}

const noJid = {
  operation: "postChatsRooms",
  method: "POST",
  path: "/api/v2/chats/rooms",
  code: "bad.answer",
  reason: "the response has no jid",
} as const;

/** Returns the jid of a room of the probe's subject with nobody but the token's user in it. */
async function findRoom(run: ProbeRun, user: string, boundMs: number): Promise<string | undefined> {
  const look = async (): Promise<string | undefined> => {
    for (const chat of await readChats(run)) {
      const jid = getRoomJid(chat);
      const room = isObject(chat["room"]) ? chat["room"] : {};
      const subject = room["subject"] ?? room["name"] ?? chat["name"];
      if (jid === undefined || subject !== probeSubject) continue;
      const people = await readParticipants(run, jid);
      if (people.every((id) => id === user)) return jid;
    }
    return undefined;
  };
  try {
    return (await run.poll(look, boundMs))?.found;
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

/** Observes who a created room belongs to, and when it shows. Changes nothing. @param createdAt by the monotonic clock */
async function observeCreation(run: ProbeRun, room: Room, createdAt: number | undefined): Promise<void> {
  await run.attempt(["creatorOwns"], () => observeOwner(run, room));
  await run.attempt(["creatorJoins"], async () => {
    const isShown = await run.waitFor(async () => (await isIn(run, room)) || undefined, run.settleMs);
    const evidence = `the participants of the new room ${isShown === true ? "include" : "do not include"} its creator.`;
    await run.observe("creatorJoins", isShown === true, evidence);
  });
  const joins = run.outcomes.get("creatorJoins")?.observation?.value === true;
  const keys = joins
    ? (["creatorFindsRoom", "participantFindsRoom"] as const)
    : (["creatorFindsRoom"] as const);
  await run.attempt([...keys, "listLagMs"], () => observeListing(run, room.jid, keys, createdAt));
}

async function observeOwner(run: ProbeRun, { jid, user }: Room): Promise<void> {
  const details = await run.waitFor(() => unlessAbsent(() => readRoom(run, jid)));
  const owners = details?.["owners"] === undefined ? undefined : userIds(details["owners"]);
  if (owners === undefined) return;
  const isOwner = owners.includes(user);
  const evidence = `the new room ${isOwner ? "names its creator as an owner" : "has another owner, or none"}.`;
  await run.observe("creatorOwns", isOwner, evidence);
}

/**
 * Joins the room if its creator is not shown in it. A service may let only participants read and write.
 *
 * @throws ApiError
 */
export async function joinRoom(run: ProbeRun, room: Room): Promise<void> {
  const { jid, user } = room;
  const before = await unlessRefused(() => isIn(run, room));
  if (before === true) return;
  const isNew = recordedRoom(run, user)?.isNew === true;
  await keepAsUsed(run, room);
  await run.write(writes.addUser(jid, user));
  const joinedAt = run.input.clock.monotonic();
  const joined = await run.waitFor(
    async () => (await unlessRefused(() => isIn(run, room))) === true || undefined,
  );
  if (joined === undefined || !isNew) return;
  if (before === undefined) {
    await run.observe("creatorJoins", false, "the new room could not be read until its creator was added.");
    await observeOwner(run, room);
  }
  if (findsOwnRooms(run)) return;
  await observeListing(run, jid, ["participantFindsRoom"], joinedAt);
}

/** From now on, the participants are no longer those that the create made. */
export async function keepAsUsed(run: ProbeRun, { jid, user }: Room): Promise<void> {
  const recorded = recordedRoom(run, user);
  if (recorded?.isNew === true) await run.recordRoom(user, { at: recorded.at, jid });
}

/** The time in which a room must show in a listing of chats where its creator did not join it, in milliseconds. */
const unexpectedListingMs = 10_000;

/** Observes whether the chats of the token's user show a new room. @param since by the monotonic clock; undefined if unknown */
async function observeListing(
  run: ProbeRun,
  jid: string,
  keys: readonly ("creatorFindsRoom" | "participantFindsRoom")[],
  since: number | undefined,
): Promise<void> {
  const { patienceMs } = run.input;
  const boundMs = keys.includes("participantFindsRoom")
    ? patienceMs
    : Math.min(unexpectedListingMs, patienceMs);
  const isListed = async (): Promise<true | undefined> =>
    (await readChats(run)).some((chat) => sameId(getRoomJid(chat), jid)) || undefined;
  const shown = await run.poll(isListed, boundMs, since);
  const evidence =
    shown === undefined ? `not listed within ${boundMs / 1000} s.` : "getUsersChatsMe lists the new room.";
  for (const key of keys) await run.observe(key, shown !== undefined, evidence);
  // In a run after the one that created the room, the time since then says nothing.
  if (shown === undefined || since === undefined) return;
  await run.observe("listLagMs", toBound(shown.ms), `read ${shown.reads} listed the new room.`);
}

/** Returns true if the token's user is shown as a participant. */
export async function isIn(run: ProbeRun, { jid, user }: Room): Promise<boolean> {
  return (await readParticipants(run, jid)).includes(user);
}

async function readParticipants(run: ProbeRun, roomJid: string): Promise<readonly string[]> {
  const { participants } = await run.read({ operation: "getChatsRoomParticipants", params: { roomJid } });
  return userIds(objectsIn(participants).map(({ user }) => user ?? null));
}

/** Reads the details of the room. @throws ApiError */
export function readRoom(run: ProbeRun, roomJid: string): Promise<JsonObject> {
  return run.read({ operation: "getChatsRoom", params: { roomJid } });
}

/** Returns what a read gives; undefined as long as the service refuses it. */
async function unlessRefused<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

/** Returns what a read gives; undefined as long as the service returns 404. */
export async function unlessAbsent<T>(look: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (isRefusal(error) && error.failure.status === 404) return undefined;
    throw error;
  }
}

function toTime({ input: { clock } }: ProbeRun): string {
  return new Date(clock.now()).toISOString();
}
