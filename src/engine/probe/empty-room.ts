import type { ApiError } from "../../api/errors.js";
import { canonicalUserId } from "../../core/calls/reference.js";
import type { JsonObject } from "../../core/json/json.js";
import { knownLimit, readHistory } from "./probe-history.js";
import { referenceId } from "./probe-messages.js";
import { readPins } from "./probe-pins.js";
import type { Room } from "./probe-room.js";
import type { ProbeRun } from "./probe-run.js";
import { isAboutRequest, isRefusal, refusalText } from "./probe-run.js";
import type { ProbeWrite } from "./probe-writes.js";
import { messageMark, writes } from "./probe-writes.js";

/**
 * Removes the messages and pins of this probe, and those that an interrupted one left. Messages of others are left alone.
 *
 * @returns clauses about what is left
 * @throws ApiError if the service cannot be reached or refuses the token
 */
export async function emptyRoom(run: ProbeRun, room: Room): Promise<readonly string[]> {
  const done = new Set<string>();
  const refusals: ApiError[] = [];
  const remove = async (id: string, isPinned: boolean): Promise<void> => {
    done.add(id);
    // Undocumented: whether a deleted message stays pinned.
    if (isPinned) await unlessNeedless(run, writes.removePin(room.jid, id));
    const refusal = await unlessNeedless(run, writes.deleteMessage(room.jid, id));
    if (refusal !== undefined) refusals.push(refusal);
  };
  for (const id of run.sent) await remove(id, run.pinned.has(id));
  const isEmpty = async (): Promise<boolean | undefined> => {
    // A history may show a part of the messages: it is read until no more appear.
    while (refusals.length === 0) {
      const shown = await readOwn(run, room);
      const found = shown.filter((id) => !done.has(id));
      if (found.length === 0) return shown.length === 0 || undefined;
      const pins = await readPins(run, room);
      for (const id of found) await remove(id, pins.includes(id));
    }
    return false;
  };
  // A message whose response was lost may not show yet.
  if (run.hasLostResponse) await run.input.clock.sleep(run.settleMs, run.input.abort);
  const shown = await run.poll(isEmpty, run.input.patienceMs);
  const [refusal] = refusals;
  if (refusal !== undefined) return [`messages in the room ${room.jid}: ${refusalText(refusal)}`];
  return shown === undefined ? [`messages in the room ${room.jid}, which still shows them`] : [];
}

/** Returns the ids of the shown messages that probes of this user sent. */
async function readOwn(run: ProbeRun, room: Room): Promise<readonly string[]> {
  return (await readHistory(run, room, knownLimit(run))).flatMap((one) => getOwnId(one, room.user));
}

/** Returns the id of a message that a probe of this user sent. */
function getOwnId({ id, body, user }: JsonObject, userId: string): readonly string[] {
  const sender = referenceId(user);
  const isOwn = sender === undefined || canonicalUserId(sender) === userId;
  const isMarked = typeof body === "string" && body.includes(messageMark);
  return typeof id === "string" && isMarked && isOwn ? [id] : [];
}

/** Makes a write that removes something. @returns the refusal, unless there was nothing to remove */
async function unlessNeedless(run: ProbeRun, write: ProbeWrite): Promise<ApiError | undefined> {
  try {
    await run.write(write);
    return undefined;
  } catch (error) {
    if (isAboutRequest(error) && [404, 409].includes(error.failure.status ?? 0)) return undefined;
    if (isRefusal(error)) return error;
    throw error;
  }
}
