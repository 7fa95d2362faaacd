/* The experiment with the edit window of messages. */
import { durationOfMs } from "../../core/time/duration.js";
import type { Sent } from "./probe-messages.js";
import type { Room } from "./probe-room.js";
import type { ProbeRun } from "./probe-run.js";
import { messageCount, writes } from "./probe-writes.js";

/** The age of a message that is edited late: more than the minute in which the vendor's own clients edit messages. In milliseconds. */
const oldMs = 65_000;

/** The time between two notes about the wait, in milliseconds. */
const noteMs = 15_000;

/** Observes that a new message can be edited: otherwise the refusal of an edit says nothing about the age of the message. */
export async function editNewMessage(run: ProbeRun, { jid }: Room): Promise<void> {
  const id = await run.send(writes.sendMessage(jid, messageCount + 1));
  if (id !== undefined) await run.write(writes.editMessage(jid, id));
}

/** Observes the response to an edit of the first message, once the message is old. @throws the reason of `stop` during the wait */
export async function probeEditOld(run: ProbeRun, { jid }: Room, { ids, sentAt }: Sent): Promise<void> {
  const { clock, onPart } = run.input;
  for (;;) {
    const leftMs = sentAt + oldMs - clock.monotonic();
    if (leftMs <= 0) break;
    onPart(
      `Waiting ${durationOfMs(Math.ceil(leftMs / 1000) * 1000)} to edit an old message (Ctrl-C skips this)`,
    );
    await run.sleep(Math.min(leftMs, noteMs));
  }
  await run.observeResponse("editOldMessage", writes.editMessage(jid, ids[0] ?? ""), "200");
}
