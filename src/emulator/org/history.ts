import type { OperationCall } from "../handler.js";
import { checkFlags, queryParam } from "../handler.js";
import { isUuid } from "./ids.js";
import type { FoundMessage } from "./lookup.js";
import type { Message } from "./org.js";
import { refuse } from "../input/refusal.js";

/**
 * Returns the page of a history that `limit`, `before` and `after` select. With `after` alone, the page has the oldest messages
 * after the cursor, else the newest ones before the end.
 *
 * @param messages oldest first
 * @throws Refusal 400 for a value whose form the variants don't accept
 */
export function historyPage(
  call: OperationCall<unknown>,
  messages: readonly Message[],
): readonly FoundMessage[] {
  checkFlags(call, "excludeMetadata");
  const before = queryParam(call, "before");
  const after = queryParam(call, "after");
  const limit = readLimit(call);
  const page =
    before === undefined && after === undefined
      ? call.variants.historyWindow === "newest"
        ? newest(messages, limit)
        : visible(messages).slice(0, limit)
      : between(call, visible(messages), { before, after, limit });
  return call.variants.historyOrder === "newest-first" ? page.toReversed() : page;
}

function between(
  call: OperationCall<unknown>,
  all: readonly FoundMessage[],
  wanted: { readonly before: string | undefined; readonly after: string | undefined; readonly limit: number },
): readonly FoundMessage[] {
  const { before, after, limit } = wanted;
  const end = before === undefined ? all.length : position(call, all, "before", before);
  const start = after === undefined ? 0 : position(call, all, "after", after);
  const part = all.slice(start, Math.max(start, end));
  return after !== undefined && before === undefined ? part.slice(0, limit) : part.slice(-limit);
}

/** Returns the newest messages, oldest first. Stops at the limit: histories may be long, and are read often. */
function newest(messages: readonly Message[], limit: number): readonly FoundMessage[] {
  const found: FoundMessage[] = [];
  for (let at = messages.length - 1; at >= 0 && found.length < limit; at -= 1) {
    const message = messages[at];
    const content = message?.content.seen();
    if (message !== undefined && content !== undefined) found.push({ message, content });
  }
  return found.reverse();
}

function visible(messages: readonly Message[]): readonly FoundMessage[] {
  const found: FoundMessage[] = [];
  for (const message of messages) {
    const content = message.content.seen();
    if (content !== undefined) found.push({ message, content });
  }
  return found;
}

function readLimit(call: OperationCall<unknown>): number {
  const { historyDefault, historyMax, historyOverMax } = call.variants;
  const given = queryParam(call, "limit");
  if (given === undefined) return historyDefault;
  if (!/^[1-9]\d{0,8}$/.test(given))
    throw refuse("invalid.value", `limit is not a positive number: ${given}`);
  const limit = Number(given);
  if (limit > historyMax && historyOverMax === "refuse") {
    throw refuse("constraint.validation", `limit must not be above ${historyMax}.`);
  }
  return Math.min(limit, historyMax);
}

/** Returns the index of a cursor. `before` excludes the message there and later ones, `after` that message and earlier ones. */
function position(
  call: OperationCall<unknown>,
  all: readonly FoundMessage[],
  name: "before" | "after",
  cursor: string,
): number {
  const { historyCursor } = call.variants;
  if (historyCursor !== "timestamp" && isUuid(cursor)) {
    const at = all.findIndex(({ message }) => message.id === cursor);
    if (at < 0) throw refuse("invalid.value", `${name} is not a message of this chat: ${cursor}`);
    return name === "before" ? at : at + 1;
  }
  const time = /^\d{10,16}$/.test(cursor) ? Number(cursor) : Date.parse(cursor);
  if (historyCursor === "id" || Number.isNaN(time)) {
    throw refuse(
      "invalid.value",
      `${name} is not a ${historyCursor === "id" ? "message id" : "time"}: ${cursor}`,
    );
  }
  const isBehind = ({ content }: FoundMessage) =>
    name === "before" ? content.dateCreated >= time : content.dateCreated > time;
  const at = all.findIndex(isBehind);
  return at < 0 ? all.length : at;
}
