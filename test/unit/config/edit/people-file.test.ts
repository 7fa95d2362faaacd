import { describe, expect, it } from "vitest";
import { openYaml } from "../../../../src/config/edit/editable-file.js";
import { findPeople } from "../../../../src/config/edit/find-people.js";
import type { PeopleRemoved } from "../../../../src/config/edit/people-file.js";
import { removePeople } from "../../../../src/config/edit/people-file.js";
import { desiredStateSchema } from "../../../../src/config/schema/schema.js";
import { kinds } from "../../../../src/resources/index.js";

const id = "0a1b2c3d-0000-4000-8000-00000000000e";
/** Departed users with their names. */
const departed: Readonly<Record<string, readonly string[]>> = {
  "gone@x.com": ["gone@x.com", id],
  "left@x.com": ["left@x.com"],
  [id]: [id, "gone@x.com"],
};
const reading = {
  variables: { env: {}, vars: { gone: "gone@x.com", name: "gone" } },
  schema: desiredStateSchema(kinds),
};

async function remove(text: string, file = "a.yaml"): Promise<PeopleRemoved> {
  const opened = await openYaml({ file, bytes: Buffer.from(text) });
  if (opened === undefined) throw new Error("the file is not valid");
  return removePeople(
    { opened, ...findPeople(opened.content, reading) },
    { getNames: (user) => departed[user.toLowerCase()], isUnknown: (user) => user === "never@x.com" },
  );
}

/** Removes the departed users from a file. */
async function removeFrom(text: string): Promise<string> {
  return Buffer.from((await remove(text)).bytes).toString();
}

/** Removes the departed users from the participants of a room. Lines are indented as if the key were in the first column. */
async function edited(participants: string): Promise<string> {
  const before = "rooms:\n  lobby:\n    participants:";
  const after = await removeFrom(before + participants.replaceAll(/\n(?=.)/g, "\n    "));
  expect(after.slice(0, before.length)).toBe(before);
  return after.slice(before.length).replaceAll("\n    ", "\n");
}

