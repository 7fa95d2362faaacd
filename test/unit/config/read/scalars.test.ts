import { describe, expect, it } from "vitest";
import { otherReading, plainScalar } from "../../../../src/config/read/scalars.js";
import { desiredStateSchema } from "../../../../src/config/schema/schema.js";
import type { Json } from "../../../../src/core/json/json.js";
import { isArray, isObject } from "../../../../src/core/json/json.js";
import { kinds } from "../../../../src/resources/index.js";

describe("otherReading", () => {
  it.each([
    ["true", "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "TRUE"],
    ["false", "n", "N", "no", "No", "NO", "off", "Off", "OFF", "False"],
    ["null", "~", "null", "Null", "NULL"],
    ["a number", "0", "-1", "+1", "0123", "089", "0o17", "0b11", "0x1F", "1_000", "1.10", "1.", ".5", "1e3"],
    ["a number", "12:30", "09:30", "1:1", "190:20:30.15", "1_0:59", ".inf", "-.INF", ".nan"],
    ["a date", "2024-01-01", "2024-1-1", "2024-01-01T10:00:00Z", "2024-01-01 10:00:00.5 +1:00"],
    ["an operator", "<<", "="],
  ])("is %s for each spelling", (reading, ...texts) => {
    for (const text of texts) expect([text, otherReading(text)]).toEqual([text, reading]);
  });

  it("is nothing for text", () => {
    const texts =
      "nope yEs oN nUll 1.2.3 10.0.0.1 12:3x 24/7 1,000 0x 2024-01 20240-01-01 1-10 -- ... e5 a1 == <<< v1 +a jane@x.com";
    for (const text of ["", ...texts.split(" ")])
      expect([text, otherReading(text)]).toEqual([text, undefined]);
  });

  it("knows every text that is no text in a config", () => {
    const texts = "true False NULL ~ 0 +0 -7 0123 0o7 0xfF 1. 1.5 .5 1e3 1E-3 -1.5e+3 .inf +.Inf .NaN 1e999";
    for (const text of texts.split(" ")) {
      expect([text, typeof plainScalar(text)]).not.toEqual([text, "string"]);
      expect([text, otherReading(text)]).toEqual([text, expect.any(String)]);
    }
  });

  it("never is the reading of a key of the schema", () => {
    const names = propertyNames(desiredStateSchema(kinds));
    expect(names.length).toBeGreaterThan(40);
    expect(names.filter((name) => otherReading(name) !== undefined)).toEqual([]);
  });
});

function propertyNames(schema: Json): readonly string[] {
  if (isArray(schema)) return schema.flatMap(propertyNames);
  if (!isObject(schema)) return [];
  const { properties } = schema;
  return [
    ...(isObject(properties) ? Object.keys(properties) : []),
    ...Object.values(schema).flatMap((inner) => propertyNames(inner ?? null)),
  ];
}
