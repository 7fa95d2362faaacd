/*
 * The room of a probe: found again wherever possible, created otherwise.
 *
 *   the state has its jid ---------------------------------> the room, unless it can't be read
 *   the chats show a room of the subject with one person --> the room, also where the state or a response was lost
 *   neither ------------------------------------------------> created, after its intent is durable
 */
import { ApiError } from "../../api/errors.js";
import type { JsonObject } from "../../core/json/json.js";
import { isObject } from "../../core/json/json.js";
import { toBound } from "../../core/behavior/behavior.js";
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

/** Finds or creates the room, and observes how the service creates one. @throws ApiError */
export async function prepareRoom(run: ProbeRun, user: string): Promise<Room> {
  const recorded = run.input.writer.current().probeRooms?.find((room) => room.user === user);
  const leftMs = recorded === undefined ? 0 : remainingPatience(run, recorded.at);
  if (recorded?.jid !== undefined && (await exists(run, recorded.jid, leftMs))) {
    const room = { jid: recorded.jid, user };
    if (recorded.isNew === true) await observeCreation(run, room, undefined);
    return room;
  }
  const found = await findRoom(run, user, leftMs);
  if (found === undefined) return createRoom(run, user);
  await run.recordRoom(user, { at: recorded?.at ?? toTime(run), jid: found });
  return { jid: found, user };
}

/** Returns the time that a room may still take to show, in milliseconds. @param at the time of its create */
function remainingPatience({ input: { clock, patienceMs } }: ProbeRun, at: string): number {
  return Math.min(patienceMs, Math.max(0, Date.parse(at) + patienceMs - clock.now()));
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
    const jid = getJid(body);
    if (jid !== undefined) return jid;
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
    for (const { room } of await readChats(run)) {
      const jid = isObject(room) ? getJid(room) : undefined;
      if (!isObject(room) || jid === undefined || (room["subject"] ?? room["name"]) !== probeSubject)
        continue;
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
async function observeCreation(
  run: ProbeRun,
  { jid, user }: Room,
  createdAt: number | undefined,
): Promise<void> {
  await run.attempt(["creatorOwns", "creatorJoins", "creatorFindsRoom", "listLagMs"], async () => {
    const details = await run.waitFor(() => unlessAbsent(() => readRoom(run, jid)));
    if (details === undefined) return;
    const owners = details["owners"] === undefined ? undefined : userIds(details["owners"]);
    if (owners !== undefined) {
      const isOwner = owners.includes(user);
      const evidence = `the new room ${isOwner ? "names its creator as an owner" : "has another owner, or none"}.`;
      await run.observe("creatorOwns", isOwner, evidence);
    }
    const joined = await run.waitFor(async () => (await isIn(run, { jid, user })) || undefined, run.settleMs);
    const evidence = `the participants of the new room ${joined === true ? "include" : "do not include"} its creator.`;
    await run.observe("creatorJoins", joined === true, evidence);
    await observeListing(run, jid, { createdAt, isExpected: joined === true });
  });
}

/** The time in which a room must show in a listing of chats where its creator did not join it, in milliseconds. */
const unexpectedListingMs = 10_000;

async function observeListing(
  run: ProbeRun,
  jid: string,
  { createdAt, isExpected }: { readonly createdAt: number | undefined; readonly isExpected: boolean },
): Promise<void> {
  const boundMs = isExpected ? run.input.patienceMs : Math.min(unexpectedListingMs, run.input.patienceMs);
  const isListed = async (): Promise<true | undefined> =>
    (await readChats(run)).some(({ room }) => isObject(room) && getJid(room) === jid) || undefined;
  const shown = await run.poll(isListed, boundMs, createdAt);
  if (shown === undefined) {
    await run.observe("creatorFindsRoom", false, `not listed within ${boundMs / 1000} s.`);
    return;
  }
  await run.observe("creatorFindsRoom", true, "getUsersChatsMe lists the new room.");
  // In a run after the one that created the room, the time since then says nothing.
  if (createdAt === undefined) return;
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

/** Returns what a read gives; undefined as long as the service returns 404. */
export async function unlessAbsent<T>(look: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (isRefusal(error) && error.failure.status === 404) return undefined;
    throw error;
  }
}

function getJid({ jid, id }: JsonObject): string | undefined {
  const found = jid ?? id;
  return typeof found === "string" ? found : undefined;
}

function toTime({ input: { clock } }: ProbeRun): string {
  return new Date(clock.now()).toISOString();
}
