import { groupBy } from "../../core/multimap.js";
import type { Json } from "../../core/json/json.js";
import type { ShownChat, ShownMessage } from "../../engine/show/shown.js";
import type { Styles } from "./terminal.js";
import { safe, safeLine } from "../../core/safe-text.js";
import { count } from "./terminal.js";

/** Returns a chat as people read it: its facts, owners, participants, pins and last messages, with replies indented. */
export function renderChat(chat: ShownChat, style: Styles): string {
  const name = (id: string): string => safeLine(chat.people[id] ?? id, 200);
  const width = Math.max(0, ...chat.facts.map(([fact]) => fact.length));
  const sections = [
    chat.facts.map(([fact, value]) => `${style.bold(`${fact}:`.padEnd(width + 1))} ${text(value)}`),
    listSection("Owners", chat.owners.map(name), style),
    listSection("Participants", chat.participants.map(name), style),
    messageSection("Pinned", chat.pins, name, style),
    messageSection("Last messages", chat.messages, name, style),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function text(value: Json): string {
  return typeof value === "string" ? safe(value).trimEnd().replaceAll("\n", "\n  ") : JSON.stringify(value);
}

function listSection(title: string, names: readonly string[], style: Styles): readonly string[] {
  if (names.length === 0) return [];
  return [style.bold(`${title} (${names.length}):`), ...[...names].sort().map((name) => `  ${name}`)];
}

function messageSection(
  title: string,
  messages: readonly ShownMessage[],
  name: (id: string) => string,
  style: Styles,
): readonly string[] {
  if (messages.length === 0) return [];
  const started = new Set<string>();
  const lines = sortByThread(messages).flatMap((message) => {
    const isReply = message.threadId !== undefined && started.has(message.threadId);
    if (message.threadId !== undefined) started.add(message.threadId);
    return messageLines(message, isReply ? "      " : "  ", name, style);
  });
  return [style.bold(`${title} (${messages.length}):`), ...lines];
}

/** Returns messages sorted by thread, threads in the order of their first message. */
function sortByThread(messages: readonly ShownMessage[]): readonly ShownMessage[] {
  return [...groupBy(messages, ({ threadId, id }) => threadId ?? id).values()].flat();
}

function messageLines(
  message: ShownMessage,
  indent: string,
  name: (id: string) => string,
  style: Styles,
): readonly string[] {
  const { sender, sent, edited, body, reactions, id } = message;
  const author = sender === undefined ? "unknown sender" : name(sender);
  const notes = [
    ...(edited ? ["edited"] : []),
    ...reactions.map(({ emoji, count: number }) => `${safeLine(emoji, 40)} ${number}`),
  ];
  const head = `${style.cyan(author)} ${style.dim(`${safeLine(sent ?? "", 40)} ${safeLine(id, 80)}`)}${notes.length === 0 ? "" : ` (${notes.join(", ")})`}`;
  const lines = safe(body).split("\n");
  const shown = lines.slice(0, maxLines);
  const more =
    lines.length > maxLines ? [style.dim(`… and ${count(lines.length - maxLines, "line")} more`)] : [];
  return [head, ...shown.map((line) => `  ${line.slice(0, 500)}`), ...more].map((line) => indent + line);
}

const maxLines = 20;
