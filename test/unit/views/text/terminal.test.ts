import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { count, number, styles, wantsColor } from "../../../../src/views/text/terminal.js";
import { displayWidth, cutTo, wrapped } from "../../../../src/views/text/wrap.js";

describe("wantsColor", () => {
  it.each([
    [{}, true, true, true],
    [{}, false, true, false],
    [{}, true, false, false],
    [{ TERM: "dumb" }, true, true, false],
    [{ NO_COLOR: "1" }, true, true, false],
    [{ NO_COLOR: "" }, true, true, true],
    [{ FORCE_COLOR: "1" }, false, true, true],
    [{ FORCE_COLOR: "0" }, true, true, false],
    [{ FORCE_COLOR: "1", NO_COLOR: "1" }, false, true, false],
    [{ FORCE_COLOR: "1" }, false, false, false],
  ])("%j, terminal %s, asked %s: %s", (env, isTTY, asked, expected) => {
    expect(wantsColor(env, { isTTY }, asked)).toBe(expected);
  });
});

test.each([
  [0, "0"],
  [999, "999"],
  [1000, "1,000"],
  [123_456, "123,456"],
  [1_234_567, "1,234,567"],
])("the number %i is written %s", (value, text) => {
  expect(number(value)).toBe(text);
});

describe("columns", () => {
  it.each([
    ["abc", 3],
    ["会議室", 6],
    ["👍", 2],
    ["👩‍💻", 2],
    ["🇪🇺", 2],
    ["é", 1],
    [styles(true).red("abc"), 3],
  ])("of %j are %i", (text, columns) => {
    expect(displayWidth(text)).toBe(columns);
  });

  it("cut text at a character", () => {
    expect(cutTo("会議室", 6)).toBe("会議室");
    expect(cutTo("会議室", 5)).toBe("会議…");
    expect(cutTo("abc", 2)).toBe("a…");
  });
});

describe("long text", () => {
  it("is cut between graphemes, as short text is", () => {
    const unit = fc.constantFrom(
      "a",
      "b ",
      "é",
      "e\u0301",
      "\u0301",
      "👩\u200d💻",
      "🇫🇷",
      "🇩",
      "会",
      "\ud83d",
      "\r\n",
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 900 }), fc.nat({ max: 2000 }), (units, columns) => {
        const text = units.join("");
        const all = Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
        const whole = all.map(displayWidth).reduce((sum, one) => sum + one, 0);

        expect(displayWidth(text)).toBe(whole);
        const cut = cutTo(text, columns);
        if (whole > columns)
          expect(all.map((_one, at) => all.slice(0, at).join(""))).toContain(cut.slice(0, -1));
        else expect(cut).toBe(text);
      }),
      { numRuns: 60 },
    );
  });
});

describe("wrapped", () => {
  it("breaks between words, keeps paragraphs, and leaves long words whole", () => {
    expect(wrapped("one two three\n\nfour", "  ", 22)).toEqual(["  one two three", "", "  four"]);
    const long = "x".repeat(50);
    expect(wrapped(`a ${long} b`, "", 20)).toEqual(["a", long, "b"]);
  });

  it("keeps every word, within the width", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, maxLength: 15 }).map((text) => text.replaceAll(/\s/g, "_"))),
        (words) => {
          const lines = wrapped(words.join(" "), "    ", 40);
          expect(lines.map((line) => line.trimStart()).join(" ")).toBe(words.join(" "));
          for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(40);
        },
      ),
    );
  });
});

describe("count", () => {
  it.each([
    [0, "0 calls"],
    [1, "1 call"],
    [1204, "1,204 calls"],
  ])("%i", (number, text) => {
    expect(count(number, "call")).toBe(text);
  });
});
