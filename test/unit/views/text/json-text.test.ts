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
