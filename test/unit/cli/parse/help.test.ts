import { describe, expect, it } from "vitest";
import { commandHelp, overview } from "../../../../src/cli/parse/help.js";
import { commands } from "../../../../src/cli/registry.js";

/** A command to copy, or a word, that is too long for a line stands alone. */
const unbroken = /^ *(?:Usage: )?(?:chatform(?: \S+)+|\S+)$/;

describe.each([60, 80])("help at %i columns", (width) => {
  it("of chatform is not wider", () => {
    expect(
      overview(commands, width)
        .split("\n")
        .filter(({ length }) => length > width),
    ).toEqual([]);
  });

  it.each(commands.map(({ name }) => name))(
    "of %s is not wider, except for what is to be copied",
    async (name) => {
      const entry = commands.find((one) => one.name === name);
      if (entry === undefined) throw new Error(name);
      const lines = commandHelp(entry, await entry.load(), width).split("\n");
      expect(lines.filter((line) => line.length > width && !unbroken.test(line))).toEqual([]);
    },
  );
});

it("has the purpose of each form below the form in a narrow terminal", async () => {
  const entry = commands.find(({ name }) => name === "state");
  const help = entry && commandHelp(entry, await entry.load(), 60);
  expect(help).toMatch(
    /^Usage: chatform state list \[ADDRESS\.\.\.\]\n {11}list addresses; \* and \*\* match any\n {7}chatform state show ADDRESS\n/,
  );
});
