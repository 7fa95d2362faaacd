import { expect, test } from "vitest";
import { recordText } from "../../../../../src/cli/commands/state/record-text.js";

const people = { "u-ana": "ana@example.com", "u-sam": "sam@example.com" };

test("shows the e-mail of a user beside their id, and unknown ids alone", () => {
  const record = {
    id: "u-ana",
    applied: { participants: ["u-sam", "u-other"] },
    lists: { "/participants": { "user:sam@example.com": ["u-sam"], "u-ana": ["u-ana"] } },
  };
  expect(recordText(record, people)).toBe(
    [
      "id: u-ana # ana@example.com",
      "applied:",
      "  participants:",
      "    - u-sam # sam@example.com",
      "    - u-other",
      "lists:",
      "  /participants:",
      "    user:sam@example.com:",
      "      - u-sam # sam@example.com",
      "    u-ana:",
      "      - u-ana # ana@example.com",
      "",
    ].join("\n"),
  );
});

test("shows the e-mail of a manager whose reports are a source", () => {
  const from = { entry: "userSettings/agents", source: "reportsOf:u-ana" };
  expect(recordText({ from }, people)).toBe(
    "from:\n  entry: userSettings/agents\n  source: reportsOf:u-ana # ana@example.com\n",
  );
});

test("shows no e-mail that would act on a terminal", () => {
  const id = "u-evil";
  expect(recordText({ id }, { [id]: "a\u001b[31m@example.com" })).toBe(
    `id: ${id} # a\\u{1b}[31m@example.com\n`,
  );
});
