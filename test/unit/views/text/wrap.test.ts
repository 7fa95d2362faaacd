import { expect, test } from "vitest";
import { unbroken, wrapped } from "../../../../src/views/text/wrap.js";

const lines = (text: string, width = 40): readonly string[] => wrapped(text, "", width);

test("text is broken between words, and a long word has a line of its own", () => {
  expect(lines("one two three", 20)).toEqual(["one two three"]);
  expect(lines("one two three four five", 20)).toEqual(["one two three four", "five"]);
  expect(lines("see https://example.com/a/long/path here", 20)).toEqual([
    "see",
    "https://example.com/a/long/path",
    "here",
  ]);
  expect(lines(`one two three ${unbroken("four five")}`, 20)).toEqual(["one two three", "four five"]);
});

test("a command stays whole, and one that is longer than the line has a line of its own", () => {
  const command = "chatform apply --allow-empty-source 'group:Night Shift, late'";
  expect(lines(`Check the source. If this is intended: ${command}`)).toEqual([
    "Check the source. If this is intended:",
    command,
  ]);
  expect(lines("To keep the record: chatform state mv a b. Or drop it: chatform state forget a.")).toEqual([
    "To keep the record:",
    "chatform state mv a b. Or drop it:",
    "chatform state forget a.",
  ]);
  const quoted = `chatform state forget 'users/o'\\''neil x@example.com'`;
  expect(lines(`Drop it from the state: ${quoted}`)).toEqual(["Drop it from the state:", quoted]);
});

test("an option stays with its value", () => {
  expect(lines("Or raise the limit of the wait: --max-wait 1h.")).toEqual([
    "Or raise the limit of the wait:",
    "--max-wait 1h.",
  ]);
});

test("a quotation stays whole where it fits on a line", () => {
  expect(lines('Genesys Cloud has no group named "Night Shift" here.')).toEqual([
    "Genesys Cloud has no group named",
    '"Night Shift" here.',
  ]);
  expect(lines('The text is "one two three four five six seven eight".')).toEqual([
    'The text is "one two three four five six',
    'seven eight".',
  ]);
});
