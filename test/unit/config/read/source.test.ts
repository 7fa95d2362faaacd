import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Source } from "../../../../src/config/read/source.js";

const words = fc.constantFrom("a", "é", "€", "👍", "\n", "\r\n", "x".repeat(500), "👍".repeat(511));

describe("placeAt", () => {
  it("counts lines, columns and bytes, wherever characters of several bytes stand", () => {
    fc.assert(
      fc.property(fc.array(words, { maxLength: 20 }), fc.nat(), (parts, seed) => {
        const text = parts.join("");
        const from = seed % (text.length + 1);
        // A place is never within a character.
        const at = /[\uDC00-\uDFFF]/.test(text.charAt(from)) ? from - 1 : from;
        const { range, sourceLine } = new Source("a.yaml", text, Buffer.byteLength(text) + 3).placeAt([
          at,
          at,
        ]);
        const before = text.slice(0, at).split("\n");
        expect(range.start).toEqual({
          line: before.length,
          column: (before.at(-1) ?? "").length + 1,
          offset: Buffer.byteLength(text.slice(0, at)) + 3,
        });
        expect(sourceLine).toBe((text.split("\n")[before.length - 1] ?? "").replace(/\r$/, ""));
      }),
    );
  });

  it("finds 20,000 places on one long line", () => {
    const text = "👍 ".repeat(500_000);
    const source = new Source("a.yaml", text, Buffer.byteLength(text));
    let offsets = 0;
    for (let at = 0; at < text.length; at += 75) offsets += source.placeAt([at, at + 1]).range.start.offset;
    // 25 times five bytes lie between two places.
    expect(offsets).toBe((125 * 20_000 * 19_999) / 2);
  });
});
