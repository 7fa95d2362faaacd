import { describe, expect, it } from "vitest";
import { withDependency } from "../../../../../../src/cli/commands/init/package/package-json.js";

const add = (text: string): string => withDependency(text, "chatform", "1.0.0");

describe("withDependency", () => {
  it.each([
    ["{}", '{"dependencies":{"chatform":"1.0.0"}}'],
    ['{"name":"chat"}', '{"name":"chat","dependencies": {"chatform": "1.0.0"}}'],
    [
      '{\n  "name": "chat",\n  "files": ["a", "b"]\n}\n',
      '{\n  "name": "chat",\n  "files": ["a", "b"],\n  "dependencies": {\n    "chatform": "1.0.0"\n  }\n}\n',
    ],
    [
      '{\n\t"dependencies": {\n\t\t"pg": "8"\n\t}\n}',
      '{\n\t"dependencies": {\n\t\t"chatform": "1.0.0",\n\t\t"pg": "8"\n\t}\n}',
    ],
    [
      '{\r\n  "dependencies": {}\r\n}\r\n',
      '{\r\n  "dependencies": {\r\n    "chatform": "1.0.0"\r\n  }\r\n}\r\n',
    ],
    // Another key of that name comes first.
    [
      '{\n  "x": { "dependencies": { "a": "1" } },\n  "dependencies": { "a": "1" }\n}',
      '{\n  "x": { "dependencies": { "a": "1" } },\n  "dependencies": { "chatform": "1.0.0", "a": "1" }\n}',
    ],
    ['{ "devDependencies": { "chatform": "0.9.0" } }', '{ "devDependencies": { "chatform": "1.0.0" } }'],
    // Neither needs a change, nor gets a second entry.
    ['{ "dependencies": { "chatform": "1.0.0" } }', '{ "dependencies": { "chatform": "1.0.0" } }'],
  ])("changes nothing else in %j", (before, after) => {
    expect(add(before)).toBe(after);
  });

  it("writes any value as JSON", () => {
    expect(JSON.parse(withDependency("{}", "chatform", 'file:a"$&.tgz'))).toEqual({
      dependencies: { chatform: 'file:a"$&.tgz' },
    });
  });

  it.each(["", "[]", "{", "null"])("refuses %j", (text) => {
    expect(() => add(text)).toThrow("package.json is not a JSON object");
  });
});
