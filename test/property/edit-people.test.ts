/** Renders random configs in random styles: removing people from the text gives what the config without them renders to. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openYaml } from "../../src/config/edit/editable-file.js";
import { findPeople } from "../../src/config/edit/find-people.js";
import { removePeople } from "../../src/config/edit/people-file.js";
import { desiredStateSchema } from "../../src/config/schema/schema.js";
import { kinds } from "../../src/resources/index.js";

const users = Array.from({ length: 8 }, (_, at) => `u${at}@example.com`);
const departed = new Set(users.slice(0, 4));
const isKept = (user: string): boolean => !departed.has(user.toLowerCase());
const reading = { variables: { env: {}, vars: {} }, schema: desiredStateSchema(kinds) };

interface Item {
  readonly user: string;
  readonly quote: string;
  /** Behind the item. */
  readonly comment: string;
  /** Lines above the item, which stay. */
  readonly above: readonly string[];
  /** Items of a list, or of the exceptions of a source, that the item is instead of a user. */
  readonly nested:
    { readonly before: string; readonly items: readonly Item[]; readonly after: string } | undefined;
}
interface List {
  readonly style: "dashes" | "line" | "lines" | "lines,";
  readonly indent: string;
  readonly padding: string;
  /** Behind the key. */
  readonly comment: string;
  readonly items: readonly Item[];
}

const comment = fc.constantFrom("", "", " # a, [b] #c", "  # don't");
const spelled = fc.constantFrom(...users, ...users.map((user) => user.toUpperCase()));
const plainItem: fc.Arbitrary<Item> = fc.record({
  user: spelled,
  quote: fc.constantFrom("", "", "'", '"'),
  comment,
  above: fc.array(fc.constantFrom("", "# x: [", "# - y"), { maxLength: 1 }),
  nested: fc.constant(undefined),
});
const item: fc.Arbitrary<Item> = fc.oneof(
  { weight: 6, arbitrary: plainItem },
  {
    weight: 1,
    arbitrary: fc.record({
      user: fc.constant(""),
      quote: fc.constant(""),
      comment,
      above: fc.constant([]),
      nested: fc.record({
        before: fc.constantFrom("[", "{ team: A, except: [", "{except: ["),
        items: fc.array(plainItem, { maxLength: 3 }),
        after: fc.constant(""),
      }),
    }),
  },
);
const list: fc.Arbitrary<List> = fc.record({
  style: fc.constantFrom("dashes", "dashes", "line", "lines", "lines,"),
  indent: fc.constantFrom("", "  ", "    "),
  padding: fc.constantFrom("", " "),
  comment,
  items: fc.array(item, { minLength: 1, maxLength: 6 }),
});
const config = fc.record({
  lists: fc.dictionary(fc.constantFrom("owners", "participants"), list),
  isRepeated: fc.boolean(),
  blocks: fc.uniqueArray(fc.constantFrom(...users), { maxLength: 4 }),
  isLoose: fc.boolean(),
  usersFirst: fc.boolean(),
  lineBreak: fc.constantFrom("\n", "\r\n"),
  hasLastBreak: fc.boolean(),
  mark: fc.constantFrom("", "\u{feff}"),
});
type Config = typeof config extends fc.Arbitrary<infer T> ? T : never;

type Filter = (user: string) => boolean;

function renderItem({ user, quote, nested }: Item, wanted: Filter): string {
  if (nested === undefined) return quote + user + quote;
  const inner = nested.items.filter((one) => wanted(one.user)).map((one) => renderItem(one, wanted));
  return `${nested.before}${inner.join(", ")}${nested.before === "[" ? "]" : "] }"}`;
}

