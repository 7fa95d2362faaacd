/* The experiments with messages, replies and reactions. */
import type { Json, JsonObject } from "../../core/json/json.js";
import { isObject } from "../../core/json/json.js";
import type { Room } from "./probe-room.js";
import { unlessAbsent } from "./probe-room.js";
import type { ProbeRun } from "./probe-run.js";
import { objectsIn } from "./probe-run.js";
import { emojis, formText, messageCount, writes } from "./probe-writes.js";

/** The messages that a probe sent. */
export interface Sent {
  /** In the order of sending. */
  readonly ids: readonly string[];
  readonly replyId?: string;
  /** The time when the first one was sent, by the monotonic clock. In milliseconds. */
  readonly sentAt: number;
}

/** Between the third and the fourth message: long enough for times in whole seconds to differ. In milliseconds. */
const gapMs = 1_100;

/** Sends the plain messages. @throws ApiError */
export async function sendMessages(run: ProbeRun, { jid }: Room): Promise<Sent> {
  const ids: string[] = [];
  let sentAt = run.input.clock.monotonic();
  for (let number = 1; number <= messageCount; number++) {
    if (number === 4) await run.input.clock.sleep(gapMs, run.input.abort);
    const id = await run.send(writes.sendMessage(jid, number));
    if (number === 1) sentAt = run.input.clock.monotonic();
    if (id !== undefined) ids.push(id);
  }
  return { ids, sentAt };
}

/** Observes how texts are stored. */
export async function probeTexts(run: ProbeRun, room: Room, { ids }: Sent): Promise<void> {
  const first = (await run.waitFor(() => readMessage(run, room, ids[0] ?? "")))?.["body"];
  if (first !== undefined)
    await run.observe("texts", getForm(first), "the text of a message, as sent and as read.");
}

type TextForm = "keep" | "trim" | "crlf" | "decompose" | "other";

function getForm(body: Json): TextForm {
  const forms = {
    keep: formText,
    trim: formText.trim(),
    crlf: formText.replaceAll("\n", "\r\n"),
    decompose: formText.normalize("NFD"),
  };
  const found = Object.entries(forms).find(([, text]) => text === body);
  return (found?.[0] as keyof typeof forms | undefined) ?? "other";
}

/** Observes the threads of a reply to the first message. @returns the id of the reply */
export async function probeReply(run: ProbeRun, room: Room, { ids }: Sent): Promise<string | undefined> {
  const thread = referenceId((await readMessage(run, room, ids[0] ?? ""))?.["thread"]);
  if (thread === undefined) return undefined;
  const id = await run.send(writes.sendReply(room.jid, thread));
  if (id === undefined) return undefined;
  const reply = await run.waitFor(() => readMessage(run, room, id));
  const [own, parent] = [referenceId(reply?.["thread"]), referenceId(reply?.["parentThread"])];
  if (own === thread)
    await run.observe("replies", "same-thread", "the reply is in the thread that it replies to.");
  else if (parent === thread)
    await run.observe("replies", "parent-thread", "the reply has a thread of its own with a parent.");
  return id;
}

/** Observes how reactions are returned, and whether PUT replaces them. */
export async function probeReactions(run: ProbeRun, room: Room, { ids }: Sent): Promise<void> {
  const messageId = ids[0] ?? "";
  const readReactions = async (): Promise<readonly string[]> =>
    objectsIn((await readMessage(run, room, messageId))?.["reactions"]).flatMap(({ emoji }) =>
      typeof emoji === "string" ? [emoji] : [],
    );
  await run.write(writes.react(messageId, emojis[0]));
  const first = await run.waitFor(async () => (await readReactions())[0]);
  if (first === undefined) return;
  const encoding = /^:.+:$/.test(first) ? "shortname" : /^[\w+-]+$/.test(first) ? "name" : "unicode";
  await run.observe("reactionsRead", encoding, `a reaction was returned as ${first}`);
  await run.write(writes.react(messageId, emojis[1]));
  const both = await run.waitFor(async () => {
    const shown = await readReactions();
    return shown.some((emoji) => emoji !== first) ? shown : undefined;
  });
  if (both === undefined) return;
  const isKept = both.includes(first);
  const evidence = `after a second PUT, the first reaction was ${isKept ? "kept" : "gone"}.`;
  await run.observe("reactionsPut", isKept ? "add" : "replace", evidence);
}

/** Observes how a read of several messages treats one that was deleted: the reply. */
export async function probeMissingInBatch(run: ProbeRun, room: Room, { ids, replyId }: Sent): Promise<void> {
  if (replyId === undefined) return;
  await run.write(writes.deleteMessage(room.jid, replyId));
  run.sent.delete(replyId);
  const isGone = await run.waitFor(async () =>
    (await readMessage(run, room, replyId)) === undefined ? true : undefined,
  );
  if (isGone === undefined) return;
  const shown = await unlessAbsent(() => readBatch(run, room, [ids[0] ?? "", replyId]));
  const value = shown === undefined ? "404" : "omit";
  await run.observe("missingInBatch", value, "getChatsRoomMessage with a present and a deleted message.");
}

/** Returns a message; undefined as long as it does not show. @throws ApiError */
async function readMessage(run: ProbeRun, room: Room, id: string): Promise<JsonObject | undefined> {
  const messages = await unlessAbsent(() => readBatch(run, room, [id]));
  return messages?.find((message) => message["id"] === id);
}

async function readBatch(
  run: ProbeRun,
  { jid }: Room,
  ids: readonly string[],
): Promise<readonly JsonObject[]> {
  const params = { roomJid: jid, messageIds: ids.join(",") };
  const { entities } = await run.read({ operation: "getChatsRoomMessage", params });
  return objectsIn(entities);
}

/** Returns the message of an id; no members if it is not in the list. */
export function find(messages: readonly JsonObject[], id: string): JsonObject {
  return messages.find((message) => message["id"] === id) ?? {};
}

export function textIn(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

/** Returns the id in a reference to another entity. */
export function referenceId(reference: Json | undefined): string | undefined {
  return isObject(reference) && typeof reference["id"] === "string" ? reference["id"] : undefined;
}
