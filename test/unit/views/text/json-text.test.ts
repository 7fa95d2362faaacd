import fc from "fast-check";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { exportText } from "../../../../src/cli/commands/export/export-text.js";
import { escapeJson, jsonText } from "../../../../src/views/text/json-text.js";

const hostile = "a\u001b[31m\u009b2J\u202egnp\u2066\u200b\u2028\u{e0041} ##vso[task] ::error:: 👩🏽‍🚀";
const acting = /[\p{Cf}\p{Zl}\p{Zp}\u007f-\u009f]/u;

it("writes acting characters as escapes, and keeps the values", () => {
  const text = jsonText({ [hostile]: [hostile] });
  expect(JSON.parse(text)).toEqual({ [hostile]: [hostile] });
  expect(text.replaceAll("\u200d", "")).not.toMatch(acting);
  expect(text).not.toContain("##vso[");
  expect(text).toContain("👩🏽‍🚀");
});

it("writes a document in one line that would be too long with line breaks, and none that is too long", () => {
  /** A value whose first texts are longer than a string can be. */
  const large = (times: number): object => ({
    toJSON: () => {
      if (times-- > 0) "x".repeat(2 ** 30);
      return { a: [1] };
    },
  });
  expect(jsonText(large(0))).toBe('{\n  "a": [\n    1\n  ]\n}\n');
  expect(jsonText(large(1))).toBe('{"a":[1]}\n');
  expect(() => jsonText(large(2))).toThrow("json-too-large");
  expect(() => jsonText(large(1), 0)).toThrow("json-too-large");
});

it("keeps any value, at any indent", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
      const text = jsonText(value, indent);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(escapeJson(text)).toBe(text);
    }),
  );
});

it.each([hostile, `${hostile}\nand\r\nmore `, `\u202e`, `\u{e0041}`])(
  "exports no acting text: %j",
  (text) => {
    const yaml = exportText(
      { rooms: { a: { subject: text, description: text } } },
      { comments: {}, people: {} },
    );
    expect(yaml.replaceAll("\u200d", "")).not.toMatch(acting);
    expect(parse(yaml)).toEqual({ version: 1, rooms: { a: { subject: text, description: text } } });
  },
);
