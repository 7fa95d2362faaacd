import { groupBy } from "../../core/multimap.js";
import type { Json } from "../../core/json/json.js";
import type { ShownChat, ShownMessage } from "../../engine/show/shown.js";
import type { Line } from "./line.js";
import { indented, joinSections, line, paint } from "./line.js";
import type { Styles } from "./terminal.js";
import { safe, safeLine } from "../../core/safe-text.js";
import { count } from "./terminal.js";

type ToName = (id: string) => string;

/** Returns a chat as people read it: its facts, owners, participants, pins and last messages, with replies indented. */
export function renderChat(chat: ShownChat, style: Styles): string {
  const toName: ToName = (id) => safeLine(chat.people[id] ?? id, 200);
  const width = Math.max(0, ...chat.facts.map(([fact]) => fact.length));
  const sections = [
    chat.facts.flatMap(([fact, value]) => factLines(`${fact}:`.padEnd(width + 1), value)),
    listSection("Owners", chat.owners.map(toName)),
    listSection("Participants", chat.participants.map(toName)),
    messageSection("Pinned", chat.pins, toName),
    messageSection("Last messages", chat.messages, toName),
  ];
  return paint(joinSections(sections), style);
}

function factLines(label: string, value: Json): readonly Line[] {
  const text = typeof value === "string" ? safe(value).trimEnd() : JSON.stringify(value);
  const [first = "", ...rest] = text.split("\n");
  return [
    line(["bold", label], ` ${first}`),
    ...indented(
      rest.map((one) => line(one)),
      2,
    ),
  ];
}

function listSection(title: string, names: readonly string[]): readonly Line[] {
  if (names.length === 0) return [];
  const sorted = [...names].sort().map((name) => line(name));
  return [line(["bold", `${title} (${names.length}):`]), ...indented(sorted, 2)];
}

function messageSection(title: string, messages: readonly ShownMessage[], toName: ToName): readonly Line[] {
  if (messages.length === 0) return [];
  const started = new Set<string>();
  const lines = sortByThread(messages).flatMap((message) => {
    const isReply = message.threadId !== undefined && started.has(message.threadId);
    if (message.threadId !== undefined) started.add(message.threadId);
    return indented(messageLines(message, toName), isReply ? 6 : 2);
  });
  return [line(["bold", `${title} (${messages.length}):`]), ...lines];
}

/** Returns messages sorted by thread, threads in the order of their first message. */
function sortByThread(messages: readonly ShownMessage[]): readonly ShownMessage[] {
  return [...groupBy(messages, ({ threadId, id }) => threadId ?? id).values()].flat();
}

function messageLines(message: ShownMessage, toName: ToName): readonly Line[] {
  const { sender, sent, edited, body, reactions, id } = message;
  const author = sender === undefined ? "unknown sender" : toName(sender);
  const notes = [
    ...(edited ? ["edited"] : []),
    ...reactions.map(({ emoji, count: number }) => `${safeLine(emoji, 40)} ${number}`),
  ];
  const when = `${safeLine(sent ?? "", 40)} ${safeLine(id, 80)}`;
  const lines = safe(body).split("\n");
  const shown = lines.slice(0, maxLines).map((text) => line(text.slice(0, 500)));
  const more = lines.length - shown.length;
  return [
    line(["cyan", author], " ", ["dim", when], notes.length === 0 ? "" : ` (${notes.join(", ")})`),
    ...indented(shown, 2),
    ...(more > 0 ? [line(["dim", `… and ${count(more, "line")} more`])] : []),
  ];
}

const maxLines = 20;
