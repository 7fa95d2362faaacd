import { expect, test } from "vitest";
import { checkWords, unknownCommand } from "../../../../src/cli/parse/usage-checks.js";

const names = ["plan", "apply", "state", "validate"];

test.each([
  ["test", "To check the config: chatform validate. To check a plan by policies: chatform plan --json"],
  ["env", "An org is an environment of the config: --env NAME. To list them: chatform show --environments"],
  ["rm", "To drop a record, and leave the live object alone: chatform state forget ADDRESS"],
  ["get", "chatform has no providers or modules to install. To check the connection: chatform doctor"],
])("the command %s of another tool gets a hint", (word, hint) => {
  expect(unknownCommand(word, names).message).toBe(`There is no command "${word}". ${hint}`);
});

const command = {
  name: "chatform export",
  positionals: {},
  options: { file: { type: "string", alias: "f", describe: "A config file" } },
  findCommandsWith: () => Promise.resolve(["show"]),
} as const;

test.each([
  [["rooms/lobby"], 'chatform export takes no "rooms/lobby". See chatform export --help.'],
  [["chat/"], 'chatform export takes no "chat/". To name a config file: -f chat/'],
  [["-config=chat"], "chatform export has no option -config. To name the config: -f FILE"],
  [["-o", "plan.json"], "chatform export has no option -o. To save the plan: --out FILE"],
])("%s gets the hint that fits", async (words, message) => {
  await expect(checkWords(words, command)).rejects.toThrow(message);
});
