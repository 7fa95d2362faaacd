import { describe, expect, it } from "vitest";
import type { YamlContent, YamlRead } from "../../../../src/config/read/read-yaml.js";
import { readYaml } from "../../../../src/config/read/read-yaml.js";

async function read(text: Uint8Array | string, file = "chatform.yaml"): Promise<YamlRead> {
  return readYaml(file, Buffer.from(text));
}

async function codes(text: Uint8Array | string): Promise<readonly string[]> {
  return (await read(text)).diagnostics.map(({ code }) => code);
}

async function readContent(text: Uint8Array | string): Promise<YamlContent> {
  const { content } = await read(text);
  if (content === undefined) throw new Error("not sound");
  return content;
}

describe("a file that would exhaust something", () => {
  it.each([
    ["brackets that never close", `rooms: ${"[".repeat(100_000)}`],
    ["brackets", `rooms: ${"[".repeat(20_000)}${"]".repeat(20_000)}`],
    ["braces", `rooms: ${"{a: ".repeat(5000)}${"}".repeat(5000)}`],
    ["lists in lists", `rooms:\n  ${"- ".repeat(5000)}x`],
    ["keys that are blocks", "? ".repeat(5000)],
    ["indentation", Array.from({ length: 500 }, (_one, at) => `${" ".repeat(at)}a:`).join("\n")],
  ])("is refused: %s", async (_name, text) => {
    expect(await codes(text)).toEqual(["too-deep"]);
  });

  it("is refused where aliases nest too deeply", async () => {
    const chain = Array.from({ length: 70 }, (_one, at) => `a${at + 1}: &a${at + 1} [*a${at}]`);

    expect(await codes(["a0: &a0 []", ...chain].join("\n"))).toContain("too-deep");
    expect(await codes(["a0: &a0 []", ...chain.slice(0, 60)].join("\n"))).toEqual([]);
  });

  it("may repeat a small value by aliases, but not blow up", async () => {
    const list = (count: number): string => `a: &a { x: 1 }\nb: [${Array(count).fill("*a").join(", ")}]`;

    expect(await codes(list(40_000))).toEqual([]);
    expect(await codes(list(60_000))).toEqual(["alias-bomb"]);
  });
});

describe("a file that begins with comments", () => {
  it("accepts no longer to look at, the more # there are", async () => {
    expect(await codes(`${"#".repeat(2000)}\nrooms: {}}\n`)).toEqual(["yaml-syntax"]);
  });

  it.each(["# only\n", "---\n# comments\n...\n", "%YAML 1.2\n---\n", "\n \n"])(
    "is empty if there is nothing else: %j",
    async (text) => {
      expect(await codes(text)).toEqual(["empty-file"]);
    },
  );

  it.each(['""\n', "!!str\n", "&a\n", "null\n", "~\n"])("is not empty with any value: %j", async (text) => {
    expect(await codes(text)).not.toContain("empty-file");
  });
});

describe("the bytes of a file", () => {
  it("may begin with a byte order mark, which counts for no column", async () => {
    const { content, diagnostics } = await read("\uFEFFa: !x 1\n");

    expect(content?.value).toEqual({ a: null });
    expect(diagnostics).toMatchObject([
      { code: "unknown-tag", range: { start: { line: 1, column: 4, offset: 6 } } },
    ]);
  });

  it.each(["\r\r\n", "\r\n", " # x\r\n", "\u2028\n"])(
    "have lines that end with line feeds: %j",
    async (end) => {
      const { diagnostics } = await read(`a:${end}  b: 1${end}d: !x 1\n`);
      const places = diagnostics.map(({ range, sourceLine }) => ({ line: range?.start.line, sourceLine }));

      expect(places.at(-1)).toEqual({ line: 3, sourceLine: "d: !x 1" });
    },
  );

  it("may hold a replacement character as such", async () => {
    expect(await codes("a: \u{FFFD}\n")).toEqual([]);
    const { diagnostics } = await read(Buffer.concat([Buffer.from("a: \u{FFFD}\nb: "), Buffer.of(0x80)]));
    expect(diagnostics).toMatchObject([
      { code: "not-utf8", sourceLine: "b: \u{FFFD}", range: { start: { line: 2, column: 4, offset: 10 } } },
    ]);
  });

  it.each([
    ["a lone continuation", [0x80]],
    ["an overlong slash", [0xc0, 0xaf]],
    ["half of a surrogate pair", [0xed, 0xa0, 0x80]],
    ["a cut character", [0xe2, 0x82]],
    ["beyond Unicode", [0xf5, 0x80, 0x80, 0x80]],
  ])("must be UTF-8: %s", async (_name, bytes) => {
    expect(await codes(Buffer.from([0x61, 0x3a, 0x20, ...bytes, 0x0a]))).toEqual(["not-utf8"]);
  });

  it.each(["\n", "\r\n"])("may end lines with %j", async (end) => {
    expect((await readContent(["a: 1", "b: |", "  text", "c: [2]", ""].join(end))).value).toEqual({
      a: 1,
      b: "text\n",
      c: [2],
    });
  });
});

describe("YAML", () => {
  it("is version 1.2: no surprises with yes, no, dates and octal numbers", async () => {
    expect(
      (await readContent("a: yes\nb: no\nc: 2027-01-01\nd: 010\ne: 0o10\nf: 1_000\ng: 12:30")).value,
    ).toEqual({
      a: "yes",
      b: "no",
      c: "2027-01-01",
      d: 10,
      e: 8,
      f: "1_000",
      g: "12:30",
    });
  });

  it("accepts aliases for whole values, the last anchor before them", async () => {
    expect((await readContent("a: &x [1]\nb: *x\nc: &x [2]\nd: *x")).value).toEqual({
      a: [1],
      b: [1],
      c: [2],
      d: [2],
    });
  });

  it("accepts tags of the core schema that match the value", async () => {
    expect((await readContent("a: !!str 7\nb: !!int 7\nc: !!map { d: !!seq [1] }\ne: ! x")).value).toEqual({
      a: "7",
      b: 7,
      c: { d: [1] },
      e: "x",
    });
  });

  it("accepts a bracket that closes in the column of its key", async () => {
    expect(await codes("a: {\n  b: 1\n}\nc: [\n  2\n]\n")).toEqual([]);
  });

  it("accepts JSON", async () => {
    expect((await readContent('{"a":{"b":[1,2.5,true,null,"\\u00e9\\n"]}}')).value).toEqual({
      a: { b: [1, 2.5, true, null, "é\n"] },
    });
  });

  it("never touches what all objects inherit from", async () => {
    const { content, diagnostics } = await read(
      '{"__proto__": {"polluted": 1}, "a": {"constructor": {"prototype": 1}}}',
    );

    expect(diagnostics.map(({ code }) => code)).toEqual(["forbidden-key", "forbidden-key", "forbidden-key"]);
    expect(content?.value).toEqual({ a: {} });
    expect(Object.getPrototypeOf(content?.value)).toBe(Object.prototype);
    expect("polluted" in {}).toBe(false);
  });
});

describe("the content of a file", () => {
  it("marks mappings that lack a key", async () => {
    expect([...(await readContent("a: { <<: 1 }\nb: { c: 1, c: 2 }\n")).partial]).toEqual(["/a", "/b"]);
  });
});