describe("removePeople", () => {
  it.each([
    ["the first item", "\n      - gone@x.com\n      - b@x.com\n", "\n      - b@x.com\n"],
    ["the last item", "\n    - a@x.com\n    - gone@x.com\n", "\n    - a@x.com\n"],
    ["a comment behind the item", "\n  - a@x.com\n  - gone@x.com # lead\n", "\n  - a@x.com\n"],
    [
      "comments above, which stay",
      "\n  # all\n  - gone@x.com\n  # b\n  - b@x.com\n",
      "\n  # all\n  # b\n  - b@x.com\n",
    ],
    [
      "a comment above that names the user",
      "\n  # gone@x.com: until May,\n  # then back\n  - gone@x.com\n  - b@x.com\n",
      "\n  - b@x.com\n",
    ],
    [
      "a comment above that names others too",
      "\n  # gone@x.com for b@x.com.\n  - gone@x.com\n  - b@x.com\n",
      "\n  # gone@x.com for b@x.com.\n  - b@x.com\n",
    ],
    [
      "a comment above with a longer e-mail",
      "\n  # be.gone@x.com\n  - gone@x.com\n  - b@x.com\n",
      "\n  # be.gone@x.com\n  - b@x.com\n",
    ],
    [
      "an empty line above",
      "\n  - a@x.com\n\n  - gone@x.com\n  - b@x.com\n",
      "\n  - a@x.com\n\n  - b@x.com\n",
    ],
    ["quotes", "\n  - 'a@x.com'\n  - \"gone@x.com\"\n  - 'GONE@x.com'\n", "\n  - 'a@x.com'\n"],
    ["an escape in quotes", '\n  - a@x.com\n  - "gone\\x40x.com"\n', "\n  - a@x.com\n"],
    ["a tag", "\n  - a@x.com\n  - !!str gone@x.com\n", "\n  - a@x.com\n"],
    [
      "an item below its dash",
      "\n  - a@x.com\n  -\n    gone@x.com\n  - b@x.com\n",
      "\n  - a@x.com\n  - b@x.com\n",
    ],
    ["CRLF", "\r\n  - a@x.com\r\n  - gone@x.com\r\n", "\r\n  - a@x.com\r\n"],
    ["no line break at the end", "\n  - a@x.com\n  - gone@x.com", "\n  - a@x.com"],
    ["no line break at the end, CRLF", "\r\n  - a@x.com\r\n  - gone@x.com", "\r\n  - a@x.com"],
    ["an id", `\n  - a@x.com\n  - ${id.toUpperCase()}\n`, "\n  - a@x.com\n"],
    ["all items", "\n  - gone@x.com\n  - left@x.com\n", " []\n"],
    ["all items, no line break at the end", "\n  - gone@x.com\n  - left@x.com", " []"],
    [
      "all items below a comment",
      " # who\n  - gone@x.com\n  # b left\n  - left@x.com # c\n",
      " [] # who\n  # b left\n",
    ],
    ["all items behind an anchor", " &all # who\n  - gone@x.com\n", " &all [] # who\n"],
    ["all items behind anchor and tag", "\n    &all !!seq\n  - gone@x.com\n", "\n    &all !!seq []\n"],
    [
      "a nested list",
      "\n  - - gone@x.com\n    - a@x.com\n  - b@x.com\n",
      "\n  -\n    - a@x.com\n  - b@x.com\n",
    ],
    ["all of a nested list", "\n  - - gone@x.com # c\n  - b@x.com\n", "\n  - [] # c\n  - b@x.com\n"],
    [
      "all of a nested list on lines of its own",
      "\n  - # c\n    - gone@x.com\n  - b@x.com\n",
      "\n  - [] # c\n  - b@x.com\n",
    ],
  ])("edits a list with dashes: %s", async (_name, before, after) => {
    expect(await edited(before)).toBe(after);
  });

  it.each([
    ["the first item", " [gone@x.com, b@x.com]\n", " [b@x.com]\n"],
    ["the middle item", " [a@x.com,gone@x.com,b@x.com]\n", " [a@x.com,b@x.com]\n"],
    ["the last item", " [ a@x.com, gone@x.com ] # c\n", " [ a@x.com ] # c\n"],
    ["the last items", " [a@x.com, gone@x.com, left@x.com]\n", " [a@x.com]\n"],
    ["a trailing comma", " [ a@x.com, gone@x.com, ]\n", " [ a@x.com, ]\n"],
    ["all items", " [ gone@x.com, 'left@x.com' ]\n", " []\n"],
    ["all items on lines", " [\n  gone@x.com, # c\n  left@x.com\n]\n", " []\n"],
    [
      "all items of lines that begin with commas",
      " [ gone@x.com\n  , left@x.com # c\n  , gone@x.com ]\n",
      " []\n",
    ],
    ["all items below a comment", " [\n  # who\n  gone@x.com,\n]\n", " [\n  # who\n]\n"],
    [
      "one item a line",
      " [\n  a@x.com, # a\n  gone@x.com, # gone\n  b@x.com # b\n]\n",
      " [\n  a@x.com, # a\n  b@x.com # b\n]\n",
    ],
    ["the last line", " [\n  a@x.com, # a\n  gone@x.com # gone\n]\n", " [\n  a@x.com # a\n]\n"],
    ["the last line with a trailing comma", " [\n  a@x.com,\n  gone@x.com,\n]\n", " [\n  a@x.com,\n]\n"],
    ["the last lines", " [\n  a@x.com,\n  gone@x.com, # gone\n  left@x.com\n]\n", " [\n  a@x.com\n]\n"],
    [
      "lines that begin with commas",
      " [ a@x.com\n  , gone@x.com # c\n  , b@x.com\n  ]\n",
      " [ a@x.com\n  , b@x.com\n  ]\n",
    ],
    [
      "the first of lines that begin with commas",
      " [\n  gone@x.com # c\n  , b@x.com\n  ]\n",
      " [\n  b@x.com\n  ]\n",
    ],
    ["the last of lines that begin with commas", " [ a@x.com\n  , gone@x.com ]\n", " [ a@x.com ]\n"],
    [
      "some items a line",
      " [a@x.com, gone@x.com, # c\n  left@x.com, b@x.com]\n",
      " [a@x.com, # c\n  b@x.com]\n",
    ],
    [
      "the end of a line",
      " [a@x.com,\n  b@x.com, gone@x.com,\n  c@x.com]\n",
      " [a@x.com,\n  b@x.com,\n  c@x.com]\n",
    ],
    ["a bracket behind the last item", " [a@x.com,\n  gone@x.com]\n", " [a@x.com]\n"],
    [
      "a bracket behind the last item, and a comment",
      " [a@x.com, # a\n  gone@x.com]\n",
      " [a@x.com # a\n  ]\n",
    ],
    [
      "a comment above that names the user",
      " [\n  # gone@x.com is lead\n  gone@x.com,\n  b@x.com\n]\n",
      " [\n  b@x.com\n]\n",
    ],
    ["a nested list", " [[gone@x.com], b@x.com]\n", " [[], b@x.com]\n"],
  ])("edits a list with brackets: %s", async (_name, before, after) => {
    expect(await edited(before)).toBe(after);
  });

  it.each([
    [
      "an alias of the user",
      "owners: [&lead gone@x.com, a@x.com]\nparticipants:\n  - *lead # lead\n  - b@x.com\n",
      "owners: [a@x.com]\nparticipants:\n  - b@x.com\n",
    ],
    [
      "an anchor that a text repeats",
      "owners: [&lead gone@x.com, a@x.com]\ndescription: *lead\nsubject: *lead # lead\n",
      "owners: [a@x.com]\ndescription: &lead gone@x.com\nsubject: *lead # lead\n",
    ],
    [
      "a list with an alias",
      "owners: &all # all\n  - gone@x.com\n  - a@x.com\nparticipants: *all\n",
      "owners: &all # all\n  - a@x.com\nparticipants: *all\n",
    ],
    [
      "an alias within a list",
      "owners: &all [gone@x.com]\nparticipants: [*all, left@x.com, b@x.com]\n",
      "owners: &all []\nparticipants: [*all, b@x.com]\n",
    ],
  ])("edits what anchors repeat: %s", async (_name, before, after) => {
    const head = "rooms:\n  lobby:\n";
    const indented = (lines: string): string => head + lines.replaceAll(/^(?=.)/gm, "    ");
    expect(await removeFrom(indented(before))).toBe(indented(after));
  });

  const settings = "{ mobile: { notifications: { when: Always } } }";
  it.each([
    [
      "the first block",
      `  gone@x.com:\n    settings: ${settings}\n\n  b@x.com:\n    settings: ${settings}\n`,
      `  b@x.com:\n    settings: ${settings}\n`,
    ],
    [
      "the middle block",
      `  a@x.com: { settings: ${settings} }\n\n  "gone@x.com": # c\n    settings: ${settings}\n\n  # b\n  b@x.com: { settings: ${settings} }\n`,
      `  a@x.com: { settings: ${settings} }\n\n  # b\n  b@x.com: { settings: ${settings} }\n`,
    ],
    [
      "the last block",
      `  a@x.com: { settings: ${settings} }\n\n  # about Gone@x.com\n  ? gone@x.com\n  : messages:\n      hi:\n        body: |\n          Hi\n\n`,
      `  a@x.com: { settings: ${settings} }\n`,
    ],
    [
      "a block behind a text with empty lines at its end",
      "  a@x.com: { messages: &hi { hi: { body: Hi } } }\n  b@x.com:\n    messages:\n      hi:\n        body: |+\n          Hi\n\n  gone@x.com: { messages: *hi }\n\n",
      "  a@x.com: { messages: &hi { hi: { body: Hi } } }\n  b@x.com:\n    messages:\n      hi:\n        body: |+\n          Hi\n\n",
    ],
    ["all blocks", `  gone@x.com:\n    settings: ${settings}\n  # c\n`, " {}\n  # c\n"],
    [
      "an anchor that another block repeats",
      "  gone@x.com:\n    settings: &quiet # q\n      mobile:\n        notifications: { when: Always }\n  b@x.com:\n      settings: *quiet\n  c@x.com: { settings: *quiet }\n",
      "  b@x.com:\n      settings: &quiet # q\n        mobile:\n          notifications: { when: Always }\n  c@x.com: { settings: *quiet }\n",
    ],
    [
      "an anchor on one line",
      `  gone@x.com: { settings: &quiet ${settings} }\n  b@x.com: { settings: *quiet }\n`,
      `  b@x.com: { settings: &quiet ${settings} }\n`,
    ],
    [
      "people in a list that moves with its anchor",
      "  gone@x.com: { messages: { hi: &hi { body: Hi, mentions: [left@x.com, b@x.com] } } }\n  b@x.com: { messages: { hi: *hi } }\n",
      "  b@x.com: { messages: { hi: &hi { body: Hi, mentions: [b@x.com] } } }\n",
    ],
  ])("edits blocks of users: %s", async (_name, before, after) => {
    const head = "version: 1\nusers:";
    expect(await removeFrom(`${head}\n${before}`)).toBe(head + (after.startsWith(" {}") ? "" : "\n") + after);
  });

  it("edits users in brackets", async () => {
    const block = `{ settings: ${settings} }`;
    expect(await removeFrom(`users: { gone@x.com: ${block}, b@x.com: ${block} }\n`)).toBe(
      `users: { b@x.com: ${block} }\n`,
    );
    expect(await removeFrom(`users: { gone@x.com: ${block} }\n`)).toBe("users: {}\n");
  });

  it.each([
    [2, { participants: ["a@x.com", "gone@x.com"] }, { participants: ["a@x.com"] }],
    [2, { participants: ["gone@x.com", "a@x.com", "left@x.com"] }, { participants: ["a@x.com"] }],
    [2, { owners: ["gone@x.com"], subject: "A" }, { owners: [], subject: "A" }],
    ["\t", { owners: [{ team: "A", except: ["gone@x.com"] }] }, { owners: [{ team: "A", except: [] }] }],
    [0, { participants: ["gone@x.com", "a@x.com", "left@x.com"] }, { participants: ["a@x.com"] }],
  ])("edits JSON with indentation %j: %j", async (indent, before, after) => {
    const json = (room: object): string => `${JSON.stringify({ rooms: { a: room } }, null, indent)}\n`;
    const { bytes } = await remove(json(before), "a.json");
    expect(Buffer.from(bytes).toString()).toBe(json(after));
  });

  it("keeps the byte order mark, and characters of several bytes", async () => {
    const before = "\u{feff}# é👍\nrooms:\n  a:\n    owners: [gone@x.com]\n";
    expect(await removeFrom(before)).toBe(before.replace("gone@x.com", ""));
  });

  it("edits the exceptions of sources, also within lists", async () => {
    expect(
      await edited(
        "\n  - group: A\n    except:\n      - gone@x.com # c\n  - [{ team: B, except: [left@x.com, { group: C }] }]\n",
      ),
    ).toBe("\n  - group: A\n    except: []\n  - [{ team: B, except: [{ group: C }] }]\n");
  });

  it("leaves what it can't edit, with the reason and the place", async () => {
    const text = [
      "rooms:",
      "  a:",
      "    owners: ['${var:gone}', '${var:name}@x.com', a@x.com]",
      "    participants: [{ reportsOf: gone@x.com }, &long left@x.com]",
      "    messages: { hi: { body: *long, mentions: [b@x.com] } }",
      "users:",
      "  gone@x.com: { messages: &two { hi: { body: Hi },",
      "    ho: { body: Ho } } }",
      "  b@x.com: { messages: *two }",
      "",
    ].join("\n");
    const { bytes, removed, left } = await remove(text);
    expect(Buffer.from(bytes).toString()).toBe(
      text.replace(", &long left@x.com", "").replace("*long", "&long left@x.com"),
    );
    const shown = ({ user, role, pointer, place }: (typeof removed)[number]): string =>
      `${place.range.start.line}:${place.range.start.column} ${role} ${user} ${pointer}`;
    expect(removed.map(shown)).toEqual(["4:53 item left@x.com /rooms/a/participants/1"]);
    expect(left.map((entry) => `${shown(entry)}: ${entry.reason}`)).toEqual([
      "3:14 item gone@x.com /rooms/a/owners/0: A variable gives this value: ${var:gone}. Change the variable.",
      "3:29 item gone@x.com /rooms/a/owners/1: A variable gives this value: ${var:name}@x.com. Change the variable.",
      "4:33 manager gone@x.com /rooms/a/participants/0/reportsOf: reportsOf needs an active user. Write the new manager of these people.",
      "7:3 block gone@x.com /users/gone@x.com: The block holds an anchor that is repeated elsewhere and cannot be moved. Move the anchor by hand.",
    ]);
  });

  it("returns the same bytes if nobody is departed", async () => {
    const text = "rooms: { a: { owners: [a@x.com] } }";
    const { bytes, removed, left } = await remove(text);
    expect([Buffer.from(bytes).toString(), removed, left]).toEqual([text, [], []]);
  });

  it("refuses a file with problems", async () => {
    expect(await openYaml({ file: "a.yaml", bytes: Buffer.from("a: [") })).toBe(undefined);
  });
});
