import { describe, expect, it } from "vitest";
import { repeatOptions } from "../../../../src/cli/output/repeated-options.js";
import { commands } from "../../../../src/cli/registry.js";

const args = {
  file: ["chat", "more config.yaml"],
  var: ["domain=s3cret.example.com"],
  "var-file": ["prod.yaml"],
  env: "prod",
  state: "prod.json",
  profile: "eu",
};
const config = "-f chat -f 'more config.yaml' --var-file prod.yaml --var domain=VALUE --env prod";

describe("repeatOptions", () => {
  it.each([
    ["To continue: chatform plan", `To continue: chatform plan ${config} --state prod.json --profile eu`],
    ["Run chatform validate.", `Run chatform validate ${config}.`],
    [
      "To drop: chatform state forget rooms/a. To keep: chatform import rooms/a ID",
      `To drop: chatform state forget ${config} --state prod.json rooms/a. ` +
        `To keep: chatform import ${config} --state prod.json --profile eu rooms/a ID`,
    ],
    [
      "chatform apply plan.json --env other --state x.json",
      "chatform apply -f chat -f 'more config.yaml' --var-file prod.yaml --var domain=VALUE --profile eu plan.json --env other --state x.json",
    ],
  ])("adds the options of this run: %j", (text, expected) => {
    expect(repeatOptions(text, args)).toBe(expected);
  });

  it.each([
    "chatform state unlock ID --state x.json",
    "chatform state push --force errored.chatform.state.json --state x.json",
    "To write a config: chatform init",
    "chatform plans",
    "chatform.plan",
    "The chatform state is locked.",
  ])("leaves other texts alone: %j", (text) => {
    expect(repeatOptions(text, args)).toBe(text);
  });

  it("adds nothing for the default config", () => {
    expect(repeatOptions("chatform plan", { file: ["chatform.yaml"], var: [], "var-file": [] })).toBe(
      "chatform plan",
    );
  });

  it("knows the options of each command", async () => {
    for (const { name, load } of commands) {
      const { options } = await load();
      const line = name === "state" ? "chatform state list" : `chatform ${name}`;
      const added = repeatOptions(line, args).match(/ --?[a-z-]+/g) ?? [];
      const known = ["file", "state", "profile"].filter((option) => Object.hasOwn(options, option));
      // `api` reads no config.
      if (!known.includes("file")) expect([name, added]).toEqual([name, []]);
      else
        expect([
          name,
          ["-f", "--state", "--profile"].filter((option) => [...added].some((one) => one === ` ${option}`)),
        ]).toEqual([name, known.map((option) => (option === "file" ? "-f" : `--${option}`))]);
    }
  });
});
