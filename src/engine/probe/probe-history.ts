/* The experiments with histories: their limits, their order and their cursors. */
import type { ApiRequest } from "../../api/api.js";
import { toKnownBehavior } from "../../core/behavior/behavior.js";
import { manyMessages } from "../../core/behavior/unknowns.js";
import type { JsonObject } from "../../core/json/json.js";
import type { Sent } from "./probe-messages.js";
import { find, textIn } from "./probe-messages.js";
import type { Room } from "./probe-room.js";
import type { ProbeRun } from "./probe-run.js";
import { idsIn, isAboutRequest, objectsIn, refusalText } from "./probe-run.js";
import { writes } from "./probe-writes.js";

/** A limit that is higher than any service accepts, or lowered by it. */
const highLimit = 100_000;

/** Observes the limit, the order and the cursors of a history. */
export async function probeHistory(run: ProbeRun, room: Room, { ids }: Sent): Promise<void> {
  const limit = await probeHighLimit(run, room);
  let messages: readonly JsonObject[] = [];
  await run.waitFor(async () => {
    messages = await readHistory(run, room, { limit });
    return countOf(messages, ids) >= Math.min(ids.length, Number(limit)) || undefined;
  });
  const shown = idsIn(messages).filter((id) => ids.includes(id));
  const [first = "", last = ""] = [shown[0], shown.at(-1)];
  if (shown.length > 1) {
    const order = ids.indexOf(first) > ids.indexOf(last) ? "newest-first" : "oldest-first";
    await run.observe("historyOrder", order, `the order of ${shown.length} messages.`);
  }
  await probeWindow(run, room, ids);
  await probeCursors(run, room, { ids, limit, fourth: find(messages, ids[3] ?? "") });
}

/** Observes how the service treats a high limit, and the highest one where it refuses. @returns the highest limit to use */
async function probeHighLimit(run: ProbeRun, room: Room): Promise<string> {
  const refuse = async (limit: number): Promise<string | undefined> => {
    try {
      await readHistory(run, room, { limit: String(limit) });
      return undefined;
    } catch (error) {
      if (!isAboutRequest(error)) throw error;
      return refusalText(error);
    }
  };
  const refusal = await refuse(highLimit);
  if (refusal === undefined) {
    await run.observe("historyOverMax", "clamp", `getChatsRoomMessages succeeded with limit=${highLimit}.`);
    return String(highLimit);
  }
  let [accepted, refused] = [0, highLimit];
  while (refused - accepted > 1) {
    const middle = Math.floor((accepted + refused) / 2);
    if ((await refuse(middle)) === undefined) accepted = middle;
    else refused = middle;
  }
  if (accepted === 0) return String(highLimit);
  await run.observe("historyOverMax", "refuse", `${refusal} for limit=${highLimit}.`);
  const evidence = `getChatsRoomMessages succeeded with limit=${accepted}, and refused limit=${refused}.`;
  await run.observe("historyMax", accepted, evidence);
  return String(accepted);
}

/** Observes which messages a history with a low limit shows. */
async function probeWindow(run: ProbeRun, room: Room, ids: readonly string[]): Promise<void> {
  const shown = idsIn(await readHistory(run, room, { limit: "2" }));
  const [hasOldest, hasNewest] = [shown.includes(ids[0] ?? ""), shown.includes(ids.at(-1) ?? "")];
  // A service that ignores the limit shows both.
  if (hasOldest === hasNewest) return;
  const evidence = `a history with limit=2 showed the ${hasNewest ? "newest" : "oldest"} message.`;
  await run.observe("historyWindow", hasNewest ? "newest" : "oldest", evidence);
}

async function probeCursors(
  run: ProbeRun,
  room: Room,
  {
    ids,
    limit,
    fourth,
  }: { readonly ids: readonly string[]; readonly limit: string; readonly fourth: JsonObject },
): Promise<void> {
  const id = textIn(fourth["id"]);
  const time = textIn(fourth["dateCreated"]);
  if (id === "" || time === "") return;
  const takes = async (before: string): Promise<boolean> => {
    try {
      const shown = idsIn(await readHistory(run, room, { limit, before }));
      // A service that ignores the cursor shows all messages.
      return countOf(shown, ids.slice(0, 3)) > 0 && countOf(shown, ids.slice(3)) === 0;
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

/** The numbers of messages at which the limits of a history are looked for: one more than usual limits. */
const steps = [26, 51, manyMessages];

/** Observes how many messages a history shows, with ever more messages in the room. */
export async function probeHistoryLimits(run: ProbeRun, room: Room): Promise<void> {
  const query = knownLimit(run);
  if (query.limit === undefined) return;
  let [byDefault, atMost] = [0, 0];
  for (const step of steps) {
    for (let number = run.sent.size + 1; number <= step; number++)
      await run.send(writes.sendMessage(room.jid, number));
    byDefault = await countShown(run, room, {});
    atMost = await countShown(run, room, query);
    if (byDefault < step && atMost < step) break;
  }
  const evidence = (of: string): string => `the number of messages shown of ${run.sent.size}, ${of}.`;
  await run.observe("historyDefault", byDefault, evidence("without a limit"));
  if (query.limit === String(highLimit))
    await run.observe("historyMax", atMost, evidence(`with limit=${highLimit}`));
}

/** Returns the query for as many messages as the service is known to show at once; without a limit where nothing is known. */
export function knownLimit({ input: { writer, clock } }: ProbeRun): { readonly limit?: string } {
  const known = toKnownBehavior(writer.current().behavior, clock.now());
  const [over, max] = [known("historyOverMax"), known("historyMax")];
  if (over === "clamp") return { limit: String(highLimit) };
  return over === "refuse" && max !== undefined ? { limit: String(max) } : {};
}

/** Returns the number of messages that a history shows once no more appear. */
async function countShown(
  run: ProbeRun,
  room: Room,
  query: NonNullable<ApiRequest["query"]>,
): Promise<number> {
  let shown = 0;
  await run.poll(async () => {
    shown = Math.max(shown, countOf(await readHistory(run, room, query), [...run.sent]));
    return shown >= run.sent.size || undefined;
  }, run.settleMs);
  return shown;
}

/** Returns the number of messages in a list that have one of these ids. */
function countOf(messages: readonly (JsonObject | string)[], ids: readonly string[]): number {
  const known = new Set(ids);
  return messages.filter((one) => known.has(typeof one === "string" ? one : textIn(one["id"]))).length;
}

/** Returns the messages of the room. @throws ApiError */
export async function readHistory(
  run: ProbeRun,
  { jid }: Room,
  query: NonNullable<ApiRequest["query"]> = {},
): Promise<readonly JsonObject[]> {
  const { entities } = await run.read({
    operation: "getChatsRoomMessages",
    params: { roomJid: jid },
    ...(Object.keys(query).length === 0 ? {} : { query }),
  });
  return objectsIn(entities);
}
