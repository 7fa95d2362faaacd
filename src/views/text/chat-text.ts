import { groupBy } from "../../core/multimap.js";
import type { Json } from "../../core/json/json.js";
import { byCodeUnit } from "../../core/json/json.js";
import type { PersonSources, ShownChat, ShownMessage } from "../../engine/show/shown.js";
import type { Line } from "./line.js";
import { indented, joinSections, line, paint } from "./line.js";
import type { Styles } from "./terminal.js";
import { safe, safeLine } from "../../core/safe-text.js";
import { count } from "./terminal.js";

type ToName = (id: string) => string;

/** Returns a chat as people read it: its facts, owners, participants, pins and last messages, with replies indented. */
export function renderChat(chat: ShownChat, style: Styles): string {
  const toName = namer(chat.people);
  const width = Math.max(0, ...chat.facts.map(([fact]) => fact.length));
  const sections = [
    chat.facts.flatMap(([fact, value]) => factLines(`${fact}:`.padEnd(width + 1), value)),
    peopleSection("Owners", chat.owners, chat.sources["owners"], chat, toName),
    peopleSection("Participants", chat.participants, chat.sources["participants"], chat, toName),
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

/** Returns the function that names people: by e-mail, and by id too where several have the same e-mail. */
function namer(people: ShownChat["people"]): ToName {
  const shared = groupBy(Object.keys(people), (id) => people[id]?.toLowerCase() ?? "");
  return (id) => {
    const name = people[id];
    if (name === undefined) return safeLine(id, 200);
    const isShared = (shared.get(name.toLowerCase())?.length ?? 0) > 1;
    return safeLine(isShared ? `${name} ${id}` : name, 200);
  };
}

/** Returns people by name, each with the state of a departed user and the sources. */
function peopleSection(
  title: string,
  ids: readonly string[],
  sources: PersonSources = {},
  { departed }: ShownChat,
  toName: ToName,
): readonly Line[] {
  if (ids.length === 0) return [];
  const people = ids.map((id) => {
    const state = departed[id];
    const notes = [
      ...(state === undefined ? [] : [state]),
      ...(sources[id] ?? []).map((one) => safeLine(one, 200)),
    ];
    return { name: toName(id), note: notes.length === 0 ? "" : ` (${notes.join(", ")})` };
  });
  const sorted = people
    .sort((a, b) => byCodeUnit(a.name, b.name))
    .map(({ name, note }) => line(name, ...(note === "" ? [] : [["dim", note] as const])));
  return [line(["bold", `${title} (${ids.length}):`]), ...indented(sorted, 2)];
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
