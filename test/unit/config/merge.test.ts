import { describe, expect, it } from "vitest";
import type { Part } from "../../../src/config/merge.js";
import { Merged } from "../../../src/config/merge.js";
import { readYaml } from "../../../src/config/read/read-yaml.js";
import type { Place } from "../../../src/config/read/source.js";
import { isObject } from "../../../src/core/json/json.js";
import { kinds } from "../../../src/resources/index.js";

async function part(file: string, text: string): Promise<Part> {
  const { content } = await readYaml(file, Buffer.from(text));
  if (content === undefined || !isObject(content.value)) throw new Error("not a mapping");
  return { value: content.value, placeOf: content.placeOf };
}

/** `b.yaml:3:5 "lobby"` */
function shown(place: Place | undefined): string {
  if (place === undefined) return "nowhere";
  const { file, start, end } = place.range;
  const text = end.line === start.line ? place.sourceLine.slice(start.column - 1, end.column - 1) : "…";
  return `${file}:${start.line}:${start.column} ${JSON.stringify(text)}`;
}

describe("Merged", () => {
  it("joins rooms and users of several files, users by their lower-case name", async () => {
    const merged = new Merged(kinds, [
      await part("a.yaml", "version: 1\nrooms: { a: { subject: A } }\nusers: { J@x.com: { settings: {} } }"),
      await part(
        "b.yaml",
        "version: 1\nrooms: { b: { subject: B } }\nusers: { j@X.com: { messages: { m: {} } } }",
      ),
    ]);

    expect(merged.diagnostics).toEqual([]);
    expect(merged.document).toEqual({
      rooms: { a: { subject: "A" }, b: { subject: "B" } },
      users: { "j@x.com": { settings: {}, messages: { m: {} } } },
    });
  });

  it("keeps the first of two declarations, and shows both places", async () => {
    const merged = new Merged(kinds, [
      await part("a.yaml", "rooms: { lobby: { subject: A } }"),
      await part("b.yaml", "rooms:\n  lobby: { subject: B }"),
    ]);

    expect(merged.document).toEqual({ rooms: { lobby: { subject: "A" } } });
    expect(
      merged.diagnostics.map(({ code, related }) => [code, related?.map((one) => one.range.file)]),
    ).toEqual([["duplicate-declaration", ["a.yaml"]]]);
  });

  it("knows the place of everything, in the file and spelling where it stands", async () => {
    const merged = new Merged(kinds, [
      await part(
        "a.yaml",
        "settings: { reactionsEnabled: true }\nusers:\n  J@x.com: { pinnedMessageIds: [m1] }",
      ),
      await part("b.yaml", "rooms:\n  a~b/c: { owners: [x, &y yy] }"),
    ]);

    expect(shown(merged.locate("/settings/reactionsEnabled", false))).toBe('a.yaml:1:31 "true"');
    expect(shown(merged.locate("/users/j@x.com", true))).toBe('a.yaml:3:3 "J@x.com"');
    expect(shown(merged.locate("/users/j@x.com/pinnedMessageIds/0", false))).toBe('a.yaml:3:33 "m1"');
    expect(shown(merged.locate("/rooms/a~0b~1c/owners/1", false))).toBe('b.yaml:2:27 "yy"');
    expect(shown(merged.locate("/me/settings", false))).toBe("nowhere");
  });

  it("finds a user's values in whichever of several files declares them", async () => {
    const merged = new Merged(kinds, [
      await part("a.yaml", "users:\n  J@x.com: { settings: { mobile: {} } }"),
      await part("b.yaml", "users:\n  j@X.com: { messages: { m: { text: Hello } } }"),
    ]);

    expect(shown(merged.locate("/users/j@x.com", true))).toBe('a.yaml:2:3 "J@x.com"');
    expect(shown(merged.locate("/users/j@x.com/settings/mobile", true))).toBe('a.yaml:2:26 "mobile"');
    expect(shown(merged.locate("/users/j@x.com/messages/m/text", false))).toBe('b.yaml:2:37 "Hello"');
    // A missing value is shown by what is around it.
    expect(shown(merged.locate("/users/j@x.com/messages/other", false))).toBe('b.yaml:2:14 "messages"');
  });

  it("reports a user who is declared twice in one file by the spelling of each", async () => {
    const { diagnostics } = new Merged(kinds, [
      await part("a.yaml", "users:\n  J@x.com: { settings: {} }\n  j@X.com: { settings: {} }"),
    ]);

    expect(
      diagnostics.map((one) => [one.detail, one.range?.start.line, one.related?.[0]?.range.start.line]),
    ).toEqual([["users/j@x.com is already declared.", 3, 2]]);
  });

  it("looks for the first declaration once, however many files declare it again", async () => {
    const { value, placeOf } = await part("a.yaml", "rooms: { lobby: { subject: A } }");
    let looks = 0;
    const parts = Array.from({ length: 1000 }, () => ({
      get value() {
        looks++;
        return value;
      },
      placeOf,
    }));
    expect(new Merged(kinds, parts).diagnostics).toHaveLength(999);
    expect(looks).toBeLessThan(5000);
  });

  it("looks into the files of a user once, however many places it finds", async () => {
    const { placeOf } = await part("a.yaml", "users: {}");
    let looks = 0;
    const parts = Array.from({ length: 1000 }, (_one, at) => ({
      get value() {
        looks++;
        return { users: { "j@x.com": { messages: { [`m${at}`]: { body: "Hello" } } } } };
      },
      placeOf,
    }));
    const merged = new Merged(kinds, parts);
    for (const at of parts.keys()) merged.locate(`/users/j@x.com/messages/m${at}/body`, false);
    expect(merged.diagnostics).toEqual([]);
    expect(looks).toBeLessThan(5000);
  });

  it("finds the items of a list that several files have in common", async () => {
    const merged = new Merged(kinds, [
      await part("a.yaml", "moved: [{ from: rooms/a, to: rooms/b }]"),
      await part("b.yaml", "moved: [{ from: rooms/c, to: rooms/d }]"),
    ]);

    expect(shown(merged.locate("/moved/1/to", false))).toBe('b.yaml:1:30 "rooms/d"');
  });
});

describe("placeOf", async () => {
  const { placeOf } = await part("a.yaml", "a: &it { b: [1, { c: 2 }] }\nd: *it\ne:\n7: x\n");

  it.each([
    [["a", "b", "1", "c"], false, 'a.yaml:1:22 "2"'],
    [["a", "b", "1", "c"], true, 'a.yaml:1:19 "c"'],
    [["a", "b", "0"], true, 'a.yaml:1:14 "1"'],
    // The target of an alias is at its anchor.
    [["d", "b", "0"], false, 'a.yaml:1:14 "1"'],
    [["d"], false, 'a.yaml:2:4 "*it"'],
    // An empty value is shown by its key, a missing one by the value around it.
    [["e"], false, 'a.yaml:3:1 "e"'],
    [["a", "x"], false, 'a.yaml:1:1 "a"'],
    [["7"], false, 'a.yaml:4:4 "x"'],
  ])("of %j (key: %s) is %s", (path, atKey, expected) => {
    expect(shown(placeOf(path, atKey))).toBe(expected);
  });
});
