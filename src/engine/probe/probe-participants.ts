/* The experiments with the room itself and its participants. */
import { findAnotherUser } from "./probe-reads.js";
import type { Room } from "./probe-room.js";
import { isIn, keepAsUsed, readRoom } from "./probe-room.js";
import type { ProbeRun } from "./probe-run.js";
import { isAboutRequest } from "./probe-run.js";
import { writes } from "./probe-writes.js";

/** Observes whether the room is found by another spelling of its jid. */
export async function probeJidCase(run: ProbeRun, { jid }: Room): Promise<void> {
  const spelling = jid === jid.toLowerCase() ? jid.toUpperCase() : jid.toLowerCase();
  try {
    await readRoom(run, spelling);
    await run.observe("jidCase", "any", "getChatsRoom succeeded with a spelling in other case.");
  } catch (error) {
    if (!isAboutRequest(error)) throw error;
    const { status = 0, code } = error.failure;
    const evidence = `getChatsRoom returned ${status} ${code} for a spelling in other case.`;
    await run.observe("jidCase", "exact", evidence);
  }
}

/** Observes the response to POST of the token's user, who is in the room. */
export async function probeAddPresent(run: ProbeRun, room: Room): Promise<void> {
  await keepAsUsed(run, room);
  if (await isIn(run, room))
    await run.observeResponse("addPresentParticipant", writes.addUser(room.jid, room.user));
}

/** Observes the response to DELETE of a user who is not in the room. */
export async function probeRemoveAbsent(run: ProbeRun, { jid, user }: Room): Promise<void> {
  const other = await findAnotherUser(run, (id) => id !== user);
  if (other === undefined) run.skip(["removeAbsentParticipant"], "the org shows no other user");
  else await run.observeResponse("removeAbsentParticipant", writes.removeUser(jid, other));
}
