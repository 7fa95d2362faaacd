import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import type { ShownChat, ShownMessage } from "../../../../src/engine/show/shown.js";
import { renderChat } from "../../../../src/views/text/chat-text.js";
import { styles } from "../../../../src/views/text/terminal.js";

const message = (id: string, rest: Partial<ShownMessage>): ShownMessage => ({
  id,
  sender: "u1",
  sent: "2026-07-01T10:00:00Z",
  edited: false,
  body: "Hello",
  reactions: [],
  ...rest,
});

const chat: ShownChat = {
  facts: [
    ["Subject", "Lobby"],
    ["Description", "First line\nsecond \u001b[31mline\n"],
    ["Limit", 1000],
  ],
  owners: ["u2", "u1"],
  participants: [],
  pins: [],
  messages: [
    message("m1", { threadId: "t", edited: true, reactions: [{ emoji: "👍", count: 2 }] }),
    message("m2", { body: "x\n".repeat(30) }),
    message("m3", { threadId: "t", sender: "u2", body: "A reply" }),
  ],
  people: { u1: "jane@x.com" },
  departed: {},
  sources: {},
};

test("a chat is shown with its facts, its people by e-mail, and replies below their thread", () => {
  const text = renderChat(chat, styles(false));
  expect(text.split("\n").slice(0, 13)).toEqual([
    "Subject:     Lobby",
    "Description: First line",
    "  second \\u{1b}[31mline",
    "Limit:       1000",
    "",
    "Owners (2):",
    "  jane@x.com",
    "  u2",
    "",
    "Last messages (3):",
    "  jane@x.com 2026-07-01T10:00:00Z m1 (edited, 👍 2)",
    "    Hello",
    "      u2 2026-07-01T10:00:00Z m3",
  ]);
  expect(text).toContain("    x\n  … and 11 lines more\n");
});

test("people are shown with their state and sources, and by id where two have one e-mail", () => {
  const people = { u1: "jane@x.com", u2: "ana@x.com", u3: "Ana@x.com", u4: "bo@x.com" };
  const shown = renderChat(
    {
      ...chat,
      ...{ facts: [], messages: [], people, owners: [], participants: ["u1", "u2", "u3", "u4", "u5"] },
      departed: { u2: "deleted", u4: "inactive" },
      sources: {
        participants: { u1: ["group Support", "team Night"], u4: ["reports of jane@x.com"] },
        owners: { u5: ["group Leads"] },
      },
    },
    styles(false),
  );
  expect(shown.trimEnd().split("\n")).toEqual([
    "Participants (5):",
    "  Ana@x.com u3",
    "  ana@x.com u2 (deleted)",
    "  bo@x.com (inactive, reports of jane@x.com)",
    "  jane@x.com (group Support, team Night)",
    "  u5",
  ]);
});

test("colours change nothing else", () => {
  const coloured = renderChat(chat, styles(true));
  expect(coloured).toContain("\u001b[1mOwners (2):\u001b[22m");
  expect(stripVTControlCharacters(coloured)).toBe(renderChat(chat, styles(false)));
});
