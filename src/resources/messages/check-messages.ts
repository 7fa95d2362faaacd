import type { BlockPath, Problem } from "../../core/kind/declaration.js";
import { NearestNames } from "../../core/nearest.js";
import type { Pointer } from "../../core/json/pointer.js";
import { pointer } from "../../core/json/pointer.js";
import { duplicateItems } from "../duplicate-items.js";
import { duplicatePeople } from "../people/people-list.js";
import type { ChatBlock } from "./message-schema.js";

type Messages = NonNullable<ChatBlock["messages"]>;

/** Returns the problems of the messages in a room or 1on1 that their schema cannot express. */
export function checkMessages({ messages }: ChatBlock, path: BlockPath): readonly Problem[] {
  if (messages === undefined) return [];
  const cycles = new Set<string>();
  const followed = new Set<string>();
  const names = Object.keys(messages);
  const hints = new NearestNames(names);
  return Object.entries(messages).flatMap(([name, { mentions, reactions, replyTo }]): readonly Problem[] => {
    const at = path.pointer + pointer("messages", name);
    addCycle(messages, name, cycles, followed);
    return [
      ...duplicatePeople(mentions, `${at}/mentions`),
      ...duplicateItems(reactions, `${at}/reactions`),
      ...(replyTo === undefined || Object.hasOwn(messages, replyTo)
        ? []
        : [unknownMessage(otherNames(names, name), hints.find(replyTo, name), `${at}/replyTo`)]),
      ...(cycles.has(name) ? [replyCycle(name, `${at}/replyTo`)] : []),
    ];
  });
}

/** Adds the messages of the cycle that the replies lead into from a message. Each message is followed once: a chain may have thousands. */
function addCycle(messages: Messages, name: string, cycles: Set<string>, followed: Set<string>): void {
  const chain: string[] = [];
  let at: string | undefined = name;
  while (at !== undefined && !followed.has(at)) {
    followed.add(at);
    chain.push(at);
    at = Object.hasOwn(messages, at) ? messages[at]?.replyTo : undefined;
  }
  const start = at === undefined ? -1 : chain.indexOf(at);
  if (start >= 0) for (const one of chain.slice(start)) cycles.add(one);
}

function replyCycle(name: string, at: Pointer): Problem {
  return {
    code: "reply-cycle",
    summary: "Message replies to itself",
    detail: `"${name}" replies to itself through its replyTo.`,
    help: "Break the cycle: remove one replyTo.",
    pointer: at,
  };
}

/** The most messages that a problem names: a chat may have thousands, and as many problems. */
const mostNamed = 20;

/** Returns the names of the other messages as a text. */
function otherNames(names: readonly string[], own: string): string {
  const first = names.slice(0, mostNamed + 1).filter((name) => name !== own);
  const more = names.length - 1 - mostNamed;
  return `${first.slice(0, mostNamed).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function unknownMessage(others: string, close: string | undefined, at: Pointer): Problem {
  const known =
    others === ""
      ? "Declare the message here, or remove replyTo."
      : `Use one of the messages declared here: ${others}.`;
  return {
    code: "unknown-message",
    summary: "Reply to an unknown message",
    // Without the name, which may come from a variable.
    detail: "No message with this name is declared here.",
    help: close === undefined ? known : `Did you mean "${close}"?`,
    pointer: at,
  };
}
