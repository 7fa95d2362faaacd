import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quoted, safe, safeLine } from "../../../src/core/safe-text.js";

describe("safe", () => {
  it.each([
    ["a\u001b[31mb", "a\\u{1b}[31mb"],
    ["a\rb", "a\\u{d}b"],
    ["a\r\nb", "a\nb"],
    ["\u202eabc", "\\u{202e}abc"],
    ["a\u200bb", "a\\u{200b}b"],
    ["a\ud800b", "a\\u{d800}b"],
    ["\u2028", "\\u{2028}"],
    ["::error::x", "\\u{3a}:error::x"],
    ["  ::add-mask::x", "  \\u{3a}:add-mask::x"],
    ["##[group]x", "\\u{23}#[group]x"],
    ["##vso[task]x", "\\u{23}#vso[task]x"],
  ])("escapes what acts: %j", (text, expected) => {
    expect(safe(text)).toBe(expected);
  });

  it.each(["Grüße, 世界", "👩‍💻 👍🏽 🇪🇺 ❤️", "naïve café", "a\tb\nc", "std::vector", "# heading", "नमस्ते"])(
    "leaves what does not: %j",
    (text) => {
      expect(safe(text)).toBe(text);
    },
  );
});

describe("safeLine", () => {
  it("is one line, not longer than asked for", () => {
    expect(safeLine("a\nb\tc")).toBe("a\\nb\\tc");
    expect(safeLine("abcdef", 4)).toBe("abc…");
    expect(safeLine("👍👍👍", 4)).toBe("👍…");
  });

  it("never breaks the width, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 50 }), (text, width) => {
        const line = safeLine(text, width);
        expect(line.length).toBeLessThanOrEqual(width);
        expect(line).not.toMatch(/[\p{Cc}\p{Cs}]/u);
      }),
    );
  });

  it("is quoted without ambiguity", () => {
    expect(quoted('say "hi"')).toBe('"say \\"hi\\""');
  });
});
