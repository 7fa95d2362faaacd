import type { BlockPath, Problem } from "../../core/kind/declaration.js";
import { nearest } from "../../core/nearest.js";
import type { Pointer } from "../../core/json/pointer.js";
import { pointer } from "../../core/json/pointer.js";
import { duplicateItems } from "../duplicate-items.js";
import { duplicatePeople } from "../people/people-list.js";
import type { ChatBlock } from "./message-schema.js";

type Messages = NonNullable<ChatBlock["messages"]>;

/** Returns the problems of the messages in a room or 1on1 that their schema cannot express. */
export function checkMessages({ messages }: ChatBlock, path: BlockPath): readonly Problem[] {
  if (messages === undefined) return [];
  return Object.entries(messages).flatMap(([name, { mentions, reactions, replyTo }]): readonly Problem[] => {
    const at = path.pointer + pointer("messages", name);
    return [
      ...duplicatePeople(mentions, `${at}/mentions`),
      ...duplicateItems(reactions, `${at}/reactions`),
      ...(replyTo === undefined ? [] : replyProblems(messages, name, replyTo, `${at}/replyTo`)),
    ];
  });
}

function replyProblems(messages: Messages, name: string, replyTo: string, at: Pointer): readonly Problem[] {
  if (!Object.hasOwn(messages, replyTo)) return [unknownMessage(messages, name, replyTo, at)];
  if (!isCycle(messages, name)) return [];
  return [
    {
      code: "reply-cycle",
      summary: "Message replies to itself",
      detail: `"${name}" replies to itself through its replyTo.`,
      help: "Break the cycle: remove one replyTo.",
      pointer: at,
    },
  ];
}

function unknownMessage(messages: Messages, name: string, replyTo: string, at: Pointer): Problem {
  const others = Object.keys(messages).filter((other) => other !== name);
  const close = nearest(replyTo, others);
  const known =
    others.length === 0
      ? "Declare the message here, or remove replyTo."
      : `Use one of the messages declared here: ${others.join(", ")}.`;
  return {
    code: "unknown-message",
    summary: "Reply to an unknown message",
    // Without the name, which may come from a variable.
    detail: "No message with this name is declared here.",
    help: close === undefined ? known : `Did you mean "${close}"?`,
    pointer: at,
  };
}

function isCycle(messages: Messages, name: string): boolean {
  const seen = new Set<string>();
  for (let at = messages[name]?.replyTo; at !== undefined && !seen.has(at); at = messages[at]?.replyTo) {
    if (at === name) return true;
    seen.add(at);
  }
  return false;
}
