/* The experiments with pins. */
import type { Sent } from "./probe-messages.js";
import type { Room } from "./probe-room.js";
import { readRoom } from "./probe-room.js";
import type { ProbeRun } from "./probe-run.js";
import { idsIn } from "./probe-run.js";
import { writes } from "./probe-writes.js";

/** Observes the responses to needless pins, and how PATCH treats the pins of a room. */
export async function probePins(run: ProbeRun, room: Room, { ids }: Sent): Promise<void> {
  const { jid } = room;
  const [first = "", second = ""] = ids;
  await run.write(writes.addPins(jid, [first]));
  if ((await waitForPin(run, room, first)) === undefined) return;
  await run.observeResponse("addPresentPin", writes.addPins(jid, [first]));
  await run.observeResponse("removeAbsentPin", writes.removePin(jid, second));
  await run.write(writes.patchPins(jid, [second]));
  const patched = await waitForPin(run, room, second);
  if (patched === undefined) return;
  const isKept = patched.includes(first);
  const evidence = `after PATCH with another pin, the first pin was ${isKept ? "kept" : "gone"}.`;
  await run.observe("pinsInPatch", isKept ? "merge" : "replace", evidence);
  await run.write(writes.patchPins(jid, []));
  const isCleared = await run.waitFor(
    async () => (await readPins(run, room)).length === 0 || undefined,
    run.settleMs,
  );
  await run.observe(
    "emptyPinsInPatch",
    isCleared === true ? "clear" : "ignore",
    `after PATCH with an empty list, the pins were ${isCleared === true ? "gone" : "kept"}.`,
  );
}

/** Observes the response to a sixth pin. */
export async function probeTooManyPins(run: ProbeRun, room: Room, { ids }: Sent): Promise<void> {
  const { jid } = room;
  for (const pin of await readPins(run, room)) await run.write(writes.removePin(jid, pin));
  const [last = ""] = ids.slice(-1);
  await run.write(writes.addPins(jid, ids.slice(0, -1)));
  await run.observeResponse("tooManyPins", writes.addPins(jid, [last]));
}

/** Returns the ids of the pinned messages. @throws ApiError */
export async function readPins(run: ProbeRun, { jid }: Room): Promise<readonly string[]> {
  return idsIn((await readRoom(run, jid))["pinnedMessages"]);
}

/** Waits until a message is pinned. @returns all pins */
function waitForPin(run: ProbeRun, room: Room, id: string): Promise<readonly string[] | undefined> {
  return run.waitFor(async () => {
    const pins = await readPins(run, room);
    return pins.includes(id) ? pins : undefined;
  });
}
