/* The experiments with messages, histories and reactions. */
import type { Json, JsonObject } from "../../core/json/json.js";
import { isObject } from "../../core/json/json.js";
import type { ApiRequest } from "../../api/api.js";
import type { Room } from "./probe-room.js";
import { unlessAbsent } from "./probe-room.js";
import type { ProbeRun } from "./probe-run.js";
import { idsIn, isAboutRequest, objectsIn, refusalText } from "./probe-run.js";
import { emojis, formText, messageCount, writes } from "./probe-writes.js";

/** The messages that a probe sent. */
export interface Sent {
  /** In the order of sending. */
  readonly ids: readonly string[];
  readonly replyId?: string;
}

/** Between the third and the fourth message: long enough for times in whole seconds to differ. In milliseconds. */
const gapMs = 1_100;

/** Sends the plain messages, and waits until the history shows them. @throws ApiError */
export async function sendMessages(run: ProbeRun, { jid }: Room): Promise<Sent> {
  const ids: string[] = [];
  for (let number = 1; number <= messageCount; number++) {
    if (number === 4) await run.input.clock.sleep(gapMs, run.input.abort);
    const id = await run.send(writes.sendMessage(jid, number));
    if (id !== undefined) ids.push(id);
  }
  return { ids };
}

/** Observes how texts are stored, the order of a history, and its cursors. */
export async function probeHistory(run: ProbeRun, room: Room, { ids }: Sent): Promise<void> {
  const messages = await run.waitFor(async () => {
    const shown = await readHistory(run, room);
    return ids.every((id) => idsIn(shown).includes(id)) ? shown : undefined;
  });
  if (messages === undefined) return;
  const [first, last] = [ids[0] ?? "", ids.at(-1) ?? ""];
  const form = getForm(find(messages, first)["body"]);
  await run.observe("texts", form, "the text of a message, as sent and as read.");
  const shown = idsIn(messages);
  const isNewestFirst = shown.indexOf(last) < shown.indexOf(first);
  const order = isNewestFirst ? "newest-first" : "oldest-first";
  await run.observe("historyOrder", order, "the order of six messages.");
  await probeCursors(run, room, { ids, fourth: find(messages, ids[3] ?? "") });
  await probeHighLimit(run, room);
}

type TextForm = "keep" | "trim" | "crlf" | "decompose" | "other";

function getForm(body: Json | undefined): TextForm {
  const forms = {
    keep: formText,
    trim: formText.trim(),
    crlf: formText.replaceAll("\n", "\r\n"),
    decompose: formText.normalize("NFD"),
  };
  const found = Object.entries(forms).find(([, text]) => text === body);
  return (found?.[0] as keyof typeof forms | undefined) ?? "other";
}

async function probeCursors(
  run: ProbeRun,
  room: Room,
  { ids, fourth }: { readonly ids: readonly string[]; readonly fourth: JsonObject },
): Promise<void> {
  const id = textIn(fourth["id"]);
  const time = textIn(fourth["dateCreated"]);
  const takes = async (before: string): Promise<boolean> => {
    try {
      const shown = idsIn(await readHistory(run, room, { before }));
      // A service that ignores the cursor shows all messages.
      return (
        shown.some((one) => ids.slice(0, 3).includes(one)) && !shown.some((one) => ids.slice(3).includes(one))
      );
    } catch (error) {
      if (isAboutRequest(error)) return false;
      throw error;
    }
  };
  const isId = await takes(id);
  const isTime = (await takes(time)) || (await takes(String(Date.parse(time))));
  const value = isId && isTime ? "either" : isId ? "id" : isTime ? "timestamp" : "neither";
  await run.observe(
    "historyCursor",
    value,
    "getChatsRoomMessages with before set to the id, and to the time, of a message.",
  );
}

async function probeHighLimit(run: ProbeRun, room: Room): Promise<void> {
  const limit = "100000";
  try {
    await readHistory(run, room, { limit });
    await run.observe("historyOverMax", "clamp", `getChatsRoomMessages succeeded with limit=${limit}.`);
  } catch (error) {
    if (!isAboutRequest(error)) throw error;
    await run.observe("historyOverMax", "refuse", `${refusalText(error)} for limit=${limit}.`);
  }
}

/** Observes the threads of a reply to the first message. @returns the id of the reply */
export async function probeReply(run: ProbeRun, room: Room, { ids }: Sent): Promise<string | undefined> {
  const first = find(await readHistory(run, room), ids[0] ?? "");
  const thread = referenceId(first["thread"]);
  if (thread === undefined) return undefined;
  const id = await run.send(writes.sendReply(room.jid, thread));
  if (id === undefined) return undefined;
  const reply = await run.waitFor(async () => getMessage(await readHistory(run, room), id));
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
    objectsIn(find(await readHistory(run, room), messageId)["reactions"]).flatMap(({ emoji }) =>
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
export async function probeMissingInBatch(
  run: ProbeRun,
  { jid }: Room,
  { ids, replyId }: Sent,
): Promise<void> {
  if (replyId === undefined) return;
  const readBatch = async (messageIds: string): Promise<readonly string[]> =>
    idsIn(
      (await run.read({ operation: "getChatsRoomMessage", params: { roomJid: jid, messageIds } }))[
        "entities"
      ],
    );
  await run.write(writes.deleteMessage(jid, replyId));
  run.sent.delete(replyId);
  const isGone = await run.waitFor(async () => {
    const shown = await unlessAbsent(() => readBatch(replyId));
    return shown?.includes(replyId) === true ? undefined : true;
  });
  if (isGone === undefined) return;
  const shown = await unlessAbsent(() => readBatch([ids[0], replyId].join(",")));
  const value = shown === undefined ? "404" : "omit";
  await run.observe("missingInBatch", value, "getChatsRoomMessage with a present and a deleted message.");
}

/** Returns the messages of the room. @throws ApiError */
export async function readHistory(
  run: ProbeRun,
  { jid }: Room,
  query?: ApiRequest["query"],
): Promise<readonly JsonObject[]> {
  const request = { operation: "getChatsRoomMessages", params: { roomJid: jid } } as const;
  const { entities } = await run.read(query === undefined ? request : { ...request, query });
  return objectsIn(entities);
}

function getMessage(messages: readonly JsonObject[], id: string): JsonObject | undefined {
  return messages.find((message) => message["id"] === id);
}

function find(messages: readonly JsonObject[], id: string): JsonObject {
  return getMessage(messages, id) ?? {};
}

function textIn(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

/** Returns the id in a reference to another entity. */
export function referenceId(reference: Json | undefined): string | undefined {
  return isObject(reference) && typeof reference["id"] === "string" ? reference["id"] : undefined;
}
