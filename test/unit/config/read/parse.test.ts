import { describe, expect, it } from "vitest";
import { parse } from "../../../../src/config/read/parse.js";
import { valueOf } from "../../../../src/config/read/yaml-value.js";
import type { YamlValue } from "../../../../src/config/read/yaml-value.js";

function codes(bytes: Uint8Array | string, file = "chatform.yaml"): readonly string[] {
  const { source, diagnostics } = parse(file, Buffer.from(bytes));
  const found = source === undefined ? [] : read(bytes).diagnostics;
  return [...diagnostics, ...found].map(({ code }) => code);
}

function read(text: Uint8Array | string): YamlValue {
  const { source } = parse("chatform.yaml", Buffer.from(text));
  if (source === undefined) throw new Error("not sound");
  return valueOf(source, { env: {}, vars: { x: "${var:x}" } });
}

describe("a file that would exhaust something", () => {
  it.each([
    ["brackets that never close", `rooms: ${"[".repeat(100_000)}`],
    ["brackets", `rooms: ${"[".repeat(20_000)}${"]".repeat(20_000)}`],
    ["braces", `rooms: ${"{a: ".repeat(5000)}${"}".repeat(5000)}`],
    ["lists in lists", `rooms:\n  ${"- ".repeat(5000)}x`],
    ["keys that are blocks", "? ".repeat(5000)],
    ["indentation", Array.from({ length: 500 }, (_one, at) => `${" ".repeat(at)}a:`).join("\n")],
  ])("is refused: %s", (_name, text) => {
    expect(codes(text)).toEqual(["too-deep"]);
  });

  it("is refused where aliases nest too deeply", () => {
    const chain = Array.from({ length: 70 }, (_one, at) => `a${at + 1}: &a${at + 1} [*a${at}]`);

    expect(codes(["a0: &a0 []", ...chain].join("\n"))).toContain("too-deep");
    expect(codes(["a0: &a0 []", ...chain.slice(0, 60)].join("\n"))).toEqual([]);
  });

  it("may repeat a small value by aliases, but not blow up", () => {
    const list = (count: number): string => `a: &a { x: 1 }\nb: [${Array(count).fill("*a").join(", ")}]`;

    expect(codes(list(4000))).toEqual([]);
    expect(codes(list(6000))).toEqual(["alias-bomb"]);
  });
});

describe("a file that begins with comments", () => {
  it("takes no longer to look at, the more # there are", () => {
    expect(codes(`${"#".repeat(2000)}\nrooms: {}}\n`)).toEqual(["yaml-syntax"]);
  });

  it.each(["# only\n", "---\n# comments\n...\n", "%YAML 1.2\n---\n", "\n \n"])(
    "is empty if there is nothing else: %j",
    (text) => {
      expect(codes(text)).toEqual(["empty-file"]);
    },
  );

  it.each(['""\n', "!!str\n", "&a\n", "null\n", "~\n"])("is not empty with any value: %j", (text) => {
    expect(codes(text)).not.toContain("empty-file");
  });
});

describe("the bytes of a file", () => {
  it("may begin with a byte order mark, which counts for no column", () => {
    const { source, diagnostics } = parse("chatform.yaml", Buffer.from("\uFEFFa: !x 1\n"));

    expect(source?.text).toBe("a: !x 1\n");
    expect(diagnostics).toMatchObject([{ code: "unknown-tag", range: { start: { line: 1, column: 4 } } }]);
  });

  it.each(["\r\r\n", "\r\n", " # \r x\n", "\u2028\n"])("begin lines behind line feeds only: %j", (end) => {
    const { diagnostics } = parse("chatform.yaml", Buffer.from(`a:${end}  b: 1${end}d: !x 1\n`));
    const places = diagnostics.map(({ range, sourceLine }) => ({ line: range?.start.line, sourceLine }));

    expect(places.at(-1)).toEqual({ line: 3, sourceLine: "d: !x 1" });
  });

  it("may hold a replacement character as such", () => {
    expect(codes("a: \u{FFFD}\n")).toEqual([]);
    const { diagnostics } = parse(
      "x.yaml",
      Buffer.concat([Buffer.from("a: \u{FFFD}\nb: "), Buffer.of(0x80)]),
    );
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
  ])("must be UTF-8: %s", (_name, bytes) => {
    expect(codes(Buffer.from([0x61, 0x3a, 0x20, ...bytes, 0x0a]))).toEqual(["not-utf8"]);
  });

  it.each(["\n", "\r\n"])("may end lines with %j", (end) => {
    expect(read(["a: 1", "b: |", "  text", "c: [2]", ""].join(end)).value).toEqual({
      a: 1,
      b: "text\n",
      c: [2],
    });
  });
});

describe("YAML", () => {
  it("is version 1.2: no surprises with yes, no, dates and octal numbers", () => {
    expect(read("a: yes\nb: no\nc: 2027-01-01\nd: 010\ne: 0o10\nf: 1_000\ng: 12:30").value).toEqual({
      a: "yes",
      b: "no",
      c: "2027-01-01",
      d: 10,
      e: 8,
      f: "1_000",
      g: "12:30",
    });
  });

  it("takes aliases for whole values, the last anchor before them", () => {
    expect(read("a: &x [1]\nb: *x\nc: &x [2]\nd: *x").value).toEqual({ a: [1], b: [1], c: [2], d: [2] });
  });

  it("takes the tags that say what is so anyway", () => {
    expect(read("a: !!str 7\nb: !!int 7\nc: !!map { d: !!seq [1] }\ne: ! x").value).toEqual({
      a: "7",
      b: 7,
      c: { d: [1] },
      e: "x",
    });
  });

  it("takes a bracket that closes in the column of its key", () => {
    expect(codes("a: {\n  b: 1\n}\nc: [\n  2\n]\n")).toEqual([]);
  });

  it("takes JSON", () => {
    expect(read('{"a":{"b":[1,2.5,true,null,"\\u00e9\\n"]}}').value).toEqual({
      a: { b: [1, 2.5, true, null, "é\n"] },
    });
  });

  it("never touches what all objects inherit from", () => {
    const { value, diagnostics } = read(
      '{"__proto__": {"polluted": 1}, "a": {"constructor": {"prototype": 1}}}',
    );

    expect(diagnostics.map(({ code }) => code)).toEqual(["forbidden-key", "forbidden-key", "forbidden-key"]);
    expect(value).toEqual({ a: {} });
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect("polluted" in {}).toBe(false);
  });
});

describe("what a file's value tells of itself", () => {
  it("marks texts that are one reference, which may stand for numbers", () => {
    const { untyped, unresolved } = read(
      'a: ${var:x}\nb: "${var:x}"\nc: x ${var:x}\nd: [${var:no}]\n'.replace("[$", '["$').replace("}]", '}"]'),
    );

    expect([...untyped]).toEqual(["/a", "/b"]);
    expect([...unresolved]).toEqual(["/d/0"]);
  });

  it("marks blocks that lack a key", () => {
    expect([...read("a: { <<: 1 }\nb: { c: 1, c: 2 }\n").partial]).toEqual(["/a", "/b"]);
  });
});