/** Renders a list behind its key; lines end with a line feed. */
function renderList({ style, indent, padding, comment: note, items }: List, wanted: Filter): string {
  const isWanted = (one: Item): boolean => one.nested !== undefined || wanted(one.user);
  const kept = items.filter(isWanted);
  const text = (one: Item): string => renderItem(one, wanted);
  if (style === "line") {
    const inner = kept.map(text).join(", ");
    return ` [${inner === "" ? "" : padding + inner + padding}]${note}\n`;
  }
  const pad = style === "dashes" ? indent : "  ";
  const lines = items.flatMap((one): string[] => {
    const above = one.above.map((line) => (line === "" ? "" : `    ${pad}${line}`));
    if (!isWanted(one)) return above;
    if (style === "dashes") return [...above, `    ${pad}- ${text(one)}${one.comment}`];
    const comma = one !== kept.at(-1) || style === "lines," ? "," : "";
    return [...above, `    ${pad}${text(one)}${comma}${one.comment}`];
  });
  const body = lines.map((line) => `${line}\n`).join("");
  if (style === "dashes") return kept.length === 0 ? ` []${note}\n${body}` : `${note}\n${body}`;
  return kept.length === 0 && !body.includes("#") ? ` []${note}\n` : ` [\n${body}    ]${note}\n`;
}

function render(from: Config, wanted: Filter): string {
  const { lists, isRepeated, blocks, isLoose, usersFirst, lineBreak, hasLastBreak, mark } = from;
  const kept = blocks.filter(wanted);
  const block = (user: string): string =>
    `  ${user}:\n    settings:\n      mobile: { notifications: { when: Always } } # ${user.slice(0, 2)}\n`;
  const usersText =
    kept.length === 0 && blocks.length > 0
      ? "users: {}\n"
      : `users:${blocks.length === 0 ? " {}" : ""}\n${kept.map(block).join(isLoose ? "\n" : "")}`;
  const keys = Object.entries(lists).map(([key, one]) => `    ${key}: &${key}${renderList(one, wanted)}`);
  const repeated = Object.keys(lists).map((key) => `    ${key}: *${key}\n`);
  const roomsText = `rooms:\n  a: # room\n    subject: A\n${keys.join("")}${isRepeated ? `  b:\n    subject: B\n${repeated.join("")}` : ""}`;
  const sections = usersFirst ? [usersText, roomsText] : [roomsText, usersText];
  const text = ["version: 1\n", ...sections].join("\n");
  return mark + (hasLastBreak ? text : text.replace(/\n$/, "")).replaceAll("\n", lineBreak);
}

const json = fc
  .record({
    rooms: fc.dictionary(
      fc.constantFrom("a", "b"),
      fc.record({
        owners: fc.array(fc.constantFrom(...users)),
        participants: fc.array(fc.constantFrom(...users)),
      }),
    ),
    users: fc.dictionary(fc.constantFrom(...users), fc.constant({ settings: { mobile: {} } })),
  })
  .chain((document) => fc.tuple(fc.constant(document), fc.constantFrom(0, 2, "\t")));

async function remove(text: string): Promise<string> {
  const opened = await openYaml({ file: "a.yaml", bytes: Buffer.from(text) });
  if (opened === undefined) throw new Error(`not valid: ${text}`);
  const { bytes } = await removePeople(
    { opened, ...findPeople(opened.content, reading) },
    { getNames: (user) => (isKept(user) ? undefined : [user.toLowerCase()]), isUnknown: () => false },
  );
  return Buffer.from(bytes).toString();
}

const runs = Number(process.env["RUNS"] ?? 200);

describe("removePeople", { timeout: 120_000 }, () => {
  it("gives what YAML without the departed users renders to", async () => {
    await fc.assert(
      fc.asyncProperty(config, async (one) => {
        const text = render(one, () => true);
        expect([text, await remove(text)]).toEqual([text, render(one, isKept)]);
      }),
      { numRuns: runs },
    );
  });

  it("gives what JSON without the departed users prints", async () => {
    await fc.assert(
      fc.asyncProperty(json, async ([document, indent]) => {
        const text = JSON.stringify(document, null, indent);
        const kept = JSON.stringify(
          document,
          (_key, value: unknown) => {
            if (Array.isArray(value)) return (value as string[]).filter(isKept);
            if (typeof value !== "object" || value === null) return value;
            return Object.fromEntries(Object.entries(value).filter(([key]) => isKept(key)));
          },
          indent,
        );
        expect([text, await remove(text)]).toEqual([text, kept]);
      }),
      { numRuns: runs },
    );
  });
});
